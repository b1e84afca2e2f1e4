"""The SQL of campaigns themselves: kept, moved from state to state, their author told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, not_, select, update

from bot.campaigns import HAS_BEGUN, MOVES, Campaign
from bot.model import Parcel
from bot.store import approvals, audit, launching, ledger, notices, schema, tallies
from bot.store.codec import Codecs
from bot.store.rows import in_utc, written

_CAMPAIGN = schema.campaign.c


def read(row: Any, codecs: Codecs) -> Campaign:
    return Campaign(
        row.id,
        row.state,
        codecs.message.read(row.sealed),
        row.audience,
        row.is_urgent,
        in_utc(row.at),
        row.written_by,
        row.approved_by,
        row.reason,
        in_utc(row.launched_at),
        row.repeat or "",
        in_utc(row.began_at),
        row.series_id or 0,
        in_utc(row.changed_at),
        row.corrects,
        row.manner,
        in_utc(row.ended_at),
    )


def keep(connection: Connection, codecs: Codecs, campaign: Campaign, now: datetime) -> int:
    """Writes a new campaign, or a draft anew; its number."""
    values = {
        "state": campaign.state,
        "sealed": codecs.message.write(campaign.message),
        "audience": campaign.audience,
        "topic": campaign.message.topic,
        "picture": campaign.message.picture.file if campaign.message.picture else None,
        "is_urgent": campaign.is_urgent,
        "at": written(campaign.at),
        "written_by": campaign.author,
        "approved_by": campaign.approver,
        "repeat": campaign.repeat or None,
        "began_at": written(campaign.began_at),
        "series_id": campaign.series or None,
        "changed_at": now,
        "corrects": campaign.corrects,
        "manner": campaign.manner,
    }
    if campaign.id:
        mine = update(schema.campaign).where(_CAMPAIGN.id == campaign.id)
        connection.execute(mine.where(_CAMPAIGN.state == "draft").values(values))
        return campaign.id
    added = insert(schema.campaign).values(values).returning(_CAMPAIGN.id)
    return int(connection.execute(added).scalar_one())


def move(
    connection: Connection,
    identifier: int,
    word: str,
    now: datetime,
    *,
    by: int | None,
    reason: str | None = None,
) -> bool:
    """Says the word, once: of two officers who say it at the same moment one is told no.

    Cancelling one that is repeated stops all that are to come of it too.
    """
    before, _ = MOVES[word]
    if word == "cancel":
        lock_series(connection, identifier)
    mine = update(schema.campaign).where(
        _CAMPAIGN.id == identifier, _CAMPAIGN.state.in_(tuple(before))
    )
    if word in HAS_BEGUN:
        begun = _CAMPAIGN.launched_at.is_not(None)
        mine = mine.where(begun if HAS_BEGUN[word] else not_(begun))
    values = {**_changes(word, now, by), "reason": reason}
    is_moved = connection.execute(mine.values(values)).rowcount > 0
    are_stopped = word == "cancel" and _stop_coming(connection, identifier, now, by)
    if not is_moved:
        return are_stopped
    if word in {"approve", "edit", "cancel"}:
        approvals.withdraw(connection, identifier)
    if word == "cancel":
        launching.drop_waiting(connection, identifier, "cancelled")
        ledger.change_state(connection, identifier, ["queued"], "dropped", now, "cancelled")
    audit.note(connection, f"campaign.{word}", f"campaign:{identifier}", by or None, now)
    return True


def _changes(word: str, now: datetime, by: int | None) -> dict[str, Any]:
    """What the word changes beside the reason."""
    _, after = MOVES[word]
    values: dict[str, Any] = {"state": after, "changed_at": now}
    if word == "launch":
        values["launched_at"] = now
    if word == "approve":
        values["approved_by"] = by
    if word in {"edit", "adopt"}:
        values["approved_by"] = None
    if word == "adopt":
        values["written_by"] = by
    if after in {"done", "cancelled"}:
        values["ended_at"] = now
    return values


def lock_series(connection: Connection, identifier: int) -> int | None:
    """Who launches one of a series, and writes the next, waits for who stops it, or the reverse."""
    query = select(_CAMPAIGN.series_id).where(_CAMPAIGN.id == identifier)
    series: int | None = connection.execute(query).scalar_one_or_none()
    if series is not None:
        first = select(_CAMPAIGN.id).where(_CAMPAIGN.id == series).with_for_update()
        connection.execute(first)
    return series


def coming(series: int) -> ColumnElement[bool]:
    """Of that series, what has not gone out yet, apart from a draft."""
    waits = _CAMPAIGN.state.in_(("awaiting-approval", "scheduled", "paused"))
    return and_(_CAMPAIGN.series_id == series, waits, _CAMPAIGN.launched_at.is_(None))


def _stop_coming(connection: Connection, identifier: int, now: datetime, by: int | None) -> bool:
    """Whether there was something to come of the series, which is cancelled now."""
    series = lock_series(connection, identifier)
    if series is None:
        return False
    others = select(_CAMPAIGN.id).where(coming(series), _CAMPAIGN.id != identifier)
    found = connection.execute(others).scalars().all()
    values = {"state": "cancelled", "changed_at": now, "ended_at": now}
    for number in found:
        connection.execute(update(schema.campaign).where(_CAMPAIGN.id == number).values(values))
        approvals.withdraw(connection, number)
        audit.note(connection, "campaign.cancel", f"campaign:{number}", by or None, now)
    return bool(found)


def reached_alone(connection: Connection, author: int, since: datetime) -> int:
    """How many people an office has written to since then without anybody's approval."""
    mine = (_CAMPAIGN.written_by == author, _CAMPAIGN.approved_by.is_(None))
    query = select(func.count()).select_from(schema.recipient.join(schema.campaign))
    query = query.where(*mine, _CAMPAIGN.launched_at >= since)
    return int(connection.execute(query).scalar_one())


def tell_author(
    connection: Connection,
    codecs: Codecs,
    campaign_id: int,
    counts: Mapping[str, int],
    now: datetime,
) -> None:
    """The tally goes to who wrote the campaign."""
    officer = schema.officer.c
    author = (
        select(officer.person_id)
        .join(schema.campaign, _CAMPAIGN.written_by == officer.id)
        .where(_CAMPAIGN.id == campaign_id)
    )
    person_id = connection.execute(author).scalar_one_or_none()
    if person_id is not None:
        figures = tuple(str(counts[state]) for state in ("sent", "waiting", "failed"))
        tally = tallies.read(connection, campaign_id).as_text()
        told = Parcel("notice", (*figures, tally), label=f"campaign-done:{campaign_id}")
        notices.tell(connection, codecs, person_id, told, now)
