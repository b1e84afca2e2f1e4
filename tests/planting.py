"""A row with marked values in every table that can hold something of one person, column by column.

What a column holds follows from its type, so a new column is planted by itself. A new table must
be named in ROWS here, or in `own_data.IMPERSONAL`: a test says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    update,
)

from bot.activities import Told
from bot.award import Details
from bot.claims import Intake, Statement
from bot.model import Address, Event, Parcel, Reminder, Reply, Session
from bot.store import own_data, schema
from bot.store.claim_records import person_key
from bot.store.codec import Codecs

MARKER = "zqMARKERqz"
OFFICE, CLAIM, CAMPAIGN, ROUND, ATTEMPT, PRIZE, REPORT = 7, 10, 13, 5, 9, 6, 11
FIRST_DAY = date(2031, 1, 1)

# What joins each row with the person and with the others; all other columns are filled in.
ROWS: Mapping[str, Mapping[str, Any]] = {
    "person": {},
    "address": {},
    "session": {},
    "event": {},
    "reply": {"event_id": None, "delivery_id": None},
    "subscription": {},
    "subscription_topic": {},
    "delivery": {"state": "queued", "only_address_id": None},
    "reminder": {},
    "practice": {},
    "contact_window": {},
    "officer": {"id": OFFICE, "role": "reader", "unit_id": 1},
    "deputy": {"officer_id": OFFICE},
    "invitation": {"unit_id": 1, "made_by": OFFICE},
    "campaign": {"id": CAMPAIGN, "state": "done", "written_by": OFFICE, "approved_by": OFFICE},
    "approval_request": {"campaign_id": CAMPAIGN, "officer_id": OFFICE, "delivery_id": None},
    "recipient": {"campaign_id": CAMPAIGN, "delivery_id": None, "state": "sent"},
    "status_message": {"campaign_id": CAMPAIGN},
    "audit_entry": {"officer": OFFICE},
    "activity": {"unit_id": 1, "officer": OFFICE},
    "plan_report": {"officer": OFFICE},
    "link_code": {},
    "wrong_code": {},
    "work": {"unit_id": 1},
    "award_wish": {},
    "attempt": {"id": ATTEMPT, "round_id": ROUND, "unit_id": 1},
    "contest_prize": {"id": PRIZE, "round_id": ROUND, "attempt_id": ATTEMPT},
    "prize_claim": {"prize_id": PRIZE},
    "essay": {"attempt_id": ATTEMPT},
    "round_wish": {"round_id": ROUND},
    "certificate": {"round_id": ROUND},
    "file_ticket": {},
    "intake": {},
    "claim": {
        "id": CLAIM,
        "state": "new",
        "office": OFFICE,
        "draft_by": OFFICE,
        "goes_to_id": None,
    },
    "report": {"id": REPORT, "claim_id": CLAIM},
    "claim_mark": {"claim_id": CLAIM, "report_id": REPORT},
    "report_message": {"report_id": REPORT},
}


class Planting:
    """Plants, and knows afterwards what must be found where."""

    def __init__(self, codecs: Codecs, person_id: int, address_id: int) -> None:
        self.codecs = codecs
        self.person_id = person_id
        self.address_id = address_id
        self.planted: dict[str, dict[str, Any]] = {}
        self._count = 0

    def plant(self, connection: Connection) -> None:
        frozen = {"id": ROUND, "contest": "c", "label": "r", "state": "open", "sealed": b"",
                  "opens_at": datetime.now(UTC), "closes_at": datetime.now(UTC),
                  "commitment": "0" * 64}  # fmt: skip
        connection.execute(insert(schema.contest_round).values(frozen))
        for table in schema.metadata.sorted_tables:
            if table.name in own_data.IMPERSONAL:
                continue
            row = {**self._filled(table), **self._joined(table), **ROWS[table.name]}
            self.planted[table.name] = row
            if table is schema.person:
                mine = update(table).where(table.c.id == self.person_id)
                connection.execute(mine.values(row))
                continue
            if table is schema.session:
                connection.execute(delete(table).where(table.c.address_id == self.address_id))
            connection.execute(insert(table).values(row))

    def _joined(self, table: Table) -> dict[str, Any]:
        joined: dict[str, Any] = {}
        if "person_id" in table.c:
            joined["person_id"] = self.person_id
        if "address_id" in table.c:
            joined["address_id"] = self.address_id
        if table is schema.report:
            joined["person_key"] = person_key(self.codecs, self.person_id)
            joined["statement"] = self.codecs.statement.write(Statement(MARKER))
        if table.name in self._sealed():
            joined["sealed"] = self._sealed()[table.name]
        return joined

    def _sealed(self) -> Mapping[str, bytes]:
        """The marker as each table holds it, under the seal of that table."""
        one = self.codecs
        return {
            "event": one.event.write(Event("x", Address("test", "x"), MARKER)),
            "session": one.session.write(Session(MARKER)),
            "reply": one.reply.write(Reply(MARKER)),
            "delivery": one.parcel.write(Parcel("reminder", label=MARKER)),
            "reminder": one.reminder.write(Reminder(MARKER, date(2030, 1, 1))),
            "officer": one.label.write(MARKER),
            "invitation": one.label.write(MARKER),
            "prize_claim": one.label.write(MARKER),
            "essay": one.essay.write(MARKER),
            "certificate": one.holder.write(MARKER),
            "work": one.details.write(Details(MARKER, "https://example.vn/", "0900")),
            "intake": one.intake.write(Intake((MARKER,))),
            "report_message": one.question.write(MARKER),
            "activity": one.activity.write(Told(MARKER, "", "")),
        }

    def _filled(self, table: Table) -> dict[str, Any]:
        is_free = [c for c in table.c if not c.foreign_keys and c.name != "id"]
        return {column.name: self._value(column) for column in is_free}

    def _value(self, column: Column[Any]) -> Any:
        """A value of the column's type that no other column has; of a few letters where few fit."""
        self._count += 1
        if isinstance(column.type, String):
            return f"zq{self._count:03d}qz"
        if isinstance(column.type, LargeBinary):
            return f"zq{self._count:03d}qz-bytes--".encode()[:16]
        if isinstance(column.type, Boolean):
            return True
        day = FIRST_DAY + timedelta(days=self._count)
        if isinstance(column.type, DateTime):
            return datetime(day.year, day.month, day.day, 1, 2, 3, tzinfo=UTC)
        return day if isinstance(column.type, Date) else 70_000 + self._count
