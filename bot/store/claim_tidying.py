"""The SQL of what time does to claims: promises that are missed, reports that are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from bot.claims import CLOSED, INTAKE_LASTS, KEPT, NOTICE, OPEN, Deadlines
from bot.store import schema
from bot.store.claim_records import person_key
from bot.store.codec import Codecs
from bot.store.findings import queue
from bot.store.rows import in_utc

_CLAIM, _REPORT, _MARK = schema.claim.c, schema.report.c, schema.claim_mark.c
# So long before a promised time it is clear that it will not be kept.
_BEFORE = timedelta(hours=6)


def end_intakes(connection: Connection, now: datetime) -> None:
    """Those that nobody went on with are gone, without a word."""
    old = schema.intake.c.changed_at < now - INTAKE_LASTS
    connection.execute(delete(schema.intake).where(old))


def warn(connection: Connection, deadlines: Deadlines, now: datetime) -> int:
    """Everybody is told, once, that a promise will be missed, and the new day; how many claims."""
    late = select(schema.claim).where(
        _CLAIM.state.in_(OPEN), _CLAIM.due_at < now + _BEFORE, _CLAIM.warned_at.is_(None)
    )
    rows = connection.execute(late).all()
    for row in rows:
        due = deadlines.due(row.harm, in_utc(row.due_at) or now)
        mine = update(schema.claim).where(_CLAIM.id == row.id, _CLAIM.warned_at.is_(None))
        if connection.execute(mine.values(due_at=due, warned_at=now)).rowcount:
            queue(connection, _reachable(connection, row.id), "late", now)
    return len(rows)


def _reachable(connection: Connection, claim_id: int) -> list[int]:
    mine = (_REPORT.claim_id == claim_id, _REPORT.sealed.is_not(None))
    return list(connection.execute(select(_REPORT.id).where(*mine)).scalars())


def expire(connection: Connection, now: datetime) -> bool:
    """Three days before a report has had its time its holder is told; then it is gone.

    Whether anything is gone.
    """
    soon = (_REPORT.expires_at < now + NOTICE, _REPORT.warned_at.is_(None))
    told = (_REPORT.sealed.is_not(None), _REPORT.told > 0)
    ids = list(connection.execute(select(_REPORT.id).where(*soon, *told)).scalars())
    queue(connection, ids, "expiry", now)
    connection.execute(update(schema.report).where(*soon).values(warned_at=now))
    gone_now = connection.execute(delete(schema.report).where(_REPORT.expires_at < now)).rowcount
    # What was told in private is forgotten with its reports; what is public stays.
    old = (_CLAIM.state == CLOSED, _CLAIM.slug.is_(None), _CLAIM.closed_at < now - KEPT)
    gone = select(_CLAIM.id).where(*old)
    connection.execute(delete(schema.claim_mark).where(_MARK.claim_id.in_(gone)))
    connection.execute(update(schema.claim).where(*old).values(sealed=None, draft=None))
    return gone_now > 0


def months_in_use(connection: Connection) -> set[str]:
    """The months whose keys are still needed."""
    query = select(_REPORT.under).where(_REPORT.under.is_not(None)).distinct()
    return set(connection.execute(query).scalars())


def forget_person(connection: Connection, codecs: Codecs, person_id: int) -> None:
    """Their reports, with the addresses; a claim that nobody else reported and nobody has worked
    on goes with them."""
    mine = _REPORT.person_key == person_key(codecs, person_id)
    claims = set(connection.execute(select(_REPORT.claim_id).where(mine)).scalars())
    connection.execute(delete(schema.report).where(mine))
    for claim_id in claims:
        left = select(func.count()).where(_REPORT.claim_id == claim_id)
        if not connection.execute(left).scalar_one():
            alone = (_CLAIM.id == claim_id, _CLAIM.state == "new")
            into = select(_CLAIM.goes_to_id).where(_CLAIM.goes_to_id.is_not(None))
            connection.execute(delete(schema.claim).where(*alone, _CLAIM.id.not_in(into)))


def join(connection: Connection, codecs: Codecs, kept_id: int, other_id: int) -> None:
    """Two persons become one: so do their reports."""
    theirs = update(schema.report).where(_REPORT.person_key == person_key(codecs, other_id))
    connection.execute(theirs.values(person_key=person_key(codecs, kept_id)))
