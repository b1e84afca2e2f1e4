"""Plants a recognisable row in every table of whatever schema a database has, and reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    inspect,
    text,
)

NUMBER = 41
MOMENT = datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)
DAY = date(2026, 11, 3)

Rows = Mapping[str, Mapping[str, Any]]
# The value of a column, or None where any will do.
Wish = Callable[[str, str], Any]


def nothing(_table: str, _column: str) -> Any:
    return None


def plant(connection: Connection, wish: Wish = nothing) -> Rows:
    """One row in each table; what was planted, by table and column."""
    metadata = MetaData()
    metadata.reflect(connection)
    planted = {}
    for table in metadata.sorted_tables:
        if table.name != "alembic_version":
            row = {column.name: _value(table, column, wish) for column in table.columns}
            connection.execute(table.insert(), row)
            planted[table.name] = row
    if connection.dialect.name == "postgresql":  # as if the rows had come one after another
        for table in metadata.sorted_tables:
            _count_on(connection, table)
    return planted


def read(connection: Connection) -> Rows:
    """The first row of each table, as the driver gives it: times are compared by what is kept."""
    found = {}
    for name in sorted(inspect(connection).get_table_names()):
        row = connection.exec_driver_sql(f'SELECT * FROM "{name}" LIMIT 1').mappings().first()
        found[name] = dict(row) if row else {}
    return found


def _value(table: Table, column: Column[Any], wish: Wish) -> Any:
    wished = wish(table.name, column.name)
    if wished is not None:
        return wished
    keys = list(column.foreign_keys)
    if keys and keys[0].column.table is table:
        return None
    return NUMBER if keys else _of_kind(table, column)


def _of_kind(table: Table, column: Column[Any]) -> Any:
    kind, name = column.type, f"{table.name}.{column.name}"
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, DateTime):
        return MOMENT
    if isinstance(kind, Date):
        return DAY
    if isinstance(kind, Integer | Numeric):
        return NUMBER
    if isinstance(kind, LargeBinary):
        return name.encode().ljust(16, b".")[:16]
    return name[: getattr(kind, "length", None) or 100]


def _count_on(connection: Connection, table: Table) -> None:
    keys = list(table.primary_key.columns)
    if len(keys) == 1:
        asked = {"name": table.name, "key": keys[0].name}
        query = (
            "SELECT setval(s, 41) FROM pg_get_serial_sequence(:name, :key) s WHERE s IS NOT NULL"
        )
        connection.execute(text(query), asked)
