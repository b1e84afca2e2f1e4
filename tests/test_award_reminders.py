"""Reminders of the award's deadline: to whom, when, once each, and none without a date."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from bot.app import App
from bot.award import COMPLETE, OPEN, Details, Entry
from bot.award_reminders import remind
from bot.library import Award
from bot.model import Address, Event, Parcel, Person, Session
from bot.rights import VERBS
from bot.settings import Settings
from bot.store import Officer, Seal, Store, Work, schema
from handlers import render
from tests.awarding import join, library_with, the_award
from tests.conftest import LANGUAGES, LIBRARY, make_ready
from tests.people import Visitor

DEADLINE = date(2027, 7, 31)
NOON = datetime(2027, 7, 1, 5, tzinfo=UTC)


def _award(**days: date) -> Award:
    award = library_with(**{"deadline": DEADLINE, **days}).award  # type: ignore[arg-type]
    assert award is not None
    return award


AWARD = _award()


def _entry(code: str, state: str, edition: str = "coming") -> Entry:
    details = Details("T", "https://example.vn/" if state == COMPLETE else "")
    return Entry(code, edition, "radio", "vi", details, state, date(2029, 1, 1))


async def _someone(store: Store, address: str, *, consents: bool = True) -> Person:
    stored = await store.write_down(Event(address, Address("telegram", address)), NOON)
    assert stored is not None
    person, work = Person(stored.person_id), Work()
    if consents:
        work.consent(person, "v", NOON)
    await store.finish(stored, work, Session(), (), NOON)
    return person


async def _do(store: Store, address: str, work: Work) -> None:
    stored = await store.write_down(
        Event(f"{address}-{id(work)}", Address("telegram", address)), NOON
    )
    assert stored is not None
    await store.finish(stored, work, Session(), (), NOON)


async def _queued(store: Store) -> dict[str, str]:
    """What is on its way, by address."""
    delivery, address = schema.delivery, schema.address
    query = select(address.c.address, delivery.c.sealed).join(
        address, address.c.person_id == delivery.c.person_id
    )
    rows = await store._reads.run(lambda c: c.execute(query).all())
    parcels = [(row.address, store._codecs.parcel.read(row.sealed)) for row in rows]
    assert all(parcel.kind == "award" and parcel.day == DEADLINE for _, parcel in parcels)
    found: dict[str, str] = {}
    for name, parcel in parcels:
        assert name not in found, "nobody is told twice"
        found[name] = parcel.label
    return found


@pytest.fixture
async def store(database_url: str) -> Store:
    made = Store(database_url, Seal("secret"))
    await make_ready(made)
    return made


async def _people(store: Store) -> None:
    """An officer, a reader, makers of an open and of a whole work, wishers, who left."""
    for address, role, topic in (
        ("officer", "unit-officer", ""),
        ("topical", "unit-officer", "award"),
        ("other-topic", "unit-officer", "union"),
        ("reader", "reader", ""),
    ):
        await _someone(store, address, consents=False)
        assert await store.officers.add(
            Officer(Address("telegram", address), role, "", topic), NOON
        )
    assert "reader" not in VERBS["award"]
    for address, state in (("open", OPEN), ("whole", COMPLETE), ("left", OPEN), ("both", OPEN)):
        person, work = await _someone(store, address), Work()
        work.register(person, _entry(f"aaaa-{address}"[:9], state), "v", NOON)
        if address == "both":
            work.wish_award(person, NOON.date())
        if address == "left":
            work.stop(person)
        await _do(store, address, work)
    person, work = await _someone(store, "wisher"), Work()
    work.wish_award(person, NOON.date())
    work.wish_award(person, NOON.date())
    await _do(store, "wisher", work)
    await _someone(store, "bystander")


async def test_officers_makers_and_wishers_are_told_once(store: Store) -> None:
    await _people(store)
    assert await remind(store, AWARD, NOON.date(), NOON) == 5
    assert await _queued(store) == {
        "officer": "officer",
        "topical": "officer",
        "open": "maker",
        "both": "maker,wish",
        "wisher": "wish",
    }
    assert await remind(store, AWARD, NOON.date(), NOON) == 0
    assert await remind(store, AWARD, NOON.date() + timedelta(days=3), NOON) == 0
    await store.close()


async def test_many_processes_and_restarts_queue_once(database_url: str, store: Store) -> None:
    await _people(store)
    others = [Store(database_url, Seal("secret")) for _ in range(3)]
    found = await asyncio.gather(
        *(remind(one, AWARD, NOON.date(), NOON) for one in (store, *others) for _ in range(3))
    )
    assert sorted(found) == [0] * 11 + [5]
    assert len(await _queued(store)) == 5
    for one in (store, *others):
        await one.close()


async def test_a_failure_while_queueing_leaves_nothing_behind(store: Store) -> None:
    """The note that it was queued and the messages are one transaction."""
    await _people(store)

    async def rename(old: str, new: str) -> None:
        statement = text(f"ALTER TABLE {old} RENAME TO {new}")
        await store._writes.run(lambda c: c.execute(statement))

    await rename("delivery", "away")
    with pytest.raises(DBAPIError):
        await remind(store, AWARD, NOON.date(), NOON)
    await rename("away", "delivery")
    assert await _queued(store) == {}
    assert await remind(store, AWARD, NOON.date(), NOON) == 5
    await store.close()


async def test_each_step_comes_and_what_was_missed_does_not_come_late(store: Store) -> None:
    await _people(store)
    days = {30: 0, 29: 5, 15: 5, 14: 0, 3: 5, 0: 0, -1: 0}
    # The 30 days were missed by a day, the 5 by two: each comes once, with the days that are left.
    for left, queued in days.items():
        if left == 30:
            continue
        today = DEADLINE - timedelta(days=left)
        assert await remind(store, AWARD, today, NOON) == queued, left
    await store.close()


async def test_an_extended_deadline_is_told_anew(store: Store) -> None:
    await _people(store)
    assert await remind(store, AWARD, NOON.date(), NOON) == 5
    later = _award(deadline=date(2027, 8, 15))
    assert await remind(store, later, NOON.date(), NOON) == 0
    assert await remind(store, later, date(2027, 7, 16), NOON) == 5
    await store.close()


async def test_nothing_is_told_while_the_date_is_not_known(store: Store) -> None:
    await _people(store)
    for ahead in range(0, 400, 10):
        today = date(2027, 1, 1) + timedelta(days=ahead)
        assert await remind(store, the_award(), today, NOON) == 0
    assert await _queued(store) == {}
    await store.close()


async def test_works_are_forgotten_half_a_year_after_the_results(store: Store) -> None:
    await _people(store)
    known = _award(results=date(2027, 12, 12))
    await remind(store, known, date(2027, 12, 13), NOON)
    count = select(func.count()).select_from(schema.work)

    async def kept(day: date) -> int:
        await store.tidy(datetime(day.year, day.month, day.day, tzinfo=UTC))
        return int(await store._reads.run(lambda c: c.execute(count).scalar_one()))

    assert await kept(date(2028, 6, 8)) == 4
    assert await kept(date(2028, 6, 9)) == 0
    await store.close()


async def test_the_message_says_how_many_days_are_left_when_it_is_sent(bot: App) -> None:
    from dataclasses import replace

    services = replace(bot._services, library=library_with(deadline=DEADLINE))
    parcel = Parcel("award", day=DEADLINE, label="officer,maker,wish")
    reply = render(services, parcel, "en", date(2027, 7, 17))
    assert reply is not None
    assert "deadline: July 31, 2027 (14 days are left)" in reply.body
    assert "A work of yours is not complete yet" in reply.body
    assert [choice.value for choice in reply.choices] == ["works:all", "work:mine", "/award"]
    assert render(services, parcel, "en", date(2027, 8, 1)) is None  # it has passed
    moved = replace(services, library=library_with(deadline=date(2027, 8, 15)))
    assert render(moved, parcel, "en", date(2027, 7, 17)) is None  # another is told
    assert render(replace(services, library=LIBRARY), parcel, "en", date(2027, 7, 17)) is None


async def test_a_wisher_is_written_to_in_the_morning_and_not_at_night(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    settings = settings.model_copy(update={"telegram_bot_token": settings.zalo_bot_token})
    clock = [datetime(2027, 6, 30, 12, tzinfo=UTC)]
    library = library_with(deadline=DEADLINE)
    bot = App(settings, library, LANGUAGES, lambda: clock[0])
    await bot.start()
    visitor = Visitor(f"http://127.0.0.1:{bot.port}", session, "en")
    await join(visitor)
    assert "30, 15 and 5 days before" in await visitor.taps_value("award:remind:on")
    assert "Do not remind me any more" in (await visitor.says("/award")).buttons
    clock[0] = datetime(2027, 6, 30, 17, 30, tzinfo=UTC)  # half past midnight in Viet Nam
    today = date(2027, 7, 1)
    assert library.award is not None
    await remind(bot.store, library.award, today, clock[0])

    async def waiting() -> list[str]:
        await bot.senders.send_ripe(lambda: clock[0])
        replies = [one.reply for one in await bot.store.replies_to_say()]
        return [one.body for one in replies if "You asked to be reminded" in one.body]

    assert await waiting() == []
    clock[0] = datetime(2027, 6, 30, 23, 31, tzinfo=UTC)  # half past six
    (body,) = await waiting()
    assert "30 days are left" in body
    await visitor.taps_value("award:remind:off")
    await remind(bot.store, library.award, date(2027, 7, 16), clock[0])
    assert len(await waiting()) == 1  # the one of before
    await bot.stop()
