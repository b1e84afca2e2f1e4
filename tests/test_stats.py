"""/stats: officers see what was counted in their unit and below, and nothing of a small group."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.app import App
from bot.figures import DayFigure
from bot.model import Address
from bot.planreport.periods import Period, whole_month
from bot.store import schema
from tests.conftest import LANGUAGES
from tests.counting import count_month
from tests.organisation import add_people, appoint, prepare
from tests.people import Talker


def _last_month() -> Period:
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    return whole_month(today.year, today.month).before()


async def _counted(bot: App) -> None:
    """Last month: in the zone six people of May and three of Giày; in Nam seven of Gỗ."""
    month = _last_month()

    def one(kind: str, amount: int, topic: str = "", tag: str = "vi") -> DayFigure:
        channel = "telegram" if kind == "sent" else ""
        return DayFigure(month.last, kind, amount, "", topic, tag, channel)

    await count_month(
        bot.store,
        month,
        {"BN-01": 6, "BN-02": 3, "TN-01": 7},
        [
            one("sent", 60, "union"),
            one("sent", 9, "union", "km"),
            one("sent", 3, "union", "th"),
            one("sent", 7, "sea-islands"),
            one("read", 41, "union"),
            *(one("people", n, "", tag) for tag, n in (("vi", 9), ("km", 5), ("th", 2))),
        ],
        [
            ("sent", "union", "BN-01", 37),
            ("sent", "union", "BN-02", 11),
            ("sent", "union", "TN-01", 24),
            ("sent", "sea-islands", "TN-01", 7),
            ("read", "union", "BN-01", 41),
        ],
    )


async def _as_officer(bot: App, person: Talker, unit: str, role: str = "unit-officer") -> None:
    await prepare(bot)
    await person.says("/start")
    await person.taps("English")
    await appoint(bot, await _address(bot), role, unit)


async def _address(bot: App) -> Address:
    table = schema.address.c
    query = select(table.channel, table.address).order_by(table.id.desc()).limit(1)
    row = await bot.store._reads.run(lambda c: c.execute(query).one())
    return Address(row.channel, row.address)


@pytest.mark.parametrize("person", ["visitor", "pilot"], indirect=True)
async def test_an_officer_sees_the_own_unit_and_below_and_nobody_small(
    person: Talker, bot: App
) -> None:
    await _as_officer(bot, person, "BN")
    await _counted(bot)
    await add_people(bot.store, "BN-01", 6, "web")
    await add_people(bot.store, "BN-02", 3, "web")
    said = await person.says("statistics")
    assert "Figures: Tỉnh Bắc" in said
    assert "Trade union: 48" in said
    assert "Khu công nghiệp: 48" in said  # the zone, by unit
    assert "Tỉnh Bắc: 9" in said  # people
    assert "Sea" not in said  # nothing of it came here
    assert not any(name in said for name in ("Telegram: ", "Tiếng Việt: ", "Tỉnh Nam"))
    if person.sees_pictures:
        assert said.pictures == 2
    # Six of May's nine would give Giày's three away: so would 37 of 48.
    below = await person.taps("Khu công nghiệp")
    assert "Trade union: 48" in below
    assert "37" not in below
    assert "Công ty May: " not in below
    for code in ("BN-01", "BN-02"):
        told = await person.taps_value(f"stats:{code}:{_last_month().code}")
        assert "There are no figures of these days." in told
        assert "fewer than five people" in told
    for forged in ("stats:TN", "stats:LD:2026", "stats:NO"):
        assert "There is no such unit among yours." in await person.taps_value(forged)
    # A period that is not offered, such as the month that is under way, is not told.
    told = await person.taps_value("stats:BN:19990101-19990109:99999999999999999999")
    assert "Trade union: 48" in told


async def test_who_holds_an_office_at_the_top_sees_the_whole_by_channel_and_language(
    visitor: Talker, bot: App
) -> None:
    await _as_officer(bot, visitor, "LD", "administrator")
    said = await visitor.says("/stats")
    assert "There are no figures of these days." in said
    assert "Liên đoàn: fewer than 5 people" in said
    await _counted(bot)
    assert "There are no figures of these days." in await visitor.says("/stats")  # of this month
    said = await visitor.taps("Last month")
    assert "Trade union: 72" in said
    assert "Telegram: 79" in said
    assert "Tiếng Việt: 67" in said
    assert "Tỉnh Bắc: 48" in said
    assert "Tỉnh Nam: 31" in said
    # Two read Thai: with Khmer's five they are seven.
    assert "all others: 12" in said
    assert LANGUAGES.name("km") not in said
    # The month after is not closed: its few messages are told of the whole only.
    assert "Trade union: 72" in await visitor.taps_value(f"stats:LD:{_last_month().code}")


async def test_of_several_offices_one_is_chosen(visitor: Talker, bot: App) -> None:
    await _as_officer(bot, visitor, "BN-KCN")
    await appoint(bot, await _address(bot), "unit-officer", "TN")
    asked = await visitor.says("/stats")
    assert "Of which unit?" in asked
    assert "Figures: Tỉnh Nam" in await visitor.taps("Tỉnh Nam")
