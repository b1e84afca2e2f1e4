"""The SQL of notices to officers: queued like any message, each told once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, or_, select

from bot.model import Parcel
from bot.rights import ADMINISTRATOR
from bot.store import schema
from bot.store.codec import Codecs


def tell_administrators(
    connection: Connection, codecs: Codecs, notice: Parcel, now: datetime, *, besides: str = ""
) -> int:
    """Queues the notice to each administrator of the federation; how many.

    `besides` is a channel that cannot carry it, being what the notice is about: who is reached
    there only is left to the log and to /health/ready.
    """
    officer, address = schema.officer, schema.address
    reached = select(address.c.person_id).where(
        address.c.channel != besides, address.c.is_unreachable.is_(False)
    )
    tops = select(schema.unit.c.id).where(
        schema.unit.c.parent_id.is_(None), schema.unit.c.goes_to_id.is_(None)
    )
    query = select(officer.c.person_id).where(
        officer.c.role == ADMINISTRATOR,
        officer.c.person_id.in_(reached),
        or_(officer.c.unit_id.in_(tops), officer.c.unit_id.is_(None)),
    )
    people = sorted(set(connection.execute(query).scalars()))
    for person in people:
        tell(connection, codecs, person, notice, now, besides=besides)
    return len(people)


def tell(
    connection: Connection,
    codecs: Codecs,
    person_id: int,
    notice: Parcel,
    now: datetime,
    *,
    besides: str = "",
) -> None:
    """Queues a notice to somebody; not over the channel `besides`."""
    row = {
        "person_id": person_id,
        "sealed": codecs.parcel.write(notice),
        "state": "queued",
        "not_before": now,
        "created_at": now,
        "besides": besides or None,
    }
    connection.execute(insert(schema.delivery).values(row))
