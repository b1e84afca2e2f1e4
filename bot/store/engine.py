"""Opens the database, the same way for SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.util import greenlet_spawn

BUSY_SECONDS = 10
# As what PostgreSQL lists our connections: a restore looks whether there are others.
APPLICATION = "caunoi"
T = TypeVar("T")
# FULL: an acknowledged event is on the disk, so that a power cut loses no more than kill -9 does;
# commits are grouped, so a group pays one fsync. secure_delete: what is erased is overwritten.
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


class Database(Protocol):
    """Runs a function on a connection, in one transaction, the same way for both kinds."""

    async def run(
        self, task: Callable[[Connection], T], *, is_reading: bool = False, is_long: bool = False
    ) -> T:
        """What is long is read beside all others."""

    async def glance(self, task: Callable[[Connection], T]) -> T:
        """Reads a few rows by their key."""

    async def scrub(self) -> None:
        """Empties what holds erased bytes beside the tables, where there is such a thing."""

    async def close(self) -> None: ...


def open_database(database_url: str) -> Database:
    """`sqlite:///file` (makes the file's folder) or `postgresql://…`."""
    url = make_url(database_url)
    return Sqlite(url) if url.drivername == "sqlite" else Postgresql(url)


class Sqlite:
    """Three threads: for what is written, what is read, and what is read and takes long; each on a
    connection of its own that stays open. A whole transaction is one visit there.

    An asynchronous driver would visit the thread for each statement: that cost several times what
    the statements themselves do (DESIGN.md).
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(url, pool_size=4, max_overflow=2, hide_parameters=True)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        self._writing = _Kept(self._engine)
        self._reading = _Kept(self._engine.execution_options(is_reading=True))
        self._studying = _Kept(self._engine.execution_options(is_reading=True))
        self._glancing = _Kept(self._engine.execution_options(is_reading=True))
        self._writer = ThreadPoolExecutor(1, "writes")
        self._reader = ThreadPoolExecutor(1, "reads")
        self._student = ThreadPoolExecutor(1, "studies")

    async def run(
        self, task: Callable[[Connection], T], *, is_reading: bool = False, is_long: bool = False
    ) -> T:
        kept, thread = self._writing, self._writer
        if is_reading:
            kept, thread = self._reading, self._reader
        if is_long:
            kept, thread = self._studying, self._student
        return await asyncio.get_running_loop().run_in_executor(thread, kept.run, task)

    async def glance(self, task: Callable[[Connection], T]) -> T:
        """At once in the loop's own thread: to visit another one costs several times what it reads,
        and in the write-ahead log no reader waits for a writer. Where it would have to wait all the
        same, it does so in the reader's thread.
        """
        try:
            return self._glancing.glance(task)
        except (SQLAlchemyError, sqlite3.Error):
            return await self.run(task, is_reading=True)

    async def scrub(self) -> None:
        """Empties the write-ahead log, where erased bytes would live on until it is used again.

        secure_delete has overwritten them in the file.
        """
        for _ in range(50):
            loop = asyncio.get_running_loop()
            if await loop.run_in_executor(self._writer, self._checkpoint):
                return
            await asyncio.sleep(0.1)  # somebody reads an older state of the file

    async def close(self) -> None:
        for thread in (self._writer, self._reader, self._student):
            await asyncio.to_thread(thread.shutdown)
        for kept in (self._writing, self._reading, self._studying, self._glancing):
            kept.close()
        self._engine.dispose()

    def _checkpoint(self) -> bool:
        with self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            is_busy, *_counts = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy


class Postgresql:
    """asyncpg; the old bytes of erased rows go with the next VACUUM, which is the operator's.

    Each message to the server and back is waited for, so none is spent on what is not needed:
    whoever only reads needs no transaction (at READ COMMITTED each statement sees its own moment
    anyhow), and no connection is tried out beforehand: a group that fails is run again (`Groups`),
    on new connections when the old ones were cut.
    """

    def __init__(self, url: URL) -> None:
        # It brings the object mapper along, 7 MB that a house on SQLite does without.
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

        self.url = url.set(drivername="postgresql+asyncpg")
        self._engine = create_async_engine(
            self.url,
            pool_size=4,
            max_overflow=2,
            connect_args={"server_settings": {"application_name": APPLICATION}},
            hide_parameters=True,
        )
        self._writing = self._engine.sync_engine
        self._reading = self._writing.execution_options(isolation_level="AUTOCOMMIT")

    async def run(
        self,
        task: Callable[[Connection], T],
        *,
        is_reading: bool = False,
        is_long: bool = False,  # noqa: ARG002  # a pool reads beside all others anyway
    ) -> T:
        return await greenlet_spawn(_run, self._reading if is_reading else self._writing, task)

    async def snapshot(self, task: Callable[[Connection], T]) -> T:
        """Reads all as it is at one moment, however long it takes."""
        engine = self._writing.execution_options(isolation_level="REPEATABLE READ")
        return await greenlet_spawn(_run, engine, task)

    async def glance(self, task: Callable[[Connection], T]) -> T:
        return await self.run(task, is_reading=True)

    async def scrub(self) -> None:
        return None

    async def close(self) -> None:
        await self._engine.dispose()


class _Kept:
    """One connection of SQLite, opened when it is needed first: to take it from a pool and give it
    back would cost as much as a small transaction.

    After a fault of the database (a full disk, a lock) another one is opened: that one might be
    left in a state from which it does not come back.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def run(self, task: Callable[[Connection], T]) -> T:
        if self._connection is None or self._connection.closed:
            self._connection = self._engine.connect()
        try:
            with self._connection.begin():
                return task(self._connection)
        except (SQLAlchemyError, sqlite3.Error):
            with contextlib.suppress(Exception):  # it is broken already
                self._connection.invalidate()
            self.close()
            raise

    def glance(self, task: Callable[[Connection], T]) -> T:
        """Without a transaction, since one statement needs none, and without waiting for a lock."""
        if self._connection is None or self._connection.closed:
            self._connection = self._engine.connect()
            driver = self._connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA busy_timeout = 0")
        try:
            return task(self._connection)
        except (SQLAlchemyError, sqlite3.Error):
            with contextlib.suppress(Exception):
                self._connection.invalidate()
            self.close()
            raise
        finally:
            if self._connection is not None and self._connection.in_transaction():
                self._connection.rollback()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _run(engine: Engine, task: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return task(connection)


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
