"""The SQL of audiences: who is meant, and over which channel each would get one copy now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, not_, or_, select

from bot.audience import Audience
from bot.store import schema
from bot.store.preference import best_first, has_agreed

_PERSON, _ADDRESS, _WINDOW = schema.person.c, schema.address.c, schema.contact_window.c


@dataclass(frozen=True, slots=True)
class Reach:
    """So many people on a channel, in a language: reached `now`, `billed`, or `later`."""

    channel: str
    language: str
    way: str
    people: int


@dataclass(frozen=True, slots=True)
class Openings:
    """Since when a contact leaves the window of a channel free, and since when open at a price.

    `billed_since` is None where nothing may be spent.
    """

    channel: str
    free_since: datetime
    billed_since: datetime | None


def count_reach(
    connection: Connection, audience: Audience, topic: str | None, openings: Openings
) -> tuple[Reach, ...]:
    """Everybody in the audience once, on the channel where they are written to.

    Who has muted `topic` is left out; None asks for no topic (an urgent message).
    """
    rank = func.row_number().over(partition_by=_PERSON.id, order_by=best_first()).label("rank")
    language = func.coalesce(_PERSON.language, "vi").label("language")
    ranked = (
        select(_ADDRESS.channel, language, _way(openings), rank)
        .select_from(schema.person.join(schema.address).outerjoin(schema.contact_window))
        .where(_ADDRESS.is_unreachable.is_(False), *conditions(audience, topic))
        .subquery()
    )
    found = (ranked.c.channel, ranked.c.language, ranked.c.way)
    query = select(*found, func.count().label("people")).where(ranked.c.rank == 1)
    rows = connection.execute(query.group_by(*found).order_by(*found))
    return tuple(Reach(row.channel, row.language, row.way, row.people) for row in rows)


def count_people(connection: Connection, audience: Audience, topic: str | None) -> int:
    """How many would get a copy each if it were sent now."""
    reached = select(_PERSON.id).select_from(schema.person.join(schema.address))
    query = reached.where(_ADDRESS.is_unreachable.is_(False), *conditions(audience, topic))
    counted = select(func.count()).select_from(query.distinct().subquery())
    return int(connection.execute(counted).scalar_one())


def _way(openings: Openings) -> ColumnElement[str]:
    has_window = _ADDRESS.channel == openings.channel
    may_be_welcomed = or_(_WINDOW.welcome_left.is_(None), _WINDOW.welcome_left > 0)
    is_free = and_(_WINDOW.contacted_at > openings.free_since, may_be_welcomed)
    ways: list[tuple[ColumnElement[bool], str]] = [
        (_ADDRESS.channel == "web", "later"),  # counts as delivered when the page has shown it
        (not_(has_window), "now"),
        (is_free, "now"),
    ]
    if openings.billed_since is not None:
        is_open = _WINDOW.contacted_at > openings.billed_since
        ways.append((and_(is_open, _WINDOW.welcome_left.is_(None)), "billed"))
    return case(*ways, else_="later").label("way")


def conditions(audience: Audience, topic: str | None) -> list[ColumnElement[bool]]:
    """Who is meant: of those who agreed, whom the terms name and who has not muted the topic."""
    agreed = and_(has_agreed(), _PERSON.has_stopped.is_(False))
    conditions = [agreed] if topic is None else [agreed, _wants(topic)]
    for kind, values in audience.included.items():
        conditions.append(or_(*(_TERMS[kind](value) for value in values)))
    for kind, values in audience.excluded.items():
        conditions += [not_(_TERMS[kind](value)) for value in values]
    return conditions


def _belongs_to(code: str) -> ColumnElement[bool]:
    """In the unit or below it; one that was merged or closed lies below its heir."""
    unit = schema.unit
    top = select(unit.c.id).where(func.lower(unit.c.code) == code.lower())
    found = top.cte(recursive=True)  # unnamed: an audience may name several units
    lower = select(unit.c.id).join(found, unit.c.parent_id == found.c.id)
    below = found.union(lower)
    # Who is in no unit is in none that is left out either.
    return and_(_PERSON.unit_id.is_not(None), _PERSON.unit_id.in_(select(below.c.id)))


def _got(campaign: str) -> ColumnElement[bool]:
    """Whom that campaign has reached, as far as is known."""
    row = schema.recipient.c
    reached = select(row.person_id).where(
        row.campaign_id == int(campaign), row.state.in_(("sent", "uncertain", "waiting"))
    )
    return _PERSON.id.in_(reached.where(row.person_id.is_not(None)))


def _speaks(language: str) -> ColumnElement[bool]:
    return func.coalesce(_PERSON.language, "vi") == language


def _wants(topic: str) -> ColumnElement[bool]:
    table = schema.subscription_topic.c
    wishes = select(table.person_id).where(table.person_id == _PERSON.id, table.topic == topic)
    return wishes.exists()


def _is_on(channel: str) -> ColumnElement[bool]:
    return _ADDRESS.channel == channel


def _holds(role: str) -> ColumnElement[bool]:
    table = schema.officer.c
    return select(table.person_id).where(table.person_id == _PERSON.id, table.role == role).exists()


def _joined_since(day: str) -> ColumnElement[bool]:
    begins = datetime.combine(date.fromisoformat(day), time(), UTC)
    return _PERSON.consent_at >= begins


_TERMS: Mapping[str, Callable[[str], ColumnElement[Any]]] = {
    "unit": _belongs_to,
    "got": _got,
    "language": _speaks,
    "topic": _wants,
    "channel": _is_on,
    "role": _holds,
    "since": _joined_since,
}
