"""The SQL of one event's way: written down, loaded, finished, found again after a crash."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.model import Event, Person
from bot.store import case_messages, deliveries, offices, schema, usage, windows
from bot.store.codec import Codecs
from bot.store.deliveries import Handed
from bot.store.ready import Ready, ready
from bot.store.rows import insert_into, upsert
from bot.store.work import Work


class AlreadyDone(Exception):
    """This event was finished before; its effects are not applied again."""


class OthersFirst(Exception):
    """Something that the same person said before is still being answered, by another process."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An event that is written down, and whose it is."""

    id: int
    address_id: int
    person_id: int
    event: Event
    received_at: datetime
    starts: int = 0


# Built once: to put a statement together costs more than to run it, and each event runs these.
def _finding(dialect: str) -> Any:
    """On PostgreSQL it waits until nobody else writes down an event of that person: so the events
    of one person get their numbers in the order in which they are seen. SQLite has one writer."""
    table = schema.address
    columns: list[Any] = [table.c.id, table.c.person_id, table.c.is_unreachable]
    if dialect == "postgresql":
        columns.append(func.pg_advisory_xact_lock(table.c.person_id))
    return select(*columns).where(
        table.c.channel == bindparam("channel"), table.c.address == bindparam("address")
    )


_FOUND = Ready(_finding)


def _writing(dialect: str) -> Any:
    table = schema.event
    return insert_into(dialect, table).on_conflict_do_nothing().returning(table.c.id)


_WRITING = Ready(_writing)


def write_down(
    connection: Connection,
    event: Event,
    key: bytes,
    sealed: bytes,
    now: datetime,
    holder: int | None,
    *,
    is_again: bool = False,
) -> Stored | None:
    """None when an event of that key is there already: then nothing is changed.

    `is_again`: it may have been written down by this very call, whose commit got no answer.
    """
    address = _find_or_make(connection, event, now)
    row = {"key": key, "address_id": address.id, "sealed": sealed, "received_at": now}
    row["held_by"] = holder
    written = _WRITING.first(connection, row)
    if written is None and is_again:
        written = _own(connection, key, now)
    if written is None:
        return None
    if address.is_unreachable and not _is_overtaken(connection, address.id, event):
        back = update(schema.address).where(schema.address.c.id == address.id)
        connection.execute(back.values(is_unreachable=False))
    if event.contact is not None:
        windows.note(connection, address.id, event.contact)
    return Stored(written.id, address.id, address.person_id, event, now)


def _own(connection: Connection, key: bytes, now: datetime) -> Any:
    """The event of that key if it was heard at this very moment, and so by this very call."""
    table = schema.event
    same = (table.c.key == key, table.c.received_at == now, table.c.done_at.is_(None))
    return connection.execute(select(table.c.id).where(*same)).first()


def _find_or_make(connection: Connection, event: Event, now: datetime) -> Any:
    """The row of the address with its person, who is made at the first contact."""
    table, address = schema.address, event.address
    asked = {"channel": address.channel, "address": address.address}
    found = _FOUND.first(connection, asked)
    if found is None:
        person = insert(schema.person).values(seen_on=now.date()).returning(schema.person.c.id)
        person_id = connection.execute(person).scalar_one()
        row = {"person_id": person_id, "channel": address.channel, "address": address.address}
        made = upsert(connection, table).values(row).on_conflict_do_nothing().returning(table.c.id)
        identifier = connection.execute(made).scalar_one_or_none()
        if identifier is not None:
            usage.add(connection, address.channel, "", "people", 1)
        else:  # another process met this address at the same moment; its person stands
            connection.execute(delete(schema.person).where(schema.person.c.id == person_id))
        found = _FOUND.first(connection, asked)
    return found


def _is_overtaken(connection: Connection, address_id: int, event: Event) -> bool:
    if event.contact is None:
        return False
    window = windows.read(connection, [address_id]).get(address_id)
    return windows.is_overtaken(window, event.contact)


def is_overtaken(connection: Connection, stored: Stored) -> bool:
    """Whether a leaving or a following was undone by something later that arrived before it."""
    return _is_overtaken(connection, stored.address_id, stored.event)


def open_of(person_id: Any) -> Any:
    """Events of that person that are not answered yet. Addresses are not joined: SQLite would then
    look through the open events of everybody."""
    event, address = schema.event, schema.address.alias("theirs")
    theirs = select(address.c.id).where(address.c.person_id == person_id)
    theirs = theirs.correlate_except(address)
    return select(event.c.id).where(event.c.address_id.in_(theirs), event.c.done_at.is_(None))


def _loading() -> Any:
    """Built once: to put the statement together would cost more than to run it."""
    address, person, session = schema.address, schema.person, schema.session
    earlier = open_of(person.c.id).where(schema.event.c.id < bindparam("event_id"))
    waits = deliveries.to_hand_over(person.c.id, address.c.id).exists().label("waits")
    return (
        select(
            person.c.id,
            person.c.language,
            person.c.consent_version,
            person.c.has_stopped,
            person.c.zone,
            person.c.quiet,
            person.c.unit_id,
            person.c.preferred_channel,
            person.c.consent_asked,
            person.c.practice_version,
            offices.has_any(person.c.id).label("may_hold_office"),
            session.c.sealed,
            waits,
            earlier.exists().label("others_first"),
        )
        .select_from(address.join(person).outerjoin(session))
        .where(address.c.id == bindparam("address_id"))
    )


_LOADING = ready(_loading())


def load(connection: Connection, stored: Stored) -> tuple[Person, bytes | None, bool]:
    """Person, sealed session, and whether messages wait for this contact. Raises OthersFirst."""
    row = _LOADING.first(connection, {"address_id": stored.address_id, "event_id": stored.id})
    if row is None:  # erased while this event waited for its turn
        raise AlreadyDone(stored.id)
    *known, sealed, waits, others_first = row
    if others_first:
        raise OthersFirst(stored.id)
    return Person(*known), sealed, waits


def _seeing(table: Any) -> Any:
    """That a person or an address was seen today, written once a day."""
    is_older = table.c.seen_on.is_(None) | (table.c.seen_on < bindparam("today"))
    seen = update(table).where(table.c.id == bindparam("whose"), is_older)
    return seen.values(seen_on=bindparam("today"))


_DONE = ready(
    update(schema.event)
    .where(schema.event.c.id == bindparam("event_id"), schema.event.c.done_at.is_(None))
    .values(done_at=bindparam("now"), sealed=None, held_by=bindparam("holder"))
)
_PERSON_SEEN, _ADDRESS_SEEN = ready(_seeing(schema.person)), ready(_seeing(schema.address))
_ADDING_REPLY = ready(insert(schema.reply).returning(schema.reply.c.id))


def _keeping_session(dialect: str) -> Any:
    statement = insert_into(dialect, schema.session)
    new = {name: statement.excluded[name] for name in ("sealed", "changed_at")}
    return statement.on_conflict_do_update(index_elements=["address_id"], set_=new)


_KEEPING_SESSION = Ready(_keeping_session)


def finish(
    connection: Connection,
    stored: Stored,
    work: Work,
    codecs: Codecs,
    session: bytes,
    replies: list[bytes],
    handed: Sequence[Handed],
    now: datetime,
    holder: int | None,
    *,
    is_first_today: bool = True,
) -> list[int]:
    """The ids of the replies, those handed over last; one taken by another process is left out.

    `holder`, who finished it, says them.
    """
    if _DONE.change(connection, {"event_id": stored.id, "now": now, "holder": holder}) == 0:
        raise AlreadyDone(stored.id)
    work.apply(connection, codecs)
    if work.erases:  # nothing may hang on the person any more: not even this answer
        return [secrets.randbits(52) for _ in replies]
    if is_first_today:  # messages go where the person was seen last; the day is enough to know
        today = now.date()
        _PERSON_SEEN.change(connection, {"whose": stored.person_id, "today": today})
        _ADDRESS_SEEN.change(connection, {"whose": stored.address_id, "today": today})
    row = {"address_id": stored.address_id, "sealed": session, "changed_at": now}
    _KEEPING_SESSION.change(connection, row)
    kept = _keep_replies(connection, stored, replies, now)
    if stored.event.contact is not None:
        case_messages.wake(connection, codecs, stored.person_id, now)
    return kept + deliveries.hand_over(connection, stored, handed, now, len(kept))


def _keep_replies(
    connection: Connection, stored: Stored, replies: list[bytes], now: datetime
) -> list[int]:
    same = {"event_id": stored.id, "address_id": stored.address_id, "created_at": now}
    rows = [{**same, "number": number, "sealed": sealed} for number, sealed in enumerate(replies)]
    if not rows:
        return []
    return [_ADDING_REPLY.first(connection, row).id for row in rows]
