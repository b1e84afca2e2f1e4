"""Which units may be told with what was counted there and below, so that no small group is seen.

Who reads a report can add and subtract all that it tells, with what the last one told. So a unit
is told only as part of a whole that is cut into cells: the people of a told body that are in none
of its told parts. A cell is never fewer than five people, nor one to four of what was counted.

Months do not overlap, and a month is told by its own tree and its own people. A quarter or a year
is the sum of what its months tell and nothing else, so it tells nothing that they do not. What is
not told of a unit in a month counts in the body above, there and in every sum.

Hand in one topic at a time. A total by unit is the sum of the topics that are told: computed from
all of them it would give away the one that is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.organisation import SMALLEST, Tree, Unit


@dataclass(frozen=True, slots=True)
class Month:
    """A whole calendar month that is closed: the tree and the people in each unit itself on its
    last day, and what was counted in each unit itself. 0 is who is in no unit."""

    tree: Tree
    people: Mapping[int, int]
    amounts: Mapping[int, int]


def told_by_unit(
    tree: Tree, people: Mapping[int, int], amounts: Mapping[int, int]
) -> Mapping[int, int]:
    """The units that may be told, with the amount of all below; below one that is not, none is.

    `people` and `amounts` are those of each unit itself. The top is always told, with who is in no
    unit: messages of the whole organisation are no secret. Where people are counted, hand them in
    as both, and tell no top of fewer than five.
    """
    if not len(tree):
        return {}
    stand, count = _totals(tree, people), _totals(tree, amounts)
    told: dict[int, int] = {}
    for unit, _ in tree.walk():
        if unit.id == tree.top.id:
            told[unit.id] = count[unit.id]
        if unit.id in told:
            told.update({child.id: count[child.id] for child in _shown(tree, unit, stand, count)})
    return told


def told_over_months(tree: Tree, months: Iterable[Month]) -> Mapping[int, int]:
    """The units that may be told in any of these months, with the sum of those in which they are.

    `tree` is that of the end of the period: what a unit was told with before it was closed counts
    in its heir, unless the heir had it already.
    """
    found: Counter[int] = Counter()
    for month in months:
        for identifier, amount in told_by_unit(month.tree, month.people, month.amounts).items():
            heir = tree.get(identifier)
            above = month.tree.above(month.tree.by_id[identifier])[1:]
            if heir is not None and all(tree.get(one.id) != heir for one in above):
                found[heir.id] += amount
    return dict(found)


def _shown(
    tree: Tree, unit: Unit, stand: Mapping[int, int], count: Mapping[int, int]
) -> list[Unit]:
    """The parts of a told body that are told too: the smallest is hidden until what is left may
    be seen."""
    parts = [
        child
        for child in tree.children(unit)
        if stand[child.id] and _may_be_seen(stand[child.id], count[child.id])
    ]
    parts.sort(key=lambda child: -stand[child.id])
    while parts:
        people = stand[unit.id] - sum(stand[child.id] for child in parts)
        amount = count[unit.id] - sum(count[child.id] for child in parts)
        if _may_be_seen(people, amount):
            break
        parts.pop()
    return parts


def _may_be_seen(people: int, amount: int) -> bool:
    """Nobody of whom nothing was counted; or five people, of whom not one to four were counted."""
    if not people:
        return not amount
    return people >= SMALLEST and (not amount or amount >= SMALLEST)


def _totals(tree: Tree, direct: Mapping[int, int]) -> Mapping[int, int]:
    """Of each open unit with all below; what is in none that is known counts at the top."""
    own: Counter[int] = Counter()
    for identifier, amount in direct.items():
        own[(tree.get(identifier) or tree.top).id] += amount
    found: dict[int, int] = {}
    for unit, _ in reversed(list(tree.walk())):
        found[unit.id] = own[unit.id] + sum(found[child.id] for child in tree.children(unit))
    return found
