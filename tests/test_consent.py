"""Consent: asked anew when its text changes, once, and what goes on meanwhile; as talks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
from sqlalchemy import select, update

from bot.app import App
from bot.audience import EVERYONE
from bot.consents import NEWEST, OLDEST, VERSIONS, holds
from bot.settings import Settings
from bot.store import Openings, schema
from tests.conftest import LANGUAGES, LIBRARY
from tests.people import Heard, Talker, Visitor

QUESTION = "Receive messages?"
CHANGED = "The text about your data has changed since you agreed to it."
GOES_ON = "What you asked for goes on as before."
STOPS = "Until you agree to the new one nothing is sent to you."
# Under an older text that still holds, and under one that does not hold any more.
EARLIER, EXPIRED = VERSIONS[-2], "2025-01-01"

# What people read in English when they are asked, and when they look it up. A change of a word
# fails here: whoever changes it decides whether the meaning is another one (bot/consents.py,
# docs/privacy.md), and writes the new digest down under that version.
WORDINGS: Mapping[str, Mapping[str, str]] = {
    "question": {"534561e1d18dd089": "2026-11-29", "22aa3ccc5578ee21": "2026-11-30"},
    "privacy": {
        "613ec30c3445fa94": "2026-11-29",
        # Tells of the mark that keeps a restored copy from bringing back who left: nothing new to
        # agree to, since it is kept only of those who do not agree any more.
        "9a3af743203723b4": "2026-11-29",
        # Names the apps that carry the messages, the cookie and the rights of Law 91/2025.
        "2aa106d2a54ee000": "2026-11-30",
    },
}


async def _member(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")
    await person.taps("I agree")


async def _agreed_to(bot: App, version: str) -> None:
    """As if everybody had agreed when that was the text."""
    change = update(schema.person).values(consent_version=version, consent_asked=None)
    await bot.store._writes.run(lambda c: c.execute(change))


async def _row(bot: App) -> Any:
    return await bot.store._reads.run(lambda c: c.execute(select(schema.person)).first())


async def test_who_agreed_to_an_earlier_text_is_asked_once_and_may_just_read_on(
    person: Talker, bot: App
) -> None:
    await _member(person)
    await _agreed_to(bot, EARLIER)
    asked = await person.says("menu")
    assert "Tap a button, or just write" in asked  # what they asked for comes first
    assert CHANGED in asked
    assert GOES_ON in asked
    assert QUESTION in asked
    assert f"Version {NEWEST} of this text." in asked
    assert "Menu" in await person.taps("Just look around")
    for words in ("menu", "settings", "cong doan"):
        assert QUESTION not in await person.says(words), words
    assert "- How often: One article a day" in await person.says("settings")
    kept = await _row(bot)
    assert (kept.consent_version, kept.consent_asked) == (EARLIER, NEWEST)


async def test_who_agrees_then_has_agreed_to_the_new_text(person: Talker, bot: App) -> None:
    await _member(person)
    await _agreed_to(bot, EARLIER)
    await person.says("menu")
    assert "Thank you." in await person.taps("I agree")
    assert (await _row(bot)).consent_version == NEWEST
    assert QUESTION not in await person.says("menu")


async def test_nobody_is_asked_in_the_middle_of_a_dialogue(visitor: Visitor, bot: App) -> None:
    await _member(visitor)
    await visitor.taps_value("remind:label:permit")
    await _agreed_to(bot, EARLIER)
    assert CHANGED not in await visitor.says("no day at all")  # it asks for the day again
    assert CHANGED in await visitor.says("1/1/2030")


async def test_who_leaves_erases_or_never_agreed_is_not_asked(visitor: Visitor, bot: App) -> None:
    await visitor.says("/start")
    await visitor.taps("English")
    assert CHANGED not in await visitor.says("menu")
    await visitor.taps_value(f"consent:{NEWEST}")
    await _agreed_to(bot, EARLIER)
    assert CHANGED not in await visitor.says("stop")
    assert CHANGED not in await visitor.says("menu")
    await visitor.taps_value(f"consent:{NEWEST}")
    await _agreed_to(bot, EARLIER)
    assert CHANGED not in await visitor.taps_value("erase:yes")


async def test_start_asks_and_does_not_ask_twice_in_one_answer(visitor: Visitor, bot: App) -> None:
    await _member(visitor)
    await _agreed_to(bot, EARLIER)
    assert (await visitor.says("/start")).text.count(QUESTION) == 1
    assert QUESTION not in await visitor.says("menu")


async def _evening(settings: Settings, session: aiohttp.ClientSession, version: str) -> Heard:
    """What somebody finds who agreed to that text and whose article of the day is due."""
    clock = [datetime(2026, 11, 30, 5, tzinfo=UTC)]
    bot = App(settings, LIBRARY, LANGUAGES, lambda: clock[0])
    await bot.start()
    visitor = Visitor(f"http://127.0.0.1:{bot.port}", session, "en")
    await _member(visitor)
    await _agreed_to(bot, version)
    clock[0] = datetime(2026, 11, 30, 11, 1, tzinfo=UTC)  # 18:01 in Viet Nam
    await bot.scheduler.tick(clock[0])
    await bot.senders.send_ripe(lambda: clock[0])
    states = await bot.store.queue.count_states()
    told = await visitor.says("menu")
    await bot.stop()
    return Heard(f"{states}\n{told.text}")


async def test_what_was_agreed_to_goes_on_under_an_earlier_text(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    evening = await _evening(settings, session, EARLIER)
    assert "{'waiting': 1}" in evening  # for the page
    assert GOES_ON in evening


async def test_under_a_text_that_holds_no_more_nothing_is_sent_until_they_agree(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    evening = await _evening(settings, session, EXPIRED)
    assert "waiting" not in evening
    assert STOPS in evening
    assert GOES_ON not in evening
    assert "You are reading as a guest" in evening


async def test_nobody_is_meant_by_a_broadcast_whose_consent_holds_no_more(
    bot: App, visitor: Visitor
) -> None:
    await _member(visitor)
    none = Openings("zalo", datetime.now(UTC), None)
    for version, count in ((EARLIER, 1), (EXPIRED, 0), (NEWEST, 1)):
        await _agreed_to(bot, version)
        reached = await bot.store.allowances.reach(EVERYONE, None, none)
        assert sum(one.people for one in reached) == count, version


def test_versions_are_days_in_their_order() -> None:
    assert list(VERSIONS) == sorted(VERSIONS)
    assert {OLDEST, NEWEST} <= set(VERSIONS)
    assert [holds(version) for version in (None, EXPIRED, OLDEST, NEWEST)] == [
        False, False, True, True
    ]  # fmt: skip


async def test_a_text_changes_only_with_a_decision_about_its_version(visitor: Visitor) -> None:
    await visitor.says("/start")
    await visitor.taps("English")
    for name, words in (("question", "/subscribe"), ("privacy", "/privacy")):
        text = (await visitor.says(words)).text.replace(f"Version {NEWEST} of this text.", "")
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        assert WORDINGS[name].get(digest) == NEWEST, (
            f"the {name} text reads otherwise than before: raise its version in bot/consents.py "
            f"if its meaning is another one; then write here {digest!r}: its version"
        )
