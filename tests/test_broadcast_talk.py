"""/broadcast in the chat: written with a thumb, approved by a second officer, followed."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import App
from bot.model import Address
from tests.campaigning import add_members
from tests.fakes.telegram import FakeTelegram
from tests.organisation import add_people, appoint, prepare
from tests.people import Talker, TelegramPerson

TEXT = "Lịch làm việc mới\n\nVăn phòng công đoàn mở cửa sáng thứ bảy, từ 8 giờ đến 11 giờ."
SOURCE = "Thông báo; Công đoàn cơ sở; 12/TB"
EVERYONE = range(600, 640)


async def _english(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")


@pytest.fixture
async def lan(bot: App, chatter: TelegramPerson, telegram: FakeTelegram) -> TelegramPerson:
    """A federation officer; forty members follow her."""
    telegram.chats.update(EVERYONE)
    await prepare(bot)
    await _english(chatter)
    await appoint(bot, Address("telegram", "501"), "federation-officer", "LD")
    await add_members(bot.store, len(EVERYONE))
    return chatter


@pytest.fixture
async def hoa(bot: App, lan: TelegramPerson, telegram: FakeTelegram) -> TelegramPerson:
    """A second one."""
    other = TelegramPerson(telegram, lan._settled, 502)
    await _english(other)
    await appoint(bot, Address("telegram", "502"), "administrator", "LD")
    return other


async def _written(officer: TelegramPerson, text: str = TEXT) -> None:
    await officer.says("/broadcast")
    await officer.says(text)
    await officer.taps_value("draft:topic:union")
    await officer.says(SOURCE)
    await officer.taps("Everyone")


def _got(telegram: FakeTelegram) -> Counter[int]:
    return Counter(s.chat for s in telegram.sent if "Lịch làm việc mới" in s.text and s.chat >= 600)


async def _done(bot: App, number: int = 1) -> None:
    for _ in range(200):
        campaign = await bot.store.campaigns.get(number)
        if campaign is not None and campaign.state == "done":
            return
        await asyncio.sleep(0.05)
    raise AssertionError(campaign)


async def _told(telegram: FakeTelegram, text: str) -> str:
    """All that Lan was told, when that text is among it: by day notices are sent by themselves."""
    for _ in range(100):
        told = "\n".join(sent.text for sent in telegram.to(501))
        if text in told:
            return told
        await asyncio.sleep(0.05)
    raise AssertionError(told)


def _noon() -> datetime:
    return datetime.now(UTC).replace(hour=5) + timedelta(days=1)


async def test_an_ordinary_message_takes_one_paste_and_few_taps(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson, telegram: FakeTelegram
) -> None:
    assert "Paste the message." in await lan.says("/broadcast")
    assert "On which topic is it?" in await lan.says(TEXT)
    assert "On what source?" in await lan.taps_value("draft:topic:union")
    assert "For whom?" in await lan.says(SOURCE)
    page = await lan.taps("Everyone")
    for line in ("Lịch làm việc mới", "- Source: Thông báo, Công đoàn cơ sở", "- For: everyone",
                 "- When: at once", "40 people"):  # fmt: skip
        assert line in page
    assert "1 officer is asked to approve it." in await lan.taps("Ask for approval")
    assert _got(telegram) == Counter()
    # The author cannot approve, not even with a button of long ago.
    assert "You may not do that" in await lan.taps_value("campaign:1:approve")
    shown = await hoa.says("/campaigns")
    assert "№ 1: Lịch làm việc mới (waits for approval)" in shown
    preview = await hoa.taps("№ 1")
    assert "Văn phòng công đoàn mở cửa" in preview
    assert "Thông báo, 12/TB" in preview
    assert "Done." in await hoa.taps("Approve")
    assert "It was decided already" in await hoa.taps_value("campaign:1:approve")
    campaign = await bot.store.campaigns.get(1)
    assert campaign is not None
    assert (campaign.author, campaign.approver) == (1, 2)


async def test_an_approved_message_reaches_everybody_and_its_author_is_told(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _written(lan)
    await lan.taps("Urgent")  # so that the test need not wait for the morning
    await lan.taps("Ask for approval")
    await hoa.taps_value("campaign:1:approve")
    await _done(bot)
    assert _got(telegram) == Counter(EVERYONE)
    followed = await lan.taps_value("campaign:1")
    assert "▓▓▓▓▓▓▓▓▓▓ 40/40" in followed
    assert "arrived: 40" in followed
    await bot.senders.send_ripe(_noon)
    told = await _told(telegram, "Message № 1 arrived 40 times.")
    assert "Message № 1 was approved" in told
    # All of its tally, as lines and as a picture.
    assert "- Telegram: 40 / 40" in told
    assert [sent.photo for sent in telegram.to(501) if sent.photo] == ["file-1"]
    trail = (await hoa.says("/audit")).text
    for line in ("№ 1: asked for approval, campaign:1", "№ 2: approved a message, campaign:1"):
        assert line in trail


async def test_what_was_sent_is_found_in_the_inbox(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    telegram.chats.update(range(700, 707))
    await add_members(bot.store, 7, first=700, language="en")
    member = TelegramPerson(telegram, lan._settled, 700)
    assert "Nothing was sent to you lately" in await member.says("/inbox")
    await _written(lan)
    await lan.taps("For whom")
    await lan.says("language:en")
    await lan.taps("Urgent")
    assert "On its way." in await lan.taps("Send")  # seven people need no second officer
    await _done(bot)
    assert "Lịch làm việc mới" in (await member.says("/inbox")).buttons
    assert "Văn phòng công đoàn mở cửa" in await member.taps("Lịch làm việc mới")


async def test_a_draft_waits_on_whatever_phone_and_is_changed_piece_by_piece(
    bot: App, lan: TelegramPerson
) -> None:
    await _written(lan)
    page = await lan.says("/broadcast")
    assert "Lịch làm việc mới" in page
    await lan.taps("Other languages")
    assert "Paste the text in this language: English" in await lan.taps("English")
    page = await lan.says("New office hours\n\nThe office opens on Saturday morning.")
    assert "Languages: Tiếng Việt and English" in page
    await lan.taps("When")
    assert "That time is over" in await lan.says("1/1 18:00") or "For: everyone" in page
    await lan.says("/broadcast")
    await lan.taps("When")
    assert "23:59" in await lan.says("23:59")
    shown = await lan.taps("Preview")
    assert "The office opens on Saturday morning." in shown
    assert "Văn phòng công đoàn mở cửa" in shown
    await lan.taps("Delete the draft")
    assert "Paste the message." in await lan.says("/broadcast")


BAD = {
    "": "Paste the message" ,
    "Xem\n\nftp://example.org": "does not begin with http",
    "x" * 4000: "too long",
}  # fmt: skip


@pytest.mark.parametrize("text", [text for text in BAD if text])
async def test_a_text_that_cannot_be_sent_gets_a_clear_answer(
    bot: App, lan: TelegramPerson, text: str
) -> None:
    await lan.says("/broadcast")
    assert BAD[text] in await lan.says(text)
    assert await bot.store.campaigns.find("draft") == ()
    assert "On which topic" in await lan.says(TEXT)  # it is still asked for


@pytest.mark.parametrize(
    "button", ["preview", "send", "language", "at", "repeat", "audience", "source"]
)
async def test_a_button_of_an_earlier_draft_asks_for_what_the_new_one_lacks(
    lan: TelegramPerson, button: str
) -> None:
    await _written(lan)
    await lan.taps("Delete the draft")
    await lan.says("/broadcast")
    assert "On which topic is it?" in await lan.says(TEXT)
    told = await lan.taps_value(f"draft:{button}")
    assert "something went wrong" not in told
    assert told.buttons  # it leads on
    if button in {"preview", "send"}:
        assert "On which topic is it?" in told


async def test_nobody_and_too_few_are_not_written_to(bot: App, lan: TelegramPerson) -> None:
    await _written(lan)
    for terms in ("language:th", "unit:BN-01"):
        await lan.taps("For whom")
        await lan.says(terms)
        assert "Fewer than 5 people would get it" in await lan.taps_value("draft:send")
        await lan.says("/broadcast")
    await lan.taps("For whom")
    assert "cannot be read" in await lan.says("colour:red")
    assert "does not reach all of that" in await lan.says("unit:NOPE")
    campaign = (await bot.store.campaigns.find("draft"))[0]
    assert campaign.audience == "unit:BN-01"


async def test_a_unit_officer_reaches_the_own_unit_only(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    kim = TelegramPerson(telegram, lan._settled, 503)
    await _english(kim)
    await appoint(bot, Address("telegram", "503"), "unit-officer", "BN")
    await add_people(bot.store, "BN-01", 25)
    await kim.says("/broadcast")
    await kim.says(TEXT)
    await kim.taps_value("draft:topic:union")
    await kim.says(SOURCE)
    for terms in ("everyone", "unit:TN", "language:vi", "unit:BN unit:TN", "unit:LD"):
        assert "does not reach all of that" in await kim.says(terms)
    page = await kim.taps("All of Tỉnh Bắc")
    assert "For: unit:BN" in page
    await kim.taps("Urgent")
    asked = await kim.taps("Ask for approval")
    assert "1 officer is asked" in asked  # Lan: federation officer of the whole
    assert "№ 1: Lịch làm việc mới" in await lan.says("/campaigns")


async def test_without_a_second_officer_nothing_large_goes_out(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _written(lan)
    assert "Nobody else may approve this" in await lan.taps("Ask for approval")
    assert (await bot.store.campaigns.find("draft"))[0].id == 1


async def test_few_people_a_day_may_be_written_to_alone_and_no_more(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    for first, language in ((700, "en"), (720, "th")):
        telegram.chats.update(range(first, first + 15))
        await add_members(bot.store, 15, first=first, language=language)
    await _written(lan)
    await lan.taps("For whom")
    await lan.says("language:en")
    await lan.taps("Urgent")
    await lan.taps("Send")
    await _done(bot)
    await _written(lan)
    await lan.taps("For whom")
    page = await lan.says("language:th")
    assert "Ask for approval" in page.buttons
    assert "The same text was sent in the last 24 hours." in page


async def test_an_edit_undoes_the_asking_and_the_approval(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson
) -> None:
    await _written(lan)
    await lan.taps("Ask for approval")
    assert "You may not do that" in await hoa.taps_value("campaign:1:edit")
    await lan.taps_value("campaign:1:edit")
    assert "no such message" in await hoa.taps_value("campaign:1:approve")
    await lan.says("/broadcast")
    await lan.taps("When")
    await lan.says("23:59")
    await lan.taps("Ask for approval")
    await hoa.taps_value("campaign:1:approve")
    await lan.taps_value("campaign:1:edit")
    (draft,) = await bot.store.campaigns.find("draft")
    assert draft.approver is None


async def test_a_number_is_pointed_out_and_what_is_cancelled_stays_so(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson
) -> None:
    await _written(lan, TEXT + " Gọi 0912 345 678.")
    page = await lan.says("/broadcast")
    assert "There is a long number in the text" in page
    await lan.taps("Ask for approval")
    assert "There is a long number in the text" in await hoa.taps_value("campaign:1")
    assert "Paste the message." in await lan.says("/broadcast")  # that draft is not hers any more
    assert "Done." in await hoa.taps_value("campaign:1:cancel")
    assert "It was decided already" in await hoa.taps_value("campaign:1:approve")
    campaign = await bot.store.campaigns.get(1)
    assert campaign is not None
    assert campaign.state == "cancelled"


async def test_an_article_is_sent_with_two_taps_and_whom_it_is_for(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    telegram.chats.update(range(700, 706))
    await add_members(bot.store, 6, first=700, language="en")
    await lan.says("/pack")
    await lan.taps_value("pack:union-founding-day")
    assert "For whom?" in await lan.taps("Send to members")
    await lan.says("language:en")
    await lan.taps("Urgent")
    await lan.taps("Expires")
    assert "Expires:" in await lan.taps("7 days")
    await lan.taps("Send")
    await _done(bot)
    (got,) = [sent.text for sent in telegram.sent if sent.chat == 700]
    assert "1929" in got


async def test_an_earlier_message_is_repeated_and_corrected_to_those_who_got_it(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    telegram.chats.update(range(700, 708))
    telegram.blocked.add(707)
    await add_members(bot.store, 8, first=700, language="en")
    await _written(lan)
    await lan.taps("For whom")
    await lan.says("language:en")
    await lan.taps("Urgent")
    await lan.taps("Send")
    await _done(bot)
    await add_members(bot.store, 5, first=720, language="en")
    await lan.taps_value("campaign:1")
    await lan.taps("Correct it")
    assert "Paste the message." in await lan.taps("Send a correction")
    page = await lan.says("Sửa lịch\n\nVăn phòng mở cửa sáng chủ nhật.")
    assert "7 people" in page
    assert "Corrects № 1: sent to all who got it." in page
    await lan.taps("Send")
    await _done(bot, 2)
    got = [sent.chat for sent in telegram.sent if "Sửa lịch" in sent.text]
    assert sorted(chat for chat in got if chat >= 600) == list(range(700, 707))
    again = await lan.says("/broadcast")
    assert "Again: Lịch làm việc mới" in again.buttons
    assert "For: language:en" in await lan.taps("Again: Lịch làm việc mới")


@pytest.mark.parametrize(
    "value", ["begin:article:nope", "begin:again:9", "begin:correct:x", "begin:"]
)
async def test_nothing_begins_with_what_there_is_not(
    bot: App, lan: TelegramPerson, value: str
) -> None:
    assert "There is no such message" in await lan.taps_value(value)
    assert await bot.store.campaigns.find("draft") == ()
