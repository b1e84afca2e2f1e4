"""The contest, as sentences: rounds and attempts found, opened, closed, counted, published."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, distinct, func, select

from bot.contests import RANKING, Attempt, Frozen, Round
from bot.model import Person
from bot.store import contest_notices, contest_ranking, schema
from bot.store import contest_records as records
from bot.store import contest_rows as rows
from bot.store.codec import Codecs
from bot.store.contest_prizes import Prizes
from bot.store.contest_records import NewRound
from bot.store.contest_standings import Standings
from bot.store.essays import Essays
from bot.store.groups import Groups
from bot.store.ready import ready
from bot.store.rows import in_utc

_ROUND, _ATTEMPT = schema.contest_round.c, schema.attempt.c
# All but the bank, which is read once: it cannot change.
_PLAIN = tuple(column for column in _ROUND if column.name != "sealed")
_PlainRow = namedtuple("_PlainRow", [column.name for column in _PLAIN])  # type: ignore[misc]
# Built once, since each answer asks for it: to put a statement together costs more than to run it.
_ENTERED = ready(
    select(*schema.attempt.c, *_PLAIN)
    .join_from(schema.attempt, schema.contest_round)
    .where(_ATTEMPT.id == bindparam("attempt_id"), _ATTEMPT.person_id == bindparam("whose"))
)


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
        """Hands in what is late, closes the rounds whose time has come, and reminds who asked; how
        many closed.

        Ranks are made page by page, so that nobody waits for them. Whom a crash stopped begins
        again; of several processes that do the same one closes the round.
        """
        await self._writes.run(lambda c: self._end_due(c, now))
        due = select(_ROUND.id).where(_ROUND.state == RANKING)
        ids = await self._reads.run(lambda c: c.execute(due).scalars().all())
        return sum([await self._rank(one, now) for one in ids])

    def _end_due(self, connection: Connection, now: datetime) -> None:
        contest_notices.remind(connection, self._codecs, now)
        records.end_due(connection, now)

    async def _rank(self, identifier: int, now: datetime) -> bool:
        """Whether the round is closed by it."""
        ranking = await self._reads.run(
            lambda c: contest_ranking.begin(c, self._codecs, identifier)
        )
        is_whole = False
        while not is_whole:
            page = await self._reads.run(lambda c: contest_ranking.read_page(c, ranking))
            is_whole = not await asyncio.to_thread(ranking.add, page)
        await asyncio.to_thread(ranking.place)
        for each in ranking.pages():
            await self._writes.run(lambda c, each=each: contest_ranking.write_page(c, each))  # type: ignore[misc]
        return await self._writes.run(lambda c: contest_ranking.end(c, self._codecs, ranking, now))

    async def attempts(self, person: Person, one: Round) -> tuple[Attempt, ...]:
        """The person's own, the first one first."""
        mine = (_ATTEMPT.round_id == one.id, _ATTEMPT.person_id == person.id)
        query = select(schema.attempt).where(*mine).order_by(_ATTEMPT.number)
        found = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(rows.read_attempt(row) for row in found)

    async def entered(self, person: Person, identifier: int) -> tuple[Attempt, Round] | None:
        """The attempt and its round. None: there is none of that number, or it is another's."""
        asked = {"attempt_id": identifier, "whose": person.id}

        def run(connection: Connection) -> tuple[Attempt, Round] | None:
            row = _ENTERED.first(connection, asked)
            if row is None:
                return None
            bank = self._bank(connection, row.round_id)
            plain = _PlainRow(*row[len(schema.attempt.c) :])
            return rows.read_attempt(row), rows.read_round(plain, bank)

        return await self._reads.run(run)

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
