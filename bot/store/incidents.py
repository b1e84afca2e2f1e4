"""Which troubles administrators were told of, and who they are; told once by all processes.

Kept where all notices are noted that must be queued once (`plan_notice`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, or_, select

from bot.model import Address, Parcel
from bot.rights import ADMINISTRATOR
from bot.store import notices, schema
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.preference import best_first
from bot.store.rows import upsert

_NOTICE = schema.plan_notice.c
_OPEN, _OVER = "incident:", "incident-over:"
# One that comes and goes is told once in that time, and all together not more often in a day.
QUIET_FOR = timedelta(hours=6)
MOST_A_DAY = 6


@dataclass(frozen=True, slots=True)
class Reached:
    """An administrator's address, by the person; the best one first."""

    person_id: int
    address_id: int
    address: Address
    language: str | None


class Incidents:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def open(self) -> tuple[str, ...]:
        """The parts of which administrators were told, and not that they work again."""
        query = select(_NOTICE.about).where(_NOTICE.about.startswith(_OPEN))
        found = await self._reads.run(lambda c: c.execute(query).scalars().all())
        return tuple(about.removeprefix(_OPEN) for about in found)

    async def begin(self, part: str, notice: Parcel, now: datetime) -> bool:
        """Tells all administrators, if no process has; not over the channel that it is about."""
        return await self._writes.run(lambda c: _begin(c, self._codecs, part, notice, now))

    async def end(self, part: str, notice: Parcel, now: datetime) -> bool:
        """Tells that it is over, if it had been told that it began."""
        return await self._writes.run(lambda c: _end(c, self._codecs, part, notice, now))

    async def administrators(self) -> Sequence[Reached]:
        """Where they are reached when the database cannot be asked any more."""
        return await self._reads.run(_administrators)


def _begin(
    connection: Connection, codecs: Codecs, part: str, notice: Parcel, now: datetime
) -> bool:
    lately = select(_NOTICE.about).where(
        _NOTICE.about == _OVER + part, _NOTICE.queued_at > now - QUIET_FOR
    )
    is_incident = or_(_NOTICE.about.startswith(_OPEN), _NOTICE.about.startswith(_OVER))
    today = select(func.count()).where(is_incident, _NOTICE.queued_at > now - timedelta(days=1))
    if connection.execute(lately).first() or connection.execute(today).scalar_one() >= MOST_A_DAY:
        return False
    row = upsert(connection, schema.plan_notice).values(about=_OPEN + part, queued_at=now)
    if connection.execute(row.on_conflict_do_nothing()).rowcount != 1:
        return False
    notices.tell_administrators(connection, codecs, notice, now, besides=part)
    return True


def _end(connection: Connection, codecs: Codecs, part: str, notice: Parcel, now: datetime) -> bool:
    gone = delete(schema.plan_notice).where(_NOTICE.about == _OPEN + part)
    if connection.execute(gone).rowcount != 1:
        return False
    row = upsert(connection, schema.plan_notice).values(about=_OVER + part, queued_at=now)
    later = row.on_conflict_do_update(index_elements=["about"], set_={"queued_at": now})
    connection.execute(later)
    notices.tell_administrators(connection, codecs, notice, now)
    return True


def forget(connection: Connection) -> None:
    """After a restore: what was wrong then is not what is wrong now."""
    connection.execute(delete(schema.plan_notice).where(_NOTICE.about.startswith("incident")))


def _administrators(connection: Connection) -> Sequence[Reached]:
    officer, address, person = schema.officer.c, schema.address.c, schema.person.c
    query = (
        select(person.id, address.id, address.channel, address.address, person.language)
        .join_from(schema.person, schema.address, address.person_id == person.id)
        .where(
            person.id.in_(select(officer.person_id).where(officer.role == ADMINISTRATOR)),
            address.is_unreachable.is_(False),
            person.has_stopped.is_(False),
        )
        .order_by(person.id, *best_first())
    )
    return tuple(
        Reached(row[0], row[1], Address(row[2], row[3]), row[4])
        for row in connection.execute(query).all()
    )
