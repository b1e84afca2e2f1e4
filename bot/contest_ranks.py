"""Points and places: which attempt of somebody counts, and who comes before whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.contests import Counts, Question


@dataclass(frozen=True, slots=True)
class Entry:
    """What ranking looks at: the attempt that counts of one person."""

    attempt_id: int
    points: int
    prediction: int | None
    handed_at: datetime
    gap: int | None = None
    rank: int = 0


def points_of(
    drawn: Sequence[int], answers: str, questions: Sequence[Question], voided: Iterable[str]
) -> int:
    """A point for each right answer, and for each question that was made void."""
    void = frozenset(voided)
    return sum(
        questions[index].id in void or given == str(questions[index].answer)
        for index, given in zip(drawn, answers, strict=True)
    )


def counted(attempts: Iterable[Entry], rule: Counts) -> Entry:
    """Of one person's attempts, the one that counts: the best (most points, then the nearest
    guess is not looked at, then the earliest) or the last."""
    handed = list(attempts)
    if rule == "last":
        return max(handed, key=lambda one: one.handed_at)
    return min(handed, key=lambda one: (-one.points, one.handed_at))


def ranked(entries: Iterable[Entry], perfect: int) -> list[Entry]:
    """By points, then by how near the guess came to how many had all right, then by who was
    earlier. Who guessed nothing comes after all who did; who is equal in all shares a rank."""
    gaps = [
        replace(one, gap=None if one.prediction is None else abs(one.prediction - perfect))
        for one in entries
    ]
    found: list[Entry] = []
    before: tuple[object, ...] | None = None
    for place, one in enumerate(sorted(gaps, key=_order), start=1):
        is_equal = before == _order(one)
        found.append(replace(one, rank=found[-1].rank if is_equal else place))
        before = _order(one)
    return found


def _order(entry: Entry) -> tuple[int, bool, int, datetime]:
    return (-entry.points, entry.gap is None, entry.gap or 0, entry.handed_at)
