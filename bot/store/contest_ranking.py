"""The SQL of ranks: points of all attempts, places of those that count.

In pages, so that 150,000 attempts neither fill the memory nor let anybody wait: who closes a round
runs each page in a transaction of its own (`bot/store/contests.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.contest_ranks import Entry, counted, points_of, ranked
from bot.contests import CLOSED, RANKING, Round
from bot.store import contest_notices, schema
from bot.store.codec import Codecs
from bot.store.contest_rows import read_round, unpacked
from bot.store.rows import in_utc

PAGE = 1_000
_ROUND, _ATTEMPT = schema.contest_round.c, schema.attempt.c
_PAGE = (
    select(
        _ATTEMPT.id, _ATTEMPT.person_id, _ATTEMPT.drawn, _ATTEMPT.answers, _ATTEMPT.prediction,
        _ATTEMPT.handed_at, _ATTEMPT.rank, _ATTEMPT.points,
    )
    .where(_ATTEMPT.round_id == bindparam("round"), _ATTEMPT.id > bindparam("after"))
    .order_by(_ATTEMPT.id)
    .limit(PAGE)
)  # fmt: skip
_RANK = (
    update(schema.attempt)
    .where(_ATTEMPT.id == bindparam("row"))
    .values(
        points=bindparam("had"), gap=bindparam("off"), rank=bindparam("place"),
        counts=bindparam("is_counted"),
    )
)  # fmt: skip


@dataclass
class Ranking:
    """A round on its way to its ranks: filled page by page, then placed, then written."""

    of: Round
    last: int = 0  # the attempt that was read last
    perfect: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    _people: dict[int, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    # Nobody's any more, and not what counted when they were somebody's.
    _beside: list[Entry] = field(default_factory=list)

    def add(self, rows: Sequence[Any]) -> bool:
        """Points of a page; whether there may be another."""
        questions, voided = self.of.frozen.questions, frozenset(self.of.voided)
        for row in rows:
            points = points_of(unpacked(row.drawn), row.answers, questions, voided)
            handed = in_utc(row.handed_at)
            assert handed is not None
            entry = Entry(row.id, points, row.prediction, handed)
            if row.person_id is not None:
                self._people[row.person_id].append(entry)
            elif row.points is not None and row.rank is None:
                self._beside.append(entry)
            else:  # somebody who has erased everything is another one each time
                self._people[-row.id].append(entry)
        self.last = rows[-1].id if rows else self.last
        return len(rows) == PAGE

    def place(self) -> None:
        """Ranks of the entries that count; then `rows` are what is to be written."""
        rules = self.of.frozen.rules
        counting = [counted(all_, rules.counts) for all_ in self._people.values()]
        self.perfect = sum(one.points == rules.length for one in counting)
        places = {one.attempt_id: one for one in ranked(counting, self.perfect)}
        self.rows = [
            _as_row(places.get(one.attempt_id, one), is_counted=one.attempt_id in places)
            for all_ in (*self._people.values(), self._beside)
            for one in all_
        ]

    def pages(self) -> Iterator[list[dict[str, Any]]]:
        for first in range(0, len(self.rows), PAGE):
            yield self.rows[first : first + PAGE]


def begin(connection: Connection, codecs: Codecs, round_id: int) -> Ranking:
    row = connection.execute(select(schema.contest_round).where(_ROUND.id == round_id)).one()
    return Ranking(read_round(row, codecs.frozen.read(row.sealed)))


def read_page(connection: Connection, ranking: Ranking) -> Sequence[Any]:
    """The attempts after the last one."""
    return connection.execute(_PAGE, {"round": ranking.of.id, "after": ranking.last}).all()


def write_page(connection: Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(_RANK, rows)


def end(connection: Connection, codecs: Codecs, ranking: Ranking, now: datetime) -> bool:
    """The round is closed, with its ranks, and who took part is told. False: it is already, or
    another question is void since the points were counted."""
    voided = " ".join(ranking.of.voided)
    mine = (_ROUND.id == ranking.of.id, _ROUND.state == RANKING, _ROUND.voided == voided)
    closed = update(schema.contest_round).where(*mine)
    values = {"state": CLOSED, "perfect": ranking.perfect}
    if not connection.execute(closed.values(values)).rowcount:
        return False
    contest_notices.tell_players(connection, codecs, ranking.of.id, "contest-closed", now)
    return True


def rank_anew(connection: Connection, codecs: Codecs, round_id: int) -> None:
    """The ranks of a round that is closed, in one transaction: an officer made a question void."""
    ranking = begin(connection, codecs, round_id)
    while ranking.add(read_page(connection, ranking)):
        pass
    ranking.place()
    for rows in ranking.pages():
        write_page(connection, rows)
    mine = update(schema.contest_round).where(_ROUND.id == round_id)
    connection.execute(mine.values(perfect=ranking.perfect))


def _as_row(entry: Entry, *, is_counted: bool) -> dict[str, Any]:
    return {
        "row": entry.attempt_id,
        "had": entry.points,
        "off": entry.gap,
        "place": entry.rank or None,
        "is_counted": is_counted,
    }
