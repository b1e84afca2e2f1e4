"""Takes a consistent copy of a database as a SQLite file, while others write to it.

SQLite copies itself (VACUUM INTO): one moment, without the bytes of what was deleted. PostgreSQL is
read in one snapshot, table by table, into a SQLite file that the same migrations have made.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, text
from sqlalchemy.engine import create_engine

from bot.store.backup_file import BackupFault, room_for
from bot.store.engine import BUSY_SECONDS, Database, Postgresql, Sqlite
from bot.store.upgrade import revision, upgrade_to

AT_ONCE = 5000


async def copy_database(database: Database, target: Path) -> str:
    """Makes the file; the revision of its schema. Raises BackupFault."""
    found = await database.run(revision, is_reading=True)
    if found is None:
        raise BackupFault("there is no database yet: nothing to back up")
    if isinstance(database, Sqlite):
        await asyncio.to_thread(_copy_sqlite, Path(database.url.database or ""), target)
    elif isinstance(database, Postgresql):
        made = _make_file(target, found)
        try:
            await database.snapshot(lambda source: _copy_tables(source, made))
        finally:
            made.engine.dispose()
    return found


def _copy_sqlite(source: Path, target: Path) -> None:
    room_for(target.parent, source.stat().st_size * 2)
    with closing(sqlite3.connect(source, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
        target.chmod(0o600)
        # What was erased meanwhile could not leave the log while this was reading an older state.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class _Made:
    """A new SQLite file with the schema of a revision."""

    def __init__(self, path: Path) -> None:
        self.engine = create_engine(f"sqlite:///{path}")
        self.metadata = MetaData()


def _make_file(path: Path, wanted: str) -> _Made:
    path.touch(mode=0o600, exist_ok=False)
    made = _Made(path)
    with made.engine.begin() as connection:
        upgrade_to(connection, wanted)
    made.metadata.reflect(made.engine)
    return made


def _copy_tables(source: Connection, made: _Made) -> None:
    with made.engine.begin() as target:
        target.execute(text("DELETE FROM alembic_version"))
        for table in made.metadata.sorted_tables:
            for rows in _pages(source, table):
                target.execute(table.insert(), rows)
        _keep_numbers(source, target, made.metadata)


def _pages(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    names = [column.name for column in table.columns]
    listed = ", ".join(f'"{name}"' for name in names)
    found = source.execution_options(yield_per=AT_ONCE).exec_driver_sql(
        f'SELECT {listed} FROM "{table.name}"'  # noqa: S608  # nosec B608  # names of our own schema
    )
    for page in found.partitions():
        yield [dict(zip(names, row, strict=True)) for row in page]


def _keep_numbers(source: Connection, target: Connection, metadata: MetaData) -> None:
    """The number of somebody who was erased is never given to another: counters come along."""
    for table in metadata.sorted_tables:
        last = _last_number(source, table)
        if last is None or not _counts(target, table.name):
            continue
        target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        target.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"),
            {"name": table.name, "seq": last},
        )


def _counts(target: Connection, name: str) -> bool:
    """Whether SQLite keeps a counter for that table."""
    made = target.execute(text("SELECT sql FROM sqlite_master WHERE name = :n"), {"n": name})
    return "AUTOINCREMENT" in str(made.scalar_one()).upper()


def sequence_of(connection: Connection, table: Table) -> str | None:
    """PostgreSQL's counter of a table's numbers, if it has one."""
    keys: Sequence[Any] = list(table.primary_key.columns)
    if len(keys) != 1:
        return None
    asked = {"name": f'"{table.name}"', "key": keys[0].name}
    found = connection.execute(text("SELECT pg_get_serial_sequence(:name, :key)"), asked)
    name: str | None = found.scalar_one()
    return name


def _last_number(source: Connection, table: Table) -> int | None:
    name = sequence_of(source, table)
    if name is None:
        return None
    asked = f"SELECT last_value, is_called FROM {name}"  # noqa: S608  # nosec B608  # PostgreSQL gave it
    row = source.exec_driver_sql(asked).one()
    return int(row.last_value) if row.is_called else None
