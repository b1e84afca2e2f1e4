"""Puts a restored SQLite file where a database shall be: in its place, or row by row."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, inspect, select, text
from sqlalchemy.engine import Engine, create_engine
from sqlalchemy.util import await_only

from bot.store import schema
from bot.store.backup_file import BackupFault
from bot.store.backups import AT_ONCE, sequence_of
from bot.store.engine import APPLICATION, BUSY_SECONDS, Database, Postgresql, Sqlite
from bot.store.upgrade import newest, revision, upgrade_to

_RUNNING = "the bot is running on this database: stop it first, on every machine"


async def look_at(database: Database, *, is_forced: bool) -> None:
    """Raises BackupFault when this database must not be replaced."""
    found = await database.run(revision, is_reading=True)
    if found is not None and found > newest():
        raise BackupFault("this database has a newer schema than this version of the bot")
    if not is_forced and await database.run(_has_rows, is_reading=True):
        raise BackupFault(
            "this database is not empty. Back it up, then say --force: all in it is replaced"
        )


async def put(database: Database, file: Path) -> None:
    """Replaces all that is in the database, at once or not at all. Raises BackupFault.

    The file has today's schema. On SQLite it is gone afterwards, and the database is closed.
    """
    if isinstance(database, Sqlite):
        await database.close()
        put_in_place(file, Path(database.url.database or ""))
    elif isinstance(database, Postgresql):
        source = create_engine(f"sqlite:///{file}")
        try:
            await database.run(lambda target: _take_all(source, target))
        finally:
            source.dispose()


def put_in_place(file: Path, target: Path) -> None:
    """The file takes the name of the database; whoever is killed here leaves the old or the new."""
    if target.exists():
        _let_go(target)
    _belongs_to_whom(file, target if target.exists() else target.parent)
    file.replace(target)


def _belongs_to_whom(file: Path, model: Path) -> None:
    """Root restores, and the bot runs as somebody else: it must be able to open the file."""
    known = model.stat()
    if (known.st_uid, known.st_gid) != (os.getuid(), os.getgid()):
        with contextlib.suppress(PermissionError):
            os.chown(file, known.st_uid, known.st_gid)


def _let_go(path: Path) -> None:
    """Leaving the write-ahead log is possible only while nobody else has the database open."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS / 10)) as connection:
        try:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            raise BackupFault(_RUNNING) from None
        except sqlite3.DatabaseError:  # what is there is broken: that is why there are backups
            mode = "delete"
    if mode != "delete":
        raise BackupFault(_RUNNING)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _has_rows(connection: Connection) -> bool:
    there = set(inspect(connection).get_table_names())
    return any(
        connection.execute(select(text("1")).select_from(table).limit(1)).first() is not None
        for table in schema.metadata.sorted_tables
        if table.name in there
    )


def _take_all(source: Engine, target: Connection) -> None:
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = :name AND pid <> pg_backend_pid()"
    )
    if target.execute(others, {"name": APPLICATION}).scalar_one() > 0:
        raise BackupFault(_RUNNING)
    _clear(target)
    upgrade_to(target)
    with source.connect() as kept:
        for table in schema.metadata.sorted_tables:
            _take_table(kept, target, table)
        _set_counters(kept, target)


def _clear(target: Connection) -> None:
    """The audit trail refuses to be emptied, so all tables are made anew: today's, so first there
    must be no others."""
    if revision(target) is not None:
        upgrade_to(target)
    schema.metadata.drop_all(target)
    target.execute(text("DROP TABLE IF EXISTS alembic_version"))
    target.execute(text("DROP FUNCTION IF EXISTS refuse_audit_change()"))


def _take_table(kept: Connection, target: Connection, table: Table) -> None:
    """In one COPY: a unit may name one that comes later, which is looked at only at its end."""
    driver: Any = target.connection.driver_connection
    names = [column.name for column in table.columns]
    await_only(
        driver.copy_records_to_table(table.name, columns=names, records=_records(kept, table))
    )
    count = select(func.count()).select_from(table)
    if kept.execute(count).scalar_one() != target.execute(count).scalar_one():
        raise BackupFault(f"not all rows of {table.name} have arrived: nothing was changed")


def _records(kept: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    for page in kept.execution_options(yield_per=AT_ONCE).execute(select(table)).partitions():
        for row in page:
            yield tuple(_with_zone(value) for value in row)


def _with_zone(value: Any) -> Any:
    """SQLite gives times back without their zone, which is always UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _set_counters(kept: Connection, target: Connection) -> None:
    rows = kept.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
    last = {str(row.name): int(row.seq) for row in rows}
    for table in schema.metadata.sorted_tables:
        name = sequence_of(target, table)
        if name is None:
            continue
        (key,) = table.primary_key.columns
        highest = target.execute(select(func.max(key))).scalar_one() or 0
        number = max(last.get(table.name, 0), highest)
        if number:
            target.execute(select(func.setval(name, number)))
