"""Which messages follow a campaign: changed in place, by whichever process comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from bot.model import Address, Person
from bot.store import schema
from bot.store.groups import Groups
from bot.store.pending import Pending
from bot.store.rows import in_utc, upsert

FIRST_LOOK = timedelta(seconds=3)
_STATUS, _ADDRESS, _PERSON = schema.status_message.c, schema.address.c, schema.person.c
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Status:
    """One such message: where it stands, who reads it, what it said last.

    `measured` messages were over at `measured_at`; None: not measured yet.
    """

    address_id: int
    address: Address
    person: Person
    campaign_id: int
    number: int
    since: datetime
    next_at: datetime
    shown: bytes | None
    measured_at: datetime
    measured: int | None


class Statuses:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups) -> None:
        self._writes = writes
        self._reads = reads

    async def keep(self, pending: Pending, number: int) -> None:
        """The message of that number follows a campaign from now on, instead of an earlier one.

        Nothing happens for a reply that follows none.
        """
        if pending.reply.follows:
            now = datetime.now(UTC)
            await self._writes.run(
                lambda c: _keep(c, pending.address_id, pending.reply.follows, number, now)
            )

    async def at(self, address: Address, campaign_id: int) -> int:
        """The number of the message that follows the campaign there, 0 if there is none."""
        query = select(_STATUS.number).join(schema.address, _ADDRESS.id == _STATUS.address_id)
        query = query.where(
            _ADDRESS.channel == address.channel,
            _ADDRESS.address == address.address,
            _STATUS.campaign_id == campaign_id,
        )
        return await self._reads.run(lambda c: int(c.execute(query).scalar_one_or_none() or 0))

    async def due(self, now: datetime) -> tuple[Status, ...]:
        query = (
            select(
                schema.status_message,
                _ADDRESS.channel,
                _ADDRESS.address,
                _ADDRESS.person_id,
                _PERSON.language,
                _PERSON.zone,
                _PERSON.unit_id,
            )
            .join(schema.address, _ADDRESS.id == _STATUS.address_id)
            .join(schema.person, _PERSON.id == _ADDRESS.person_id)
            .where(_STATUS.next_at <= now, _ADDRESS.is_unreachable.is_(False))
            .order_by(_STATUS.next_at)
            .limit(_AT_ONCE)
        )
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(_status(row) for row in rows)

    async def take(self, status: Status, next_at: datetime) -> bool:
        """Whether this process is the one that looks now; the next look is at `next_at`."""
        mine = _is(status) & (_STATUS.next_at == status.next_at)
        change = update(schema.status_message).where(mine).values(next_at=next_at)
        return await self._writes.run(lambda c: c.execute(change).rowcount == 1)

    async def note(
        self, status: Status, shown: bytes, measured_at: datetime, measured: int | None
    ) -> None:
        """What it says now, and by what its rate is measured."""
        values = {"shown": shown, "measured_at": measured_at, "measured": measured}
        change = update(schema.status_message).where(_is(status)).values(values)
        await self._writes.run(lambda c: c.execute(change) and None)

    async def end(self, status: Status) -> None:
        """It stays as it is."""
        await self._writes.run(
            lambda c: c.execute(delete(schema.status_message).where(_is(status))) and None
        )


def _is(status: Status) -> Any:
    """That very message: a later one of the same campaign may stand in its row by now."""
    return (
        (_STATUS.address_id == status.address_id)
        & (_STATUS.campaign_id == status.campaign_id)
        & (_STATUS.number == status.number)
    )


def _keep(
    connection: Connection, address_id: int, campaign_id: int, number: int, now: datetime
) -> None:
    """One for each officer and campaign, on whichever of their chats it was asked for last."""
    person = select(_ADDRESS.person_id).where(_ADDRESS.id == address_id).scalar_subquery()
    theirs = select(_ADDRESS.id).where(_ADDRESS.person_id == person)
    others = (_STATUS.campaign_id == campaign_id, _STATUS.address_id.in_(theirs))
    is_same = (_STATUS.address_id == address_id) & (_STATUS.number == number)
    connection.execute(delete(schema.status_message).where(*others, ~is_same))
    values = {"number": number, "since": now, "next_at": now + FIRST_LOOK, "shown": None}
    row = {"address_id": address_id, "campaign_id": campaign_id, "measured_at": now, **values}
    added = upsert(connection, schema.status_message).values(row)
    connection.execute(
        added.on_conflict_do_update(index_elements=["address_id", "campaign_id"], set_=values)
    )


def _status(row: Any) -> Status:
    since, next_at = in_utc(row.since), in_utc(row.next_at)
    measured_at = in_utc(row.measured_at)
    assert since is not None
    assert next_at is not None
    assert measured_at is not None
    person = Person(row.person_id, row.language, zone=row.zone, unit_id=row.unit_id)
    return Status(
        row.address_id,
        Address(row.channel, row.address),
        person,
        row.campaign_id,
        row.number,
        since,
        next_at,
        row.shown,
        measured_at,
        row.measured,
    )
