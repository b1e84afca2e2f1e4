"""The SQL of one person on several channels: two persons become one, or an address leaves."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.store import claim_tidying, contest_records, ledger, practice, schema
from bot.store.codec import Codecs
from bot.store.rows import upsert

_PERSON = schema.person.c
# What hangs on a person and goes over as it is; offices and subscriptions are looked at one by one.
_MOVED = ("address", "delivery", "reminder", "deputy", "invitation", "file_ticket", "recipient",
          "work")  # fmt: skip


def join(connection: Connection, codecs: Codecs, kept_id: int, other_id: int) -> bool:
    """Makes the two one; False when one of them is not there any more.

    The newest consent decides over language, zone and quiet hours; what it leaves open the other
    one says. Topics are those of both. Nothing that either was sent before is sent again.
    """
    found = {
        row.id: row
        for row in connection.execute(
            select(schema.person).where(_PERSON.id.in_((kept_id, other_id)))
        )
    }
    if kept_id == other_id or len(found) < 2:
        return False
    kept, other = found[kept_id], found[other_id]
    newer = max((kept, other), key=lambda row: str(row.consent_at or ""))
    older = other if newer is kept else kept
    _join_subscriptions(connection, kept_id, newer.id, older.id)
    ledger.drop_doubled(connection, kept_id, other_id)
    practice.join(connection, kept_id, other_id)
    for name in _MOVED:
        table = schema.metadata.tables[name]
        mine = update(table).where(table.c.person_id == other_id)
        connection.execute(mine.values(person_id=kept_id))
    _join_offices(connection, kept_id, other_id)
    contest_records.join(connection, kept_id, other_id)
    claim_tidying.join(connection, codecs, kept_id, other_id)
    _join_wishes(connection, kept_id, other_id)
    codes = schema.link_code
    connection.execute(delete(codes).where(codes.c.person_id == kept_id))
    connection.execute(delete(schema.person).where(_PERSON.id == other_id))
    statement = update(schema.person).where(_PERSON.id == kept_id)
    connection.execute(statement.values(_joined(newer, older)))
    return True


def _joined(newer: Row[Any], older: Row[Any]) -> dict[str, Any]:
    consent = ("consent_version", "consent_at", "consent_asked", "has_stopped")
    either = (
        "language", "zone", "quiet", "unit_id", "preferred_channel", "practice_version",
        "practice_at",
    )  # fmt: skip
    values = {name: getattr(newer, name) for name in consent}
    values |= {
        name: first if (first := getattr(newer, name)) is not None else getattr(older, name)
        for name in either
    }
    return {**values, "seen_on": max(newer.seen_on, older.seen_on)}


def _join_subscriptions(connection: Connection, kept_id: int, newer_id: int, older_id: int) -> None:
    table, topics = schema.subscription, schema.subscription_topic
    both = table.c.person_id.in_((newer_id, older_id))
    rows = {
        row["person_id"]: dict(row)
        for row in connection.execute(select(table).where(both)).mappings()
    }
    mine = topics.c.person_id.in_((newer_id, older_id))
    wanted = set(connection.execute(select(topics.c.topic).where(mine)).scalars())
    connection.execute(delete(topics).where(mine))
    connection.execute(delete(table).where(both))
    if not rows:
        return
    values = rows.get(newer_id) or rows[older_id]
    other = rows.get(older_id) or values
    values["person_id"] = kept_id
    values["delivered"] = _both(values["delivered"], other["delivered"])
    connection.execute(insert(table).values(values))
    if wanted:
        found = [{"person_id": kept_id, "topic": topic} for topic in sorted(wanted)]
        connection.execute(insert(topics), found)


def _both(one: bytes, other: bytes) -> bytes:
    """Bitmaps of what was delivered: what either of them holds."""
    length = max(len(one), len(other))
    joined = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return joined.to_bytes(length, "little")


def _join_offices(connection: Connection, kept_id: int, other_id: int) -> None:
    """An office that both hold is held once."""
    officer = schema.officer
    held = connection.execute(select(officer).where(officer.c.person_id == kept_id)).all()
    same = {(row.role, row.unit_id, row.topic) for row in held}
    for row in connection.execute(select(officer).where(officer.c.person_id == other_id)).all():
        mine = officer.c.id == row.id
        if (row.role, row.unit_id, row.topic) in same:
            connection.execute(delete(officer).where(mine))
        else:
            connection.execute(update(officer).where(mine).values(person_id=kept_id))


def _join_wishes(connection: Connection, kept_id: int, other_id: int) -> None:
    """Either one's wish to be reminded of the award is enough."""
    wish = schema.award_wish
    since = select(wish.c.since).where(wish.c.person_id == other_id)
    found = connection.execute(since).scalar_one_or_none()
    if found is not None:
        statement = upsert(connection, wish).values(person_id=kept_id, since=found)
        connection.execute(statement.on_conflict_do_nothing())


def leave(connection: Connection, person_id: int, address_id: int, today: date) -> int | None:
    """The address goes its own way with consent and language only; its new person's id.

    None when it is not that person's, or their only one.
    """
    address = schema.address
    count = select(func.count()).where(address.c.person_id == person_id)
    mine = select(address.c.id).where(address.c.id == address_id, address.c.person_id == person_id)
    is_theirs = connection.execute(mine).first() is not None
    if not is_theirs or connection.execute(count).scalar_one() < 2:
        return None
    taken = ("language", "consent_version", "consent_at", "consent_asked", "has_stopped")
    row = connection.execute(select(schema.person).where(_PERSON.id == person_id)).mappings().one()
    values = {**{name: row[name] for name in taken}, "seen_on": today}
    made = insert(schema.person).values(values).returning(_PERSON.id)
    new_id: int = connection.execute(made).scalar_one()
    _drop_waiting(connection, address_id)
    moved = update(address).where(address.c.id == address_id)
    connection.execute(moved.values(person_id=new_id))
    return new_id


def _drop_waiting(connection: Connection, address_id: int) -> None:
    """What waited at that address was for the other person."""
    reply, delivery = schema.reply, schema.delivery
    waiting = select(reply.c.delivery_id).where(
        reply.c.address_id == address_id, reply.c.delivery_id.is_not(None)
    )
    ids = connection.execute(waiting).scalars().all()
    connection.execute(delete(reply).where(reply.c.delivery_id.in_(ids)))
    dropped = update(delivery).where(delivery.c.id.in_(ids))
    connection.execute(dropped.values(state="dropped", sealed=b""))


def addresses_of(connection: Connection, person_id: int) -> list[tuple[int, str, str]]:
    """The person's addresses as (id, channel, address), the oldest first."""
    table = schema.address
    query = select(table.c.id, table.c.channel, table.c.address).where(
        table.c.person_id == person_id
    )
    return [
        (row.id, row.channel, row.address) for row in connection.execute(query.order_by(table.c.id))
    ]
