"""The SQL of subscriptions: who wants what, who is due, and what they were sent before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from bot.model import Subscription
from bot.store import ledger, schema
from bot.store.rows import upsert

_SUBSCRIPTION = schema.subscription.c
_ENDED = "none"


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose time has come, with all that decides what they get."""

    person_id: int
    wish: Subscription
    zone: str | None
    quiet: str | None
    delivered: bytes


@dataclass(frozen=True, slots=True)
class Planned:
    """What is decided for them: sealed parcels, each with its time and topic, and when they are
    due next."""

    parcels: tuple[tuple[bytes, datetime, str], ...]
    delivered: bytes
    due_at: datetime | None


Decide = Callable[[Due], Planned]


def read_subscription(connection: Connection, person_id: int) -> Subscription | None:
    table = schema.subscription
    row = connection.execute(select(table).where(table.c.person_id == person_id)).first()
    if row is None or row.frequency == _ENDED:
        return None
    return _as_wish(row, _topics(connection, [person_id]))


def write_subscription(
    connection: Connection,
    person_id: int,
    wish: Subscription,
    due_at: datetime | None,
    calendar_due_at: datetime | None,
) -> None:
    """A new subscription or other wishes; what was delivered before stays known."""
    values: dict[str, Any] = {
        "frequency": wish.frequency,
        "since": wish.since,
        "at_minute": wish.at.hour * 60 + wish.at.minute,
        "weekday": wish.weekday,
        "wants_calendar": wish.wants_calendar,
        "due_at": due_at,
        "calendar_due_at": calendar_due_at,
    }
    row = {"person_id": person_id, "delivered": b"", **values}
    statement = upsert(connection, schema.subscription).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    topics = schema.subscription_topic
    connection.execute(delete(topics).where(topics.c.person_id == person_id))
    if wish.topics:
        rows = [{"person_id": person_id, "topic": topic} for topic in sorted(wish.topics)]
        connection.execute(insert(topics), rows)


def end_subscription(connection: Connection, person_id: int) -> None:
    """Nothing is due any more; what was sent stays known, for who comes back, until /erase."""
    topics, table = schema.subscription_topic, schema.subscription
    connection.execute(delete(topics).where(topics.c.person_id == person_id))
    ended = {"frequency": _ENDED, "due_at": None, "calendar_due_at": None, "wants_calendar": False}
    connection.execute(update(table).where(table.c.person_id == person_id).values(ended))
    waiting = schema.delivery.c.state.in_(("queued", "waiting"))
    mine = schema.delivery.c.person_id == person_id
    connection.execute(update(schema.delivery).where(mine, waiting).values(state="dropped"))
    ledger.drop_person(connection, person_id)


def number_articles(connection: Connection, articles: Sequence[str]) -> Mapping[str, int]:
    """The lasting number of each article; new ones get the next."""
    table = schema.article_number
    known = {row.article: row.number for row in connection.execute(select(table))}
    new = [{"article": article} for article in articles if article not in known]
    if not new:
        return known
    connection.execute(insert(table), new)
    return {row.article: row.number for row in connection.execute(select(table))}


def wake_every(connection: Connection, now: datetime) -> None:
    """Looks at everybody who wants every message: something may have been published."""
    wants = _SUBSCRIPTION.frequency == "every"
    connection.execute(update(schema.subscription).where(wants).values(due_at=now))


def queue_due(
    connection: Connection, now: datetime, limit: int, calendar: bool, decide: Decide
) -> int:
    """Queues what is due to the next `limit` people and moves them on; how many they were.

    All in one transaction, and nobody is taken by two processes: rows that another one holds are
    passed over on PostgreSQL, and SQLite lets only one write.
    """
    column = _SUBSCRIPTION.calendar_due_at if calendar else _SUBSCRIPTION.due_at
    rows = connection.execute(_due_query(column, now, limit)).all()
    topics = _topics(connection, [row.person_id for row in rows])
    deliveries, moves = [], []
    for row in rows:
        wish = _as_wish(row, topics)
        planned = decide(Due(row.person_id, wish, row.zone, row.quiet, row.delivered))
        for sealed, not_before, topic in planned.parcels:
            deliveries.append(_delivery(row.person_id, sealed, not_before, topic, now))
        moves.append((row.person_id, planned))
    if deliveries:
        connection.execute(insert(schema.delivery), deliveries)
    _move_on(connection, column.name, moves)
    return len(rows)


def _due_query(column: Any, now: datetime, limit: int) -> Any:
    person = schema.person
    return (
        select(schema.subscription, person.c.zone, person.c.quiet)
        .join(person, person.c.id == _SUBSCRIPTION.person_id)
        .where(column <= now)
        .order_by(column)
        .limit(limit)
        .with_for_update(skip_locked=True, of=schema.subscription)
    )


def _delivery(
    person_id: int, sealed: bytes, not_before: datetime, topic: str, now: datetime
) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "topic": topic,
        "sealed": sealed,
        "state": "queued",
        "not_before": not_before,
        "created_at": now,
    }


def _move_on(connection: Connection, column: str, moves: list[tuple[int, Planned]]) -> None:
    if not moves:
        return
    statement = update(schema.subscription).where(_SUBSCRIPTION.person_id == bindparam("who"))
    statement = statement.values({column: bindparam("next"), "delivered": bindparam("sent")})
    rows = [{"who": who, "next": p.due_at, "sent": p.delivered} for who, p in moves]
    connection.execute(statement, rows)


def _topics(connection: Connection, people: Sequence[int]) -> Mapping[int, frozenset[str]]:
    """Joined in the database: a row for each topic of each person would cost most of a tick."""
    table = schema.subscription_topic
    joined = func.aggregate_strings(table.c.topic, ",")
    query = select(table.c.person_id, joined).where(table.c.person_id.in_(people))
    rows = connection.execute(query.group_by(table.c.person_id))
    return {person: _split(topics) for person, topics in rows}


@lru_cache(maxsize=4096)
def _split(topics: str) -> frozenset[str]:
    return frozenset(topics.split(","))


def _as_wish(row: Row[Any], topics: Mapping[int, frozenset[str]]) -> Subscription:
    return Subscription(
        topics=topics.get(row.person_id, frozenset()),
        since=row.since,
        frequency=row.frequency,
        at=time(*divmod(row.at_minute, 60)),
        weekday=row.weekday,
        wants_calendar=row.wants_calendar,
    )
