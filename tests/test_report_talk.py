"""From a doubtful post to an answer: reported, answered at once or by the desk, told to all."""

from __future__ import annotations

import pytest

from bot.app import App
from bot.model import Address
from bot.settings import Settings
from tests.desking import CLAIM, DOUBTED, SUMMARY, answered, code_in, reported
from tests.fakes.telegram import FakeTelegram
from tests.organisation import appoint, prepare
from tests.people import Talker, TelegramPerson, Visitor

KNOWN = "Thử việc thì công ty không phải trả lương."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nobody sleeps: what is told is told at once."""
    return settings.model_copy(update={"quiet_hours": "03:00-03:01"})


@pytest.fixture
async def mai(bot: App, telegram: FakeTelegram, visitor: Visitor) -> TelegramPerson:
    """A federation officer."""
    await prepare(bot)
    return await _officer(bot, telegram, 901, "federation-officer")


@pytest.fixture
async def tu(bot: App, mai: TelegramPerson, telegram: FakeTelegram) -> TelegramPerson:
    """A second officer."""
    return await _officer(bot, telegram, 902, "administrator")


async def _officer(bot: App, telegram: FakeTelegram, chat: int, role: str) -> TelegramPerson:
    async def settled() -> None:
        await bot.conversation.drain(10)
        await bot.outbox.drain(10)

    officer = TelegramPerson(telegram, settled, chat)
    await officer.says("/start")
    await officer.taps("English")
    await appoint(bot, Address("telegram", str(chat)), role, "LD")
    return officer


async def _english(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")


async def test_a_post_that_was_checked_is_answered_at_once(person: Talker, bot: App) -> None:
    await _english(person)
    asked = await person.says("/report")
    assert "Send what you doubt" in asked
    assert "is kept until 90 days after the answer" in asked  # told before anything is
    assert "Is that all?" in await person.says(KNOWN)
    heard = await person.taps("That is all")
    assert "Is this what you meant?" in heard
    assert "What was found: Incorrect." in heard
    assert "Sources" in heard
    assert "Nothing of what you sent is kept" in await person.taps("Yes, that answers it")
    assert await bot.store.claims.queue(bot._clock(), 9) == ()


async def test_what_nobody_has_checked_reaches_the_desk_in_four_taps(
    person: Talker, bot: App
) -> None:
    await _english(person)
    await person.says("/report")
    await person.says(DOUBTED)
    shown = await person.taps("That is all")
    assert "This is what officers will see" in shown
    heard = await person.taps("Money")
    assert "It is at the desk" in heard
    assert "Officers do not see who you are" in heard
    (claim,) = await bot.store.claims.queue(bot._clock(), 9)
    assert (claim.harm, claim.state, claim.reports) == ("money", "new", 1)
    assert (claim.due_at - claim.opened_at).days == 2
    code = code_in(heard)
    assert "It waits for an officer." in await person.says(f"/case {code.lower()}")
    assert "It waits for an officer." in await person.says(f"/case {code.replace('-', ' ')}")


async def test_everybody_who_asked_is_told_in_their_language_and_only_once(
    bot: App, visitor: Visitor, mai: TelegramPerson, tu: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _english(visitor)
    lan = TelegramPerson(telegram, mai._settled, 601)
    await lan.says("/start")
    await lan.taps("Tiếng Việt")
    await reported(visitor)
    await reported(lan, DOUBTED.upper())
    (claim,) = await bot.store.claims.queue(bot._clock(), 9)
    assert claim.reports == 2
    page = await mai.says("/desk")
    assert "1 claim waits." in page
    page = await mai.taps_value("desk:1")
    assert DOUBTED in page
    assert "601" not in page
    await answered(mai, tu)
    await bot.answering.send_ripe()
    told = [sent for sent in telegram.to(601) if SUMMARY in sent.text]
    assert len(told) == 1
    assert "Sai" in told[0].text
    assert CLAIM in told[0].text
    shown = [one.reply for one in await bot.store.replies_to_say() if SUMMARY in one.reply.body]
    assert [one.title for one in shown] == ["Your report was answered"]
    await bot.answering.send_ripe()
    assert len([sent for sent in telegram.to(601) if SUMMARY in sent.text]) == 1


async def test_the_one_who_wrote_an_answer_does_not_release_it(
    bot: App, visitor: Visitor, mai: TelegramPerson, tu: TelegramPerson
) -> None:
    await reported(visitor)
    await mai.taps_value("desk:1:verdict:incorrect")
    await mai.says(CLAIM)
    await mai.taps_value("desk:1:answer:publish")  # a source and reasons are missing
    assert (await bot.store.claims.get(1)).state == "new"  # type: ignore[union-attr]
    await mai.taps_value("desk:1:answer")
    await mai.says(SUMMARY)
    await mai.says("Thông báo; Ban quản lý; 12/TB")
    await mai.taps_value("desk:1:answer:private")
    await mai.taps_value("desk:1:agree")
    assert (await bot.store.claims.get(1)).state == "reading"  # type: ignore[union-attr]
    assert "I have read it and agree" in (await tu.taps_value("desk:1")).buttons
    await tu.taps_value("desk:1:agree")
    claim = await bot.store.claims.get(1)
    assert claim is not None
    assert (claim.state, claim.slug, claim.revision) == ("closed", "", 1)
