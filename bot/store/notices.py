"""The SQL of notices to administrators: queued like any message, each told once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from bot.model import Parcel
from bot.store import schema
from bot.store.codec import Codecs

ADMINISTRATOR = "administrator"


def tell_administrators(
    connection: Connection, codecs: Codecs, notice: Parcel, now: datetime, *, besides: str = ""
) -> int:
    """Queues the notice to each administrator; how many.

    `besides` is a channel that cannot carry it, being what the notice is about: who is reached
    there only is left to the log and to /health/ready.
    """
    officer, address = schema.officer, schema.address
    reached = select(address.c.person_id).where(
        address.c.channel != besides, address.c.is_unreachable.is_(False)
    )
    query = select(officer.c.person_id).where(
        officer.c.role == ADMINISTRATOR, officer.c.person_id.in_(reached)
    )
    people = sorted(set(connection.execute(query).scalars()))
    same = {
        "sealed": codecs.parcel.write(notice),
        "state": "queued",
        "not_before": now,
        "created_at": now,
    }
    if people:
        rows = [{"person_id": person, **same} for person in people]
        connection.execute(insert(schema.delivery), rows)
    return len(people)
