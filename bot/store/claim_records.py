"""The SQL of claims and their reports: opened, joined, taken, merged, split, counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.claims import (
    HARMS,
    MERGED,
    NEW,
    OPEN,
    OPINION,
    READING,
    TAKEN,
    Claim,
    Finding,
    Statement,
)
from bot.store import schema
from bot.store.codec import Codec, Codecs
from bot.store.codes import key as code_key
from bot.store.reporters import SealedAddress
from bot.store.rows import in_utc, upsert
from bot.store.seal import Unsealable

_CLAIM, _REPORT, _MARK = schema.claim.c, schema.report.c, schema.claim_mark.c


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report that is handed to the desk; without `person_id` and `address` at a counter.

    `claim_id` is the open claim that it is another report of, or 0.
    """

    code: str
    statement: Statement
    marks: tuple[tuple[str, bytes], ...]
    harm: str
    language: str
    channel: str
    due_at: datetime
    shown_from: datetime
    person_id: int = 0
    address: SealedAddress | None = None
    claim_id: int = 0


def person_key(codecs: Codecs, person_id: int) -> bytes:
    """By which a person's own reports are found, and by nobody without the secret."""
    return codecs.seal.recognise("reporter", str(person_id))


def add(connection: Connection, codecs: Codecs, new: NewReport, now: datetime) -> int:
    """The claim that it belongs to now: the one it was said to, as long as that is open."""
    claim_id = _join(connection, new) if new.claim_id else 0
    claim_id = claim_id or _open(connection, new, now)
    address = new.address
    row = {
        "claim_id": claim_id,
        "code_key": code_key(codecs, "case", new.code),
        "person_key": person_key(codecs, new.person_id) if new.person_id else None,
        "channel": new.channel,
        "language": new.language,
        "under": address.under if address else None,
        "wrapped": address.wrapped if address else None,
        "sealed": address.sealed if address else None,
        "statement": codecs.statement.write(new.statement),
        "opened_at": now,
    }
    added = insert(schema.report).values(row).returning(_REPORT.id)
    report_id = connection.execute(added).scalar_one()
    same = {"claim_id": claim_id, "report_id": report_id}
    marks = [{**same, "kind": kind, "value": value} for kind, value in dict.fromkeys(new.marks)]
    if marks:
        connection.execute(insert(schema.claim_mark), marks)
    return claim_id


def _open(connection: Connection, new: NewReport, now: datetime) -> int:
    row = {
        "state": NEW,
        "harm": new.harm,
        "language": new.language,
        "opened_at": now,
        "shown_from": new.shown_from,
        "due_at": new.due_at,
    }
    added = insert(schema.claim).values(row).returning(_CLAIM.id)
    return int(connection.execute(added).scalar_one())


def _join(connection: Connection, new: NewReport) -> int:
    """The claim is as urgent as the most urgent of its reports."""
    mine = select(schema.claim).where(_CLAIM.id == new.claim_id, _CLAIM.state.in_(OPEN))
    row = connection.execute(mine.with_for_update()).first()
    if row is None:
        return 0
    harm = min(row.harm, new.harm, key=HARMS.index)
    due = min(in_utc(row.due_at) or new.due_at, new.due_at)
    shown = min(in_utc(row.shown_from) or new.shown_from, new.shown_from)
    values = {"harm": harm, "due_at": due, "shown_from": shown}
    connection.execute(update(schema.claim).where(_CLAIM.id == row.id).values(values))
    return int(row.id)


def take(connection: Connection, claim_id: int, office: int, now: datetime) -> bool:
    """An officer works on it from now on, instead of whoever did."""
    mine = (_CLAIM.id == claim_id, _CLAIM.state.in_((NEW, TAKEN)))
    values = {"state": TAKEN, "office": office, "looked_at": func.coalesce(_CLAIM.looked_at, now)}
    return bool(connection.execute(update(schema.claim).where(*mine).values(values)).rowcount)


def look(connection: Connection, claim_id: int, now: datetime) -> None:
    """Notes the first look at it."""
    mine = (_CLAIM.id == claim_id, _CLAIM.looked_at.is_(None))
    connection.execute(update(schema.claim).where(*mine).values(looked_at=now))


def merge(connection: Connection, claim_id: int, into: int) -> bool:
    """Two open claims are one: the earlier date and the graver harm hold."""
    both = select(schema.claim).where(_CLAIM.id.in_((claim_id, into)), _CLAIM.state.in_(OPEN))
    rows = {row.id: row for row in connection.execute(both.with_for_update())}
    if claim_id == into or len(rows) < 2 or READING in {row.state for row in rows.values()}:
        return False
    one, other = rows[into], rows[claim_id]
    values = {
        "harm": min(one.harm, other.harm, key=HARMS.index),
        "due_at": min(one.due_at, other.due_at),
        "opened_at": min(one.opened_at, other.opened_at),
    }
    connection.execute(update(schema.claim).where(_CLAIM.id == into).values(values))
    gone = {"state": MERGED, "goes_to_id": into, "draft": None, "draft_by": None}
    connection.execute(update(schema.claim).where(_CLAIM.id == claim_id).values(gone))
    for table in (schema.report, schema.claim_mark):
        moved = update(table).where(table.c.claim_id == claim_id)
        connection.execute(moved.values(claim_id=into))
    return True


def split(connection: Connection, claim_id: int, report_id: int, now: datetime) -> int:
    """One report is a claim of its own from now on; its number, 0 when it was alone."""
    mine = select(func.count()).where(_REPORT.claim_id == claim_id)
    row = connection.execute(
        select(schema.claim).where(_CLAIM.id == claim_id, _CLAIM.state.in_((NEW, TAKEN)))
    ).first()
    is_its = select(_REPORT.id).where(_REPORT.id == report_id, _REPORT.claim_id == claim_id)
    is_there = row is not None and connection.execute(is_its).first() is not None
    if not is_there or connection.execute(mine).scalar_one() < 2:
        return 0
    assert row is not None
    kept = ("harm", "language", "opened_at", "due_at")
    values = {name: getattr(row, name) for name in kept}
    new = insert(schema.claim).values(state=NEW, shown_from=now, **values).returning(_CLAIM.id)
    new_id = int(connection.execute(new).scalar_one())
    moved = update(schema.report).where(_REPORT.id == report_id)
    connection.execute(moved.values(claim_id=new_id))
    marks = update(schema.claim_mark).where(_MARK.report_id == report_id)
    connection.execute(marks.values(claim_id=new_id))
    return new_id


def claim_of(row: Row[Any], codecs: Codecs, reports: int = 0) -> Claim:
    def opened(sealed: bytes | None) -> Finding | None:
        found: Finding | None = read_or_none(codecs.finding, sealed)
        return found

    at = {name: in_utc(getattr(row, name)) for name in ("looked_at", "closed_at")}
    return Claim(
        id=row.id,
        state=row.state,
        harm=row.harm,
        language=row.language,
        opened_at=in_utc(row.opened_at) or row.opened_at,
        due_at=in_utc(row.due_at) or row.due_at,
        reports=reports,
        office=row.office,
        finding=opened(row.sealed) or (Finding(OPINION) if row.verdict == OPINION else None),
        draft=opened(row.draft),
        draft_by=row.draft_by,
        revision=row.revision,
        slug=row.slug or "",
        **at,
    )


def read_or_none(codec: Codec[Any], sealed: bytes | None) -> Any:
    try:
        return codec.read(sealed) if sealed else None
    except Unsealable:
        return None


def count(connection: Connection, month: date, channel: str, what: str) -> None:
    table = schema.report_count
    row = {"month": month.replace(day=1), "channel": channel, "what": what, "count": 1}
    statement = upsert(connection, table).values(row)
    more = {"count": table.c.count + 1}
    connection.execute(statement.on_conflict_do_update(index_elements=table.primary_key, set_=more))
