"""The SQL of contact windows: when somebody was last in contact, and what may be sent since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, select, update

from bot.model import Contact
from bot.store import schema
from bot.store.ready import Ready
from bot.store.rows import in_utc, insert_into

# Zalo's OA lets about three messages go to who follows and has not written yet.
WELCOME_MESSAGES = 3
_WINDOW = schema.contact_window.c
# Built once: to put a statement together costs more than to run it, and each event runs these.
_READING = select(schema.contact_window).where(_WINDOW.address_id == bindparam("address_id"))


@dataclass(frozen=True, slots=True)
class Window:
    """What decides whether the platform lets us write to an address.

    `welcome_left` is None once its person has written: then no count limits us.
    """

    contacted_at: datetime | None = None
    left_at: datetime | None = None
    welcome_left: int | None = None


def read(connection: Connection, address_ids: Sequence[int]) -> dict[int, Window]:
    """The windows of addresses, by their id; an address that never had contact has none."""
    rows = (connection.execute(_READING, {"address_id": number}).first() for number in address_ids)
    return {row.address_id: _as_window(row) for row in rows if row is not None}


def note(connection: Connection, address_id: int, contact: Contact) -> None:
    """Keeps the latest of each kind: platforms repeat themselves, and not in order."""
    if contact.kind == "message":  # nearly always: one statement, without looking first
        row = {"address_id": address_id, "contacted_at": contact.at}
        _NOTING_MESSAGE.change(connection, row)
        return
    before = read(connection, [address_id]).get(address_id)
    after = _after(before, contact)
    if after == before:
        return
    row = {
        "address_id": address_id,
        "contacted_at": after.contacted_at,
        "left_at": after.left_at,
        "welcome_left": after.welcome_left,
    }
    connection.execute(_keeping(connection.dialect.name), row)


def is_overtaken(window: Window | None, contact: Contact) -> bool:
    """Whether what it tells has been undone by something later that arrived before it."""
    if window is None:
        return False
    later = window.contacted_at if contact.kind == "leave" else window.left_at
    return later is not None and later > contact.at


def _noting_message(dialect: str) -> Any:
    statement = insert_into(dialect, schema.contact_window)
    new = statement.excluded.contacted_at
    is_later = _WINDOW.contacted_at.is_(None) | (new > _WINDOW.contacted_at)
    latest = case((is_later, new), else_=_WINDOW.contacted_at)
    kept = {"contacted_at": latest, "welcome_left": None}
    return statement.on_conflict_do_update(index_elements=["address_id"], set_=kept)


_NOTING_MESSAGE = Ready(_noting_message)


@cache
def _keeping(dialect: str) -> Any:
    statement = insert_into(dialect, schema.contact_window)
    new = {name: statement.excluded[name] for name in ("contacted_at", "left_at", "welcome_left")}
    return statement.on_conflict_do_update(index_elements=["address_id"], set_=new)


def use_welcome(connection: Connection, address_id: int, messages: int) -> None:
    """So many messages fewer to who only followed."""
    mine = (_WINDOW.address_id == address_id) & (_WINDOW.welcome_left >= messages)
    fewer = {"welcome_left": _WINDOW.welcome_left - messages}
    connection.execute(update(schema.contact_window).where(mine).values(fewer))


def _after(before: Window | None, contact: Contact) -> Window:
    known = before or Window()
    if contact.kind == "leave":
        return Window(known.contacted_at, _latest(known.left_at, contact.at), known.welcome_left)
    contacted_at = _latest(known.contacted_at, contact.at)
    has_written = known.contacted_at is not None and known.welcome_left is None
    return Window(contacted_at, known.left_at, None if has_written else WELCOME_MESSAGES)


def _latest(known: datetime | None, new: datetime) -> datetime:
    return max(known, new) if known else new


def _as_window(row: Any) -> Window:
    return Window(in_utc(row.contacted_at), in_utc(row.left_at), row.welcome_left)
