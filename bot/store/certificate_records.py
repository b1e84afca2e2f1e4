"""The SQL of certificates: issued, withdrawn, joined with their persons, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from bot.contests import Issued
from bot.store import schema
from bot.store.codec import Codecs
from bot.store.rows import upsert
from bot.store.seal import Unsealable

_CERTIFICATE = schema.certificate.c
KEPT = timedelta(days=3 * 365)


def issued_of(row: Any, codecs: Codecs) -> Issued:
    """The certificate of a row; a name that was sealed under another secret is none."""
    holder = ""
    if row.sealed:
        try:
            holder = codecs.holder.read(row.sealed)
        except Unsealable:
            holder = ""
    return Issued(
        row.code,
        row.round_id,
        holder,
        row.points,
        row.whole,
        row.issued_on,
        row.withdrawn_on,
    )


def issue(connection: Connection, codecs: Codecs, person_id: int, new: Issued) -> bool:
    """Keeps it; one that the person has for that round gets the name and the result, and counts
    again if it was withdrawn. False, and nothing is changed: that one has another code.
    """
    changed = {
        "sealed": codecs.holder.write(new.holder),
        "points": new.points,
        "whole": new.whole,
        "withdrawn_on": None,
    }
    same = {"code": new.code, "round_id": new.round_id, "issued_on": new.issued_on}
    added = upsert(connection, schema.certificate).values(person_id=person_id, **same, **changed)
    kept = added.on_conflict_do_update(
        index_elements=["round_id", "person_id"],
        set_=changed,
        where=_CERTIFICATE.code == new.code,
    )
    return connection.execute(kept).rowcount > 0


def withdraw(connection: Connection, person_id: int, round_id: int, today: date) -> None:
    """From that day on it does not count; its name is not kept any more."""
    mine = (_CERTIFICATE.person_id == person_id, _CERTIFICATE.round_id == round_id)
    valid = update(schema.certificate).where(*mine, _CERTIFICATE.withdrawn_on.is_(None))
    connection.execute(valid.values(sealed=b"", withdrawn_on=today))


def drop(connection: Connection, round_id: int, people: Sequence[int]) -> None:
    """Those of entries that do not stay."""
    theirs = (_CERTIFICATE.round_id == round_id, _CERTIFICATE.person_id.in_(people))
    connection.execute(delete(schema.certificate).where(*theirs))


def join(connection: Connection, kept_id: int, other_id: int) -> None:
    """Two persons become one: of two certificates for a round the one issued first stays."""
    both = _CERTIFICATE.person_id.in_((kept_id, other_id))
    found = select(_CERTIFICATE.id, _CERTIFICATE.round_id).where(both).order_by(_CERTIFICATE.id)
    first: dict[int, int] = {}
    doubled = [
        row.id
        for row in connection.execute(found)
        if first.setdefault(row.round_id, row.id) != row.id
    ]
    connection.execute(delete(schema.certificate).where(_CERTIFICATE.id.in_(doubled)))
    theirs = update(schema.certificate).where(_CERTIFICATE.person_id == other_id)
    connection.execute(theirs.values(person_id=kept_id))


def tidy(connection: Connection, now: datetime) -> None:
    """Three years after it was issued a certificate is forgotten, and so is its code."""
    old = _CERTIFICATE.issued_on < (now - KEPT).date()
    connection.execute(delete(schema.certificate).where(old))
