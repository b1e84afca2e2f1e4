"""Persons and how they are reached; what somebody typed is kept sealed or not at all."""

from __future__ import annotations

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

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("language", String(16)),
    Column("consent_version", String(32)),
    Column("consent_at", Time),
    # The newest text of consent that they were shown unasked: each is asked about once.
    Column("consent_asked", String(32)),
    # That what was answered in practice is kept is agreed to by itself.
    Column("practice_version", String(32)),
    Column("practice_at", Time),
    Column("has_stopped", Boolean, nullable=False, server_default=text("false")),
    Column("zone", String(64)),
    Column("quiet", String(11)),
    Column("unit_id", Id, ForeignKey("unit.id")),
    Column("preferred_channel", String(16)),
    Column("seen_on", Date, nullable=False),
    # The last day on which a message arrived: so people are counted once in a month, without a
    # row for each message.
    Column("reached_on", Date),
    Index(None, "unit_id"),
    sqlite_autoincrement=True,  # an erased person's number is never given to another
)

address = Table(
    "address",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("address", String(128), nullable=False),
    Column("is_unreachable", Boolean, nullable=False, server_default=text("false")),
    Column("seen_on", Date),
    UniqueConstraint("channel", "address"),
    Index(None, "person_id"),
    sqlite_autoincrement=True,
)

session = Table(
    "session",
    metadata,
    Column("address_id", Id, ForeignKey("address.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed_at", Time, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", LargeBinary(16), nullable=False, unique=True),
    Column("address_id", Id, ForeignKey("address.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary),
    Column("received_at", Time, nullable=False),
    Column("done_at", Time),
    Column("starts", Integer, nullable=False, server_default=text("0")),
    # The process that answers it, or says what it was answered.
    Column("held_by", Id),
    Index(None, "address_id"),
    Index(
        "ix_event_open",
        "address_id",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    Index(
        None,
        "done_at",
        sqlite_where=text("done_at IS NOT NULL"),
        postgresql_where=text("done_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

reply = Table(
    "reply",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event_id", Id, ForeignKey("event.id", ondelete="CASCADE")),
    Column("delivery_id", Id, ForeignKey("delivery.id", ondelete="CASCADE")),
    Column("address_id", Id, ForeignKey("address.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Time, nullable=False),
    UniqueConstraint("event_id", "number"),
    Index(None, "address_id"),
    Index(None, "delivery_id"),
    sqlite_autoincrement=True,
)

# Codes that somebody has guessed wrongly since `since`.
wrong_code = Table(
    "wrong_code",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("since", Time, nullable=False),
    Column("count", Integer, nullable=False),
)

# The short-lived code by which another channel of the same person is joined.
link_code = Table(
    "link_code",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("key", LargeBinary(16), nullable=False, unique=True),
    Column("expires_at", Time, nullable=False),
)
