"""The union's own tree: units, what lies below them, and counts that give no small group away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SMALLEST = 5


@dataclass(frozen=True, slots=True)
class Unit:
    """A body of the organisation. `id` is 0 until it is kept; `parent_id` None: the top.

    `goes_to_id` is the unit that took over from one that was merged or closed.
    """

    code: str
    title: str
    kind: str
    parent_id: int | None = None
    id: int = 0
    goes_to_id: int | None = None
    is_foreign_invested: bool | None = None
    sector: str | None = None
    headcount: int | None = None
    office_address: str | None = None
    office_hours: str | None = None
    office_line: str | None = None

    @property
    def is_open(self) -> bool:
        return self.goes_to_id is None

    @property
    def has_office(self) -> bool:
        return bool(self.office_address or self.office_hours or self.office_line)


class Tree:
    """All units at one moment."""

    def __init__(self, units: Iterable[Unit] = ()) -> None:
        self.by_id: Mapping[int, Unit] = {unit.id: unit for unit in units}
        self._by_code = {unit.code.casefold(): unit for unit in self.by_id.values()}
        self._children: dict[int | None, list[Unit]] = {}
        for unit in sorted(self.by_id.values(), key=lambda unit: unit.code.casefold()):
            if unit.is_open:
                self._children.setdefault(unit.parent_id, []).append(unit)

    @property
    def top(self) -> Unit:
        """The federation itself. Raises KeyError while nothing has been loaded."""
        return self._children[None][0]

    def __len__(self) -> int:
        return sum(len(units) for units in self._children.values())

    def find(self, code: str) -> Unit | None:
        """The unit of that code, or the one that took over from it; upper and lower case alike."""
        unit = self.had(code)
        return self.get(unit.id) if unit else None

    def had(self, code: str) -> Unit | None:
        """The unit of that very code, also when it is closed."""
        return self._by_code.get(code.strip().casefold())

    def get(self, identifier: int | None) -> Unit | None:
        """The unit of that id, or the one that took over from it."""
        unit = self.by_id.get(identifier) if identifier is not None else None
        while unit is not None and unit.goes_to_id is not None:
            unit = self.by_id.get(unit.goes_to_id)
        return unit

    def children(self, unit: Unit | None) -> Sequence[Unit]:
        """The open units right below, by code; of None: the top."""
        return self._children.get(unit.id if unit else None, ())

    def above(self, unit: Unit) -> tuple[Unit, ...]:
        """The unit itself and those above it, the top last."""
        found = [unit]
        while (parent := self.get(found[-1].parent_id)) is not None:
            found.append(parent)
        return tuple(found)

    def is_within(self, unit: Unit, top_id: int) -> bool:
        """Whether the unit is that one (or its heir) or lies below it."""
        top = self.get(top_id)
        return top is not None and any(one.id == top.id for one in self.above(unit))

    def walk(self, unit: Unit | None = None, depth: int = 0) -> Iterator[tuple[Unit, int]]:
        """The unit (else the top) and all below with their depth, each before its children."""
        if unit is not None:
            yield unit, depth
        for child in self.children(unit):
            yield from self.walk(child, depth + (unit is not None))


def totals(tree: Tree, direct: Mapping[int, int]) -> Mapping[int, int]:
    """How many there are in each open unit and below; `direct` counts those in the unit itself.

    Who was in a unit that is closed counts where it went.
    """
    own: Counter[int] = Counter()
    for identifier, count in direct.items():
        if (unit := tree.get(identifier)) is not None:
            own[unit.id] += count
    found: dict[int, int] = {}
    for unit, _ in reversed(list(tree.walk())):
        found[unit.id] = own[unit.id] + sum(found[child.id] for child in tree.children(unit))
    return found


def told_totals(tree: Tree, direct: Mapping[int, int]) -> Mapping[int, int | None]:
    """The totals that may be told; None for a small one, or one that would give a small one away.

    What is left of a unit's total when its told children are taken off must be nobody or enough
    people; else the smallest told child is hidden too, with all below it.
    """
    whole = totals(tree, direct)
    told: dict[int, int | None] = dict.fromkeys(whole)
    for unit, _ in tree.walk():
        is_top = tree.get(unit.parent_id) is None
        if is_top and whole[unit.id] >= SMALLEST:
            told[unit.id] = whole[unit.id]
        if told[unit.id] is not None:
            told.update({child.id: whole[child.id] for child in _tellable(tree, unit, whole)})
    return told


def _tellable(tree: Tree, unit: Unit, whole: Mapping[int, int]) -> list[Unit]:
    children = tree.children(unit)
    shown = sorted(
        (child for child in children if whole[child.id] >= SMALLEST), key=lambda c: -whole[c.id]
    )
    while shown:
        left = whole[unit.id] - sum(whole[child.id] for child in shown)
        if left == 0 or left >= SMALLEST:
            break
        shown.pop()
    return shown


class Structure:
    """The tree as this process last read it; it is read again whenever it has changed."""

    def __init__(self, tree: Tree | None = None) -> None:
        self.tree = tree or Tree()
        self.revision: tuple[int, int] | None = None

    @property
    def sender(self) -> str:
        """The name under which messages go out: that of the unit at the top."""
        return self.tree.top.title
