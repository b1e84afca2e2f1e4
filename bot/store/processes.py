"""The processes that share a database: who is alive, and whose work is left behind.

The database's own clock counts: machines differ by seconds, and a lease is only ten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from bot.store import schema
from bot.store.groups import Groups
from bot.store.rows import in_utc

LEASE = timedelta(seconds=10)
_KEPT = timedelta(days=1)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_PROCESS = schema.process.c


@dataclass(frozen=True, slots=True)
class Process:
    """One process as the others see it; `place` tells who shares machine and folder."""

    number: int
    place: str
    is_alive: bool
    is_leaving: bool
    is_settled: bool


class Processes:
    """Sentences about processes; each method is one transaction."""

    def __init__(self, writes: Groups) -> None:
        self._writes = writes
        # The number of the process that this is; None: it has not joined.
        self.mine: int | None = None

    async def join(self, place: str) -> int:
        """This is a process from now on; its number is used by no other, ever."""
        self.mine = await self._writes.run(lambda c: _join(c, place))
        return self.mine

    async def beat(self, number: int) -> tuple[Process, ...]:
        """A sign of life; all processes that are known, by number."""
        return await self._writes.run(lambda c: _beat(c, number))

    async def bury(self, numbers: Iterable[int]) -> None:
        """They are known to be dead before their lease says so."""
        await self._writes.run(lambda c: _mark(c, tuple(numbers), beat_at=_LONG_AGO))

    async def settle(self, numbers: Iterable[int]) -> None:
        """What the dead ones left has been taken up; who turns out to live is not dead any more."""
        await self._writes.run(lambda c: _mark(c, tuple(numbers), is_settled=True))

    async def leave(self, number: int) -> None:
        """It takes nothing new from now on; what it has it still does."""
        await self._writes.run(lambda c: _mark(c, (number,), is_leaving=True))


def alive(connection: Connection) -> Select[tuple[int]]:
    """The numbers of the living."""
    return select(_PROCESS.number).where(_PROCESS.beat_at > moment(connection) - LEASE)


def moment(connection: Connection) -> datetime:
    """Now, by the clock that all processes of this database share."""
    if connection.dialect.name == "sqlite":  # the file lies on one machine
        return datetime.now(UTC)
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return now


def _join(connection: Connection, place: str) -> int:
    now = moment(connection)
    old = _PROCESS.is_settled & (_PROCESS.beat_at < now - _KEPT)
    connection.execute(delete(schema.process).where(old))
    row = insert(schema.process).values(place=place, beat_at=now)
    number: int = connection.execute(row.returning(_PROCESS.number)).scalar_one()
    return number


def _beat(connection: Connection, number: int) -> tuple[Process, ...]:
    now = moment(connection)
    mine = update(schema.process).where(_PROCESS.number == number)
    connection.execute(mine.values(beat_at=now, is_settled=False))
    rows = connection.execute(select(schema.process).order_by(_PROCESS.number)).all()
    since = now - LEASE
    return tuple(
        Process(row.number, row.place, _is_since(row, since), row.is_leaving, row.is_settled)
        for row in rows
    )


def _is_since(row: Any, since: datetime) -> bool:
    return (in_utc(row.beat_at) or _LONG_AGO) > since


def _mark(connection: Connection, numbers: Collection[int], **values: object) -> None:
    if numbers:
        theirs = update(schema.process).where(_PROCESS.number.in_(numbers))
        connection.execute(theirs.values(**values))
