"""Which units of a round may be told with how many took part, so that no small group is seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.organisation import SMALLEST, Tree


@dataclass(frozen=True, slots=True)
class Took:
    """How many people took part, and the points that they had together."""

    people: int = 0
    points: int = 0

    @property
    def mean(self) -> float:
        return self.points / self.people if self.people else 0.0


@dataclass(slots=True)
class _Sweep:
    """By unit: all who took part there and below, and how many of them nobody can tell apart."""

    whole: dict[int, Took]
    hidden: dict[int, int]
    shown: set[int]
    left: int


def tellable_units(tree: Tree, direct: Mapping[int, Took], without: int = 0) -> Mapping[int, Took]:
    """Units with all who took part in them or below, by id, the top left out.

    `direct` is by the unit in which people were when they took part, `without` counts those who
    were in none. A unit is told if five or more took part, and if what is left of them when all
    that is known of its parts is taken off is nobody or five again. Else it is left out, and its
    small parts count in the body above. Known are the units that are told, those of which the
    published list names five entries or more (`contests_published`), and the whole. A body whose
    people are all in one told unit below says nothing new and is left out too.
    """
    if not len(tree):
        return {}
    silent = {tree.top.id}
    while True:
        swept = _swept(tree, direct, silent)
        left = swept.left + without
        mixed = [unit for unit in swept.shown if swept.hidden[unit]]
        if left == 0 or left >= SMALLEST or not mixed:
            return _worth_telling(tree, swept)
        # Too few are in no told unit, and the whole is known: the least mixed body joins them.
        silent.add(min(mixed, key=lambda unit: (swept.hidden[unit], unit)))


def _swept(tree: Tree, direct: Mapping[int, Took], silent: set[int]) -> _Sweep:
    """From below: what is hidden in a unit that is not told is hidden in the one above."""
    own: dict[int, list[Took]] = {}
    left = 0
    for identifier, took in direct.items():
        if (unit := tree.get(identifier)) is not None:
            own.setdefault(unit.id, []).append(took)
        elif took.people < SMALLEST:
            left += took.people
    found = _Sweep({}, {}, set(), left)
    carried: dict[int, int] = {}
    for unit, _ in reversed(list(tree.walk())):
        mine, below = own.get(unit.id, []), [child.id for child in tree.children(unit)]
        whole = _sum([*mine, *(found.whole[child] for child in below)])
        hidden = sum(took.people for took in mine if took.people < SMALLEST)
        hidden += sum(carried[child] for child in below)
        is_told = unit.id not in silent and whole.people >= SMALLEST
        is_told = is_told and (hidden == 0 or hidden >= SMALLEST)
        if is_told:
            found.shown.add(unit.id)
        found.whole[unit.id], found.hidden[unit.id] = whole, hidden
        carried[unit.id] = 0 if is_told else hidden
    found.left += sum(carried[unit.id] for unit in tree.children(None))
    return found


def _sum(parts: Iterable[Took]) -> Took:
    rows = list(parts)
    return Took(sum(one.people for one in rows), sum(one.points for one in rows))


def _worth_telling(tree: Tree, swept: _Sweep) -> Mapping[int, Took]:
    return {
        unit: swept.whole[unit]
        for unit in sorted(swept.shown)
        if not any(
            child.id in swept.shown and swept.whole[child.id].people == swept.whole[unit].people
            for child in tree.children(tree.by_id[unit])
        )
    }
