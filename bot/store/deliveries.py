"""The SQL of scheduled messages on their way: claimed under a lease, sent, settled once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, or_, select, update

from bot.consents import holds
from bot.model import Address, Parcel
from bot.store import schema
from bot.store.preference import best_first
from bot.store.rows import quarter_hour

LEASE = timedelta(minutes=5)
MAX_TRIES = 3
_DELIVERY = schema.delivery.c


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that this process may now send, and to where."""

    id: int
    person_id: int
    address_id: int
    address: Address
    language: str | None
    zone: str | None
    quiet: str | None
    parcel: Parcel


class Contact(Protocol):
    """The event by which somebody was in contact, and the address where."""

    @property
    def id(self) -> int: ...

    @property
    def address_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Handed:
    """A message that waited for its person's contact: sealed as a reply, or None to drop it."""

    delivery_id: int
    sealed: bytes | None


# Which channel it goes through, for the figures.
_THROUGH = (
    update(schema.delivery).where(_DELIVERY.id == bindparam("row")).values(channel=bindparam("by"))
)


def claim(connection: Connection, holder: str, now: datetime, limit: int) -> Sequence[Any]:
    """Takes queued deliveries for `holder`; those without anybody to reach are settled at once."""
    table = schema.delivery
    ripe = (
        select(_DELIVERY.id)
        .where(_DELIVERY.state == "queued", _DELIVERY.not_before <= now)
        .order_by(_DELIVERY.not_before, _DELIVERY.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(ripe).scalars().all()
    taken = {"state": "sending", "held_by": holder, "lease_until": now + LEASE}
    connection.execute(update(table).where(_DELIVERY.id.in_(ids)).values(taken))
    rows = connection.execute(_addressed(ids)).all()
    nobody = set(ids) - {row.id for row in rows}
    settle(connection, tuple(nobody), "unreachable")
    stopped = tuple(row.id for row in rows if not _may_be_written_to(row))
    settle(connection, stopped, "dropped")
    going = [row for row in rows if _may_be_written_to(row)]
    if going:
        connection.execute(_THROUGH, [{"row": row.id, "by": row.channel} for row in going])
    return going


def _may_be_written_to(row: Any) -> bool:
    """Who agreed to a text that still holds; and an officer who has not left, since notices are
    part of the office."""
    return holds(row.consent_version) or (row.is_officer and not row.has_stopped)


def _addressed(ids: Sequence[int]) -> Any:
    """Each delivery with the address at which its person is written to."""
    address, person, officer = schema.address, schema.person, schema.officer
    holds_office = select(officer.c.person_id).where(officer.c.person_id == person.c.id).exists()
    rank = func.row_number().over(partition_by=_DELIVERY.id, order_by=best_first()).label("rank")
    may_carry = or_(_DELIVERY.besides.is_(None), _DELIVERY.besides != address.c.channel)
    is_it = or_(_DELIVERY.only_address_id.is_(None), _DELIVERY.only_address_id == address.c.id)
    ranked = (
        select(
            _DELIVERY.id,
            _DELIVERY.person_id,
            _DELIVERY.sealed,
            address.c.id.label("address_id"),
            address.c.channel,
            address.c.address,
            person.c.language,
            person.c.zone,
            person.c.quiet,
            person.c.consent_version,
            person.c.has_stopped,
            holds_office.label("is_officer"),
            rank,
        )
        .join(person, person.c.id == _DELIVERY.person_id)
        .join(address, address.c.person_id == person.c.id)
        .where(_DELIVERY.id.in_(ids), address.c.is_unreachable.is_(False), may_carry, is_it)
        .subquery()
    )
    return select(ranked).where(ranked.c.rank == 1).order_by(ranked.c.id)


def settle(
    connection: Connection, ids: tuple[int, ...], state: str, now: datetime | None = None
) -> None:
    """The end of deliveries; what was in them is forgotten, that they were sent is not.

    `now` is when they arrived, if they did.
    """
    if ids:
        values: dict[str, Any] = {"state": state, "lease_until": None, "held_by": None}
        values["sealed"] = b""
        values["arrived"] = quarter_hour(now) if now and state == "sent" else None
        connection.execute(update(schema.delivery).where(_DELIVERY.id.in_(ids)).values(values))


def put_back(
    connection: Connection, identifier: int, not_before: datetime, *, counts: bool
) -> None:
    """Queues a delivery again; a try that counts is the last one at MAX_TRIES."""
    row = update(schema.delivery).where(_DELIVERY.id == identifier)
    tries = _DELIVERY.tries + (1 if counts else 0)
    again = {"state": "queued", "held_by": None, "lease_until": None, "not_before": not_before}
    connection.execute(row.values(tries=tries, **again))
    spent = _DELIVERY.tries >= MAX_TRIES
    connection.execute(row.where(spent).values(state="failed", sealed=b""))


def give_up_leases(connection: Connection, now: datetime) -> int:
    """What a dead process was sending may have arrived: uncertain, and never sent again."""
    lost = (_DELIVERY.state == "sending") & (_DELIVERY.lease_until < now)
    ids = select(_DELIVERY.id).where(lost)
    connection.execute(delete(schema.reply).where(schema.reply.c.delivery_id.in_(ids)))
    values = {"state": "uncertain", "lease_until": None, "held_by": None, "sealed": b""}
    return connection.execute(update(schema.delivery).where(lost).values(values)).rowcount


def keep_for_page(connection: Connection, delivery: Delivery, sealed: bytes, now: datetime) -> int:
    """A message for a web page waits as a reply until the page has acknowledged it."""
    identifier = keep_reply(connection, delivery.id, delivery.address_id, sealed, now)
    settle(connection, (delivery.id,), "waiting")
    return identifier


def keep_reply(
    connection: Connection,
    delivery_id: int,
    address_id: int,
    sealed: bytes,
    now: datetime,
    answering: tuple[int, int] | None = None,
) -> int:
    """A message that goes out as a reply; the number of the reply.

    `answering`: the event of the contact, and the how manieth of its replies it is.
    """
    event_id, number = answering or (None, 0)
    row = {
        "event_id": event_id,
        "delivery_id": delivery_id,
        "address_id": address_id,
        "number": number,
        "sealed": sealed,
        "created_at": now,
    }
    added = insert(schema.reply).values(row).returning(schema.reply.c.id)
    identifier: int = connection.execute(added).scalar_one()
    return identifier


def let_wait(connection: Connection, identifier: int) -> None:
    """The platform takes it only after its person's next contact; until then it is kept."""
    connection.execute(delete(schema.reply).where(schema.reply.c.delivery_id == identifier))
    values = {"state": "waiting", "held_by": None, "lease_until": None}
    connection.execute(update(schema.delivery).where(_DELIVERY.id == identifier).values(values))


def to_hand_over(person_id: Any, address_id: Any) -> Select[Any]:
    """What waits for a person's contact there, newest first; not what waits as a reply already."""
    is_for_it = or_(_DELIVERY.only_address_id.is_(None), _DELIVERY.only_address_id == address_id)
    taken = select(schema.reply.c.id).where(schema.reply.c.delivery_id == _DELIVERY.id)
    return (
        select(_DELIVERY.id, _DELIVERY.sealed)
        .where(_DELIVERY.person_id == person_id, _DELIVERY.state == "waiting", ~taken.exists())
        .where(is_for_it)
        .order_by(_DELIVERY.created_at.desc(), _DELIVERY.id.desc())
    )


def hand_over(
    connection: Connection, contact: Contact, handed: Sequence[Handed], now: datetime, said: int
) -> list[int]:
    """Makes replies of messages that waited; their ids, 0 for one that does not wait any more.

    They come after the `said` replies that the contact was answered.
    """
    return [
        _hand_over_one(connection, contact, one, now, number)
        for number, one in enumerate(handed, said)
    ]


def _hand_over_one(
    connection: Connection, contact: Contact, one: Handed, now: datetime, number: int
) -> int:
    address_id = contact.address_id
    if one.sealed is None:
        settle(connection, (one.delivery_id,), "dropped")
        return 0
    taken = select(schema.reply.c.id).where(schema.reply.c.delivery_id == one.delivery_id)
    still = update(schema.delivery).where(
        _DELIVERY.id == one.delivery_id, _DELIVERY.state == "waiting", ~taken.exists()
    )
    # Holds the row too, so that only one process makes the reply.
    theirs = select(schema.address.c.channel).where(schema.address.c.id == address_id)
    through = {"state": "waiting", "channel": theirs.scalar_subquery()}
    if connection.execute(still.values(through)).rowcount == 0:
        return 0
    answering = (contact.id, number)
    return keep_reply(connection, one.delivery_id, address_id, one.sealed, now, answering)


def begin_saying(connection: Connection, identifier: int, now: datetime) -> bool:
    """Notes that a message handed over is going out now: after a crash it may have arrived."""
    waits = (_DELIVERY.id == identifier) & (_DELIVERY.state == "waiting")
    going = {"state": "sending", "lease_until": now + LEASE}
    statement = update(schema.delivery).where(waits).values(going)
    return connection.execute(statement).rowcount == 1


def end_saying(connection: Connection, identifier: int, state: str) -> None:
    """The end of a message handed over, and of the reply that held it."""
    connection.execute(delete(schema.reply).where(schema.reply.c.delivery_id == identifier))
    settle(connection, (identifier,), state)


def count_states(connection: Connection) -> dict[str, int]:
    query = select(_DELIVERY.state, func.count()).group_by(_DELIVERY.state)
    return {row[0]: row[1] for row in connection.execute(query)}
