"""Practice with questions: which comes next, and when what was answered comes back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.library import Question
from bot.model import Remembered

# How long it is until a question comes back: wrong, then right once, twice, three times.
BACK = tuple(timedelta(days=days) for days in (1, 3, 7, 60))
RESTING = len(BACK) - 1

Pick = Callable[[Sequence[Question]], Question]


def remember(
    question: str, before: Remembered | None, now: datetime, *, is_right: bool
) -> Remembered:
    """What was wrong comes back at growing distances, what was right at once rests long.

    A right answer before its time has come proves nothing: the question comes back as planned.
    """
    if is_right and before is not None and now < before.due_at:
        return Remembered(question, before.step, before.due_at, now)
    if not is_right:
        step = 0
    elif before is None:
        step = RESTING
    else:
        step = min(before.step + 1, RESTING)
    return Remembered(question, step, now + BACK[step], now)


def coming(
    bank: Sequence[Question],
    remembered: Mapping[str, Remembered],
    seen: Collection[str],
    now: datetime,
    pick: Pick,
    *,
    with_resting: bool = False,
) -> Question | None:
    """First what has come back, the longest waiting first; then what is new; else None.

    What was `seen` in this sitting does not come again; what rests only `with_resting`.
    """
    left = [question for question in bank if question.id not in seen]
    back = [one for one in left if one.id in remembered and remembered[one.id].due_at <= now]
    if back:
        return min(back, key=lambda one: remembered[one.id].due_at)
    new = [one for one in left if one.id not in remembered]
    if new or (left and with_resting):
        return pick(new or left)
    return None


def next_day_back(
    bank: Sequence[Question], remembered: Mapping[str, Remembered]
) -> datetime | None:
    """When the first of what rests comes back."""
    return min((remembered[one.id].due_at for one in bank if one.id in remembered), default=None)
