"""Reminders of the plan's reports and tasks: to whom, when, once each, and how they read."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import aiohttp
import pytest
from sqlalchemy import select

from bot.app import App
from bot.library import Plan, Task
from bot.model import Address, Event, Parcel, Reply, Session
from bot.plan_reminders import remind
from bot.planreport.duties import duty_holding
from bot.settings import Settings
from bot.store import Officer, Seal, Store, Work, schema
from handlers import render
from tests.conftest import LANGUAGES, LIBRARY
from tests.organisation import load_units
from tests.people import Visitor
from tests.test_award_reminders import _someone

NOW = datetime(2026, 10, 5, 5, tzinfo=UTC)
YEAR = "report:year:20260101-20261031"


def _plan(**changes: object) -> Plan:
    """The sample, without tasks that end on a day of their own."""
    assert LIBRARY.plan is not None
    tasks = tuple(task for task in LIBRARY.plan.tasks if task.until is None)
    return LIBRARY.plan.model_copy(update={"tasks": tasks, **changes})


PLAN = _plan()


def _task(measure: str, until: date) -> Task:
    indicator = {"measure": measure}
    return Task(id="t", section="union", title={"vi": "Việc"}, who="X", until=until,
                indicator=indicator, target=3)  # fmt: skip


@pytest.fixture
async def store(database_url: str) -> Store:
    """With an administrator, a federation officer of the top, and three who are not concerned."""
    made = Store(database_url, Seal("secret"))
    await made.upgrade()
    await load_units(made)
    for address, role, unit, topic in (
        ("administrator", "administrator", "", ""),
        ("federation", "federation-officer", "LD", ""),
        ("province", "federation-officer", "BN", ""),
        ("topical", "federation-officer", "LD", "union"),
        ("unit", "unit-officer", "BN-01", ""),
        ("left", "administrator", "", ""),
    ):
        person = await _someone(made, address, consents=False)
        assert await made.officers.add(Officer(Address("telegram", address), role, unit, topic),
                                       NOW)  # fmt: skip
        if address == "left":
            stored = await made.write_down(Event("stop", Address("telegram", address)), NOW)
            assert stored is not None
            work = Work()
            work.stop(person)
            await made.finish(stored, work, Session(), (), NOW)
    return made


async def parcels(store: Store) -> list[tuple[str, Parcel]]:
    """What is on its way: to whom, what."""
    delivery, address = schema.delivery, schema.address
    query = select(address.c.address, delivery.c.sealed).join(
        address, address.c.person_id == delivery.c.person_id
    )
    rows = await store._reads.run(lambda c: c.execute(query).all())
    return [(row.address, store._codecs.parcel.read(row.sealed)) for row in rows]


async def _queued(store: Store) -> Counter[tuple[str, str]]:
    found = await parcels(store)
    assert all(parcel.kind == "plan" for _, parcel in found)
    return Counter((name, parcel.label) for name, parcel in found)


async def _days(store: Store, plan: Plan, *days: date) -> list[int]:
    return [await remind(store, plan, day, NOW) for day in days]


async def test_each_step_is_told_once_to_who_writes_the_reports(
    database_url: str, store: Store
) -> None:
    # The third quarter's is due five days after it, the year's on 5 November.
    days = [date(2026, 9, day) for day in (27, 28, 29)]
    assert await _days(store, PLAN, *days) == [0, 2, 0]
    quarter = "report:quarter:2026Q3"
    told = {("administrator", quarter): 1, ("federation", quarter): 1}
    assert await _queued(store) == told
    # The second step was missed by a day; several processes queue it once, the first not again.
    others = [Store(database_url, Seal("secret")) for _ in range(2)]
    found = await asyncio.gather(
        *(remind(one, PLAN, date(2026, 10, 4), NOW) for one in (store, *others) for _ in range(2))
    )
    assert sorted(found) == [0] * 5 + [2]
    for one in others:
        await one.close()
    # On the day, once when it is late; weeks later it is no news.
    october = [date(2026, 10, day) for day in (5, 5, 6, 7, 19, 20)]
    assert await _days(store, PLAN, *october) == [2, 0, 2, 0, 0, 0]
    assert (await _queued(store))["federation", quarter] == 4
    # Of the year's, written in between, nothing more is told; a report of other days is another.
    assert await _days(store, PLAN, date(2026, 10, 29)) == [2]
    await store.plan.note_report("2026", date(2026, 1, 1), date(2026, 12, 31), NOW)
    assert await _days(store, PLAN, date(2026, 11, 4)) == [2]
    await store.plan.note_report("20260101-20261031", date(2026, 1, 1), date(2026, 10, 31), NOW, 1)
    assert await _days(store, PLAN, date(2026, 11, 5), date(2026, 11, 6)) == [0, 0]
    assert (await _queued(store))["administrator", YEAR] == 2
    written = await store.plan.reports()
    assert [(one.code, one.officer) for one in written] == [("2026", None), (YEAR[12:], 1)]
    assert written[1].at == NOW
    # A day that was moved is told anew; the last quarter's is asked for in the next year.
    moved = _plan(reports=tuple(
        one.model_copy(update={"days_after": 10}) for one in PLAN.reports if one.every == "quarter"
    ))  # fmt: skip
    assert await _days(store, moved, date(2026, 10, 8), date(2027, 1, 8)) == [2, 2]
    following = _plan(year=2027)
    assert await _days(store, following, date(2027, 1, 5)) == [2]
    assert await _days(store, _plan(year=2030), date(2027, 1, 5)) == [0]
    await store.close()


async def test_tasks_are_reminded_of_until_they_are_reached(store: Store) -> None:
    until = date(2026, 10, 31)
    plan = _plan(tasks=(_task("works", until),), reports=())
    days = [date(2026, 10, day) for day in (16, 17, 18, 29, 31)]
    assert await _days(store, plan, *days, date(2026, 11, 1), date(2026, 11, 2)) == [
        0, 2, 0, 2, 0, 2, 0,
    ]  # fmt: skip
    assert set(await _queued(store)) == {("administrator", "task:t"), ("federation", "task:t")}

    async def reached(task: Task, _now: datetime) -> bool:
        return task.id == "t"

    own = _plan(tasks=(_task("activities", date(2026, 12, 31)),), reports=())
    day = date(2026, 12, 20)
    assert await remind(store, own, day, NOW, reached) == 0
    # What the units do themselves is told to all who report it.
    assert await remind(store, own, day, NOW) == 4
    assert ("unit", "task:t") in await _queued(store)
    assert ("topical", "task:t") not in await _queued(store)
    await store.close()


async def test_the_message_says_what_is_due_and_leads_there(bot: App) -> None:
    plan = _plan(tasks=(_task("works", date(2026, 10, 31)), *PLAN.tasks))
    services = replace(bot._services, library=replace(LIBRARY, plan=plan))
    due = Parcel("plan", day=date(2026, 11, 5), label=YEAR)
    reply = render(services, due, "en", date(2026, 11, 3))
    assert reply is not None
    assert reply.body == (
        "chuyên đề công tác thông tin đối ngoại\n\n"
        "For January 1, 2026 – October 31, 2026. Due on November 5, 2026 (2 days are left)."
    )
    assert reply.choices[0].value == "/planreport 20260101-20261031"
    late = render(services, due, "en", date(2026, 11, 6))
    assert late is not None
    assert "It was due on November 5, 2026 and is not written yet." in late.body
    task = Parcel("plan", day=date(2026, 10, 31), label="task:t")
    reply = render(services, task, "vi", date(2026, 10, 28))
    assert reply is not None
    assert "Việc\n\nChỉ tiêu: 3. Hạn: 31 tháng 10, 2026" in reply.body
    late = render(services, task, "en", date(2026, 11, 1))
    assert late is not None
    assert "It was to be reached by October 31, 2026 and is not." in late.body
    moved = replace(task, day=date(2026, 10, 30))
    assert render(services, moved, "en", date(2026, 10, 28)) is None
    without = replace(services, library=replace(LIBRARY, plan=None))
    assert render(without, due, "en", date(2026, 11, 3)) is None


async def test_the_running_bot_tells_an_officer_with_a_button(
    settings: Settings, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.plan_reminders._LOOK_SECONDS", 0.05)
    now = datetime(2026, 11, 5, 2, tzinfo=UTC)  # nine in the morning
    library = replace(LIBRARY, plan=PLAN)
    bot = App(settings, library, LANGUAGES, lambda: now)
    await bot.start()
    visitor = Visitor(f"http://127.0.0.1:{bot.port}", session, "en")
    await visitor.says("/start")
    await visitor.taps("English")
    query = select(schema.address.c.address)
    address = await bot.store._reads.run(lambda c: c.execute(query).scalar_one())
    await bot.store.officers.add(Officer(Address("web", address), "administrator", ""), now)
    replies: list[Reply] = []
    async with asyncio.timeout(20):
        while not replies:
            await asyncio.sleep(0.05)
            await bot.senders.send_ripe(lambda: now)
            waiting = [one.reply for one in await bot.store.replies_to_say()]
            replies = [one for one in waiting if one.title == "A report is due"]
    (reply,) = replies
    assert "Due on November 5, 2026 (today)" in reply.body
    assert [choice.value for choice in reply.choices] == [
        "/planreport 20260101-20261031", "/menu",
    ]  # fmt: skip
    await bot.stop()


def test_an_activity_stands_in_the_report_that_comes_first() -> None:
    for day, code in {
        date(2026, 11, 29): "2026Q4",
        date(2026, 7, 1): "2026Q3",
        date(2027, 1, 1): "",
    }.items():
        duty = duty_holding(PLAN, day)
        assert (duty.period.code if duty else "") == code
