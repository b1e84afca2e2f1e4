"""The organisation: units as they are and were, offices, invitations, the audit trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.store.schema.base import Id, Time, metadata


def _unit_state() -> tuple[Column[Any], ...]:
    """What can change about a unit; the same columns in `unit` and `unit_past`."""
    return (
        Column("title", String(300), nullable=False),
        Column("kind", String(40), nullable=False),
        Column("parent_id", Id, ForeignKey("unit.id")),
        Column("goes_to_id", Id, ForeignKey("unit.id")),
        Column("is_foreign_invested", Boolean),
        Column("sector", String(80)),
        Column("headcount", Integer),
        Column("office_address", String(300)),
        Column("office_hours", String(300)),
        Column("office_line", String(300)),
    )


# A body of the organisation as it is now. One that was merged or closed keeps its row, and
# `goes_to_id` says which took over. `made_at` and unit_past tell how the tree was at any time.
unit = Table(
    "unit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(32), nullable=False, unique=True),
    *_unit_state(),
    Column("made_at", Time, nullable=False),
    Index(None, "parent_id"),
    sqlite_autoincrement=True,
)

# What a unit was until a change.
unit_past = Table(
    "unit_past",
    metadata,
    Column("id", Id, primary_key=True),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False),
    *_unit_state(),
    Column("until", Time, nullable=False),
    Index(None, "unit_id", "until"),
    sqlite_autoincrement=True,
)

# How many people there were in a unit itself on a day: past figures stay when the tree changes.
unit_count = Table(
    "unit_count",
    metadata,
    Column("day", Date, primary_key=True),
    Column("unit_id", Id, ForeignKey("unit.id"), primary_key=True),
    Column("people", Integer, nullable=False),
)

# Who holds which role for a unit and all below it; `topic` is empty where it is for all topics.
# `sealed` is a word by which the officer is known in the list of officers, such as a post.
officer = Table(
    "officer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("role", String(24), nullable=False),
    Column("unit_id", Id, ForeignKey("unit.id")),
    Column("topic", String(40), nullable=False, server_default=text("''")),
    Column("sealed", LargeBinary),
    UniqueConstraint("person_id", "role", "unit_id", "topic"),
    Index(None, "unit_id"),
    sqlite_autoincrement=True,  # the audit trail names offices by their number for ever
)

# Somebody who stands in for an office, both days included.
deputy = Table(
    "deputy",
    metadata,
    Column("officer_id", Id, ForeignKey("officer.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Index(None, "person_id"),
)

# A one-time invitation to an office: found by a keyed hash of its code, bound to the first person
# who opens it. `made_by` is NULL for one from the command line.
invitation = Table(
    "invitation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", LargeBinary(16), nullable=False, unique=True),
    Column("role", String(24), nullable=False),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False),
    Column("topic", String(40), nullable=False),
    Column("sealed", LargeBinary),
    Column("made_by", Id, ForeignKey("officer.id", ondelete="CASCADE")),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE")),
    Column("expires_at", Time, nullable=False),
    Index(None, "made_by"),
    Index(None, "person_id"),
    sqlite_autoincrement=True,
)

# A file that its officer may download once.
file_ticket = Table(
    "file_ticket",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("what", String(200), nullable=False),
    Column("expires_at", Time, nullable=False),
    Index(None, "person_id"),
)

# What officers did: verb, object and the number of the office, NULL for the command line. Never
# changed or deleted (a trigger refuses it), and never about a member.
audit_entry = Table(
    "audit_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Time, nullable=False),
    Column("verb", String(24), nullable=False),
    Column("object", String(80), nullable=False),
    Column("officer", Id),
    sqlite_autoincrement=True,
)
