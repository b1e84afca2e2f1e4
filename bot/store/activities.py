"""Units' own activities: kept, listed by unit and by day, taken back while their day is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from bot.activities import Activity, Told
from bot.store import audit, schema
from bot.store.codec import Codecs
from bot.store.contest_records import Overtaken
from bot.store.groups import Groups
from bot.store.seal import Unsealable

_ROW, _CLOSED = schema.activity.c, schema.closed_day.c
_UNREADABLE = Told("?")


class Activities:
    """Each method is one transaction; what changes is changed through Work."""

    def __init__(self, reads: Groups, codecs: Codecs) -> None:
        self._reads = reads
        self._codecs = codecs

    async def get(self, identifier: int) -> Activity | None:
        found = await self._read(select(schema.activity).where(_ROW.id == identifier))
        return found[0] if found else None

    async def between(self, first: date, last: date) -> tuple[Activity, ...]:
        """What was recorded on those days, by the day on which it was held, then as recorded."""
        query = select(schema.activity).where(_ROW.recorded_on.between(first, last))
        return await self._read(query.order_by(_ROW.held_on, _ROW.id))

    async def of_units(
        self, unit_ids: Sequence[int] | None, since: date, most: int, skip: int = 0
    ) -> tuple[Activity, ...]:
        """What these units (None: all) recorded since that day, the newest first."""
        query = select(schema.activity).where(_ROW.recorded_on >= since)
        if unit_ids is not None:
            query = query.where(_ROW.unit_id.in_(unit_ids))
        return await self._read(query.order_by(_ROW.id.desc()).limit(most).offset(skip))

    async def is_closed(self, day: date) -> bool:
        """Whether the figures of that day are never changed any more."""
        return await self._reads.run(lambda c: _is_closed(c, day))

    async def _read(self, query: Select[Any]) -> tuple[Activity, ...]:
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(_activity_of(row, self._codecs) for row in rows)


def add(
    connection: Connection, codecs: Codecs, activity: Activity, officer: int, now: datetime
) -> None:
    row = {
        "unit_id": activity.unit_id,
        "kind": activity.kind,
        "topic": activity.topic,
        "held_on": activity.held_on,
        "people": activity.people,
        "sealed": codecs.activity.write(Told(activity.title, activity.place, activity.source)),
        "recorded_on": activity.recorded_on,
        "officer": officer,
    }
    number = connection.execute(insert(schema.activity).values(row).returning(_ROW.id)).scalar_one()
    audit.note(connection, "activity.report", f"activity:{number}", officer, now)


def withdraw(connection: Connection, activity: Activity, officer: int, now: datetime) -> None:
    """Nothing of it is left. Raises Overtaken when it is gone or its day was closed meanwhile."""
    gone = delete(schema.activity).where(_ROW.id == activity.id)
    if _is_closed(connection, activity.recorded_on) or not connection.execute(gone).rowcount:
        raise Overtaken
    audit.note(connection, "activity.withdraw", f"activity:{activity.id}", officer, now)


def _is_closed(connection: Connection, day: date) -> bool:
    return connection.execute(select(_CLOSED.day).where(_CLOSED.day == day)).first() is not None


def _activity_of(row: Any, codecs: Codecs) -> Activity:
    try:
        told = codecs.activity.read(row.sealed)
    except Unsealable:  # under another secret
        told = _UNREADABLE
    return Activity(
        row.id,
        row.unit_id,
        row.kind,
        row.topic,
        row.held_on,
        row.people,
        told.title,
        told.place,
        told.source,
        row.recorded_on,
    )
