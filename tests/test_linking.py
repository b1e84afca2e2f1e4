"""One person on several channels: joined by a code, written to once, taken apart again."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.app import App
from bot.model import Address, Event, Parcel, Person, Reminder, Session, Subscription
from bot.store import Officer, Seal, Store, Work
from tests.conftest import make_ready
from tests.people import Talker, TelegramPerson, Visitor, ZaloOAPerson

NOW = datetime.now(UTC).replace(microsecond=0)


def _noon() -> datetime:
    return datetime.now(UTC).replace(hour=5) + timedelta(days=1)


def _code(text: str) -> str:
    found = re.search(r"l_[a-z2-9]{4}(-[a-z2-9]{4}){3}", text)
    assert found, text
    return found[0]


async def _member(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")
    await person.taps("I agree")


async def test_two_chats_become_one_and_are_written_to_once(
    bot: App, chatter: TelegramPerson, follower: ZaloOAPerson
) -> None:
    await _member(chatter)
    await _member(follower)
    code = _code((await chatter.says("/link")).text)
    asked = await follower.says(code)
    assert "Did you make this code yourself" in asked
    joined = await follower.taps("Yes, it is mine")
    assert "the chats are one now" in joined
    assert {"Telegram", "Zalo"} <= set(joined.buttons)
    await follower.taps("Telegram")
    before = len(chatter._fake.to(501)), len(follower._fake.to(follower.user))
    await bot.scheduler.tick(_noon() + timedelta(days=1))
    await bot.senders.send_ripe(lambda: _noon() + timedelta(days=1, hours=8))
    new = [m.text for m in chatter._fake.to(501)[before[0] :]]
    assert sum("Sent by" in text for text in new) == 1
    assert any("A chat on Zalo was joined with this one" in text for text in new)
    assert len(follower._fake.to(follower.user)) == before[1]


async def test_messages_go_where_they_are_wanted_and_else_where_one_wrote_last(
    bot: App, chatter: TelegramPerson, visitor: Visitor
) -> None:
    await _member(chatter)
    await _member(visitor)
    await visitor.says(_code((await chatter.says("/link")).text))
    await visitor.taps("Yes, it is mine")
    assert "Saved." in await visitor.taps("Web")
    assert await _channel_of_next(bot) == "web"
    await chatter.says("/link")
    await chatter.taps("Where messages arrive")
    await chatter.taps("Telegram")
    assert await _channel_of_next(bot) == "telegram"
    # Where that chat cannot be reached any more, the other one takes over.
    await bot.store.mark_unreachable(Address("telegram", "501"))
    assert await _channel_of_next(bot) == "web"


async def _channel_of_next(bot: App) -> str:
    """Over which channel a message to the only person would go."""
    from bot.store import notices

    (person_id,) = await _people(bot)
    told = Parcel("notice", label="office-ended:1")
    codecs = bot.store._codecs
    await bot.store._writes.run(lambda c: notices.tell(c, codecs, person_id, told, NOW))
    claimed = await bot.store.queue.claim("test", datetime.now(UTC), 10)
    await bot.store.queue.settle("sent", *(one.id for one in claimed))
    return claimed[-1].address.channel


async def _people(bot: App) -> list[int]:
    from sqlalchemy import select

    from bot.store import schema

    return await bot.store._reads.run(
        lambda c: list(c.execute(select(schema.person.c.id)).scalars())
    )


async def test_a_chat_is_taken_out_with_language_and_consent_only(
    bot: App, chatter: TelegramPerson, follower: ZaloOAPerson
) -> None:
    await _member(chatter)
    await _member(follower)
    await follower.taps_value("remind:label:permit")
    await follower.says(f"5/3/{NOW.year + 1}")
    await follower.says(_code((await chatter.says("/link")).text))
    await follower.taps("Yes, it is mine")
    assert "5 March" in (await chatter.says("/remind")).text.replace("March 5", "5 March")
    await chatter.says("/unlink")
    assert "Done." in await chatter.taps("Telegram (this chat)")
    assert len(await _people(bot)) == 2
    assert "5 March" not in (await chatter.says("/remind")).text.replace("March 5", "5 March")
    assert "You have not asked to be sent anything" in await chatter.says("/settings")
    assert "5 March" in (await follower.says("/remind")).text.replace("March 5", "5 March")
    assert "joined with no other" in await chatter.says("/unlink")


async def test_a_code_of_ones_own_an_old_one_and_a_used_one_join_nothing(
    bot: App, chatter: TelegramPerson, visitor: Visitor
) -> None:
    await _member(chatter)
    await _member(visitor)
    first = _code((await chatter.says("/link")).text)
    assert "That is your own code" in await chatter.says(first)
    second = _code((await chatter.says("/link")).text)
    assert "does not exist or is older" in await visitor.says(first)
    await visitor.says(second)
    await visitor.taps("Yes, it is mine")
    assert await bot.store.codes.linked_person(second[2:], datetime.now(UTC)) is None
    third = _code((await chatter.says("/link")).text)
    soon, later = (datetime.now(UTC) + timedelta(minutes=m) for m in (9, 11))
    assert await bot.store.codes.linked_person(third[2:], soon) is not None
    assert await bot.store.codes.linked_person(third[2:], later) is None


async def test_saying_no_joins_nothing(bot: App, chatter: TelegramPerson, visitor: Visitor) -> None:
    await _member(chatter)
    await _member(visitor)
    await visitor.says(_code((await chatter.says("/link")).text))
    await visitor.taps("No")
    assert len(await _people(bot)) == 2


@pytest.mark.parametrize("value", ["unlink:99999", "unlink:x", "prefer:zalo-oa", "link:nothing"])
async def test_forged_buttons_move_nobody(bot: App, visitor: Visitor, value: str) -> None:
    await _member(visitor)
    await visitor.taps_value(value)
    assert len(await _people(bot)) == 1


# --- what joining keeps --------------------------------------------------------------------------


@pytest.fixture
async def store(database_url: str) -> object:
    store = Store(database_url, Seal("secret"))
    await make_ready(store)
    yield store
    await store.close()


async def _somebody(store: Store, channel: str, agreed: datetime | None, *topics: str) -> Person:
    stored = await store.write_down(Event(channel, Address(channel, "1")), NOW)
    assert stored is not None
    person, work = Person(stored.person_id), Work()
    work.choose_language(person, "vi" if channel == "telegram" else "km")
    if agreed:
        work.consent(person, f"v-{channel}", agreed)
    if topics:
        wish = Subscription(frozenset(topics), date(2026, 11, 1), at=time(12))
        work.subscribe(person, wish, NOW, None)
    work.add_reminder(person, Reminder(channel, date(2030, 1, 1)), NOW.date())
    await store.finish(stored, work, Session(), (), NOW)
    return person


async def test_joining_keeps_the_newest_consent_all_topics_dates_and_offices(
    store: Store,
) -> None:
    kept = await _somebody(store, "telegram", NOW - timedelta(days=2), "union", "events")
    other = await _somebody(store, "web", NOW, "union", "rights")
    for channel in ("telegram", "web"):
        for role in ("reader", f"{channel}-only"):
            await store.officers.add(Officer(Address(channel, "1"), role, "LD"), NOW)
    stored = await store.write_down(Event("join", Address("web", "1")), NOW)
    assert stored is not None
    work = Work()
    work.join(kept.id, other, "web", NOW)
    await store.finish(stored, work, Session("here"), (), NOW)
    after = await store.write_down(Event("later", Address("web", "1")), NOW)
    assert after is not None
    person, session, _ = await store.load(after)
    assert (person.id, person.language, person.consent) == (kept.id, "km", "v-web")
    assert session == Session("here")
    wish = await store.subscription(kept)
    assert wish is not None
    assert wish.topics == {"union", "events", "rights"}
    assert [r.label for r in await store.reminders(kept)] == ["telegram", "web"]
    held = await store.officers.offices(kept, NOW.date())
    assert sorted(one.role for one in held) == ["reader", "telegram-only", "web-only"]
    assert all(rows == [] for rows in (await store.own_data(other)).values())


async def test_joining_with_somebody_who_is_gone_changes_nothing(store: Store) -> None:
    other = await _somebody(store, "web", NOW, "union")
    stored = await store.write_down(Event("join", Address("web", "1")), NOW)
    assert stored is not None
    work = Work()
    work.join(999, other, "web", NOW)
    await store.finish(stored, work, Session(), (), NOW)
    assert (await store.subscription(other)) is not None


def test_what_either_was_sent_is_not_sent_again() -> None:
    from bot.schedule import with_numbers
    from bot.store.joining import _both

    one, other = with_numbers(b"", [1, 17]), with_numbers(b"", [3])
    assert _both(one, other) == with_numbers(b"", [1, 3, 17])
    assert _both(other, one) == with_numbers(b"", [1, 3, 17])
