"""The SQL of what a round adds to the day's figures: who took part, and what people learned."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.contests import CLOSED
from bot.figures import DayFigure, UnitFigure
from bot.organisation import SMALLEST
from bot.store import schema

_ROUND, _ATTEMPT = schema.contest_round.c, schema.attempt.c


def of_rounds(
    connection: Connection, day: date, begins: datetime, ends: datetime
) -> tuple[list[DayFigure], list[UnitFigure]]:
    """Rounds that closed between the two: entries, also by unit, and the gain of knowledge."""
    closed = select(schema.contest_round).where(
        _ROUND.state == CLOSED, _ROUND.closed_at >= begins, _ROUND.closed_at < ends
    )
    found: list[DayFigure] = []
    units: Counter[int] = Counter()
    for row in connection.execute(closed.order_by(_ROUND.id)).all():
        subject = f"round:{row.contest}/{row.label}"[:64]
        entries = _entries(connection, row.id)
        units.update(entries)
        found.append(DayFigure(day, "round", 1, subject))
        found.append(DayFigure(day, "entry", sum(entries.values()), subject))
        if (gain := _gain(connection, row)) is not None:
            found.append(DayFigure(day, "gain", gain, subject))
    return found, [UnitFigure(day, "entry", unit, count) for unit, count in units.items()]


def _entries(connection: Connection, round_id: int) -> dict[int, int]:
    """How many entries counted, by unit."""
    query = select(_ATTEMPT.unit_id, func.count()).where(
        _ATTEMPT.round_id == round_id, _ATTEMPT.counts.is_(True)
    )
    return {row[0] or 0: row[1] for row in connection.execute(query.group_by(_ATTEMPT.unit_id))}


def _gain(connection: Connection, row: Any) -> int | None:
    """By how much the same people did better than in the round before, in tenths of a percentage
    point of their answers; None where fewer than five took part in both.

    In a contest's first round: than in their own first attempt.
    """
    before = select(_ROUND.id).where(
        _ROUND.contest == row.contest, _ROUND.state == CLOSED, _ROUND.closed_at < row.closed_at
    )
    earlier = connection.execute(before.order_by(_ROUND.closed_at.desc()).limit(1)).scalar()
    now = _shares(connection, row.id, is_first=False)
    then = _shares(connection, earlier or row.id, is_first=earlier is None)
    both = [person for person in now if person in then]
    if earlier is None:  # who tried once did not learn from one attempt to the next
        both = [person for person in both if now[person][1] != then[person][1]]
    if len(both) < SMALLEST:
        return None
    gained = sum(now[person][0] - then[person][0] for person in both) / len(both)
    return round(1000 * gained)


def _shares(
    connection: Connection, round_id: int, *, is_first: bool
) -> dict[int, tuple[float, int]]:
    """By person: the share of right answers and the number of the attempt, the first or that
    which counts."""
    query = select(_ATTEMPT.person_id, _ATTEMPT.points, _ATTEMPT.drawn, _ATTEMPT.number).where(
        _ATTEMPT.round_id == round_id,
        _ATTEMPT.person_id.is_not(None),
        _ATTEMPT.points.is_not(None),
        _ATTEMPT.number == 1 if is_first else _ATTEMPT.counts.is_(True),
    )
    return {
        person: (points / max(1, len(drawn) // 2), number)
        for person, points, drawn, number in connection.execute(query)
        if drawn
    }
