"""All that a report is made of: what was counted in its days, and what must stay unseen of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.figures import DayFigure
from bot.organisation import SMALLEST, Tree
from bot.planreport.periods import Period
from bot.planreport.report import OwnActivity


@dataclass(frozen=True, slots=True)
class Held:
    """A unit's own activity as it is counted, beside what is told of it."""

    unit_id: int
    kind: str
    topic: str
    told: OwnActivity


@dataclass(frozen=True, slots=True)
class Languages:
    """Amounts by language where they may be told, and of all the others together."""

    told: Mapping[str, int] = field(default_factory=dict)
    others: int = 0

    @property
    def largest_first(self) -> Sequence[tuple[str, int]]:
        return sorted(self.told.items(), key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in a period; `whole` are its sums.

    `told_people` are those who joined and left, by kind, None where the period is not made of whole
    months that are over; `hours` are the times to a verdict, None likewise. `by_unit` holds, by
    kind, what may be told of each unit with all below it, `languages` what may be told of each
    language: both of closed months only. `written` counts the reports that
    were written on these days.
    """

    period: Period
    whole: tuple[DayFigure, ...] = ()
    told_people: Mapping[str, int] | None = None
    tree: Tree = field(default_factory=Tree)
    by_unit: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    languages: Mapping[str, Languages] = field(default_factory=dict)
    hours: tuple[float, ...] | None = None
    activities: tuple[Held, ...] = ()
    written: int = 0
    open_days: tuple[date, ...] = ()

    def sums(
        self, kind: str, by: Callable[[DayFigure], str], where: Callable[[DayFigure], bool]
    ) -> Counter[str]:
        """The amounts of a kind by some part of its rows."""
        found: Counter[str] = Counter()
        for one in self.whole:
            if one.kind == kind and where(one):
                found[by(one)] += one.amount
        return found

    def rows(self, kind: str) -> tuple[DayFigure, ...]:
        return tuple(one for one in self.whole if one.kind == kind)

    def total(self, kind: str) -> int:
        return sum(one.amount for one in self.rows(kind))

    @property
    def has_figures(self) -> bool:
        """Whether anything at all is known of these days."""
        return bool(self.whole or self.activities)


def released(months: Iterable[tuple[date, int]]) -> Mapping[date, int]:
    """What is told of each month, by its first day, so that no sum or difference of months tells
    of fewer than five people: fewer are told together with the months after."""
    found: dict[date, int] = {}
    carried = 0
    for month, amount in sorted(months):
        carried += amount
        found[month] = carried if carried >= SMALLEST else 0
        carried = 0 if carried >= SMALLEST else carried
    return found


def told_groups(
    amounts: Mapping[str, int], people: Mapping[str, int]
) -> tuple[Sequence[tuple[str, int]], int]:
    """The groups that may be told, the largest first, and all others as one sum.

    Behind each told group stand five people or more, and behind the others nobody or five: else
    the smallest told one is among them too.
    """
    # Whoever read in a language and has left since was somebody too.
    behind = {group: max(1, people.get(group, 0)) for group, amount in amounts.items() if amount}
    shown = sorted(
        (group for group, count in behind.items() if count >= SMALLEST),
        key=lambda group: (-amounts[group], group),
    )
    hidden = [group for group in behind if group not in shown]
    while 0 < sum(behind[group] for group in hidden) < SMALLEST and shown:
        smallest = min(shown, key=lambda group: (behind[group], group))
        shown.remove(smallest)
        hidden.append(smallest)
    return [(group, amounts[group]) for group in shown], sum(amounts[one] for one in hidden)
