"""Opens the ledger of a campaign: a row for everybody in its audience, in one statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, insert, literal, select

from bot.audience import Audience
from bot.store import schema
from bot.store.audiences import conditions
from bot.store.preference import best_first

_ROW, _PERSON, _ADDRESS = schema.recipient.c, schema.person.c, schema.address.c

# From when on somebody with that zone and those quiet hours may be written to.
Allowed = Callable[[str | None, str | None], datetime]


def launch(
    connection: Connection,
    campaign_id: int,
    audience: Audience,
    topic: str | None,
    allowed: Allowed,
) -> int:
    """Writes a row for everybody in the audience, in one statement; how many they are."""
    rank = func.row_number().over(partition_by=_PERSON.id, order_by=best_first()).label("rank")
    language = func.coalesce(_PERSON.language, "vi").label("language")
    ranked = (
        select(
            _PERSON.id.label("person_id"),
            _ADDRESS.id.label("address_id"),
            _ADDRESS.channel,
            language,
            _not_before(connection, audience, topic, allowed),
            rank,
        )
        .select_from(schema.person.join(schema.address))
        .where(_ADDRESS.is_unreachable.is_(False), *conditions(audience, topic))
        .subquery()
    )
    names = ("person_id", "address_id", "channel", "language", "not_before")
    found = select(literal(campaign_id), literal("queued"), *(ranked.c[name] for name in names))
    written = insert(schema.recipient).from_select(
        ["campaign_id", "state", *names],
        found.where(ranked.c.rank == 1).order_by(ranked.c.person_id),
    )
    return connection.execute(written).rowcount


def _not_before(
    connection: Connection, audience: Audience, topic: str | None, allowed: Allowed
) -> Any:
    """Everybody's own hours, as one expression over the few pairs of zone and quiet hours."""
    pairs = (
        select(_PERSON.zone, _PERSON.quiet)
        .select_from(schema.person.join(schema.address))
        .where(*conditions(audience, topic))
        .distinct()
    )
    usual = literal(allowed(None, None), type_=_ROW.not_before.type)
    own = [
        (and_(_is(_PERSON.zone, zone), _is(_PERSON.quiet, quiet)),
         literal(allowed(zone, quiet), type_=_ROW.not_before.type))
        for zone, quiet in connection.execute(pairs)
        if zone or quiet
    ]  # fmt: skip
    return (case(*own, else_=usual) if own else usual).label("not_before")


def _is(column: Any, value: str | None) -> Any:
    return column.is_(None) if value is None else column == value
