"""Opens the database, the same way for SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_SECONDS = 10
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
# FULL: an acknowledged event is on the disk, so that a power cut loses no more than kill -9 does;
# commits are grouped, so a group pays one fsync. secure_delete: what is erased is overwritten.
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


def open_engine(database_url: str) -> AsyncEngine:
    """An engine for `sqlite:///file` or `postgresql://…`; makes the file's folder."""
    url = make_url(database_url)
    url = url.set(drivername=_DRIVERS[url.drivername])
    if not url.drivername.startswith("sqlite"):
        return create_async_engine(url, pool_size=4, max_overflow=2, pool_pre_ping=True)
    return _open_sqlite(url)


def _open_sqlite(url: URL) -> AsyncEngine:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, pool_size=4, max_overflow=2)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # sqlite3 would open transactions by itself, and only before a write: two readers that both
    # turn to writing then fail with "database is locked" at once. So we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    _write_ahead(cursor)
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Switches to the write-ahead log; SQLite does not wait here, whatever the time-out says."""
    for _ in range(100):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:  # another process is making the same new file
            time.sleep(0.05)
        else:
            return
    cursor.execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    is_reading = connection.get_execution_options().get("is_reading", False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


async def scrub(engine: AsyncEngine) -> None:
    """Empties SQLite's write-ahead log, where erased bytes would live on until it is used again.

    secure_delete has overwritten them in the file. On PostgreSQL this does nothing: there the old
    bytes go with the next VACUUM and the archived log, which are the operator's (docs).
    """
    if engine.dialect.name != "sqlite":
        return
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        for _ in range(50):
            cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, *_counts = await cursor.fetchone()
            await cursor.close()
            if not is_busy:
                return
            await asyncio.sleep(0.1)  # somebody reads an older state of the file
