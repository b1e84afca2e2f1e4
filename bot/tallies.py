"""What became of a campaign by channel, language, unit and reason, and how much of it is told."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TypeVar

from bot.organisation import SMALLEST, Tree, totals

# Arrived, still to come, and neither.
Parts = tuple[int, int, int]
# Arrived, and all the others: so many cells a breakdown by unit or language has.
Pair = tuple[int, int]
Key = TypeVar("Key", bound=Hashable)

_COMING = frozenset({"queued", "sending", "waiting"})


@dataclass(frozen=True, slots=True)
class Tally:
    """`units` by number, 0: none; `reasons` by `state:reason`, of what has not arrived."""

    channels: Mapping[str, Parts] = field(default_factory=dict)
    languages: Mapping[str, Parts] = field(default_factory=dict)
    units: Mapping[int, Parts] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> Parts:
        return added(self.channels.values())

    def as_text(self) -> str:
        return json.dumps(asdict(self))


def read_tally(text: str) -> Tally:
    """What `as_text` wrote. Raises ValueError."""
    told = json.loads(text)
    kinds = {
        kind: {key: _parts(value) for key, value in told[kind].items()}
        for kind in ("channels", "languages", "units")
    }
    units = {int(key): parts for key, parts in kinds["units"].items()}
    return Tally(kinds["channels"], kinds["languages"], units, told["reasons"])


def _parts(value: list[int]) -> Parts:
    arrived, coming, neither = value
    return arrived, coming, neither


def parts_of(state: str, people: int) -> Parts:
    if state == "sent":
        return people, 0, 0
    return (0, people, 0) if state in _COMING else (0, 0, people)


def added(many: object) -> Parts:
    """The sum of several."""
    rows: list[Parts] = list(many)  # type: ignore[call-overload]
    return sum(r[0] for r in rows), sum(r[1] for r in rows), sum(r[2] for r in rows)


def pair(parts: Parts) -> Pair:
    return parts[0], parts[1] + parts[2]


def told(groups: Mapping[Key, Pair], whole: Pair) -> tuple[Mapping[Key, Pair], Pair]:
    """The groups that may be told, the largest first, and all the others as one.

    No cell that is told concerns one to four people, nor what is left when the told ones are taken
    off the whole: then the smallest of them is one of the others too.
    """
    shown = sorted(
        (key for key, cells in groups.items() if sum(cells) and _is_tellable(cells)),
        key=lambda key: -sum(groups[key]),
    )
    while not _is_tellable(others := _left(whole, [groups[key] for key in shown])):
        if not shown:  # the whole itself is told elsewhere
            break
        shown.pop()
    return {key: groups[key] for key in shown}, others


def _left(whole: Pair, shown: list[Pair]) -> Pair:
    return whole[0] - sum(one[0] for one in shown), whole[1] - sum(one[1] for one in shown)


def _is_tellable(cells: Pair) -> bool:
    return all(count == 0 or count >= SMALLEST for count in cells)


def told_units(tree: Tree, tally: Tally) -> Mapping[int, Pair]:
    """The units that may be told, each with all below it; below one that is not told, none is."""
    arrived = totals(tree, {unit: pair(parts)[0] for unit, parts in tally.units.items()})
    others = totals(tree, {unit: pair(parts)[1] for unit, parts in tally.units.items()})
    found: dict[int, Pair] = {}
    above: list[tuple[Pair, list[int]]] = [
        (pair(tally.whole), [unit.id for unit in tree.children(None)])
    ]
    while above:
        whole, units = above.pop()
        shown, _ = told({unit: (arrived[unit], others[unit]) for unit in units}, whole)
        found |= shown
        above += [
            (cells, [child.id for child in tree.children(tree.by_id[unit])])
            for unit, cells in shown.items()
        ]
    return found


def branches(tree: Tree, tally: Tally) -> tuple[Mapping[int, Pair], Pair]:
    """Of the units that may be told, those at the first fork, and all others as one."""
    every, whole = told_units(tree, tally), pair(tally.whole)
    found = {unit.id: every[unit.id] for unit in tree.children(None) if unit.id in every}
    while len(found) == 1:
        ((only, whole_here),) = found.items()
        below = {c.id: every[c.id] for c in tree.children(tree.by_id[only]) if c.id in every}
        if not below or whole_here != whole:
            break
        found = below
    return found, _left(whole, list(found.values()))
