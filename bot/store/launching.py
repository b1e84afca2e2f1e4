"""The SQL that opens a ledger: a row for everybody who is meant, in one statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from bot.audience import Audience
from bot.campaigns import DELETE, SEND
from bot.store import ledger, schema
from bot.store.audiences import conditions
from bot.store.preference import best_first

_ROW, _PERSON, _ADDRESS = schema.recipient.c, schema.person.c, schema.address.c
# What changes a message in its place wakes nobody.
_ANY_HOUR = datetime(2000, 1, 1, tzinfo=UTC)
# Whom a campaign has reached, as far as is known, or will at their next contact.
GOT = ("sent", "uncertain", "waiting")

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
    meant = conditions(audience, topic)
    ranked = (
        select(
            _PERSON.id.label("person_id"),
            _ADDRESS.id.label("address_id"),
            _ADDRESS.channel,
            language,
            _not_before(connection, meant, allowed).label("not_before"),
            rank,
        )
        .select_from(schema.person.join(schema.address))
        .where(_ADDRESS.is_unreachable.is_(False), *meant)
        .subquery()
    )
    names = ("person_id", "address_id", "channel", "language", "not_before")
    found = select(literal(campaign_id), literal("queued"), *(ranked.c[name] for name in names))
    written = insert(schema.recipient).from_select(
        ["campaign_id", "state", *names],
        found.where(ranked.c.rank == 1).order_by(ranked.c.person_id),
    )
    return connection.execute(written).rowcount


def launch_correction(
    connection: Connection, campaign_id: int, corrects: int, manner: str, allowed: Allowed
) -> int:
    """Writes a row for everybody whom the first one reached, where they got it; how many.

    What still waits of the first is not said any more. What cannot be deleted is told as dropped.
    """
    states = GOT[:2] if manner == DELETE else GOT
    number = null() if manner == SEND else _ROW.message_number
    has_number = _ROW.message_number.is_not(None)
    is_changed = literal(manner != SEND) & has_number
    theirs = _not_before(connection, [_PERSON.id.in_(_reached(corrects))], allowed)
    is_stuck = literal(manner == DELETE) & ~has_number
    found = (
        select(
            literal(campaign_id),
            case((is_stuck, literal("dropped")), else_=literal("queued")),
            case((is_stuck, literal("cannot-delete")), else_=null()),
            _ROW.person_id,
            _ROW.address_id,
            _ROW.channel,
            _ROW.language,
            case((is_changed, literal(_ANY_HOUR, type_=_ROW.not_before.type)), else_=theirs),
            number,
        )
        .select_from(schema.recipient.join(schema.person, _PERSON.id == _ROW.person_id))
        .where(_ROW.campaign_id == corrects, _ROW.state.in_(states))
        .order_by(_ROW.id)
    )
    names = ["campaign_id", "state", "reason", "person_id", "address_id", "channel", "language",
             "not_before", "message_number"]  # fmt: skip
    written = connection.execute(insert(schema.recipient).from_select(names, found)).rowcount
    drop_waiting(connection, corrects, "corrected")
    return written


def drop_waiting(connection: Connection, campaign_id: int, reason: str) -> None:
    """What waits for somebody's next contact, or for their page, is not said any more."""
    ledger.follow_deliveries(connection, campaign_id)
    delivery, reply = schema.delivery, schema.reply
    mine = select(_ROW.delivery_id).where(
        _ROW.campaign_id == campaign_id, _ROW.state == "waiting", _ROW.delivery_id.is_not(None)
    )
    waits = (delivery.c.id.in_(mine), delivery.c.state == "waiting")
    connection.execute(update(delivery).where(*waits).values(state="dropped", sealed=b""))
    dropped = select(delivery.c.id).where(delivery.c.id.in_(mine), delivery.c.state == "dropped")
    connection.execute(delete(reply).where(reply.c.delivery_id.in_(dropped)))
    over = (_ROW.campaign_id == campaign_id, _ROW.state == "waiting",
            _ROW.delivery_id.is_(None) | _ROW.delivery_id.in_(dropped))  # fmt: skip
    connection.execute(update(schema.recipient).where(*over).values(state="dropped", reason=reason))


def count_reached(connection: Connection, campaign_id: int) -> tuple[int, int]:
    """How many a correction would go to, and on how many phones it could be edited or deleted."""
    mine = (_ROW.campaign_id == campaign_id, _ROW.state.in_(GOT), _ROW.person_id.is_not(None))
    query = select(func.count(), func.count(_ROW.message_number)).where(*mine)
    people, changeable = connection.execute(query).one()
    return int(people), int(changeable)


def _reached(campaign_id: int) -> Any:
    mine = (_ROW.campaign_id == campaign_id, _ROW.state.in_(GOT), _ROW.person_id.is_not(None))
    return select(_ROW.person_id).where(*mine)


def _not_before(
    connection: Connection, meant: list[ColumnElement[bool]], allowed: Allowed
) -> ColumnElement[Any]:
    """Everybody's own hours, as one expression over the few pairs of zone and quiet hours."""
    pairs = (
        select(_PERSON.zone, _PERSON.quiet)
        .select_from(schema.person.join(schema.address))
        .where(*meant)
        .distinct()
    )
    usual = literal(allowed(None, None), type_=_ROW.not_before.type)
    own = [
        (and_(_is(_PERSON.zone, zone), _is(_PERSON.quiet, quiet)),
         literal(allowed(zone, quiet), type_=_ROW.not_before.type))
        for zone, quiet in connection.execute(pairs)
        if zone or quiet
    ]  # fmt: skip
    return case(*own, else_=usual) if own else usual


def _is(column: Any, value: str | None) -> Any:
    return column.is_(None) if value is None else column == value
