"""What a round's entries tell together, as sentences: places in a group, units, questions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, select

from bot.contest_items import Item, Study, so_far, study
from bot.contest_units import Took
from bot.contests import Attempt, Played, Round
from bot.store import schema
from bot.store.contest_rows import unpacked
from bot.store.groups import Groups

_ATTEMPT = schema.attempt.c
_AT_ONCE = 2000  # rows, so that others come to their turn between
_LOOKED_AT = timedelta(minutes=5)  # what is told of an open round may be so old
_PATIENCE = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Best:
    """An entry as it is told: by its code."""

    rank: int
    code: str
    points: int


class Standings:
    """Each method but `study` and `so_far`, which read in parts, is one transaction."""

    def __init__(self, reads: Groups) -> None:
        self._reads = reads
        self._studies: dict[int, tuple[object, asyncio.Task[Study]]] = {}
        self._open: dict[int, tuple[datetime, tuple[Item, ...]]] = {}

    async def place(self, one: Round, mine: Attempt) -> tuple[int, int]:
        """The entry's place in its league, and how many entries that has."""
        counts = (
            func.count(),
            func.count().filter(_ATTEMPT.rank < (mine.rank or 0)),
        )
        query = select(*counts).where(*_counting(one), _ATTEMPT.league == mine.league)
        whole, before = await self._reads.run(lambda c: tuple(c.execute(query).one()))
        return before + 1, whole

    async def leagues(self, one: Round) -> Mapping[str, int]:
        """How many entries each league has."""
        query = select(_ATTEMPT.league, func.count()).where(*_counting(one))
        query = query.group_by(_ATTEMPT.league)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return {league: int(entries) for league, entries in rows}

    async def best(self, one: Round, league: str | None = None, most: int = 10) -> Sequence[Best]:
        """The first entries by rank, of all or of a league, where places count from 1 again."""
        query = select(_ATTEMPT.rank, _ATTEMPT.code, _ATTEMPT.points).where(*_counting(one))
        if league is not None:
            query = query.where(_ATTEMPT.league == league)
        query = query.order_by(_ATTEMPT.rank, _ATTEMPT.code).limit(most)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        ranks = [row.rank for row in rows]
        return [Best(ranks.index(row.rank) + 1, row.code, row.points) for row in rows]

    async def units(self, one: Round) -> Mapping[int | None, Took]:
        """How many entries and points each unit itself has, by where people were when they took
        part. They are not to be told as they are: see `contest_units`."""
        sums = (_ATTEMPT.unit_id, func.count(), func.sum(_ATTEMPT.points))
        query = select(*sums).where(*_counting(one)).group_by(_ATTEMPT.unit_id)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return {unit: Took(int(people), int(points or 0)) for unit, people, points in rows}

    async def study(self, one: Round, patience: float | None = _PATIENCE) -> Study | None:
        """How the questions of a closed round went; None: it takes longer than so many seconds.

        It is made once, in a thread, and kept as long as it is true (150,000 entries of 21
        questions: some 20 seconds and 70 MB until it is made).
        """
        query = select(func.count()).where(*_counting(one), _ATTEMPT.answers != "")
        entries = await self._reads.run(lambda c: c.execute(query).scalar_one())
        now = (entries, one.voided)
        known = self._studies.get(one.id)
        if known is None or known[0] != now or _has_failed(known[1]):
            self._studies[one.id] = known = (now, asyncio.create_task(self._make(one)))
        done, _ = await asyncio.wait([known[1]], timeout=patience)
        return known[1].result() if done else None

    async def _make(self, one: Round) -> Study:
        entries = await self._played(one, is_counting=True)
        return await asyncio.to_thread(study, one.frozen.questions, one.voided, entries)

    async def so_far(self, one: Round, now: datetime) -> tuple[Item, ...]:
        """How many were asked each question of an open round, and how long they took.

        Of all attempts; looked at again after five minutes.
        """
        at, items = self._open.get(one.id, (None, ()))
        if at is None or now - at >= _LOOKED_AT:
            entries = await self._played(one, is_counting=False)
            items = await asyncio.to_thread(so_far, one.frozen.questions, entries)
            self._open[one.id] = (now, items)
        return items

    async def _played(self, one: Round, *, is_counting: bool) -> list[Played]:
        """All entries, or all attempts, whose answers are kept; whose they are is not read."""
        ends = select(func.min(_ATTEMPT.id), func.max(_ATTEMPT.id))
        ends = ends.where(_ATTEMPT.round_id == one.id)
        first, last = await self._reads.run(lambda c: tuple(c.execute(ends).one()))
        found: list[Played] = []
        for start in range(first or 1, (last or 0) + 1, _AT_ONCE):
            part = partial(_read, round_id=one.id, start=start, is_counting=is_counting)
            found += await self._reads.run(part)
        return found


def _has_failed(task: asyncio.Task[Study]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _counting(one: Round) -> tuple[Any, ...]:
    return (_ATTEMPT.round_id == one.id, _ATTEMPT.counts.is_(True))


def _read(connection: Connection, *, round_id: int, start: int, is_counting: bool) -> list[Played]:
    """By ranges of the primary key: by the round's own index each part would be sorted anew."""
    columns = (_ATTEMPT.code, _ATTEMPT.drawn, _ATTEMPT.answers, _ATTEMPT.seconds)
    query = select(*columns).where(
        _ATTEMPT.id >= start,
        _ATTEMPT.id < start + _AT_ONCE,
        _ATTEMPT.round_id + 0 == round_id,
        _ATTEMPT.answers != "",
    )
    if is_counting:
        query = query.where(_ATTEMPT.counts.is_(True))
    return [
        Played(row.code, unpacked(row.drawn), row.answers, bytes(row.seconds))
        for row in connection.execute(query.order_by(_ATTEMPT.id))
    ]
