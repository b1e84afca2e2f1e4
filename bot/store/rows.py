"""What all the SQL shares: inserting a row only once, and times, on either database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the connection."""
    return insert_into(connection.dialect.name, table)


def insert_into(dialect: str, table: Table) -> Any:
    """The same by the dialect's name, for statements that are built once."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def in_utc(moment: datetime | None) -> datetime | None:
    """A time as it was written: SQLite gives it back without its zone, which is always UTC."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def quarter_hour(moment: datetime) -> int:
    """Quarters of an hour since 1970: four bytes, and every zone's days begin on one."""
    return int(moment.timestamp() // 900)


def written(moment: datetime | None) -> datetime | None:
    """A time to be written: SQLite would keep the wall clock of another zone as if it were UTC."""
    return moment.astimezone(UTC) if moment else None
