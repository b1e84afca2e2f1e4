"""The SQL of works: one person's own, those of an edition, and what officers tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.award import Details, Entry
from bot.store import schema
from bot.store.codec import Codecs
from bot.store.rows import upsert
from bot.store.seal import Unsealable

_WORK, _WISH = schema.work.c, schema.award_wish.c
_UNREADABLE = Details("?")


def read_own(connection: Connection, person_id: int) -> Sequence[Any]:
    query = select(schema.work).where(_WORK.person_id == person_id).order_by(_WORK.id)
    return connection.execute(query).all()


def read_coded(connection: Connection, codes: Sequence[str]) -> Sequence[Any]:
    query = select(schema.work).where(_WORK.code.in_(codes)).order_by(_WORK.id)
    return connection.execute(query).all()


def read_edition(connection: Connection, editions: Sequence[str]) -> Sequence[Any]:
    query = select(schema.work).where(_WORK.edition.in_(editions)).order_by(_WORK.id)
    return connection.execute(query).all()


def entry_of(row: Any, codecs: Codecs, *, is_opened: bool = True) -> Entry:
    """The work of a row; not opened it has no title, which is enough to count it."""
    details = _UNREADABLE
    if is_opened:
        try:
            details = codecs.details.read(row.sealed)
        except Unsealable:  # under another secret
            details = _UNREADABLE
    return Entry(
        code=row.code,
        edition=row.edition,
        category=row.category,
        language=row.language,
        details=details,
        state=row.state,
        forget_on=row.forget_on,
        unit_id=row.unit_id,
        done=frozenset(row.done.split()),
        registered_on=row.registered_on,
    )


def add(
    connection: Connection,
    codecs: Codecs,
    person_id: int,
    entry: Entry,
    version: str,
    now: datetime,
) -> None:
    row = {
        "person_id": person_id,
        "code": entry.code,
        "registered_on": entry.registered_on or now.date(),
        "consent_version": version,
        **_values(codecs, entry, now),
    }
    connection.execute(insert(schema.work).values(row))


def change(
    connection: Connection,
    codecs: Codecs,
    code: str,
    changed: Callable[[Entry], Entry],
    now: datetime,
    *,
    person_id: int | None = None,
) -> None:
    """Writes the work anew as it is at this moment; with `person_id` only that person's.

    One that was withdrawn meanwhile stays withdrawn.
    """
    mine = [_WORK.code == code]
    if person_id is not None:
        mine.append(_WORK.person_id == person_id)
    row = connection.execute(select(schema.work).where(*mine).with_for_update()).first()
    if row is None:
        return
    values = _values(codecs, changed(entry_of(row, codecs)), now)
    connection.execute(update(schema.work).where(_WORK.id == row.id).values(values))


def withdraw(connection: Connection, person_id: int, code: str) -> None:
    """Nothing of it is left."""
    mine = (_WORK.person_id == person_id, _WORK.code == code)
    connection.execute(delete(schema.work).where(*mine))


def ticked(entry: Entry, item: str, *, is_done: bool) -> Entry:
    return replace(entry, done=entry.done | {item} if is_done else entry.done - {item})


def wishes(connection: Connection, person_id: int) -> bool:
    query = select(_WISH.person_id).where(_WISH.person_id == person_id)
    return connection.execute(query).first() is not None


def wish(connection: Connection, person_id: int, today: date) -> None:
    statement = upsert(connection, schema.award_wish).values(person_id=person_id, since=today)
    connection.execute(statement.on_conflict_do_nothing())


def end_wish(connection: Connection, person_id: int) -> None:
    connection.execute(delete(schema.award_wish).where(_WISH.person_id == person_id))


def shorten(connection: Connection, editions: Sequence[str], day: date) -> None:
    """The results are known: the works are forgotten on that day, never later than agreed."""
    theirs = (_WORK.edition.in_(editions), _WORK.forget_on > day)
    connection.execute(update(schema.work).where(*theirs).values(forget_on=day))


def tidy(connection: Connection, now: datetime) -> None:
    connection.execute(delete(schema.work).where(_WORK.forget_on <= now.date()))


def _values(codecs: Codecs, entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "unit_id": entry.unit_id,
        "edition": entry.edition,
        "category": entry.category,
        "language": entry.language,
        "state": entry.state,
        "done": " ".join(sorted(entry.done)),
        "sealed": codecs.details.write(entry.details),
        "forget_on": entry.forget_on,
        "changed_at": now,
    }
