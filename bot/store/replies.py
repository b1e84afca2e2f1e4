"""The SQL of replies that wait to be said, and of forgetting what has had its time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, select, update

from bot.model import Address
from bot.store import schema
from bot.store.codec import Codecs
from bot.store.pending import Pending
from bot.store.ready import ready
from bot.store.rows import quarter_hour
from bot.store.seal import Unsealable

EVENT_KEPT = timedelta(days=7)
REPLY_KEPT = timedelta(days=1)
VISITOR_KEPT = timedelta(days=30)
# Half-typed answers and the last buttons of a talk that nobody has gone on with.
SESSION_KEPT = timedelta(days=30)
# A message that no web page has fetched, and a settled delivery with its person.
PAGE_KEPT = timedelta(days=7)
DELIVERY_KEPT = timedelta(days=30)


# The channel whose pages fetch what is said there.
PAGES = "web"


def replies_to_say(
    connection: Connection,
    to: Address | None,
    key: bytes | None,
    events: Sequence[int] | None = None,
    *,
    by: tuple[int | None] | None = None,
) -> Sequence[Any]:
    """`by`: the one process that has finished the event of that key."""
    reply, address, event, delivery = schema.reply, schema.address, schema.event, schema.delivery
    query = (
        select(
            reply.c.id,
            reply.c.address_id,
            reply.c.delivery_id,
            reply.c.sealed,
            address.c.channel,
            address.c.address,
        )
        .join(address, address.c.id == reply.c.address_id)
        .outerjoin(delivery, delivery.c.id == reply.c.delivery_id)
        # One that was going out at a crash may have arrived: it is not said again by itself.
        .where(delivery.c.state.is_(None) | (delivery.c.state != "sending"))
        .order_by(reply.c.id)
    )
    if to is not None:
        query = query.where(address.c.channel == to.channel, address.c.address == to.address)
    if key is not None:
        query = query.join(event, event.c.id == reply.c.event_id).where(event.c.key == key)
        if by is not None:
            query = query.where(event.c.held_by.is_not_distinct_from(by[0]))
    if events is not None:
        query = query.where(reply.c.event_id.in_(events))
    return connection.execute(query).all()


def opened(rows: Sequence[Any], codecs: Codecs) -> tuple[Pending, ...]:
    """Those of them that can be read."""
    found = []
    for row in rows:
        try:
            reply = codecs.reply.read(row.sealed)
        except Unsealable:
            continue
        to = Address(row.channel, row.address)
        found.append(Pending(row.id, row.address_id, to, reply, row.delivery_id or 0))
    return tuple(found)


def unasked_of_pages(connection: Connection, since: int) -> Sequence[Any]:
    """Number and address of what waits for pages and answers nothing, after one number."""
    reply, address = schema.reply, schema.address
    query = select(reply.c.id, address.c.address).join(address)
    after = (address.c.channel == PAGES, reply.c.event_id.is_(None), reply.c.id > since)
    return connection.execute(query.where(*after).order_by(reply.c.id)).all()


_ONE = (schema.reply.c.id == bindparam("reply_id"), schema.reply.c.delivery_id.is_(None))
_THEIRS = select(schema.address.c.id).where(
    schema.address.c.channel == bindparam("channel"),
    schema.address.c.address == bindparam("address"),
)
_FORGETTING = ready(delete(schema.reply).where(*_ONE))
_FORGETTING_THEIRS = ready(
    delete(schema.reply).where(*_ONE, schema.reply.c.address_id.in_(_THEIRS))
)


def forget(connection: Connection, ids: tuple[int, ...], to: Address | None, now: datetime) -> None:
    """Those of a delivery have arrived, and it is settled as sent."""
    if len(ids) == 1 and _forget_one(connection, ids[0], to):
        return
    said = and_(schema.reply.c.id.in_(ids))
    if to is not None:
        said = and_(said, schema.reply.c.address_id.in_(_ids_of(to)))
    delivered = select(schema.reply.c.delivery_id).where(said).scalar_subquery()
    arrived = update(schema.delivery).where(schema.delivery.c.id.in_(delivered))
    values = {"state": "sent", "lease_until": None, "sealed": b"", "arrived": quarter_hour(now)}
    connection.execute(arrived.values(values))
    connection.execute(delete(schema.reply).where(said))


def _forget_one(connection: Connection, identifier: int, to: Address | None) -> bool:
    """Whether it was the answer to an event, as nearly always: then there is no more to do."""
    if to is None:
        return _FORGETTING.change(connection, {"reply_id": identifier}) > 0
    theirs = {"reply_id": identifier, "channel": to.channel, "address": to.address}
    return _FORGETTING_THEIRS.change(connection, theirs) > 0


def mark_unreachable(connection: Connection, to: Address) -> None:
    ids = _ids_of(to)
    theirs = schema.reply.c.address_id.in_(ids)
    handed = select(schema.reply.c.delivery_id).where(theirs).scalar_subquery()
    lost = update(schema.delivery).where(schema.delivery.c.id.in_(handed))
    connection.execute(lost.values(state="unreachable", lease_until=None, sealed=b""))
    connection.execute(delete(schema.reply).where(theirs))
    table = schema.address
    connection.execute(update(table).where(table.c.id.in_(ids)).values(is_unreachable=True))


def _ids_of(to: Address) -> Select[tuple[int]]:
    table = schema.address
    return select(table.c.id).where(table.c.channel == to.channel, table.c.address == to.address)


def tidy(connection: Connection, now: datetime) -> None:
    event, reply, person, delivery = schema.event, schema.reply, schema.person, schema.delivery
    is_answer = reply.c.delivery_id.is_(None)
    old = reply.c.created_at < now - REPLY_KEPT
    connection.execute(delete(reply).where(is_answer, reply.c.event_id.is_not(None), old))
    # What a reporter is told on a page answers no event.
    connection.execute(delete(reply).where(is_answer, reply.c.created_at < now - PAGE_KEPT))
    for_page = select(reply.c.id).where(reply.c.delivery_id == delivery.c.id).exists()
    late = (delivery.c.state == "waiting") & (delivery.c.created_at < now - PAGE_KEPT) & for_page
    connection.execute(update(delivery).where(late).values(state="dropped", sealed=b""))
    dropped = select(delivery.c.id).where(delivery.c.state == "dropped").scalar_subquery()
    connection.execute(delete(reply).where(reply.c.delivery_id.in_(dropped)))
    connection.execute(delete(delivery).where(delivery.c.created_at < now - DELIVERY_KEPT))
    connection.execute(delete(event).where(event.c.done_at < now - EVENT_KEPT))
    session = schema.session
    connection.execute(delete(session).where(session.c.changed_at < now - SESSION_KEPT))
    connection.execute(delete(person).where(_is_forgotten(now)))


def _is_forgotten(now: datetime) -> ColumnElement[bool]:
    """Who never agreed to anything, holds no office, and has not written for long.

    Who has a work registered, a certificate, or an attempt in a contest agreed that it is kept:
    until it is forgotten or withdrawn.
    """
    person, officer, work = schema.person, schema.officer, schema.work
    paper = schema.certificate
    holds_office = select(officer.c.id).where(officer.c.person_id == person.c.id).exists()
    is_old = person.c.seen_on < (now - VISITOR_KEPT).date()
    has_work = select(work.c.id).where(work.c.person_id == person.c.id).exists()
    is_valid = (paper.c.person_id == person.c.id) & paper.c.withdrawn_on.is_(None)
    has_paper = select(paper.c.id).where(is_valid).exists()
    attempt = schema.attempt
    has_played = select(attempt.c.id).where(attempt.c.person_id == person.c.id).exists()
    nothing = and_(person.c.consent_version.is_(None), person.c.practice_version.is_(None))
    return and_(nothing, is_old, ~holds_office, ~has_work, ~has_paper, ~has_played)
