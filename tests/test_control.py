"""Control of what is sent: a message that follows it in place, edits, deletions, the tally."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot import statuses as following
from bot.app import App
from bot.campaigns import DELETE, EDIT, RUNNING, SCHEDULED, Campaign
from bot.model import Address, Person, Session
from bot.routing import Context
from bot.settings import Settings
from bot.store import Outcome, Recipient, Seal, Store
from bot.store import statuses as kept
from bot.store.ledger import STATES
from handlers.campaign_page import Figures, page
from tests.campaigning import MESSAGE, add_members, schedule
from tests.conftest import LANGUAGES, LIBRARY, make_ready
from tests.fakes.faults import Fault
from tests.fakes.telegram import FakeTelegram, Sent
from tests.organisation import appoint, prepare
from tests.people import TelegramPerson, Visitor
from tests.test_broadcast_talk import _done, _english, _written

MEMBERS = range(600, 630)
NEW = "Sửa lịch\n\nVăn phòng mở cửa sáng chủ nhật."


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    soon = timedelta(seconds=0.1)
    monkeypatch.setattr(following, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(following, "_PACE", ((timedelta(days=2), soon),))
    monkeypatch.setattr(kept, "FIRST_LOOK", soon)


@pytest.fixture
async def lan(bot: App, chatter: TelegramPerson, telegram: FakeTelegram) -> TelegramPerson:
    """An administrator; thirty members on Telegram. Hoa, on 502, may approve."""
    telegram.chats.update(MEMBERS)
    await prepare(bot)
    for chat in (501, 502):
        person = TelegramPerson(telegram, chatter._settled, chat)
        await _english(person)
        await appoint(bot, Address("telegram", str(chat)), "administrator", "LD")
    await add_members(bot.store, len(MEMBERS))
    return chatter


async def _until(seen: Callable[[], object], seconds: float = 10) -> None:
    for _ in range(int(seconds * 50)):
        if seen():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to that")


async def _sent(bot: App, telegram: FakeTelegram) -> None:
    """Campaign 1 has reached everybody."""
    number = await schedule(bot.store, is_urgent=True, author=1)
    await _done(bot, number)
    assert len([s for s in telegram.sent if s.chat in MEMBERS]) == len(MEMBERS)


def _stands(telegram: FakeTelegram, chat: int) -> list[str]:
    """What somebody sees now, of what was sent."""
    return [sent.text for (to, _), sent in telegram.standing.items() if to == chat]


async def _approved(lan: TelegramPerson, telegram: FakeTelegram, number: int) -> None:
    await lan.taps("Ask for approval")
    hoa = TelegramPerson(telegram, lan._settled, 502)
    await hoa.taps_value(f"campaign:{number}")
    assert "Done." in await hoa.taps_value(f"campaign:{number}:approve")


async def _tally(bot: App, number: int) -> dict[str, int]:
    await _done(bot, number)
    found = await bot.store.campaigns.tally(number)
    return {state: count for state, count in found.items() if count}


# --- the message that follows it -----------------------------------------------------------------


async def _slow(bot: App, telegram: FakeTelegram, first: int = 1000) -> int:
    """A campaign to 130 people or more that is paused in the middle."""
    await add_members(bot.store, 100, first=first)
    telegram.chats.update(range(first, first + 100))
    telegram.faults["sendMessage"].extend(Fault(seconds=0.3, delivers=True) for _ in range(200))
    number = await schedule(bot.store, is_urgent=True, author=1)
    before = len(telegram.sent)
    await _until(lambda: len(telegram.sent) > before + 5)
    telegram.faults["sendMessage"].clear()
    assert await bot.store.campaigns.move(number, "pause", datetime.now(UTC))
    return number


def _is_bar(text: str) -> bool:
    return "▓" in text or "░" in text


def _followed(telegram: FakeTelegram) -> Sent:
    (sent,) = [s for s in telegram.standing.values() if s.chat == 501 and _is_bar(s.text)]
    return sent


async def test_one_message_is_kept_up_to_date_in_place_until_it_is_over(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    number = await _slow(bot, telegram)
    await lan.taps_value(f"campaign:{number}")
    before, first = len(telegram.to(501)), _followed(telegram)
    assert "(paused)" in first.text
    # Another officer lets it go on; nobody has to look again.
    assert await bot.store.campaigns.move(number, "resume", datetime.now(UTC))
    await _until(lambda: "(done)" in _followed(telegram).text)
    assert "▓▓▓▓▓▓▓▓▓▓ 130/130" in _followed(telegram).text
    assert _followed(telegram).number == first.number
    assert ("Tally", f"campaign:{number}:tally") in _followed(telegram).buttons
    assert len([s for s in telegram.to(501)[before:] if _is_bar(s.text)]) == 0
    edits = len(telegram.edits)
    await asyncio.sleep(0.4)
    assert len(telegram.edits) == edits  # over: nobody looks any more
    assert await bot.store.statuses.due(datetime.now(UTC) + timedelta(days=1)) == ()


async def test_a_tap_on_it_is_answered_in_its_place_and_a_second_one_replaces_it(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    number = await _slow(bot, telegram)
    await lan.taps_value(f"campaign:{number}")
    first, before = _followed(telegram), len(telegram.to(501))
    await telegram.queue(telegram.tap(501, f"campaign:{number}:resume", number=first.number))
    await _until(lambda: "(done)" in _followed(telegram).text)
    assert len(telegram.to(501)) == before
    later = await _slow(bot, telegram, 2000)
    await lan.taps_value(f"campaign:{later}")
    await lan.taps_value(f"campaign:{later}")
    due = await bot.store.statuses.due(datetime.now(UTC) + timedelta(hours=1))
    assert [one.number for one in due] == [max(n for to, n in telegram.standing if to == 501)]


async def test_it_tells_the_rate_the_time_left_and_who_sleeps(bot: App) -> None:
    now, say = datetime.now(UTC), LANGUAGES.voice("en")
    context = Context(Person(1), Session(), "", say, bot._services, bot.store, now, now)
    running = Campaign(7, RUNNING, MESSAGE, "everyone", launched_at=now)
    counts = {**dict.fromkeys(STATES, 0), "sent": 1000, "queued": 2990, "sending": 10}
    measured = (now - timedelta(seconds=20), 600)
    told = page(context, (), running, Figures(counts, asleep=600), measured)
    assert "▓▓░░░░░░░░ 1,000/4,000" in told.body  # of whom 600 must not be waited for
    assert "20 a second, about 2 minutes left" in told.body
    assert "of them not yet, because of quiet hours: 600" in told.body
    assert told.follows == 7
    # What was measured just now, or stands still, tells no rate.
    for when, before in ((now - timedelta(seconds=1), 600), (now - timedelta(minutes=1), 1000)):
        assert "a second" not in page(context, (), running, Figures(counts), (when, before)).body


async def test_after_a_restart_it_goes_on(
    settings: Settings, telegram: FakeTelegram, bot: App, lan: TelegramPerson
) -> None:
    number = await _slow(bot, telegram)
    await lan.taps_value(f"campaign:{number}")
    await bot.bulk.stop()
    for task in bot._tasks:
        task.cancel()
    await bot.presence.part()  # as the system tells when a process dies
    again = App(settings, LIBRARY, LANGUAGES)
    await again.start()
    assert await again.store.campaigns.move(number, "resume", datetime.now(UTC))
    await _until(lambda: "(done)" in _followed(telegram).text)
    await again.stop()


async def test_an_officer_who_may_not_see_it_any_more_is_shown_no_more(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    number = await _slow(bot, telegram)
    await lan.taps_value(f"campaign:{number}")
    await bot.store.officers.remove(Address("telegram", "501"), datetime.now(UTC))
    await bot.store.campaigns.move(number, "resume", datetime.now(UTC))
    await _done(bot, number)
    await asyncio.sleep(0.3)
    assert "(paused)" in _followed(telegram).text
    assert await bot.store.statuses.due(datetime.now(UTC) + timedelta(days=1)) == ()


async def test_an_edit_that_fails_holds_nothing_up(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    number = await _slow(bot, telegram)
    await lan.taps_value(f"campaign:{number}")
    telegram.faults["editMessageText"].append(Fault(retry_after=1))
    await bot.store.campaigns.move(number, "resume", datetime.now(UTC))
    await _until(lambda: "(done)" in _followed(telegram).text)
    assert await _tally(bot, number) == {"sent": 130}


async def test_an_open_page_of_the_web_chat_is_kept_up_to_date_too(
    bot: App, lan: TelegramPerson, visitor: Visitor, telegram: FakeTelegram
) -> None:
    await _english_on_the_web(bot, visitor)
    number = await _slow(bot, telegram)
    async with visitor._session.post(
        f"{visitor.url}/chat", json={"choice": f"campaign:{number}"}
    ) as response:
        (reply,) = (await response.json())["replies"]
    assert reply["follows"] is True
    async with visitor._session.get(f"{visitor.url}/chat/stream") as stream:
        await bot.store.campaigns.move(number, "resume", datetime.now(UTC))
        while True:
            line = (await asyncio.wait_for(stream.content.readline(), 10)).decode()
            if line.startswith("event:"):
                name = line.split()[1]
            if line.startswith("data:") and name == "change":
                changed = json.loads(line.removeprefix("data:"))
                if "(done)" in changed["body"]:
                    break
    assert changed["id"] == reply["id"]
    assert changed["follows"] is False


async def _english_on_the_web(bot: App, visitor: Visitor) -> None:
    from sqlalchemy import select

    from bot.store import schema

    await visitor.says("/start")
    await visitor.taps("English")
    table = schema.address.c
    query = select(table.address).where(table.channel == "web")
    found = await bot.store._reads.run(lambda c: c.execute(query).scalar_one())
    await appoint(bot, Address("web", found), "administrator", "LD")


# --- corrections ---------------------------------------------------------------------------------


async def _correct(lan: TelegramPerson, button: str, number: int = 1) -> str:
    await lan.taps_value(f"campaign:{number}")
    offered = await lan.taps("Correct it")
    assert "It reached 30 people" in offered
    assert "In the chats of 30 of them it can still be changed." in offered
    asked = await lan.taps(button)
    if button == "Delete it":
        return asked.text
    assert "Paste the message." in asked
    return (await lan.says(NEW)).text


async def test_what_was_sent_is_edited_where_it_stands_and_sent_anew_where_it_is_gone(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _sent(bot, telegram)
    telegram.blocked.add(605)
    for key in [key for key in telegram.standing if key[0] in {606, 607}]:
        del telegram.standing[key]  # they have deleted it themselves
    page = await _correct(lan, "Change it, send the rest anew")
    assert "Corrects № 1: changed where it can be, else sent anew." in page
    assert "30 people" in page
    telegram.faults["editMessageText"].extend([Fault(code=502), Fault(cuts=True, delivers=True)])
    await _approved(lan, telegram, 2)
    # An edit that may or may not have been done is simply done again.
    for _ in range(10):
        await asyncio.sleep(0.4)
        await bot.store._writes.run(_hurry)
    assert await _tally(bot, 2) == {"sent": 29, "unreachable": 1}
    for chat in set(MEMBERS) - {605}:
        (text,) = _stands(telegram, chat)
        assert "Văn phòng mở cửa sáng chủ nhật" in text
    assert "replaces an earlier message" in _noted(telegram, 600)
    got = [s.chat for s in telegram.sent if "chủ nhật" in s.text and s.chat in MEMBERS]
    assert sorted(got) == [606, 607]


def _hurry(connection: object) -> None:
    """What is queued again for later may go at once."""
    from sqlalchemy import update

    from bot.store import schema

    now = datetime.now(UTC) - timedelta(seconds=1)
    queued = update(schema.recipient).where(schema.recipient.c.state == "queued")
    connection.execute(queued.values(not_before=now))  # type: ignore[attr-defined]


def _noted(telegram: FakeTelegram, chat: int) -> str:
    (text,) = _stands(telegram, chat)
    return text.replace("thay cho một tin", "replaces an earlier message")  # in Vietnamese


async def test_a_correction_is_corrected_again(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _sent(bot, telegram)
    await _correct(lan, "Change it, send the rest anew")
    await _approved(lan, telegram, 2)
    await _done(bot, 2)
    await lan.taps_value("campaign:2")
    await lan.taps("Correct it")
    await lan.taps("Change it, send the rest anew")
    await lan.says("Sửa lần nữa\n\nVăn phòng đóng cửa.")
    await _approved(lan, telegram, 3)
    assert await _tally(bot, 3) == {"sent": 30}
    assert all("Văn phòng đóng cửa." in _stands(telegram, chat)[0] for chat in MEMBERS)
    assert all(len(_stands(telegram, chat)) == 1 for chat in MEMBERS)
    person = TelegramPerson(telegram, lan._settled, 600)
    heard = await person.says("/inbox")
    assert "Sửa lần nữa" in heard.buttons
    assert len([label for label in heard.buttons if "Sửa lịch" in label or "Lịch" in label]) == 0


async def test_what_was_sent_is_deleted_where_it_can_be(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _sent(bot, telegram)
    numbers = {key[0]: key for key in telegram.standing if key[0] in MEMBERS}
    telegram.old.add(numbers[600])
    del telegram.standing[numbers[601]]
    telegram.blocked.add(602)
    page = await _correct(lan, "Delete it")
    assert "Deletes № 1 where it can be deleted." in page
    await _approved(lan, telegram, 2)
    assert await _tally(bot, 2) == {"sent": 28, "unreachable": 1, "dropped": 1}
    left = [chat for chat in MEMBERS if _stands(telegram, chat)]
    assert left == [600, 602]
    told = await lan.taps_value("campaign:2:tally")
    assert "cannot be deleted any more: 1" in told
    assert "Correct it" not in (await lan.taps_value("campaign:2")).buttons


async def test_after_two_days_no_deletion_is_offered(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _sent(bot, telegram)
    await bot.store._writes.run(_long_ago)
    await lan.taps_value("campaign:1")
    offered = await lan.taps("Correct it")
    assert "Delete it" not in offered.buttons
    assert "Change it, send the rest anew" in offered.buttons


def _long_ago(connection: object) -> None:
    from sqlalchemy import update

    from bot.store import schema

    old = datetime.now(UTC) - timedelta(hours=49)
    connection.execute(update(schema.campaign).values(ended_at=old))  # type: ignore[attr-defined]


async def test_a_correction_goes_to_exactly_those_who_got_the_first_whatever_is_tapped(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _sent(bot, telegram)
    telegram.chats.update(range(700, 710))
    await add_members(bot.store, 10, first=700)
    page = await _correct(lan, "Send a correction")
    assert "For whom" not in (await lan.says("/broadcast")).buttons
    assert "30 people" in page
    await lan.taps_value("draft:audience:everyone")
    (draft,) = await bot.store.campaigns.find("draft")
    assert draft.audience == "everyone got:1"
    await lan.says("/broadcast")
    await _approved(lan, telegram, 2)
    assert await _tally(bot, 2) == {"sent": 30}
    assert all(len(_stands(telegram, chat)) == 2 for chat in MEMBERS)


async def test_only_what_is_over_and_known_is_corrected(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    number = await _slow(bot, telegram)
    for kind in ("edit", "delete", "correct"):
        assert "no such message" in await lan.taps_value(f"begin:{kind}:{number}")
    await lan.taps_value(f"campaign:{number}:cancel")
    assert "Correct it" in (await lan.taps_value(f"campaign:{number}")).buttons


async def test_cancelled_in_the_middle_of_an_edit_the_ledger_adds_up(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await add_members(bot.store, 100, first=1000)
    telegram.chats.update(range(1000, 1100))
    first = await schedule(bot.store, is_urgent=True, author=1)
    await _done(bot, first)
    telegram.faults["editMessageText"].extend(Fault(seconds=0.2, delivers=True) for _ in range(99))
    number = await bot.store.campaigns.keep(
        Campaign(0, SCHEDULED, MESSAGE, "everyone got:1", corrects=1, manner=EDIT),
        datetime.now(UTC),
    )
    await _until(lambda: len(telegram.edits) > 5)
    assert await bot.store.campaigns.move(number, "cancel", datetime.now(UTC))
    async with asyncio.timeout(10):  # what is under way is settled when it is over
        while (counts := await bot.store.campaigns.tally(number))["sending"]:
            await asyncio.sleep(0.02)
    assert counts["sent"] + counts["dropped"] == 130
    assert counts["dropped"] > 0
    assert len(telegram.edits) == counts["sent"]


async def test_what_waits_for_a_page_is_not_said_after_a_cancel(
    bot: App, lan: TelegramPerson, visitor: Visitor, telegram: FakeTelegram
) -> None:
    await visitor.says("/start")
    await visitor.taps("English")
    await visitor.taps("I agree")
    number = await schedule(bot.store, audience="channel:web", is_urgent=True)
    for _ in range(100):
        if (await bot.store.campaigns.tally(number))["waiting"]:
            break
        await asyncio.sleep(0.05)
    await _done(bot, number)
    correction = await bot.store.campaigns.keep(
        Campaign(
            0,
            SCHEDULED,
            MESSAGE,
            "channel:web got:1",
            is_urgent=True,
            corrects=number,
            manner=DELETE,
        ),
        datetime.now(UTC),
    )
    await _done(bot, correction)
    counts = await bot.store.campaigns.tally(number)
    assert (counts["waiting"], counts["dropped"]) == (0, 1)
    assert not [p for p in await bot.store.replies_to_say() if "Office hours" in p.reply.title]


# --- killed --------------------------------------------------------------------------------------


@pytest.fixture
async def store(database_url: str) -> object:
    store = Store(database_url, Seal("secret"))
    await make_ready(store)
    yield store
    await store.close()


async def _reached(store: Store, count: int) -> int:
    """A campaign that is over, with the platform's numbers 100, 101, …"""
    now, campaigns = datetime.now(UTC), store.campaigns
    await add_members(store, count)
    number = await schedule(store, is_urgent=True)
    campaign = await campaigns.get(number)
    assert campaign is not None
    await campaigns.launch(campaign, now, lambda *_: now)
    claimed, _ = await _claim(store, number, "one", now, count)
    arrived = [Outcome(one.id, "sent", number=100 + at) for at, one in enumerate(claimed)]
    await campaigns.exchange(number, "telegram", "one", now, arrived, 0)
    assert await campaigns.finish(number, now)
    return number


async def _claim(
    store: Store, number: int, name: str, now: datetime, count: int
) -> tuple[tuple[Recipient, ...], int]:
    assert await store.campaigns.hold("telegram", name, now)
    return await store.campaigns.exchange(number, "telegram", name, now, [], count)


async def _launched(store: Store, corrects: int, manner: str, now: datetime) -> int:
    draft = Campaign(0, SCHEDULED, MESSAGE, "everyone", corrects=corrects, manner=manner)
    number = await store.campaigns.keep(draft, now)
    campaign = await store.campaigns.get(number)
    assert campaign is not None
    assert await store.campaigns.launch(campaign, now, lambda *_: now) == 10
    return number


async def test_an_edit_that_a_kill_interrupts_is_done_again_and_a_message_is_not(
    store: Store,
) -> None:
    now = datetime.now(UTC)
    number = await _launched(store, await _reached(store, 10), EDIT, now)
    claimed, _ = await _claim(store, number, "one", now, 6)
    assert [one.message_number for one in claimed] == [100, 101, 102, 103, 104, 105]
    # Two cannot be edited: they are queued for a message instead, and claimed as that.
    stuck = [Outcome(one.id, "queued", "instead", now, changes=True) for one in claimed[:2]]
    await store.campaigns.exchange(number, "telegram", "one", now, stuck, 0)
    again, _ = await _claim(store, number, "one", now, 6)
    assert [one.message_number for one in again].count(None) == 2
    later = now + timedelta(seconds=20)
    assert await store.campaigns.hold("telegram", "two", later)  # "one" was killed
    counts = await store.campaigns.tally(number)
    assert (counts["queued"], counts["uncertain"], sum(counts.values())) == (8, 2, 10)
    # Who wakes up too late settles no message with the outcome of an edit.
    rest, _ = await store.campaigns.exchange(number, "telegram", "two", later, [], 10)
    late = [Outcome(one.id, "sent", changes=True) for one in claimed[:2]]
    await store.campaigns.exchange(number, "telegram", "one", later, late, 0)
    assert (await store.campaigns.tally(number))["uncertain"] == 2
    done = [Outcome(one.id, "sent", changes=True) for one in rest]
    await store.campaigns.exchange(number, "telegram", "two", later, done, 0)
    assert (await store.campaigns.tally(number))["sent"] == 8


async def test_what_has_no_number_cannot_be_deleted_and_is_told_so(store: Store) -> None:
    now = datetime.now(UTC)
    first = await _reached(store, 10)
    await store._writes.run(lambda c: _forget_numbers(c, 4))
    assert await store.campaigns.count_reached(first) == (10, 6)
    number = await _launched(store, first, DELETE, now)
    counts = await store.campaigns.tally(number)
    assert (counts["queued"], counts["dropped"]) == (6, 4)
    tally = await store.campaigns.full_tally(number)
    assert tally.reasons == {"dropped:cannot-delete": 4, "queued:": 6}


def _forget_numbers(connection: object, count: int) -> None:
    from sqlalchemy import update

    from bot.store import schema

    few = schema.recipient.c.message_number < 100 + count
    connection.execute(  # type: ignore[attr-defined]
        update(schema.recipient).where(few).values(message_number=None)
    )


async def test_the_tally_by_unit_outlives_the_people_in_the_ledger(store: Store) -> None:
    now = datetime.now(UTC)
    number = await _reached(store, 10)
    before = await store.campaigns.full_tally(number)
    assert before.whole == (10, 0, 0)
    assert before.units == {0: (10, 0, 0)}
    await store.tidy(now + timedelta(days=31))
    assert await store.campaigns.full_tally(number) == before


async def test_the_draft_says_who_has_no_text_in_their_language(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    for first, count, language in ((700, 9, "km"), (720, 6, "th"), (740, 2, "ja")):
        await add_members(bot.store, count, first=first, language=language)
    await _written(lan)
    page = await lan.says("/broadcast")
    # The two who read Japanese are not told, nor can they be worked out from the two others.
    assert "17 of 47 read a language that has no text here: ភាសាខ្មែរ 9" in page
