"""The unit of work: what one handler changes, committed together with its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.model import Person
from bot.store import schema

Change = Callable[[Connection], None]


class Work:
    """Collects changes; nothing happens before the store applies them in one transaction."""

    def __init__(self) -> None:
        self._changes: list[Change] = []

    def choose_language(self, person: Person, language: str) -> None:
        self._update_person(person, language=language)

    def consent(self, person: Person, version: str, now: datetime) -> None:
        """Consent to the text of that version; who had stopped is back."""
        self._update_person(person, consent_version=version, consent_at=now, has_stopped=False)

    def stop(self, person: Person) -> None:
        """Withdraws the consent: from now on nothing is sent unasked."""
        self._update_person(person, consent_version=None, consent_at=None, has_stopped=True)

    def count_reading(self, article: str, language: str, day: date) -> None:
        """One more reading of that article on that day, by nobody in particular."""
        table = schema.reading

        def change(connection: Connection) -> None:
            row = {"day": day, "article": article, "language": language, "count": 1}
            insert = upsert(connection, table).values(row)
            more = {"count": table.c.count + 1}
            connection.execute(
                insert.on_conflict_do_update(index_elements=table.primary_key, set_=more)
            )

        self._changes.append(change)

    def apply(self, connection: Connection) -> None:
        for change in self._changes:
            change(connection)

    def _update_person(self, person: Person, **values: Any) -> None:
        statement = update(schema.person).where(schema.person.c.id == person.id).values(values)

        def change(connection: Connection) -> None:
            connection.execute(statement)

        self._changes.append(change)


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of the connection."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
