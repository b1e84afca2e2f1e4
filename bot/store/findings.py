"""The SQL of a finding: drafted, read by a second officer, told to everybody who asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.claims import CLOSED, KEPT, NEW, OPINION, READING, TAKEN, Finding
from bot.store import schema
from bot.store.codec import Codecs
from bot.store.rows import in_utc

_CLAIM, _REPORT, _MARK = schema.claim.c, schema.report.c, schema.claim_mark.c
_MESSAGE = schema.report_message.c


def draft(
    connection: Connection, codecs: Codecs, claim_id: int, finding: Finding | None, by: int
) -> bool:
    """Keeps what an officer has written so far; not while a second officer reads."""
    mine = (_CLAIM.id == claim_id, _CLAIM.state.in_((NEW, TAKEN, CLOSED)))
    sealed = codecs.finding.write(finding) if finding else None
    values = {"draft": sealed, "draft_by": by if finding else None}
    return bool(connection.execute(update(schema.claim).where(*mine).values(values)).rowcount)


def hand_in(connection: Connection, claim_id: int, by: int) -> bool:
    """The draft waits for a second officer, who must be another than this one."""
    mine = (
        _CLAIM.id == claim_id,
        _CLAIM.state.in_((NEW, TAKEN, CLOSED)),
        _CLAIM.draft.is_not(None),
    )
    return bool(
        connection.execute(
            update(schema.claim).where(*mine).values(state=READING, draft_by=by)
        ).rowcount
    )


def send_back(connection: Connection, claim_id: int) -> bool:
    """The second officer does not agree, or the first takes it back: it is a draft again."""
    mine = (_CLAIM.id == claim_id, _CLAIM.state == READING)
    was_told = (select(_CLAIM.revision).where(_CLAIM.id == claim_id)).scalar_subquery()
    changed = update(schema.claim).where(*mine)
    again = connection.execute(changed.where(was_told > 0).values(state=CLOSED)).rowcount
    return bool(again or connection.execute(changed.values(state=TAKEN)).rowcount)


def close(
    connection: Connection, codecs: Codecs, claim_id: int, by: int, slug: str, now: datetime
) -> bool:
    """A second officer has read the draft: it is told to all, and out if it is public."""
    mine = (_CLAIM.id == claim_id, _CLAIM.state == READING, _CLAIM.draft_by != by)
    row = connection.execute(select(schema.claim).where(*mine).with_for_update()).first()
    if row is None:
        return False
    found = codecs.finding.read(row.draft)
    public = (row.slug or slug) if found.is_public else row.slug
    values = {
        "state": CLOSED,
        "verdict": found.verdict,
        "was": row.verdict if row.revision and row.verdict != found.verdict else row.was,
        "revision": row.revision + 1,
        "sealed": row.draft,
        "draft": None,
        "draft_by": None,
        "slug": public,
        "looked_at": row.looked_at or now,
        "closed_at": now,
    }
    connection.execute(update(schema.claim).where(_CLAIM.id == claim_id).values(values))
    _tell_all(connection, claim_id, now)
    note_times(connection, claim_id, now, is_correction=row.revision > 0)
    return True


def answer_with(
    connection: Connection, codecs: Codecs, claim_id: int, finding: Finding, now: datetime
) -> bool:
    """A check that is out already answers it: that was read by two before."""
    mine = (_CLAIM.id == claim_id, _CLAIM.state.in_((NEW, TAKEN)))
    values = {
        "state": CLOSED,
        "verdict": finding.verdict,
        "revision": 1,
        "sealed": codecs.finding.write(finding),
        "draft": None,
        "draft_by": None,
        "looked_at": func.coalesce(_CLAIM.looked_at, now),
        "closed_at": now,
    }
    if not connection.execute(update(schema.claim).where(*mine).values(values)).rowcount:
        return False
    _tell_all(connection, claim_id, now)
    note_times(connection, claim_id, now, is_correction=False)
    return True


def close_as_opinion(connection: Connection, claim_id: int, now: datetime) -> bool:
    """Text, links and pictures are gone; what stays is that there was one."""
    mine = (_CLAIM.id == claim_id, _CLAIM.state.in_((NEW, TAKEN)))
    values = {
        "state": CLOSED,
        "verdict": OPINION,
        "revision": 1,
        "draft": None,
        "draft_by": None,
        "looked_at": func.coalesce(_CLAIM.looked_at, now),
        "closed_at": now,
    }
    if not connection.execute(update(schema.claim).where(*mine).values(values)).rowcount:
        return False
    connection.execute(delete(schema.claim_mark).where(_MARK.claim_id == claim_id))
    forgotten = update(schema.report).where(_REPORT.claim_id == claim_id)
    connection.execute(forgotten.values(statement=None))
    asked = select(_REPORT.id).where(_REPORT.claim_id == claim_id)
    gone = delete(schema.report_message).where(_MESSAGE.report_id.in_(asked))
    connection.execute(gone.where(_MESSAGE.kind == "question"))
    _tell_all(connection, claim_id, now)
    note_times(connection, claim_id, now, is_correction=False)
    return True


def _tell_all(connection: Connection, claim_id: int, now: datetime) -> None:
    """Queues the finding to every reporter: a correction to exactly those who had an old one.

    Whoever still waits for the old one is told the new one instead when their turn comes.
    """
    mine = (_REPORT.claim_id == claim_id, _REPORT.sealed.is_not(None))
    told = select(_MESSAGE.id).where(
        _MESSAGE.report_id == _REPORT.id, _MESSAGE.kind.in_(("verdict", "correction"))
    )
    waits = told.where(_MESSAGE.state.in_(("queued", "waiting")))
    first = select(_REPORT.id).where(*mine, ~told.exists())
    had = select(_REPORT.id).where(
        *mine, _REPORT.told > 0, _REPORT.expires_at > now, ~waits.exists()
    )
    ids = {
        kind: connection.execute(query).scalars().all()
        for kind, query in (("verdict", first), ("correction", had))
    }
    for kind, some in ids.items():
        queue(connection, some, kind, now)
    late = update(schema.report).where(_REPORT.claim_id == claim_id)
    connection.execute(late.values(expires_at=now + KEPT, warned_at=None))


def queue(
    connection: Connection,
    report_ids: Sequence[int],
    kind: str,
    now: datetime,
    sealed: bytes | None = None,
) -> None:
    same = {"kind": kind, "state": "queued", "not_before": now, "sealed": sealed}
    rows = [{"report_id": one, **same} for one in report_ids]
    if rows:
        connection.execute(insert(schema.report_message), rows)


def note_times(
    connection: Connection, claim_id: int, now: datetime, *, is_correction: bool
) -> None:
    """How long each report waited: what the figures are made of when the reports are gone."""
    query = select(_REPORT.channel, _REPORT.opened_at, _CLAIM.looked_at).join(schema.claim)
    for row in connection.execute(query.where(_REPORT.claim_id == claim_id)).all():
        opened = in_utc(row.opened_at) or now
        looked = max(in_utc(row.looked_at) or now, opened)
        values = {
            "month": now.date().replace(day=1),
            "channel": row.channel,
            "looked": int((looked - opened).total_seconds() // 60),
            "verdict": int((now - opened).total_seconds() // 60),
            "is_correction": is_correction,
        }
        connection.execute(insert(schema.report_time).values(values))
