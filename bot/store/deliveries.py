"""The SQL of scheduled messages on their way: claimed under a lease, sent, settled once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from bot.model import Address, Parcel
from bot.store import schema

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
    stopped = tuple(row.id for row in rows if row.consent_version is None)
    settle(connection, stopped, "dropped")
    return [row for row in rows if row.consent_version is not None]


def _addressed(ids: Sequence[int]) -> Any:
    """Each delivery with the address at which its person was seen last."""
    address, person = schema.address, schema.person
    order = (address.c.seen_on.desc().nulls_last(), address.c.id.desc())
    rank = func.row_number().over(partition_by=_DELIVERY.id, order_by=order).label("rank")
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
            rank,
        )
        .join(person, person.c.id == _DELIVERY.person_id)
        .join(address, address.c.person_id == person.c.id)
        .where(_DELIVERY.id.in_(ids), address.c.is_unreachable.is_(False))
        .subquery()
    )
    return select(ranked).where(ranked.c.rank == 1).order_by(ranked.c.id)


def settle(connection: Connection, ids: tuple[int, ...], state: str) -> None:
    """The end of deliveries; what was in them is forgotten, that they were sent is not."""
    if ids:
        values = {"state": state, "lease_until": None, "held_by": None, "sealed": b""}
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
    values = {"state": "uncertain", "lease_until": None, "held_by": None, "sealed": b""}
    return connection.execute(update(schema.delivery).where(lost).values(values)).rowcount


def keep_for_page(connection: Connection, delivery: Delivery, sealed: bytes, now: datetime) -> int:
    """A message for a web page waits as a reply until the page has acknowledged it."""
    row = {
        "delivery_id": delivery.id,
        "address_id": delivery.address_id,
        "number": 0,
        "sealed": sealed,
        "created_at": now,
    }
    added = insert(schema.reply).values(row).returning(schema.reply.c.id)
    identifier: int = connection.execute(added).scalar_one()
    settle(connection, (delivery.id,), "waiting")
    return identifier


def count_states(connection: Connection) -> dict[str, int]:
    query = select(_DELIVERY.state, func.count()).group_by(_DELIVERY.state)
    return {row[0]: row[1] for row in connection.execute(query)}
