"""Codes that open something once: invitations, links between channels, files; and wrong guesses."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.model import Person
from bot.store import schema
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.rows import in_utc, upsert
from bot.store.seal import Unsealable

# Without what is mistaken for something else when it is read off a screen: 0 1 i l o.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 16  # of 31 letters: 79 bits
INVITATION_LASTS = timedelta(hours=24)
LINK_LASTS = timedelta(minutes=10)
FILE_LASTS = timedelta(minutes=15)
WRONG_LASTS = timedelta(hours=1)
WRONG_AT_MOST = 5

_INVITATION, _LINK, _WRONG = schema.invitation.c, schema.link_code.c, schema.wrong_code.c
_FILE = schema.file_ticket.c


@dataclass(frozen=True, slots=True)
class Invitation:
    """To which office a code invites; `person_id` is who opened it first, None: nobody yet."""

    id: int
    role: str
    unit_id: int
    topic: str
    label: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What may be downloaded, and by whom."""

    person_id: int
    what: str


def new_code(length: int = _LENGTH) -> str:
    """Letters in fours, as they are told: `k7dm-2x9q-w3ht-p6bz`."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(code[i : i + 4] for i in range(0, length, 4))


def new_case_code() -> str:
    """Twelve letters, 59 bits: `K7M2-9XQ4-HTPW`. Eight could be guessed by a patient machine."""
    return new_code(12).upper()


class Codes:
    """Looks codes up by their keyed hash: the database holds none that could be used."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def invitation(self, code: str, now: datetime) -> Invitation | None:
        """None for one that never was, was used, was withdrawn or has run out."""
        query = select(schema.invitation).where(
            _INVITATION.key == key(self._codecs, "invitation", code), _INVITATION.expires_at > now
        )
        row = await self._reads.run(lambda c: c.execute(query).first())
        return self._invitation(row) if row else None

    async def linked_person(self, code: str, now: datetime) -> int | None:
        """Whose code for joining channels it is."""
        query = select(_LINK.person_id).where(
            _LINK.key == key(self._codecs, "link", code), _LINK.expires_at > now
        )
        return await self._reads.run(lambda c: c.execute(query).scalar_one_or_none())

    async def is_blocked(self, person: Person, now: datetime) -> bool:
        """Whether somebody has guessed wrongly too often in the last hour."""
        query = select(_WRONG.count).where(
            _WRONG.person_id == person.id, _WRONG.since > now - WRONG_LASTS
        )
        count = await self._reads.run(lambda c: c.execute(query).scalar_one_or_none())
        return (count or 0) >= WRONG_AT_MOST

    async def take_file(self, code: str, now: datetime) -> Ticket | None:
        """What the code lets download, once; None when it is used up, too old or none at all."""
        mine = _FILE.key == key(self._codecs, "file", code)
        gone = delete(schema.file_ticket).where(mine)
        taken = gone.returning(_FILE.person_id, _FILE.what, _FILE.expires_at)
        row = await self._writes.run(lambda c: c.execute(taken).first())
        if row is None or (in_utc(row.expires_at) or now) <= now:
            return None
        return Ticket(row.person_id, row.what)

    def _invitation(self, row: Row[Any]) -> Invitation:
        label = ""
        if row.sealed:
            try:
                label = self._codecs.label.read(row.sealed)
            except Unsealable:
                label = ""
        return Invitation(row.id, row.role, row.unit_id, row.topic, label, row.person_id)


def key(codecs: Codecs, kind: str, code: str) -> bytes:
    """The keyed hash of a code, however it is typed."""
    return codecs.seal.recognise("code", kind, "".join(c for c in code.lower() if c in ALPHABET))


def add_invitation(
    connection: Connection,
    codecs: Codecs,
    code: str,
    role: str,
    unit_id: int,
    made_by: int | None,
    now: datetime,
    topic: str = "",
    label: str = "",
) -> int:
    row = {
        "key": key(codecs, "invitation", code),
        "role": role,
        "unit_id": unit_id,
        "topic": topic,
        "sealed": codecs.label.write(label) if label else None,
        "made_by": made_by,
        "expires_at": now + INVITATION_LASTS,
    }
    added = insert(schema.invitation).values(row).returning(_INVITATION.id)
    return int(connection.execute(added).scalar_one())


def open_invitation(connection: Connection, identifier: int, person_id: int) -> None:
    """Binds it to who opens it first."""
    unopened = (_INVITATION.id == identifier, _INVITATION.person_id.is_(None))
    statement = update(schema.invitation).where(*unopened)
    connection.execute(statement.values(person_id=person_id))


def take_invitation(
    connection: Connection, identifier: int, person_id: int, now: datetime
) -> Row[Any] | None:
    """The row of an invitation that this person opened, deleted: it serves once."""
    mine = (_INVITATION.id == identifier, _INVITATION.person_id == person_id)
    taken = delete(schema.invitation).where(*mine, _INVITATION.expires_at > now)
    return connection.execute(taken.returning(*schema.invitation.c)).first()


def add_link(
    connection: Connection, codecs: Codecs, code: str, person_id: int, now: datetime
) -> None:
    """A new code; one that the person had before is void."""
    values = {"key": key(codecs, "link", code), "expires_at": now + LINK_LASTS}
    statement = upsert(connection, schema.link_code).values(person_id=person_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))


def add_file(
    connection: Connection, codecs: Codecs, code: str, person_id: int, what: str, now: datetime
) -> None:
    row = {
        "key": key(codecs, "file", code),
        "person_id": person_id,
        "what": what,
        "expires_at": now + FILE_LASTS,
    }
    connection.execute(insert(schema.file_ticket).values(row))


def miss(connection: Connection, person_id: int, now: datetime) -> None:
    """Counts a wrong guess; an hour after the first the count begins anew."""
    table = schema.wrong_code
    old = (_WRONG.person_id == person_id, _WRONG.since <= now - WRONG_LASTS)
    connection.execute(delete(table).where(*old))
    statement = upsert(connection, table).values(person_id=person_id, since=now, count=1)
    more = {"count": table.c.count + 1}
    connection.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=more))


def tidy(connection: Connection, now: datetime) -> None:
    """What has run out is forgotten."""
    connection.execute(delete(schema.invitation).where(_INVITATION.expires_at <= now))
    connection.execute(delete(schema.link_code).where(_LINK.expires_at <= now))
    connection.execute(delete(schema.file_ticket).where(_FILE.expires_at <= now))
    connection.execute(delete(schema.wrong_code).where(_WRONG.since <= now - WRONG_LASTS))
