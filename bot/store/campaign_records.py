"""The SQL of campaigns themselves: kept, moved from state to state, their author told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.campaigns import MOVES, Campaign
from bot.model import Parcel
from bot.store import approvals, audit, ledger, notices, schema
from bot.store.codec import Codecs
from bot.store.rows import in_utc

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
        "at": campaign.at,
        "written_by": campaign.author,
        "approved_by": campaign.approver,
        "changed_at": now,
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
    """Says the word, once: of two officers who say it at the same moment one is told no."""
    before, after = MOVES[word]
    values: dict[str, Any] = {"state": after, "changed_at": now, "reason": reason}
    if word == "launch":
        values["launched_at"] = now
    if word == "approve":
        values["approved_by"] = by
    if word == "edit":
        values["approved_by"] = None
    if after in {"done", "cancelled"}:
        values["ended_at"] = now
    mine = update(schema.campaign).where(
        _CAMPAIGN.id == identifier, _CAMPAIGN.state.in_(tuple(before))
    )
    if connection.execute(mine.values(values)).rowcount == 0:
        return False
    if word in {"approve", "edit", "cancel"}:
        approvals.withdraw(connection, identifier)
    if word == "cancel":
        ledger.change_state(connection, identifier, ["queued", "waiting"], "dropped", now)
    audit.note(connection, f"campaign.{word}", f"campaign:{identifier}", by or None, now)
    return True


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
        told = Parcel("notice", figures, label=f"campaign-done:{campaign_id}")
        notices.tell(connection, codecs, person_id, told, now)
