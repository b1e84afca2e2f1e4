"""Works registered for the award, who asked to be reminded of it, and what was told when."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from bot.store.schema.base import Id, Time, metadata

# Title, link and contact are sealed; `done` holds the ticked items of the checklist.
work = Table(
    "work",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("unit_id", Id, ForeignKey("unit.id")),
    Column("code", String(16), nullable=False, unique=True),
    Column("edition", String(40), nullable=False),
    Column("category", String(24), nullable=False),
    Column("language", String(16), nullable=False),
    Column("state", String(8), nullable=False),
    Column("done", String(1000), nullable=False, server_default=text("''")),
    Column("sealed", LargeBinary, nullable=False),
    Column("consent_version", String(32), nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("changed_at", Time, nullable=False),
    Column("forget_on", Date, nullable=False),
    Index(None, "person_id"),
    Index(None, "edition"),
    Index(None, "forget_on"),
    sqlite_autoincrement=True,
)

# Who wants to be reminded of each deadline.
award_wish = Table(
    "award_wish",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("since", Date, nullable=False),
)

# Which reminders were queued: a row for each, so that none is queued twice.
award_reminder = Table(
    "award_reminder",
    metadata,
    Column("edition", String(40), primary_key=True),
    Column("deadline", Date, primary_key=True),
    Column("days_before", Integer, primary_key=True),
    Column("queued_at", Time, nullable=False),
)
