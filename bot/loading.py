"""What loading a list of units would change, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.organisation import Tree, Unit


@dataclass(frozen=True, slots=True)
class Loading:
    """What loading a list of units would do: nothing at all while there are `faults`."""

    added: tuple[Unit, ...] = ()
    # Each with what it was before. Parents are named by code, since new ones have no id yet.
    changed: tuple[tuple[Unit, Unit], ...] = ()
    parents: Mapping[str, str | None] = field(default_factory=dict)
    untouched: int = 0
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """One unit as a list tells it; `place` says where in the list, for faults (`row 17`)."""

    place: str
    unit: Unit
    parent: str | None
    # The optional fields that the list has; the others stay as they are kept.
    more: Mapping[str, Any] = field(default_factory=dict)


def plan_loading(tree: Tree, wanted: Sequence[Wanted]) -> Loading:
    """What the list would change. Units that it does not name stay as they are."""
    parents = {unit.code.casefold(): _code(tree.get(unit.parent_id)) for unit, _ in tree.walk()}
    parents |= {one.unit.code.casefold(): _folded(one.parent) for one in wanted}
    faults = [fault for one in wanted if (fault := _fault(one, tree, parents))]
    tops = [code for code, parent in parents.items() if parent is None]
    if len(tops) != 1 and not faults:
        names = ", ".join(sorted(tops)[:5]) or "none"
        faults.append(f"exactly one unit has no parent; here: {names}")
    if faults:
        return Loading(faults=tuple(faults))
    return _planned(tree, wanted)


def _planned(tree: Tree, wanted: Sequence[Wanted]) -> Loading:
    added, changed, named = [], [], {}
    for one in wanted:
        before = tree.had(one.unit.code)
        named[one.unit.code.casefold()] = _folded(one.parent)
        if before is None:
            added.append(replace(one.unit, **dict(one.more)))
            continue
        after = replace(before, title=one.unit.title, kind=one.unit.kind, **dict(one.more))
        is_moved = _code(tree.get(before.parent_id)) != _folded(one.parent)
        if after != before or is_moved:
            changed.append((before, after))
    return Loading(tuple(added), tuple(changed), named, len(wanted) - len(added) - len(changed))


def _fault(one: Wanted, tree: Tree, parents: Mapping[str, str | None]) -> str:
    code = one.unit.code.casefold()
    before = tree.had(code)
    if before is not None and not before.is_open:
        return f"{one.place}: {one.unit.code} was closed or merged; a new unit needs a new code"
    passed = {code}
    above = parents[code]
    while above is not None:
        if above not in parents:
            return f"{one.place}: there is no parent {above}" if above == parents[code] else ""
        if above in passed:
            return f"{one.place}: its parents lead back to {above}" if above == code else ""
        passed.add(above)
        above = parents[above]
    return ""


def _code(unit: Unit | None) -> str | None:
    return unit.code.casefold() if unit else None


def _folded(code: str | None) -> str | None:
    return code.casefold() if code else None
