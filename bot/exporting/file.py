"""Writes an export: a SQLite file, and what Datasette shows beside it, both or neither."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.exporting.tables import TABLES


class AlreadyThere(Exception):
    """The file is there already; the message names it."""


def metadata_path(path: Path) -> Path:
    """`figures.metadata.json` beside `figures.db`."""
    return path.with_suffix(".metadata.json")


def refuse_existing(path: Path) -> None:
    """Raises AlreadyThere."""
    for one in (path, metadata_path(path)):
        if one.exists():
            raise AlreadyThere(f"{one} is there already: --force replaces it")


def write(
    path: Path, rows: Mapping[str, Iterable[Mapping[str, Any]]], told: Mapping[str, Any]
) -> None:
    """Under other names first, so that nobody ever sees half a file. Raises OSError, and
    sqlite3.Error where the file cannot be written."""
    beside = metadata_path(path)
    parts = {one: one.with_name(f".{one.name}.{os.getpid()}.part") for one in (path, beside)}
    try:
        parts[path].touch(exist_ok=False)
        _write_tables(parts[path], rows)
        text = json.dumps(told, ensure_ascii=False, indent=2)
        parts[beside].write_text(f"{text}\n", "utf-8")
        for whole in (beside, path):
            parts[whole].replace(whole)
    finally:
        for part in parts.values():
            for leftover in (part, part.with_name(f"{part.name}-journal")):
                leftover.unlink(missing_ok=True)


def _write_tables(path: Path, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        database = Database(connection)
        for table in TABLES:
            made = database.table(table.name)
            made.create({name: kind for name, (kind, _) in table.columns.items()})
            made.insert_all(dict(row) for row in rows[table.name])
        connection.commit()
