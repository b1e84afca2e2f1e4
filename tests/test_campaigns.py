"""/campaigns: officers see what a message would become; others learn nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.app import App
from bot.model import Address, Contact, Event, Person, Session
from bot.store import Officer, Work
from tests.people import TelegramPerson


async def _members(bot: App, count: int) -> None:
    now = datetime.now(UTC)
    for number in range(count):
        wrote = Contact(now - timedelta(hours=1 if number % 2 else 100))
        event = Event(f"m{number}", Address("zalo-oa", f"9{number}"), contact=wrote)
        stored = await bot.store.write_down(event, now)
        assert stored is not None
        work = Work()
        work.consent(Person(stored.person_id), "v", now)
        await bot.store.finish(stored, work, Session(), (), now)


async def test_an_officer_sees_the_forecast(bot: App, chatter: TelegramPerson) -> None:
    await chatter.says("/start")
    await chatter.taps("Tiếng Việt")
    await _members(bot, 6)
    await bot.store.officers.add(
        Officer(Address("telegram", "501"), "federation-officer", ""), datetime.now(UTC)
    )
    told = await chatter.says("dot gui tin")
    assert "6 người" in told
    assert "nhận được ngay: 3" in told
    assert "khi họ liên lạc lần tới: 3" in told
    assert "chi phí: 0 đồng" in told


async def test_a_small_audience_is_not_counted(bot: App, chatter: TelegramPerson) -> None:
    await chatter.says("/start")
    await chatter.taps("Tiếng Việt")
    await _members(bot, 4)
    await bot.store.officers.add(
        Officer(Address("telegram", "501"), "administrator", ""), datetime.now(UTC)
    )
    told = await chatter.says("/campaigns")
    assert "ít hơn 5 người" in told
    assert "4" not in told.text.replace("/", "")


async def test_who_holds_no_such_office_knows_no_such_word(
    bot: App, chatter: TelegramPerson
) -> None:
    await chatter.says("menu")
    assert "không biết lệnh này" in await chatter.says("/campaigns")
    await bot.store.officers.add(
        Officer(Address("telegram", "501"), "reader", ""), datetime.now(UTC)
    )
    assert "không biết lệnh này" in await chatter.says("/campaigns")
