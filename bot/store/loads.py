"""What waits in the database, for the operator: counted by the indexes of what is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.store import schema
from bot.store.groups import Groups
from bot.store.rows import in_utc


@dataclass(frozen=True, slots=True)
class Load:
    """Times are in seconds from now; `queued` by the queue's name."""

    oldest_event: float
    queued: Mapping[str, int]
    uncertain: int
    leases: Mapping[str, float]
    tokens: Mapping[str, float]


class Loads:
    """Each method is one reading; the second one beside all others."""

    def __init__(self, reads: Groups, studies: Groups, clock: Callable[[], datetime]) -> None:
        self._reads = reads
        self._studies = studies
        self._clock = clock

    async def database_clock(self) -> datetime | None:
        """The time on the database's machine, where that may be another."""
        return await self._reads.run(_clock_of)

    async def now(self) -> Load:
        now = self._clock()
        return await self._studies.run(lambda c: _read(c, now))


def _read(connection: Connection, now: datetime) -> Load:
    event, lease, grant = schema.event.c, schema.bulk_sender.c, schema.platform_grant.c
    first = select(func.min(event.received_at)).where(event.done_at.is_(None))
    oldest = in_utc(connection.execute(first).scalar_one()) or now
    leases = connection.execute(select(lease.channel, lease.lease_until)).all()
    tokens = connection.execute(select(grant.channel, grant.expires_at, grant.dead_since)).all()
    return Load(
        max(0.0, (now - oldest).total_seconds()),
        _queued(connection),
        _count_recipients(connection, "uncertain"),
        {row.channel: max(0.0, _left(row.lease_until, now)) for row in leases},
        {
            row.channel: 0.0 if row.dead_since else _left(row.expires_at, now)
            for row in tokens
            if row.expires_at or row.dead_since
        },
    )


def _queued(connection: Connection) -> Mapping[str, int]:
    event, message = schema.event.c, schema.report_message.c
    counted = {
        "events": select(func.count(event.id)).where(event.done_at.is_(None)),
        "replies": select(func.count(schema.reply.c.id)),
        "scheduled": select(func.count()).where(schema.delivery.c.state == "queued"),
        "reporters": select(func.count()).where(message.state == "queued"),
    }
    found = {name: int(connection.execute(query).scalar_one()) for name, query in counted.items()}
    return found | {"recipients": _count_recipients(connection, "queued")}


def _count_recipients(connection: Connection, state: str) -> int:
    """Of campaigns that are not over; by index."""
    row, campaign = schema.recipient.c, schema.campaign.c
    going = select(campaign.id).where(campaign.state.in_(("running", "paused")))
    query = select(func.count()).where(row.campaign_id.in_(going), row.state == state)
    return int(connection.execute(query).scalar_one())


def _left(moment: datetime | None, now: datetime) -> float:
    return ((in_utc(moment) or now) - now).total_seconds()


def _clock_of(connection: Connection) -> datetime | None:
    """The time of the database's machine; SQLite runs on ours."""
    if connection.dialect.name == "sqlite":
        return None
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment
