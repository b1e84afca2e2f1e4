"""When and how often, in the chat: a few taps, told plainly to author and approver, and stopped."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.app import App
from bot.lunar import Lunar, lunar_of, next_day
from bot.model import Address
from bot.timing import coming_days
from tests.conftest import LIBRARY
from tests.fakes.telegram import FakeTelegram
from tests.organisation import appoint
from tests.people import TelegramPerson
from tests.test_broadcast_talk import EVERYONE, _done, _got, _written, hoa, lan

__all__ = ["hoa", "lan"]  # fixtures


def _home(bot: App) -> datetime:
    return datetime.now(UTC).astimezone(bot._services.zone)


async def test_a_time_and_a_repeat_are_a_few_taps(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson
) -> None:
    await _written(lan)
    asked = await lan.taps("When")
    assert "When? Tap, or write" in asked
    assert len(asked.buttons) <= 9  # as many as fit a list on Zalo
    day = _home(bot).date() + timedelta(days=1)
    offered = [label for label, value in asked.buttons.items() if value.endswith("T1130")]
    assert len(offered) == 1
    await lan.taps(offered[0])
    assert ", 11:30" in offered[0]
    await lan.taps("When")
    often = await lan.taps("Repeat it")
    weekday = next(label for label in often.buttons if label.startswith("Each week"))
    assert "For how long?" in await lan.taps(weekday)
    page = await lan.taps("4 weeks")
    assert f"When: {weekday}, 11:30" in page
    assert ": 4 times" in page
    assert "Next: " in page
    (draft,) = await bot.store.campaigns.find("draft")
    assert draft.at == draft.began_at
    assert draft.at is not None
    assert draft.at.astimezone(bot._services.zone).time() == time(11, 30)
    assert draft.at.astimezone(bot._services.zone).date() <= day
    # Who approves it sees the same, and approves all of it at once.
    await lan.taps("Ask for approval")
    shown = await hoa.taps_value("campaign:1")
    for line in (f"When: {weekday}, 11:30", ": 4 times", "Next: "):
        assert line in shown
    await hoa.taps("Approve")
    assert "Stop repeating" in (await lan.taps_value("campaign:1")).buttons


async def test_each_month_each_year_and_only_once(bot: App, lan: TelegramPerson) -> None:
    await _written(lan)
    home = _home(bot)
    await lan.taps("When")
    await lan.taps("Repeat it")
    monthly = await lan.taps_value("draft:repeat:monthly")
    assert list(monthly.buttons) == ["3 months", "6 months", "1 year"]
    page = await lan.taps("3 months")
    assert f"Each month: day {home.day}" in page
    assert ": 3 times" in page
    page = await lan.taps_value("draft:repeat:yearly")
    assert f"Each year: {home.day}/{home.month}, " in page
    assert ": 2 times" in page
    page = await lan.taps_value("draft:repeat:lunar")
    assert f"Each year: {lunar_of(home.date())[0]} of the lunar calendar" in page
    assert ": 2 times" in page
    await lan.taps("When")
    page = await lan.taps("Only once")
    assert "times" not in page
    for value in ("draft:repeat:hourly", "draft:repeat:weekly:9y", "draft:repeat:yearly:1y"):
        assert "?" in await lan.taps_value(value)  # it is asked again
    (draft,) = await bot.store.campaigns.find("draft")
    assert draft.repeat == ""


async def test_a_day_of_the_calendar_and_a_lunar_day(bot: App, lan: TelegramPerson) -> None:
    await _written(lan)
    today = _home(bot).date()
    asked = await lan.taps("When")
    (day, entry), *_ = coming_days(LIBRARY.calendar, today, 1)
    assert f"draft:at:calendar:{entry.id}" in asked.buttons.values()
    await lan.taps_value(f"draft:at:calendar:{entry.id}")
    (draft,) = await bot.store.campaigns.find("draft")
    assert draft.at == datetime.combine(day, time(8), bot._services.zone)
    await lan.taps("When")
    await lan.says("âl 10/3 08:00")
    (draft,) = await bot.store.campaigns.find("draft")
    assert draft.at is not None
    when = draft.at.astimezone(bot._services.zone)
    assert (when.date(), when.time()) == (next_day(Lunar(10, 3), today), time(8))
    await lan.taps("When")
    # A month of 29 days, and one that comes twice, are said.
    short = next(m for m in range(1, 13) if _is_short(m, today))
    assert "29 days: its 29th is meant" in await lan.says(f"âl 30/{short} 09:00")


def _is_short(month: int, today: date) -> bool:
    return lunar_of(next_day(Lunar(30, month), today))[0].day == 29


WRONG = {
    "30/2 08:00": "Write the time like",
    "tomorrow": "Write the time like",
    "âl 31/1 08:00": "Write the time like",
    "calendar:nope": "There is no such day in the calendar",
}


async def test_what_is_no_time_gets_a_clear_answer_and_is_asked_again(
    bot: App, lan: TelegramPerson
) -> None:
    await _written(lan)
    await lan.taps("When")
    for text, answer in WRONG.items():
        assert answer in await lan.says(text)
    assert "That time is over already" in await lan.taps_value("draft:at:20200101T0800")
    (draft,) = await bot.store.campaigns.find("draft")
    assert draft.at is None


async def _sent_weekly(bot: App, lan: TelegramPerson, hoa: TelegramPerson) -> None:
    """From now on, each week for four weeks; the first one is through."""
    await _written(lan)
    await lan.taps("Urgent")
    await lan.taps_value("draft:repeat:weekly:4w")
    await lan.taps("Ask for approval")
    await hoa.taps_value("campaign:1:approve")
    await _done(bot)


async def test_the_first_goes_out_and_the_next_waits_until_it_is_stopped(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _sent_weekly(bot, lan, hoa)
    assert set(_got(telegram)) == set(EVERYONE)
    coming = await bot.store.campaigns.get(2)
    assert coming is not None
    assert (coming.state, coming.series, coming.approver) == ("scheduled", 1, 2)
    first = await lan.taps_value("campaign:1")
    assert "arrived: 40" in first
    assert "Next: " in first
    assert "Done." in await lan.taps("Stop repeating")
    stopped = await bot.store.campaigns.get(2)
    assert stopped is not None
    assert stopped.state == "cancelled"
    assert "Stop repeating" not in (await lan.taps_value("campaign:1")).buttons


async def test_what_was_held_back_is_taken_over_and_approved_anew(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _sent_weekly(bot, lan, hoa)
    await bot.store.officers.remove(Address("telegram", "502"), datetime.now(UTC))
    coming = await bot.store.campaigns.get(2)
    assert coming is not None
    assert coming.at is not None
    due = coming.at
    await bot.bulk._launch(coming, due, lambda *_: due)
    noon = datetime.now(UTC).replace(hour=5) + timedelta(days=1)
    await bot.senders.send_ripe(lambda: noon + timedelta(days=8))
    told = "\n".join(sent.text for sent in telegram.to(501))
    assert "Message № 2 was to go out again" in told
    page = await lan.taps_value("campaign:2")
    assert "holds no office for these people any more" in page
    assert "Nobody else may approve this" in await lan.taps("Ask for approval")
    assert "not in a state for that" in await lan.taps_value("campaign:2:resume")
    other = TelegramPerson(telegram, lan._settled, 503)
    await other.says("/start")
    await other.taps("English")
    await appoint(bot, Address("telegram", "503"), "federation-officer", "LD")
    await lan.taps_value("campaign:2")
    assert "Done." in await lan.taps("Ask for approval")
    assert "Done." in await other.taps_value("campaign:2:approve")
    approved = await bot.store.campaigns.get(2)
    assert approved is not None
    assert (approved.state, approved.author, approved.approver) == ("scheduled", 1, 3)


@pytest.mark.parametrize("word", ["adopt", "stop", "hold", "launch"])
async def test_no_word_that_is_not_offered_may_be_said(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson, word: str
) -> None:
    await _sent_weekly(bot, lan, hoa)
    assert "not in a state for that" in await lan.taps_value(f"campaign:2:{word}")
    await asyncio.sleep(0)
    coming = await bot.store.campaigns.get(2)
    assert coming is not None
    assert coming.state == "scheduled"
