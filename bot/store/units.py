"""The SQL of units: the tree as it is, as it was, and its changes, each of which keeps the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from bot.loading import Loading, Wanted, plan_loading
from bot.organisation import Tree, Unit
from bot.store import schema
from bot.store.preference import has_agreed
from bot.store.rows import upsert

_UNIT, _PAST, _PERSON = schema.unit.c, schema.unit_past.c, schema.person.c
# What a change can touch: the columns that unit and unit_past share.
_STATE = tuple(column.name for column in schema.unit_past.c if column.name in schema.unit.c)[1:]


class UnitFault(ValueError):
    """This change of the tree cannot be made; the text says why."""


def read_tree(connection: Connection) -> Tree:
    rows = connection.execute(select(schema.unit).where(_UNIT.kind != ""))
    return Tree(_as_unit(row) for row in rows.mappings())


def read_tree_at(connection: Connection, moment: datetime) -> Tree:
    """The tree as it was: of each unit the state that the first later change ended."""
    rows = connection.execute(select(schema.unit).where(_UNIT.kind != "", _UNIT.made_at <= moment))
    units = {row["id"]: _as_unit(row) for row in rows.mappings()}
    later = select(schema.unit_past).where(_PAST.until > moment).order_by(_PAST.id.desc())
    for row in connection.execute(later).mappings():
        if row["unit_id"] in units:
            state = {name: row[name] for name in _STATE}
            units[row["unit_id"]] = replace(units[row["unit_id"]], **state)
    return Tree(unit for unit in units.values() if unit.kind)


def revision(connection: Connection) -> tuple[int, int]:
    """Changes whenever the tree does."""
    newest = (select(func.max(column)).scalar_subquery() for column in (_UNIT.id, _PAST.id))
    made, changed = connection.execute(select(*newest)).one()
    return made or 0, changed or 0


def load(
    connection: Connection, wanted: Sequence[Wanted], now: datetime, *, is_rehearsal: bool = False
) -> Loading:
    """Loads a list of units, all of it or, with faults or as a rehearsal, nothing."""
    tree = read_tree(connection)
    planned = plan_loading(tree, wanted)
    if planned.faults or is_rehearsal:
        return planned
    _add(connection, planned.added, now)
    ids = _ids(connection)
    changes = []
    for before, after in planned.changed:
        parent = planned.parents[after.code.casefold()]
        changes.append((before, replace(after, parent_id=ids[parent] if parent else None)))
    _change(connection, changes, now)
    parents = {unit.code: planned.parents[unit.code.casefold()] for unit in planned.added}
    rows = [
        {"whose": ids[code.casefold()], "above": ids[parent]}
        for code, parent in parents.items()
        if parent
    ]
    if rows:
        put = update(schema.unit).where(_UNIT.id == bindparam("whose"))
        connection.execute(put.values(parent_id=bindparam("above")), rows)
    return planned


def has_begun(connection: Connection) -> bool:
    """Whether there is a tree."""
    return connection.execute(select(schema.unit.c.id).limit(1)).first() is not None


def begin(connection: Connection, wanted: Sequence[Wanted], now: datetime) -> bool:
    """The first import, where there is no tree yet; offices without a unit become the top's."""
    if len(read_tree(connection)):
        return False
    load(connection, wanted, now)
    officer = schema.officer
    ownerless = update(officer).where(officer.c.unit_id.is_(None))
    connection.execute(ownerless.values(unit_id=read_tree(connection).top.id))
    return True


def merge(connection: Connection, source: str, target: str, now: datetime) -> tuple[Unit, Unit]:
    """The target takes over all that the source had: units below, people, offices, its code."""
    tree = read_tree(connection)
    gone, heir = _open(tree, source), _open(tree, target)
    if gone.id == heir.id:
        raise UnitFault("a unit cannot be merged into itself")
    if tree.is_within(heir, gone.id):
        raise UnitFault(f"{heir.code} lies below {gone.code}: move it first")
    _hand_on(connection, tree, gone, heir, now)
    return gone, heir


def close(connection: Connection, code: str, now: datetime) -> tuple[Unit, Unit]:
    """Its people and the units below go to the unit above; its offices end."""
    tree = read_tree(connection)
    gone = _open(tree, code)
    heir = tree.get(gone.parent_id)
    if heir is None:
        raise UnitFault("the unit at the top cannot be closed")
    _hand_on(connection, tree, gone, heir, now)
    officer = schema.officer
    closed = [unit.id for unit in tree.by_id.values() if tree.get(unit.id) == gone]
    connection.execute(officer.delete().where(officer.c.unit_id.in_(closed)))
    return gone, heir


def move(connection: Connection, code: str, parent: str, now: datetime) -> tuple[Unit, Unit]:
    """Puts the unit with all below it under another."""
    tree = read_tree(connection)
    unit, above = _open(tree, code), _open(tree, parent)
    if unit.parent_id is None:
        raise UnitFault("the unit at the top cannot be moved")
    if tree.is_within(above, unit.id):
        raise UnitFault(f"{above.code} lies below {unit.code}")
    _change(connection, [(unit, replace(unit, parent_id=above.id))], now)
    return unit, above


def rename(connection: Connection, code: str, title: str, now: datetime) -> tuple[Unit, Unit]:
    unit = _open(read_tree(connection), code)
    named = replace(unit, title=" ".join(title.split()))
    if not 1 <= len(named.title) <= 300:
        raise UnitFault("a name takes 1 to 300 characters")
    _change(connection, [(unit, named)], now)
    return unit, named


def count_people(connection: Connection, day: date | None = None) -> Mapping[int, int]:
    """How many there are in each unit itself: now, or on a day as it was counted then."""
    if day is not None:
        kept = schema.unit_count.c
        query = select(kept.unit_id, kept.people).where(kept.day == day)
    else:
        query = _counting()
    return {row[0]: row[1] for row in connection.execute(query)}


def keep_counts(connection: Connection, day: date) -> None:
    """Counts once a day; the first count of a day stands."""
    is_kept = select(schema.unit_count.c.day).where(schema.unit_count.c.day == day).limit(1)
    if connection.execute(is_kept).first() is not None:
        return
    rows = [
        {"day": day, "unit_id": unit_id, "people": people}
        for unit_id, people in count_people(connection).items()
    ]
    if rows:
        connection.execute(upsert(connection, schema.unit_count).on_conflict_do_nothing(), rows)


def _counting() -> Select[Any]:
    agreed = (has_agreed(), _PERSON.has_stopped.is_(False))
    query = select(_PERSON.unit_id, func.count()).where(_PERSON.unit_id.is_not(None), *agreed)
    return query.group_by(_PERSON.unit_id)


def _hand_on(connection: Connection, tree: Tree, gone: Unit, heir: Unit, now: datetime) -> None:
    """People and offices keep the unit they are in: whoever asks is led to its heir.

    So nobody's row is touched, and a unit's people are found below its heir like all others.
    """
    moved = [(child, replace(child, parent_id=heir.id)) for child in tree.children(gone)]
    _change(connection, [*moved, (gone, replace(gone, goes_to_id=heir.id, parent_id=heir.id))], now)


def _open(tree: Tree, code: str) -> Unit:
    unit = tree.had(code)
    if unit is None:
        raise UnitFault(f"there is no unit {code}")
    if not unit.is_open:
        raise UnitFault(f"{unit.code} was closed or merged before")
    return unit


def _add(connection: Connection, units: Sequence[Unit], now: datetime) -> None:
    rows = [{"code": u.code, **_state(u), "parent_id": None, "made_at": now} for u in units]
    if rows:
        statement = upsert(connection, schema.unit)
        # A row that stood beside the tree (kind empty) is filled in.
        filled = {name: statement.excluded[name] for name in (*_STATE, "made_at")}
        statement = statement.on_conflict_do_update(index_elements=["code"], set_=filled)
        connection.execute(statement, rows)


def _change(connection: Connection, changes: Sequence[tuple[Unit, Unit]], now: datetime) -> None:
    """Each unit as it was goes into the past, and what it is now takes its place."""
    if not changes:
        return
    past = [{"unit_id": before.id, **_state(before), "until": now} for before, _ in changes]
    connection.execute(insert(schema.unit_past), past)
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _STATE}
    statement = update(schema.unit).where(_UNIT.id == bindparam("whose")).values(new)
    rows = [{f"new_{k}": v for k, v in _state(after).items()} for _, after in changes]
    whose = [{"whose": before.id} for before, _ in changes]
    connection.execute(statement, [{**a, **b} for a, b in zip(rows, whose, strict=True)])


def _state(unit: Unit) -> dict[str, Any]:
    return {name: getattr(unit, name) for name in _STATE}


def _ids(connection: Connection) -> Mapping[str, int]:
    rows = connection.execute(select(_UNIT.code, _UNIT.id))
    return {code.casefold(): identifier for code, identifier in rows}


def _as_unit(row: Mapping[Any, Any]) -> Unit:
    return Unit(id=row["id"], code=row["code"], **{name: row[name] for name in _STATE})
