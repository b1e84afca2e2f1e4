"""Personal days: label and date sealed, found when due by a keyed hash of the day of the notice."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from bot.model import Parcel, Reminder
from bot.store import schema
from bot.store.codec import Codecs

MONTHS_BEFORE = 4
DAYS_BEFORE = (14, 7)
# How far back missed notices are looked for, when no process ran for a while.
LOOK_BACK = 40


def notice_days(day: date) -> tuple[date, ...]:
    """When its owner is warned: four months, fourteen and seven days before."""
    return (_months_earlier(day, MONTHS_BEFORE), *(day - timedelta(n) for n in DAYS_BEFORE))


def next_notice(day: date, after: date) -> date:
    """The first notice later than `after`; the day after the day itself is when it is forgotten."""
    return min((n for n in notice_days(day) if n > after), default=day + timedelta(days=1))


def add(
    connection: Connection, codecs: Codecs, person_id: int, reminder: Reminder, today: date
) -> None:
    row = {
        "person_id": person_id,
        "sealed": codecs.reminder.write(reminder),
        "notice_key": _key(codecs, next_notice(reminder.day, today)),
    }
    connection.execute(insert(schema.reminder).values(row))


def remove(connection: Connection, person_id: int, identifier: int) -> None:
    table = schema.reminder
    mine = (table.c.person_id == person_id) & (table.c.id == identifier)
    connection.execute(delete(table).where(mine))


def read(connection: Connection, codecs: Codecs, person_id: int) -> tuple[Reminder, ...]:
    """The person's own, soonest first."""
    table = schema.reminder
    rows = connection.execute(select(table).where(table.c.person_id == person_id))
    found = (_opened(codecs, row.id, row.sealed) for row in rows)
    return tuple(sorted(found, key=lambda reminder: (reminder.day, reminder.id)))


def queue_notices(connection: Connection, codecs: Codecs, today: date, now: datetime) -> int:
    """Queues the notices due today, and those that were missed; forgets days that have passed."""
    table = schema.reminder
    keys = [_key(codecs, today - timedelta(days=back)) for back in range(LOOK_BACK)]
    query = select(table).where(table.c.notice_key.in_(keys)).with_for_update(skip_locked=True)
    rows = connection.execute(query).all()
    queued = 0
    for row in rows:
        reminder = _opened(codecs, row.id, row.sealed)
        if reminder.day < today:
            connection.execute(delete(table).where(table.c.id == row.id))
            continue
        _queue(connection, codecs, row.person_id, reminder, now)
        key = _key(codecs, next_notice(reminder.day, today))
        connection.execute(update(table).where(table.c.id == row.id).values(notice_key=key))
        queued += 1
    return queued


def _queue(
    connection: Connection, codecs: Codecs, person_id: int, reminder: Reminder, now: datetime
) -> None:
    parcel = Parcel("reminder", day=reminder.day, label=reminder.label)
    row = {
        "person_id": person_id,
        "sealed": codecs.parcel.write(parcel),
        "state": "queued",
        "not_before": now,
        "created_at": now,
    }
    connection.execute(insert(schema.delivery).values(row))


def _opened(codecs: Codecs, identifier: int, sealed: bytes) -> Reminder:
    kept = codecs.reminder.read(sealed)
    return Reminder(kept.label, kept.day, identifier)


def _key(codecs: Codecs, day: date) -> bytes:
    return codecs.seal.recognise("reminder notice", day.isoformat())


def _months_earlier(day: date, months: int) -> date:
    """The same day of the month, or the last there is: 31 October gives 30 June."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
