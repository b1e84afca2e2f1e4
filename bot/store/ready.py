"""Statements that every event runs: put together once, and run by SQLite's own driver.

What SQLAlchemy does between a statement and the driver costs ten times what SQLite itself needs
for one row, and all of it holds up the one process that writes (DESIGN.md).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

Values = Mapping[str, Any]


class Ready:
    """One statement; each run gives values of the same names. `made` gives it for a dialect."""

    def __init__(self, made: Callable[[str], Any]) -> None:
        self._made = made
        self._statements: dict[str, Any] = {}
        self._plan: _Plan | None = None

    def first(self, connection: Connection, values: Values) -> Any:
        """The first row, or None."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement(connection), values).first()
        plan = self._planned(connection, values)
        rows = plan.run(connection, values).fetchall()
        return plan.read(rows[0]) if rows else None

    def all(self, connection: Connection, values: Values) -> list[Any]:
        """All rows, in order."""
        if connection.dialect.name != "sqlite":
            return list(connection.execute(self._statement(connection), values).all())
        plan = self._planned(connection, values)
        return [plan.read(row) for row in plan.run(connection, values).fetchall()]

    def change(self, connection: Connection, values: Values) -> int:
        """How many rows it has changed."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement(connection), values).rowcount
        return int(self._planned(connection, values).run(connection, values).rowcount)

    def _statement(self, connection: Connection) -> Any:
        name = connection.dialect.name
        if name not in self._statements:
            self._statements[name] = self._made(name)
        return self._statements[name]

    def _planned(self, connection: Connection, values: Values) -> _Plan:
        if self._plan is None:
            self._plan = _Plan(self._statement(connection), connection.dialect, values)
        return self._plan


class _Plan:
    """The text for the driver, and what makes its values and rows out of ours."""

    def __init__(self, statement: Any, dialect: Any, values: Values) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(values))
        # What is given, and how it is written.
        self._binds: list[tuple[str, Any]] = []
        text, *rest = str(compiled).split("?")
        for name, following in zip(compiled.positiontup, rest, strict=True):
            bind = compiled.binds[name]
            kind = bind.type.dialect_impl(dialect)
            if name in values:
                self._binds.append((name, kind.bind_processor(dialect)))
            text += ("?" if name in values else _literal(bind, kind, dialect)) + following
        self.text = text
        columns = list(statement.exported_columns)
        types = [column.type.dialect_impl(dialect) for column in columns]
        self._reads = [one.result_processor(dialect, None) for one in types]
        self._row: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc]

    def run(self, connection: Connection, values: Values) -> Any:
        given = [write(values[name]) if write else values[name] for name, write in self._binds]
        driver = connection.connection.driver_connection
        assert driver is not None
        return driver.execute(self.text, given)

    def read(self, row: Any) -> Any:
        pairs = zip(self._reads, row, strict=True)
        return self._row._make(read(one) if read else one for read, one in pairs)


def _literal(bind: Any, kind: Any, dialect: Any) -> str:
    """What stands in the statement itself stays there: given as a value, SQLite plans anew at each
    run wherever a partial index hangs on it, which costs ten times the run."""
    if bind.value is None:
        return "NULL"
    return str(kind.literal_processor(dialect)(bind.value))


def ready(statement: Any) -> Ready:
    """One that is the same on both databases."""
    return Ready(lambda _dialect: statement)
