"""Daily figures: counted from what happened, closed after two days, and then the same for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Table, insert, update

from bot.figures import DayFigure
from bot.model import Address, Event, Person, Session
from bot.store import Outcome, Seal, Store, Work, schema
from tests.campaigning import add_members, schedule
from tests.conftest import make_ready
from tests.organisation import load_units

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Monday, 7 September 2026, ten in the morning in Viet Nam.
NOW = datetime(2026, 9, 7, 3, tzinfo=UTC)
DAY = date(2026, 9, 7)
CLOSED = datetime(2026, 9, 9, 17, tzinfo=UTC)  # 48 hours after that day's midnight


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url, Seal("secret"), clock=lambda: NOW)
    await make_ready(store)
    await load_units(store)
    yield store
    await store.close()


async def _send(store: Store, now: datetime, count: int, language: str, first: int) -> int:
    """A campaign of which everything arrives at that moment."""
    await add_members(store, count, first=first, language=language)
    number = await schedule(store, f"language:{language}", is_urgent=True)
    campaign = await store.campaigns.get(number)
    assert campaign is not None
    await store.campaigns.launch(campaign, now, lambda *_: now)
    assert await store.campaigns.hold("telegram", "one", now)
    claimed, _ = await store.campaigns.exchange(number, "telegram", "one", now, [], 500)
    arrived = [Outcome(one.id, "sent", number=100 + at) for at, one in enumerate(claimed)]
    await store.campaigns.exchange(number, "telegram", "one", now, arrived, 0)
    return number


async def _move_all(store: Store, code: str) -> None:
    unit = (await store.organisation.tree()).find(code)
    assert unit is not None
    moved = update(schema.person).values(unit_id=unit.id)
    await store._writes.run(lambda c: c.execute(moved))


async def _work(store: Store, key: str, *changes: Callable[[Work, Person], None]) -> Person:
    stored = await store.write_down(Event(key, Address("telegram", "77")), NOW)
    assert stored is not None
    work, person = Work(), Person(stored.person_id)
    for change in changes:
        change(work, person)
    await store.finish(stored, work, Session(), (), NOW)
    return person


def _sums(figures: Sequence[DayFigure], kind: str) -> dict[tuple[str, str, str], int]:
    return {
        (one.topic, one.language, one.channel): one.amount for one in figures if one.kind == kind
    }


async def test_a_day_is_counted_closed_and_then_stays_whatever_becomes_of_its_people(
    store: Store,
) -> None:
    await _send(store, NOW, 7, "vi", 600)
    await _send(store, NOW, 5, "km", 700)
    await _move_all(store, "BN-01")
    topics = {"unclos": "sea-islands"}
    reader = await _work(
        store,
        "1",
        lambda work, person: work.count_joining(person, DAY),
        lambda work, person: work.consent(person, "v", NOW),
        lambda work, _: work.count_reading("unclos", "vi", DAY, "sea-islands", None),
    )
    assert await store.figures.roll_up(NOW, ZONE, topics) == ()  # the day is not over
    early = await store.figures.of(DAY, DAY)
    assert _sums(early, "sent") == {
        ("union", "vi", "telegram"): 7,
        ("union", "km", "telegram"): 5,
    }
    assert _sums(early, "read") == {("sea-islands", "vi", ""): 1}
    assert sum(_sums(early, "people").values()) == 13
    # Counted once more, it is the same and not the double.
    await store.figures.roll_up(NOW + timedelta(hours=1), ZONE, topics)
    assert await store.figures.of(DAY, DAY) == early
    assert await store.figures.open_days(DAY, DAY) == (DAY,)
    await store.figures.roll_up(CLOSED - timedelta(seconds=1), ZONE, topics)
    assert await store.figures.open_days(DAY, DAY) == (DAY,)
    assert await store.figures.roll_up(CLOSED, ZONE, topics) == (DAY,)
    assert await store.figures.open_days(DAY, DAY) == ()
    told = await store.figures.of(DAY, DAY)
    assert {one.kind: one.amount for one in told if one.kind.startswith(("reached", "joined"))} == {
        "reached-month": 12, "reached-quarter": 12, "reached-year": 12, "joined": 1,
    }  # fmt: skip
    units = await store.figures.of_units(DAY, DAY)
    assert {(one.kind, one.topic): one.amount for one in units} == {
        ("sent", "union"): 12,
        ("read", "sea-islands"): 1,
        ("reached-month", ""): 12,
        ("reached-quarter", ""): 12,
        ("reached-year", ""): 12,
    }
    # Erased, forgotten, merged: the closed day reads as it did.
    await _work(store, "2", lambda work, person: work.erase(person))
    await store.organisation.merge("BN-01", "BN-02", CLOSED)
    await store.tidy(CLOSED + timedelta(days=40))
    await store.figures.roll_up(CLOSED + timedelta(days=40), ZONE, {})
    assert await store.figures.of(DAY, DAY) == told
    assert await store.figures.of_units(DAY, DAY) == units
    assert reader.id


async def test_people_are_counted_once_in_a_month_and_again_in_the_next(store: Store) -> None:
    number = await _send(store, NOW, 6, "vi", 600)
    ids = [row async for row in _people(store)]
    again = NOW + timedelta(days=1)
    later = datetime(2026, 10, 1, 3, tzinfo=UTC)  # the next quarter too
    for moment in (again, later):
        campaign = await store.campaigns.get(await schedule(store, "everyone", is_urgent=True))
        assert campaign is not None
        await store.campaigns.launch(campaign, moment, lambda *_, at=moment: at)
        assert await store.campaigns.hold("telegram", "one", moment)
        claimed, _ = await store.campaigns.exchange(campaign.id, "telegram", "one", moment, [], 500)
        arrived = [Outcome(one.id, "sent") for one in claimed]
        await store.campaigns.exchange(campaign.id, "telegram", "one", moment, arrived, 0)
        await store.figures.roll_up(moment, ZONE, {})
    await store.figures.roll_up(later + timedelta(days=4), ZONE, {})
    september = await store.figures.of(date(2026, 9, 1), date(2026, 9, 30))
    october = await store.figures.of(date(2026, 10, 1), date(2026, 10, 31))
    year = await store.figures.of(date(2026, 1, 1), date(2026, 12, 31))
    assert (number, len(ids)) == (number, 6)
    assert _amount(september, "sent") == 12
    assert _amount(september, "reached-month") == 6
    assert _amount(october, "reached-month") == 6
    assert _amount(october, "reached-quarter") == 6
    assert _amount(october, "reached-year") == 0  # the same people as in September
    assert _amount(year, "reached-year") == 6


async def _people(store: Store) -> AsyncIterator[int]:
    query = schema.person.select()
    for row in await store._reads.run(lambda c: c.execute(query).all()):
        yield row.id


def _amount(figures: Sequence[DayFigure], kind: str) -> int:
    return sum(one.amount for one in figures if one.kind == kind)


async def test_who_leaves_twice_left_once_and_who_agrees_again_joined_once_more(
    store: Store,
) -> None:
    def join(work: Work, person: Person) -> None:
        work.count_joining(person, DAY)
        work.consent(person, "v", NOW)

    def leave(work: Work, person: Person) -> None:
        work.count_leaving(person, DAY)
        work.stop(person)

    for number, change in enumerate((join, join, leave, leave, join)):
        await _work(store, str(number), change)
    figures = await store.figures.of(DAY, DAY)
    assert (_amount(figures, "joined"), _amount(figures, "left")) == (2, 1)


async def test_a_broadcast_of_the_evening_counts_on_the_day_of_the_house(store: Store) -> None:
    late = datetime(2026, 9, 7, 16, 59, tzinfo=UTC)  # 23:59 in Viet Nam
    await _send(store, late, 5, "vi", 600)
    await _send(store, late + timedelta(minutes=1), 6, "km", 700)
    await store.figures.roll_up(late + timedelta(hours=1), ZONE, {})
    assert _amount(await store.figures.of(DAY, DAY), "sent") == 5
    assert _amount(await store.figures.of(DAY + timedelta(days=1), date(2026, 9, 8)), "sent") == 6


async def test_the_desk_the_rounds_and_the_award_are_counted_on_their_days(store: Store) -> None:
    closed = NOW - timedelta(days=30)

    def run(connection: Connection) -> None:
        people = _insert(connection, schema.person, *({"seen_on": DAY} for _ in range(6)))
        rounds = _insert(
            connection,
            schema.contest_round,
            *(
                {
                    "contest": "spring", "label": label, "state": "closed", "opens_at": at,
                    "closes_at": at, "closed_at": at, "commitment": "", "sealed": b"",
                }
                for label, at in (("week-1", closed), ("week-2", NOW))
            ),
        )  # fmt: skip
        # Six people had five of ten right, then seven; the code of an entry is its own.
        tried = [
            (one, number, at, points)
            for one in people
            for number, at, points in ((rounds[0], closed, 5), (rounds[1], NOW, 7))
        ]
        _insert(
            connection,
            schema.attempt,
            *(
                {
                    "round_id": number, "person_id": one, "number": 1, "code": f"c{one}-{number}",
                    "drawn": bytes(20), "answers": "0" * 10, "seconds": bytes(10), "points": points,
                    "started_at": at, "ends_at": at, "last_at": at, "counts": True,
                }
                for one, number, at, points in tried
            ),
        )  # fmt: skip
        claim = {"language": "vi", "opened_at": NOW, "shown_from": NOW, "due_at": NOW}
        _insert(
            connection,
            schema.claim,
            {**claim, "state": "new", "harm": "money"},
            {**claim, "state": "closed", "harm": "work", "closed_at": NOW, "verdict": "opinion"},
            {
                **claim, "state": "closed", "harm": "work", "closed_at": NOW, "revision": 1,
                "verdict": "incorrect", "slug": "no-such-fee",
            },
        )  # fmt: skip
        _insert(
            connection,
            schema.work,
            {
                "person_id": people[0], "code": "w", "edition": "coming", "category": "photos",
                "language": "km", "state": "link", "sealed": b"", "consent_version": "v",
                "registered_on": DAY, "changed_at": NOW, "forget_on": DAY,
            },
        )  # fmt: skip

    await store._writes.run(run)
    await store.figures.roll_up(NOW + timedelta(minutes=1), ZONE, {})
    told = {(one.kind, one.subject): one.amount for one in await store.figures.of(DAY, DAY)}
    assert {key: told[key] for key in told if key[0] != "people"} == {
        ("round", "round:spring/week-2"): 1,
        ("entry", "round:spring/week-2"): 6,
        ("gain", "round:spring/week-2"): 200,  # 20 percentage points, of the same six people
        ("claim", "money"): 1,
        ("claim", "work"): 2,
        ("verdict", "opinion"): 1,
        ("verdict", "incorrect"): 1,
        ("check", "check:no-such-fee"): 1,
        ("work", "photos"): 1,
    }
    assert {(one.kind, one.amount) for one in await store.figures.of_units(DAY, DAY)} == {
        ("entry", 6)
    }


def _insert(connection: Connection, table: Table, *rows: Mapping[str, object]) -> list[int]:
    made = insert(table).returning(table.c.id)
    return [int(connection.execute(made.values(dict(row))).scalar_one()) for row in rows]
