"""What may be sent to whom and what it costs: windows, budget, forecast, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.audience import EVERYONE, AudienceError, read_audience
from bot.model import Address, Contact, Event, Person, Session, Subscription
from bot.planner import Forecast, Plan, Planner, Terms, plan
from bot.store import Officer, Seal, Store, Window, Work, schema
from tests.conftest import make_ready

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PAID = Terms(is_paid=True, price=55, budget=1000)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _ago(age: timedelta, welcome_left: int | None = None) -> Window:
    return Window(NOW - age, None, welcome_left)


PLANS: dict[str, tuple[Window | None, Terms, str]] = {
    "never in contact": (None, PAID, "later"),
    "only ever left": (Window(None, NOW), PAID, "later"),
    "just now": (_ago(timedelta(0)), Terms(), "free"),
    "two days less a few minutes": (_ago(2 * DAY - timedelta(minutes=2)), PAID, "free"),
    "within the last minute of two days nothing is risked": (
        _ago(2 * DAY - timedelta(seconds=30)),
        Terms(),
        "later",
    ),
    "after two days, unpaid": (_ago(2 * DAY + HOUR), Terms(), "later"),
    "after two days, paid": (_ago(2 * DAY + HOUR), PAID, "billed"),
    "six days, paid": (_ago(6 * DAY), PAID, "billed"),
    "seven days, paid": (_ago(7 * DAY), PAID, "later"),
    "who only followed": (_ago(HOUR, 3), Terms(), "free"),
    "who followed and had the three messages": (_ago(HOUR, 0), PAID, "later"),
    "who followed three days ago is never billed": (_ago(3 * DAY, 2), PAID, "later"),
    "a contact from tomorrow (clocks differ)": (_ago(-DAY), Terms(), "free"),
}


@pytest.mark.parametrize("what", PLANS)
def test_a_window_decides_what_may_go(what: str) -> None:
    window, terms, way = PLANS[what]
    assert plan(window, 1, terms, NOW).way == way


def test_a_plan_says_when_the_free_window_closes_and_what_each_part_costs() -> None:
    assert plan(_ago(HOUR), 1, PAID, NOW) == Plan("free", NOW + 47 * HOUR)
    assert plan(_ago(3 * DAY), 2, PAID, NOW) == Plan("billed", NOW - DAY, 110)
    assert plan(_ago(HOUR, 1), 2, Terms(), NOW).way == "later"  # two parts, one welcome message


# --- with a store --------------------------------------------------------------------------------


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url, Seal("a secret"))
    await make_ready(store)
    yield store
    await store.close()


_numbers = count(1)


async def _person(
    store: Store,
    channel: str = "zalo-oa",
    contact: Contact | None = None,
    *,
    language: str = "vi",
    agrees: bool = True,
    topics: tuple[str, ...] = ("union",),
    now: datetime = NOW,
) -> tuple[int, Person]:
    """Somebody new; the id of their address, and who they are."""
    number = str(next(_numbers))
    event = Event(number, Address(channel, number), contact=contact)
    stored = await store.write_down(event, now)
    assert stored is not None
    person, work = Person(stored.person_id), Work()
    work.choose_language(person, language)
    if agrees:
        work.consent(person, "v1", now)
        work.subscribe(person, Subscription(frozenset(topics), now.date()), None, None)
    await store.finish(stored, work, Session(), (), now)
    return stored.address_id, person


def _wrote(age: timedelta) -> Contact:
    return Contact(NOW - age)


async def test_the_budget_of_a_month_is_never_passed_whoever_spends_at_once(store: Store) -> None:
    planner = Planner(store.allowances, PAID, ZONE)  # 1,000 đồng pay for 18 messages
    address, _ = await _person(store, contact=_wrote(3 * DAY))
    made = await asyncio.gather(*(planner.permit(address, 1, NOW) for _ in range(40)))
    assert [m.way for m in made].count("billed") == 18
    assert {m.way for m in made} == {"billed", "later"}
    await planner.give_back(next(m for m in made if m.way == "billed"), NOW)
    assert (await planner.permit(address, 1, NOW)).way == "billed"
    assert (await planner.permit(address, 1, NOW)).way == "later"
    december = NOW + 10 * DAY
    again, _ = await _person(store, contact=Contact(december - 3 * DAY))
    assert (await planner.permit(again, 1, december)).way == "billed"  # a new month


async def test_that_the_budget_is_spent_is_told_to_administrators_once(store: Store) -> None:
    planner = Planner(store.allowances, Terms(True, 55, 60), ZONE)
    address, _ = await _person(store, contact=_wrote(3 * DAY))
    _, boss = await _person(store, "telegram")
    await _make_administrator(store, boss)
    for _ in range(4):
        await planner.permit(address, 1, NOW)
    assert [d.parcel.label for d in await store.queue.claim("x", NOW, 10)] == ["zalo-oa-budget:60"]


async def _make_administrator(store: Store, person: Person) -> None:
    query = select(schema.address.c.channel, schema.address.c.address).where(
        schema.address.c.person_id == person.id
    )
    row = await store._reads.run(lambda c: c.execute(query).one())
    assert await store.officers.add(
        Officer(Address(row.channel, row.address), "administrator", ""), datetime.now(UTC)
    )


async def test_who_only_followed_is_sent_three_messages_until_they_write(store: Store) -> None:
    planner = Planner(store.allowances, PAID, ZONE)
    address, _ = await _person(store, contact=Contact(NOW - HOUR, "follow"))
    ways = [(await planner.permit(address, 1, NOW)).way for _ in range(5)]
    assert ways == ["free", "free", "free", "later", "later"]


async def test_the_last_answer_to_who_was_just_erased_still_goes(store: Store) -> None:
    planner = Planner(store.allowances, Terms(), ZONE)
    assert (await planner.permit(999, 1, NOW, is_answer=True)).way == "free"
    assert (await planner.permit(999, 1, NOW)).way == "later"


async def test_a_forecast_counts_each_person_once_and_says_what_it_costs(store: Store) -> None:
    for age in (HOUR, 3 * DAY, 4 * DAY, 5 * DAY, 30 * DAY):
        await _person(store, contact=_wrote(age))
    await _person(store, contact=Contact(NOW - HOUR, "follow"))
    await _person(store, "telegram", language="km")
    await _person(store, "zalo-bot")
    await _person(store, "web")
    await _person(store, "telegram", agrees=False)
    await store.mark_unreachable(await _address_of(store, await _person(store, "telegram")))
    unpaid = await Planner(store.allowances, Terms(), ZONE).forecast(EVERYONE, None, NOW)
    channels = {"zalo-oa": 6, "telegram": 1, "zalo-bot": 1, "web": 1}
    assert unpaid == Forecast(9, 4, 5, 0, channels, {"vi": 8, "km": 1})
    paid = await Planner(store.allowances, PAID, ZONE).forecast(EVERYONE, None, NOW)
    assert (paid.now, paid.waiting, paid.cost) == (7, 2, 165)
    poor = Planner(store.allowances, Terms(True, 55, 120), ZONE)
    assert (await poor.forecast(EVERYONE, None, NOW)).cost == 110
    assert (await poor.forecast(EVERYONE, None, NOW, parts=2)).cost == 110


async def _address_of(store: Store, made: tuple[int, Person]) -> Address:
    table = schema.address
    query = select(table.c.channel, table.c.address).where(table.c.id == made[0])
    row = await store._reads.run(lambda c: c.execute(query).one())
    return Address(row.channel, row.address)


AUDIENCES = {
    "everyone": 5,
    "language:vi": 3,
    "language:vi language:km": 4,
    "language:vi channel:web": 1,
    "everyone -channel:web": 4,
    "topic:events": 1,
    "everyone -topic:union": 1,
    "role:administrator": 1,
    "since:2026-11-20": 5,
    "since:2026-12-01": 0,
}


async def test_an_audience_is_who_all_its_kinds_of_terms_mean(store: Store) -> None:
    _, boss = await _person(store, "telegram")
    await _person(store, "telegram", language="km")
    await _person(store, "telegram", topics=("events",))
    await _person(store, "web")
    await _person(store, "telegram", language="th")
    await _make_administrator(store, boss)
    planner = Planner(store.allowances, Terms(), ZONE)
    found = {
        text: (await planner.forecast(read_audience(text), None, NOW)).people for text in AUDIENCES
    }
    assert found == AUDIENCES
    # Who muted the topic is left out, but for an urgent message (no topic).
    assert (await planner.forecast(EVERYONE, "union", NOW)).people == 4


@pytest.mark.parametrize(
    ("text", "fault"),
    {
        "": "say for whom",
        "-language:vi": "only exclusions",
        "-everyone": "nobody",
        "colour:red": "colour:red: not one of",
        "language:": "language:: not one of",
        "language": "language: not one of",
        "since:yesterday": "since:yesterday: must be a date",
    }.items(),
)
def test_an_audience_that_cannot_be_read_says_which_part(text: str, fault: str) -> None:
    with pytest.raises(AudienceError, match=fault):
        read_audience(text)
