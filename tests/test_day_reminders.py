"""A week before a marked day: officers are told once, with a draft that a tap opens."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.app import App
from bot.campaigns import DRAFT
from bot.day_reminders import remind
from bot.model import Parcel
from bot.store import Store
from handlers import render
from tests.conftest import LIBRARY
from tests.people import TelegramPerson
from tests.test_broadcast_talk import lan
from tests.test_plan_reminders import parcels, store

__all__ = ["lan", "store"]  # fixtures

NOW = datetime(2026, 4, 21, 5, tzinfo=UTC)


async def _told(store: Store) -> Counter[tuple[str, str]]:
    found = await parcels(store)
    return Counter((name, f"{parcel.kind} {parcel.day:%d/%m}") for name, parcel in found)


async def test_who_may_write_to_all_is_told_of_each_day_once(store: Store) -> None:
    found = [await remind(store, LIBRARY, date(2026, 4, day), NOW) for day in (20, 21, 21, 22)]
    # 27 April has nothing. 28 April, World Day for Safety, is a week after the 21st, and the
    # 26th, Hung Kings' Day, is six days ahead of the 20th: it is caught up with, and not again.
    assert found == [2, 2, 0, 0]
    assert await _told(store) == {
        ("administrator", "days 26/04"): 1,
        ("federation", "days 26/04"): 1,
        ("administrator", "days 28/04"): 1,
        ("federation", "days 28/04"): 1,
    }
    await store.close()


async def test_it_says_what_the_message_would_say_with_its_sources(bot: App) -> None:
    due = Parcel("days", day=date(2026, 9, 21))
    reply = render(bot._services, due, "en", date(2026, 9, 14))
    assert reply is not None
    assert reply.title == "Coming on September 21, 2026"
    assert "International Day of Peace\n21 September is the International" in reply.body
    assert (
        "53 years of diplomatic relations between Viet Nam and Japan\n"
        "Viet Nam and Japan established diplomatic relations on September 21, 1973." in reply.body
    )
    values = [choice.value for choice in reply.choices]
    assert {"begin:day:peace-day:260921", "begin:day:relations-jp:260921"} < set(values)
    assert all(len(value.encode()) <= 64 for value in values)
    assert any("VietnamPlus" in str(source) for source in reply.sources)
    assert render(bot._services, due, "en", date(2026, 9, 21)) is None


async def test_the_draft_speaks_every_language_and_waits_for_eight_o_clock(
    bot: App, lan: TelegramPerson
) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    year = datetime.now(zone).year + 1
    await lan.taps_value(f"begin:day:relations-kr:{year % 100}1222")
    (draft,) = await bot.store.campaigns.find(DRAFT)
    assert set(draft.message.text) == set(bot._services.languages.tags)
    assert draft.message.text["ko"].title.startswith(
        f"베트남과 대한민국의 외교 관계 수립 {year - 1992}주년"
    )
    assert draft.message.topic == "events"
    assert draft.message.sources
    assert draft.at is not None
    assert draft.at.astimezone(zone) == datetime(year, 12, 22, 8, tzinfo=zone)


async def test_a_day_that_is_not_marked_begins_nothing(bot: App, lan: TelegramPerson) -> None:
    for value in ("relations-kr:301221", "nothing:301222", "relations-kr:201222", "peace-day:x"):
        page = await lan.taps_value(f"begin:day:{value}")
        assert "There is no such message among yours." in page
    assert not await bot.store.campaigns.find(DRAFT)
