"""What people read and are sent: subscriptions, deliveries, reminders, counts."""

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
    text,
)

from bot.store.schema.base import Id, Time, metadata

reading = Table(
    "reading",
    metadata,
    Column("day", Date, primary_key=True),
    Column("article", String(64), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)

media_handle = Table(
    "media_handle",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("handle", String(255), nullable=False),
    Column("expires_at", Time),
)

# What a person wants to be sent. `delivered` is a bitmap over article_number: enough never to send
# an article twice, for as long as the subscription lives, without a row for each.
subscription = Table(
    "subscription",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("frequency", String(8), nullable=False),
    Column("at_minute", Integer, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("since", Date, nullable=False),
    Column("wants_calendar", Boolean, nullable=False, server_default=text("false")),
    Column("delivered", LargeBinary, nullable=False),
    Column("due_at", Time),
    Column("calendar_due_at", Time),
    Index(None, "due_at"),
    Index(None, "calendar_due_at"),
)

subscription_topic = Table(
    "subscription_topic",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", String(40), primary_key=True),
    Index(None, "topic"),
)

article_number = Table(
    "article_number",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("article", String(64), nullable=False, unique=True),
    sqlite_autoincrement=True,
)

# A scheduled message on its way: queued, sending, waiting (for a web page), sent, failed,
# unreachable, uncertain, dropped.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False),
    Column("not_before", Time, nullable=False),
    # A channel that cannot carry it, being what it is about.
    Column("besides", String(16)),
    # The only address that it goes to, where it goes to each of a person's; joined by no key, so
    # that an address which moves or is erased leaves it to be settled as unreachable.
    Column("only_address_id", Id),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("held_by", String(40)),
    Column("lease_until", Time),
    Column("created_at", Time, nullable=False),
    # Of an article: its topic, where it went, and when it arrived (quarters of an hour since 1970).
    Column("topic", String(40)),
    Column("channel", String(16)),
    Column("arrived", Integer),
    Index(None, "person_id"),
    Index(
        "ix_delivery_queued",
        "not_before",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_delivery_waiting",
        "person_id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_delivery_sending",
        "lease_until",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(None, "created_at"),
    Index(None, "arrived"),
    sqlite_autoincrement=True,
)

# What somebody answered in practice, and when it comes back; without their consent there is none.
practice = Table(
    "practice",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("question", String(40), primary_key=True),
    Column("step", Integer, nullable=False),
    Column("due_at", Time, nullable=False),
    Column("answered_at", Time, nullable=False),
    Index(None, "answered_at"),
)

# A personal day. `notice_key` is a keyed hash of the day of the next notice: the scheduler finds
# what is due by the hash of today, and who reads the database learns no date.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("notice_key", LargeBinary(16), nullable=False),
    Index(None, "person_id"),
    Index(None, "notice_key"),
    sqlite_autoincrement=True,
)
