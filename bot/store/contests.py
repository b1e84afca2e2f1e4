"""The contest, as sentences: rounds and attempts found, opened, closed, counted, published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, distinct, func, select

from bot.contests import OPEN, Attempt, Frozen, Round
from bot.model import Person
from bot.store import contest_notices, schema
from bot.store import contest_records as records
from bot.store import contest_rows as rows
from bot.store.codec import Codecs
from bot.store.contest_prizes import Prizes
from bot.store.contest_records import NewRound
from bot.store.contest_standings import Standings
from bot.store.essays import Essays
from bot.store.groups import Groups
from bot.store.rows import in_utc

_ROUND, _ATTEMPT = schema.contest_round.c, schema.attempt.c
# All but the bank, which is read once: it cannot change.
_PLAIN = tuple(column for column in _ROUND if column.name != "sealed")


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many attempts were begun and handed in, by how many people."""

    begun: int
    handed: int
    people: int


@dataclass(frozen=True, slots=True)
class Result:
    """What is published of an entry, and by what it is checked."""

    code: str
    drawn: tuple[int, ...]
    answers: str
    points: int
    prediction: int | None
    gap: int | None
    handed_at: datetime
    rank: int | None
    league: str
    unit_id: int | None


class Contests:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs
        self._frozen: dict[int, Frozen] = {}
        self.prizes = Prizes(writes, reads, codecs)
        self.essays = Essays(reads, codecs)
        self.standings = Standings(reads)

    async def rounds(self, *states: str, limit: int = 20) -> tuple[Round, ...]:
        """Those in one of the states (without any: all), which close last first."""
        query = select(*_PLAIN).order_by(_ROUND.closes_at.desc(), _ROUND.id.desc()).limit(limit)
        if states:
            query = query.where(_ROUND.state.in_(states))
        return await self._read(query)

    async def round(self, identifier: int) -> Round | None:
        found = await self._read(select(*_PLAIN).where(_ROUND.id == identifier))
        return found[0] if found else None

    async def named(self, contest: str, name: str) -> Round | None:
        mine = (_ROUND.contest == contest, _ROUND.label == name)
        found = await self._read(select(*_PLAIN).where(*mine))
        return found[0] if found else None

    async def _read(self, query: Any) -> tuple[Round, ...]:
        def run(connection: Connection) -> tuple[Round, ...]:
            return tuple(
                rows.read_round(row, self._bank(connection, row.id))
                for row in connection.execute(query).all()
            )

        return await self._reads.run(run)

    def _bank(self, connection: Connection, identifier: int) -> Frozen:
        if identifier not in self._frozen:
            query = select(_ROUND.sealed).where(_ROUND.id == identifier)
            sealed = connection.execute(query).scalar_one()
            self._frozen[identifier] = self._codecs.frozen.read(sealed)
        return self._frozen[identifier]

    async def open(self, new: NewRound) -> bool:
        """False: it is open, or was, already."""
        return await self._writes.run(lambda c: records.open_round(c, self._codecs, new))

    async def move_end(self, one: Round, closes_at: datetime) -> bool:
        """By command line. Whether the round is open, and closes at that time now."""
        return await self._writes.run(lambda c: records.move_end(c, one.id, closes_at))

    async def void(self, one: Round, question: str, now: datetime) -> bool:
        """By command line. Whether it was not void before, and no prizes are drawn."""
        return await self._writes.run(
            lambda c: records.void(c, self._codecs, one.id, question, now)
        )

    async def advance(self, now: datetime) -> int:
        """Hands in what is late, closes the rounds whose time has come, reminds who asked; how
        many closed."""

        def run(connection: Connection) -> int:
            contest_notices.remind(connection, self._codecs, now)
            records.hand_in_late(connection, now)
            due = select(_ROUND.id).where(_ROUND.state == OPEN, _ROUND.closes_at <= now)
            ids = connection.execute(due).scalars().all()
            return sum(records.close(connection, self._codecs, one, now) for one in ids)

        return await self._writes.run(run)

    async def attempts(self, person: Person, one: Round) -> tuple[Attempt, ...]:
        """The person's own, the first one first."""
        mine = (_ATTEMPT.round_id == one.id, _ATTEMPT.person_id == person.id)
        query = select(schema.attempt).where(*mine).order_by(_ATTEMPT.number)
        found = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(rows.read_attempt(row) for row in found)

    async def attempt(self, person: Person, identifier: int) -> Attempt | None:
        """None: there is none of that number, or it is another person's."""
        mine = (_ATTEMPT.id == identifier, _ATTEMPT.person_id == person.id)
        row = await self._reads.run(
            lambda c: c.execute(select(schema.attempt).where(*mine)).first()
        )
        return rows.read_attempt(row) if row else None

    async def turnout(self, one: Round) -> Turnout:
        counts = (
            func.count(),
            func.count(_ATTEMPT.handed_at),
            func.count(distinct(_ATTEMPT.person_id)),
        )
        query = select(*counts).where(_ATTEMPT.round_id == one.id)
        return Turnout(*await self._reads.run(lambda c: tuple(c.execute(query).one())))

    async def results(self, one: Round) -> Sequence[Result]:
        """The entries that count, by rank."""
        mine = (_ATTEMPT.round_id == one.id, _ATTEMPT.counts.is_(True))
        query = select(schema.attempt).where(*mine).order_by(_ATTEMPT.rank, _ATTEMPT.code)
        found = await self._reads.run(lambda c: c.execute(query).all())
        return [_result(row) for row in found]


def _result(row: Any) -> Result:
    handed = in_utc(row.handed_at)
    assert handed is not None
    return Result(
        row.code,
        rows.unpacked(row.drawn),
        row.answers,
        row.points,
        row.prediction,
        row.gap,
        handed,
        row.rank,
        row.league,
        row.unit_id,
    )
