"""The audit trail: what officers did, added to and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from bot.store import schema
from bot.store.rows import in_utc

_ENTRY = schema.audit_entry.c


@dataclass(frozen=True, slots=True)
class Entry:
    """`officer` is the number of the office by which it was done; None: by command line."""

    id: int
    at: datetime
    verb: str
    object: str
    officer: int | None


def note(connection: Connection, verb: str, thing: str, officer: int | None, now: datetime) -> None:
    """Adds an entry. `thing` names a unit, an office, a campaign: never a member."""
    row = {"at": now, "verb": verb, "object": thing, "officer": officer}
    connection.execute(insert(schema.audit_entry), row)


def read(connection: Connection, limit: int, before: int | None = None) -> Sequence[Entry]:
    """The newest entries, newest first; with `before` those older than that one."""
    query = select(schema.audit_entry).order_by(_ENTRY.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_ENTRY.id < before)
    return [
        Entry(row.id, in_utc(row.at) or row.at, row.verb, row.object, row.officer)
        for row in connection.execute(query)
    ]
