"""`caunoi units`: the tree of the organisation, loaded from a list and changed by law."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.commands import run_on_store
from bot.library import ContentError, keep_library
from bot.loading import Loading, Wanted
from bot.organisation import SMALLEST, Tree, Unit, told_totals, totals
from bot.settings import Settings
from bot.store import Store, UnitFault
from bot.unit_files import UnitFileError
from bot.unit_lists import from_content, from_file


def units(settings: Settings, asked: Namespace) -> int:
    """`load FILE`, `tree`, `merge FROM INTO`, `move`, `rename`, `close`."""
    now = datetime.now(UTC)
    does: Mapping[str, Callable[[Store], Awaitable[int]]] = {
        "load": lambda store: _load(store, settings, asked, now),
        "tree": lambda store: _tree(store, settings, asked),
        "merge": lambda store: _merge(store, asked, now),
        "move": lambda store: _move(store, asked, now),
        "rename": lambda store: _rename(store, asked, now),
        "close": lambda store: _close(store, asked, now),
    }
    try:
        return run_on_store(settings, does[asked.does])
    except (UnitFault, UnitFileError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1


async def _load(store: Store, settings: Settings, asked: Namespace, now: datetime) -> int:
    path = Path(asked.file)
    wanted, ignored = _list_of(path, settings)
    before = await store.organisation.tree()
    made = await store.organisation.load(wanted, now, is_rehearsal=asked.dry_run)
    if made.faults:
        print(*made.faults, f"{path}: nothing was loaded", sep="\n", file=sys.stderr)
        return 1
    if asked.json:
        counts = {"added": len(made.added), "changed": len(made.changed)}
        print(json.dumps({**counts, "as_they_were": made.untouched, "ignored": ignored}))
        return 0
    print(*_changes(made, before), sep="\n")
    if ignored:
        print(f"columns that nothing reads: {', '.join(ignored)}")
    if asked.dry_run:
        print("nothing was changed (--dry-run)")
    return 0


def _list_of(path: Path, settings: Settings) -> tuple[tuple[Wanted, ...], tuple[str, ...]]:
    """The units of a file, and its columns that are not read. Raises UnitFileError, OSError."""
    if path.suffix not in {".yaml", ".yml"}:
        wanted, read = from_file(path)
        return wanted, read.ignored
    if path.resolve() != (settings.content_dir / "units.yaml").resolve():
        raise UnitFileError(f"{path}: of YAML files only content/units.yaml is read")
    try:
        return from_content(
            keep_library(settings.content_dir, settings.library_file).units.values()
        ), ()
    except ContentError as error:
        raise UnitFileError(*(str(fault) for fault in error.faults)) from error


def _changes(made: Loading, before: Tree) -> Iterator[str]:
    for unit in made.added:
        parent = made.parents[unit.code.casefold()]
        yield f"+ {unit.code}  {unit.title}" + (f"  (under {parent.upper()})" if parent else "")
    for old, new in made.changed:
        above = before.get(old.parent_id)
        parent = made.parents[new.code.casefold()]
        told = [
            f"{name}: {getattr(old, name) or '-'} → {getattr(new, name) or '-'}"
            for name in Unit.__slots__
            if name not in {"id", "parent_id"} and getattr(old, name) != getattr(new, name)
        ]
        if (above.code.casefold() if above else None) != parent:
            told.append(f"under: {above.code if above else '-'} → {parent or '-'}")
        yield f"~ {new.code}  {'; '.join(told)}"
    named = len(made.added) + len(made.changed) + made.untouched
    kept = len(before) + len(made.added) - named
    yield (
        f"{len(made.added)} added, {len(made.changed)} changed, {made.untouched} as they were; "
        f"{kept} kept that the list does not name"
    )


async def _tree(store: Store, settings: Settings, asked: Namespace) -> int:
    """The tree with how many people each unit reaches, now or at the end of a past day."""
    day, zone = asked.on, ZoneInfo(settings.timezone)
    if day is not None and day >= datetime.now(zone).date():
        print("--on takes a day that is over", file=sys.stderr)
        return 2
    at = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) if day else None
    tree = await store.organisation.tree(at)
    direct = await store.organisation.count_people(day)
    told, whole = told_totals(tree, direct), totals(tree, direct)
    for unit, depth in tree.walk():
        people = _told(told[unit.id], whole[unit.id])
        above = tree.get(unit.parent_id)
        row = {
            "code": unit.code,
            "name": unit.title,
            "kind": unit.kind,
            "parent": above.code if above else None,
            "people": people,
        }
        line = f"{'  ' * depth}{unit.code}  {unit.title}  [{unit.kind}]  {people}"
        print(json.dumps(row, ensure_ascii=False) if asked.json else line)
    return 0


def _told(told: int | None, whole: int) -> int | str:
    if told is not None:
        return told
    return f"<{SMALLEST}" if whole < SMALLEST else "hidden"


async def _merge(store: Store, asked: Namespace, now: datetime) -> int:
    gone, heir = await store.organisation.merge(asked.source, asked.into, now)
    print(
        f"{gone.code} is now part of {heir.code}: units below it, its people, offices and posters "
        "go along; figures of before stay as they were"
    )
    return 0


async def _move(store: Store, asked: Namespace, now: datetime) -> int:
    unit, above = await store.organisation.move(asked.code, asked.under, now)
    print(f"{unit.code} is now under {above.code}")
    return 0


async def _rename(store: Store, asked: Namespace, now: datetime) -> int:
    before, after = await store.organisation.rename(asked.code, asked.name, now)
    print(f"{after.code}: {before.title} → {after.title}")
    return 0


async def _close(store: Store, asked: Namespace, now: datetime) -> int:
    gone, heir = await store.organisation.close(asked.code, now)
    print(f"{gone.code} is closed: people and units below it are now {heir.code}'s; offices ended")
    return 0
