"""The SQL of tallies: what became of a campaign, by channel, language, unit and reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, literal, select

from bot.store import ledger, schema
from bot.tallies import Parts, Tally, added, parts_of

_ROW, _KEPT = schema.recipient.c, schema.unit_tally.c


def read(connection: Connection, campaign_id: int) -> Tally:
    """As it is now; the units as they were counted last."""
    roll_up(connection, campaign_id)
    mine = _ROW.campaign_id == campaign_id
    units = select(_KEPT.unit_id, _KEPT.state, _KEPT.people)
    missed = select(_ROW.state, _ROW.reason, func.count()).where(mine, _ROW.state != "sent")
    reasons = {
        f"{state}:{reason or ''}": int(people)
        for state, reason, people in connection.execute(missed.group_by(_ROW.state, _ROW.reason))
    }
    return Tally(
        _by(connection, campaign_id, _ROW.channel),
        _by(connection, campaign_id, _ROW.language),
        _gathered(connection.execute(units.where(_KEPT.campaign_id == campaign_id)).all()),
        reasons,
    )


def _by(connection: Connection, campaign_id: int, column: Any) -> Mapping[Any, Parts]:
    query = select(column, _ROW.state, func.count()).where(_ROW.campaign_id == campaign_id)
    return _gathered(connection.execute(query.group_by(column, _ROW.state)).all())


def _gathered(rows: Any) -> Mapping[Any, Parts]:
    found: defaultdict[Any, list[Parts]] = defaultdict(list)
    for key, state, people in rows:
        found[key].append(parts_of(state, people))
    return {key: added(parts) for key, parts in sorted(found.items())}


def roll_up(connection: Connection, campaign_id: int) -> None:
    """Counts by unit, as long as the ledger knows its people; not again while nothing changed.

    So two counts that differ by one person who moved or was erased are never made.
    """
    now = {state: count for state, count in ledger.tally(connection, campaign_id).items() if count}
    kept = select(_KEPT.state, func.sum(_KEPT.people)).where(_KEPT.campaign_id == campaign_id)
    before = {row[0]: int(row[1]) for row in connection.execute(kept.group_by(_KEPT.state))}
    if now == before or (before and _is_forgotten(connection, campaign_id)):
        return
    connection.execute(delete(schema.unit_tally).where(_KEPT.campaign_id == campaign_id))
    person = schema.person
    unit = func.coalesce(person.c.unit_id, 0)
    counted = (
        select(literal(campaign_id), unit, _ROW.state, func.count())
        .select_from(schema.recipient.outerjoin(person, person.c.id == _ROW.person_id))
        .where(_ROW.campaign_id == campaign_id)
        .group_by(unit, _ROW.state)
    )
    names = ["campaign_id", "unit_id", "state", "people"]
    connection.execute(insert(schema.unit_tally).from_select(names, counted))


def _is_forgotten(connection: Connection, campaign_id: int) -> bool:
    known = select(_ROW.id).where(_ROW.campaign_id == campaign_id, _ROW.person_id.is_not(None))
    return connection.execute(known.limit(1)).first() is None


def keep_before_forgetting(connection: Connection, before: datetime) -> None:
    """The last count of campaigns whose rows are about to lose their people."""
    campaign = schema.campaign.c
    known = select(_ROW.id).where(_ROW.campaign_id == campaign.id, _ROW.person_id.is_not(None))
    due = select(campaign.id).where(campaign.launched_at < before, known.exists())
    for campaign_id in connection.execute(due).scalars().all():
        ledger.follow_deliveries(connection, campaign_id)
        roll_up(connection, campaign_id)
