"""The SQL of a day's figures: counted from what is still there, closed, never changed again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, Table, delete, func, insert, or_, select, update

from bot.figures import DayFigure, UnitFigure
from bot.store import ledger, schema
from bot.store.preference import has_agreed
from bot.store.rows import quarter_hour, upsert

_DAY, _UNIT = schema.day_figure, schema.unit_figure
_ROW, _CAMPAIGN = schema.recipient.c, schema.campaign.c
_DELIVERY, _PERSON = schema.delivery.c, schema.person.c
# So long after its launch something of a campaign may still arrive: a page keeps it a week.
_LONGEST = timedelta(days=10)
_LOCK = 7_236_141_002  # any number, the same in every process
SINCES = ("month", "quarter", "year")


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the day begins and ends by the clock of the house, in UTC."""
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    return datetime.combine(day, time(), zone).astimezone(UTC), ends.astimezone(UTC)


def campaigns_of(connection: Connection, begins: datetime, ends: datetime) -> Sequence[Any]:
    """Those of which something may have arrived between the two; id and topic."""
    query = select(_CAMPAIGN.id, _CAMPAIGN.topic).where(
        _CAMPAIGN.launched_at < ends,
        _CAMPAIGN.launched_at >= begins - _LONGEST,
        _CAMPAIGN.manner == "send",
    )
    return connection.execute(query.order_by(_CAMPAIGN.id)).all()


def follow(connection: Connection, campaign_id: int) -> None:
    """What waited and has arrived since is taken over into the ledger."""
    ledger.follow_deliveries(connection, campaign_id)


def arrived_of_campaign(
    connection: Connection, campaign: Any, begins: datetime, ends: datetime
) -> Counter[tuple[str, str, str, str, int]]:
    """Messages by subject, topic, language, channel and unit."""
    query = (
        select(_ROW.language, _ROW.channel, _PERSON.unit_id, func.count())
        .select_from(schema.recipient.outerjoin(schema.person, _PERSON.id == _ROW.person_id))
        .where(_ROW.campaign_id == campaign.id, *_arrived(_ROW, begins, ends))
        .group_by(_ROW.language, _ROW.channel, _PERSON.unit_id)
    )
    subject = f"campaign:{campaign.id}"
    return Counter(
        {
            (subject, campaign.topic, language, channel, unit or 0): count
            for language, channel, unit, count in connection.execute(query)
        }
    )


def arrived_of_articles(
    connection: Connection, begins: datetime, ends: datetime
) -> Counter[tuple[str, str, str, str, int]]:
    """The same of articles that people have subscribed to."""
    parts = (_DELIVERY.topic, _PERSON.language, _DELIVERY.channel, _PERSON.unit_id)
    query = (
        select(*parts, func.count())
        .select_from(schema.delivery.join(schema.person, _PERSON.id == _DELIVERY.person_id))
        .where(_DELIVERY.topic.is_not(None), *_arrived(_DELIVERY, begins, ends))
        .group_by(*parts)
    )
    return Counter(
        {
            ("article", topic, said or "", through or "", where or 0): count
            for topic, said, through, where, count in connection.execute(query)
        }
    )


def _arrived(columns: Any, begins: datetime, ends: datetime) -> tuple[Any, ...]:
    first, last = quarter_hour(begins), quarter_hour(ends)
    return columns.state == "sent", columns.arrived >= first, columns.arrived < last


def read_readings(connection: Connection, day: date, topics: Mapping[str, str]) -> list[DayFigure]:
    """`topics` are those of the articles."""
    reading = schema.reading.c
    query = select(reading.article, reading.language, reading.count).where(reading.day == day)
    return [
        DayFigure(day, "read", count, f"article:{article}", topics.get(article, ""), language)
        for article, language, count in connection.execute(query)
    ]


def read_people(connection: Connection, day: date) -> list[DayFigure]:
    """Who has agreed to messages just now, by language."""
    query = select(_PERSON.language, func.count()).where(
        has_agreed(), _PERSON.has_stopped.is_(False)
    )
    rows = connection.execute(query.group_by(_PERSON.language)).all()
    return [DayFigure(day, "people", count, language=said or "") for said, count in rows]


def read_claims(
    connection: Connection, day: date, begins: datetime, ends: datetime
) -> list[DayFigure]:
    """Claims that came, by the harm that is feared, and those that were closed, by verdict."""
    claim = schema.claim.c
    found = []
    for kind, column, moment in (
        ("claim", claim.harm, claim.opened_at),
        ("verdict", claim.verdict, claim.closed_at),
    ):
        query = select(column, func.count()).where(
            moment >= begins, moment < ends, column.is_not(None), claim.state != "merged"
        )
        rows = connection.execute(query.group_by(column)).all()
        found += [DayFigure(day, kind, count, subject) for subject, count in rows]
    desk = select(claim.slug).where(
        claim.slug.is_not(None), claim.closed_at >= begins, claim.closed_at < ends
    )
    slugs = connection.execute(desk.where(claim.revision == 1)).scalars()
    found += [DayFigure(day, "check", 1, f"check:{slug}"[:64]) for slug in slugs]
    return found


def read_works(connection: Connection, day: date) -> list[DayFigure]:
    """Works that were registered for the award on that day and are still registered."""
    work = schema.work.c
    query = select(work.category, work.language, func.count()).where(work.registered_on == day)
    rows = connection.execute(query.group_by(work.category, work.language)).all()
    return [DayFigure(day, "work", count, category, "", said) for category, said, count in rows]


def write(
    connection: Connection,
    day: date,
    kinds: Iterable[str],
    figures: Iterable[DayFigure],
    unit_kinds: Iterable[str] = (),
    units: Iterable[UnitFigure] = (),
) -> None:
    """In place of what was counted of these kinds on that day before; nothing on a closed day."""
    if connection.dialect.name == "postgresql":  # one after the other; SQLite lets only one write
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if is_closed(connection, day):
        return
    for table, names in ((_DAY, tuple(kinds)), (_UNIT, tuple(unit_kinds))):
        connection.execute(delete(table).where(table.c.day == day, table.c.kind.in_(names)))
    if rows := [_row(one) for one in figures]:
        connection.execute(insert(_DAY), rows)
    if below := [_unit_row(one) for one in units]:
        connection.execute(insert(_UNIT), below)


def add(connection: Connection, *figures: DayFigure) -> None:
    """More of something that happens now, in the transaction in which it happens."""
    _add(connection, schema.day_figure, [_row(one) for one in figures])


def add_to_units(connection: Connection, *figures: UnitFigure) -> None:
    """The same by unit."""
    _add(connection, schema.unit_figure, [_unit_row(one) for one in figures])


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """One statement for all: a day has thousands of units."""
    if not rows:
        return
    added = upsert(connection, table)
    more = {"amount": table.c.amount + added.excluded.amount}
    added = added.on_conflict_do_update(index_elements=table.primary_key, set_=more)
    connection.execute(added, rows)


def _row(one: DayFigure) -> dict[str, Any]:
    return {
        "day": one.day, "kind": one.kind, "subject": one.subject, "topic": one.topic,
        "language": one.language, "channel": one.channel, "amount": one.amount,
    }  # fmt: skip


def _unit_row(one: UnitFigure) -> dict[str, Any]:
    return {
        "day": one.day, "kind": one.kind, "topic": one.topic, "unit_id": one.unit_id,
        "amount": one.amount,
    }  # fmt: skip


def count_person(connection: Connection, person_id: int, kind: str, day: date) -> None:
    """One more who `joined` (had not agreed before) or `left` (had agreed)."""
    query = select(_PERSON.consent_version).where(_PERSON.id == person_id)
    had_agreed = connection.execute(query).scalar_one_or_none() is not None
    if had_agreed == (kind == "left"):
        add(connection, DayFigure(day, kind, 1))


def reach(connection: Connection, day: date, ids: Sequence[int]) -> None:
    """Notes that a message reached these people on that day, and counts those for whom it was the
    first in its month, quarter and year. Done twice it counts nobody twice."""
    query = select(_PERSON.id, _PERSON.unit_id, _PERSON.reached_on).where(_PERSON.id.in_(ids))
    people = connection.execute(query.with_for_update()).all()
    found: list[UnitFigure] = []
    for since in SINCES:
        begins, kind = first_of(day, since), f"reached-{since}"
        new = [one for one in people if one.reached_on is None or one.reached_on < begins]
        by_unit = Counter(one.unit_id or 0 for one in new)
        found += [UnitFigure(day, kind, unit, count) for unit, count in by_unit.items()]
        if new:
            add(connection, DayFigure(day, kind, len(new)))
    add_to_units(connection, *found)
    earlier = or_(_PERSON.reached_on.is_(None), _PERSON.reached_on < day)
    mine = update(schema.person).where(_PERSON.id.in_(ids), earlier)
    connection.execute(mine.values(reached_on=day))


def first_of(day: date, since: str) -> date:
    """The first day of the month, quarter or year in which the day lies."""
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[since]
    return date(day.year, month, 1)


def reached(begins: datetime, ends: datetime, campaigns: Sequence[int]) -> Select[Any]:
    """Everybody to whom something arrived between the two, once each."""
    of_campaigns = select(_ROW.person_id.label("id")).where(
        _ROW.campaign_id.in_(campaigns), *_arrived(_ROW, begins, ends)
    )
    of_articles = select(_DELIVERY.person_id.label("id")).where(
        _DELIVERY.topic.is_not(None), *_arrived(_DELIVERY, begins, ends)
    )
    both = of_campaigns.union(of_articles).subquery()
    return select(both.c.id).where(both.c.id.is_not(None))


def close(connection: Connection, day: date, now: datetime) -> None:
    row = {"day": day, "closed_at": now}
    added = upsert(connection, schema.closed_day).values(row)
    connection.execute(added.on_conflict_do_nothing())


def is_closed(connection: Connection, day: date) -> bool:
    closed = schema.closed_day.c
    return connection.execute(select(closed.day).where(closed.day == day)).first() is not None


def last_closed(connection: Connection) -> date | None:
    """The last day of those that are closed; they are closed in their order."""
    return connection.execute(select(func.max(schema.closed_day.c.day))).scalar_one_or_none()


def first_day(connection: Connection) -> date | None:
    """The first day of which there is anything to count."""
    read = connection.execute(select(func.min(schema.reading.c.day))).scalar_one_or_none()
    sent = connection.execute(select(func.min(_CAMPAIGN.launched_at))).scalar_one_or_none()
    days = [read, sent.date() if sent else None]
    return min((day for day in days if day is not None), default=None)
