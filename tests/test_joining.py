"""My unit: joined from a poster after asking, on every channel; changed, left, never guessed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.app import App
from bot.store import schema
from tests.organisation import prepare
from tests.people import Talker


async def _units_of_people(bot: App) -> list[str | None]:
    query = select(schema.unit.c.code).select_from(schema.person.outerjoin(schema.unit))
    return await bot.store._reads.run(lambda c: list(c.execute(query).scalars()))


async def _english(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")


async def test_a_poster_leads_through_language_and_unit_to_consent(
    person: Talker, bot: App
) -> None:
    await prepare(bot)
    assert "dịch vụ tự động" in await person.says("u_bn-01")
    asked = await person.taps("English")
    assert "Do you belong to Công ty May (Khu công nghiệp, Tỉnh Bắc)?" in asked
    assert await _units_of_people(bot) == [None]  # nothing is kept before a yes
    joined = await person.taps("Yes, my unit")
    assert "Your unit: Công ty May." in joined
    assert "May Liên đoàn send you messages here?" in joined
    assert await _units_of_people(bot) == ["BN-01"]
    assert "Thank you" in await person.taps("I agree")
    assert "You have chosen: Công ty May" in await person.says("my unit")


async def test_nobody_needs_a_unit(person: Talker, bot: App) -> None:
    await prepare(bot)
    await _english(person)
    await person.says("/start u_TN-01")
    declined = await person.taps("No unit")
    assert "You belong to no unit." in declined
    assert "May Liên đoàn send you messages here?" in declined
    assert await _units_of_people(bot) == [None]
    assert "You have chosen no unit." in await person.says("/unit")


async def test_a_unit_is_changed_and_left(person: Talker, bot: App) -> None:
    await prepare(bot)
    await _english(person)
    for typed in ("/unit BN-01", "unit BN-01", "u_BN-01"):
        await person.says(typed)
        await person.taps("Yes, my unit")
        assert await _units_of_people(bot) == ["BN-01"]
        await person.says("/unit")
        assert "Do you belong to Công ty Gỗ" in await person.says("tn-01")
        await person.taps("Yes, my unit")
        assert await _units_of_people(bot) == ["TN-01"]
    await person.says("my unit")
    await person.taps("No unit")
    assert await _units_of_people(bot) == [None]


async def test_the_poster_of_a_merged_unit_leads_to_its_heir(person: Talker, bot: App) -> None:
    await prepare(bot)
    await _english(person)
    await person.says("u_BN-01")
    await person.taps("Yes, my unit")
    now = bot._clock()
    await bot.store.organisation.merge("BN-01", "TN-01", now)
    await bot.store.organisation.follow(bot.structure)
    assert "You have chosen: Công ty Gỗ" in await person.says("/unit")
    assert "Do you belong to Công ty Gỗ" in await person.says("u_BN-01")


async def test_the_code_of_a_unit_with_a_dot_comes_through_a_telegram_link(
    person: Talker, bot: App
) -> None:
    from bot.ways import way_in
    from tests.organisation import wanted

    await prepare(bot)
    await bot.store.organisation.load(wanted(("TN.7", "Tổ bảy", "TN", "team")), bot._clock())
    await bot.store.organisation.follow(bot.structure)
    url = way_in("telegram", "https://t.me/b", "u", "TN.7")
    assert url == "https://t.me/b?start=u_TN__7"
    await _english(person)
    assert "Do you belong to Tổ bảy" in await person.says(f"/start {url.partition('=')[2]}")


async def test_guessing_codes_is_held_up_and_then_even_a_right_one_waits(
    person: Talker, bot: App
) -> None:
    await prepare(bot)
    await _english(person)
    for number in range(5):
        assert "There is no unit of this code" in await person.says(f"u_XX-{number}")
    assert "too many wrong codes" in await person.says("u_BN-01")
    assert "too many wrong codes" in await person.says("i_2345-6789-abcd-efgh")
    assert "too many wrong codes" in await person.says("/link 2345-6789-abcd-efgh")


FORGED = ["unit:join:", "unit:join:NOPE", "unit:", "unit:join:" + "x" * 50, "unit:😀"]


@pytest.mark.parametrize("value", FORGED)
async def test_forged_buttons_put_nobody_in_a_unit(bot: App, visitor: Talker, value: str) -> None:
    await prepare(bot)
    await _english(visitor)
    await visitor.taps_value(value)
    assert await _units_of_people(bot) == [None]


async def test_the_office_of_the_own_unit_is_told_before_that_of_the_federation(
    bot: App, visitor: Talker
) -> None:
    from dataclasses import replace

    from tests.organisation import UNITS, wanted

    await prepare(bot)
    offices = {"BN": "2 Phố Bắc", "LD": "1 Phố Huế"}
    listed = [
        replace(one, more={"office_address": offices.get(one.unit.code)}) for one in wanted(*UNITS)
    ]
    await bot.store.organisation.load(listed, bot._clock())
    await bot.store.organisation.follow(bot.structure)
    await _english(visitor)
    assert "2 Phố Bắc" not in await visitor.says("/contact")
    await visitor.says("u_BN-02")
    await visitor.taps("Yes, my unit")
    told = (await visitor.says("/contact")).text
    assert told.index("2 Phố Bắc") < told.index("1 Phố Huế")
