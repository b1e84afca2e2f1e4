"""Every table. Persons and addresses first; what somebody typed is kept sealed or not at all."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite counts rows by INTEGER only; PostgreSQL needs 64 bits for a federation of millions.
_Id = BigInteger().with_variant(Integer(), "sqlite")
_Time = DateTime(timezone=True)

person = Table(
    "person",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("language", String(16)),
    Column("consent_version", String(32)),
    Column("consent_at", _Time),
    Column("has_stopped", Boolean, nullable=False, server_default=text("false")),
    Column("zone", String(64)),
    Column("quiet", String(11)),
    Column("seen_on", Date, nullable=False),
    sqlite_autoincrement=True,  # an erased person's number is never given to another
)

address = Table(
    "address",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("person_id", _Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
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
    Column("address_id", _Id, ForeignKey("address.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed_at", _Time, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("key", LargeBinary(16), nullable=False, unique=True),
    Column("address_id", _Id, ForeignKey("address.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary),
    Column("received_at", _Time, nullable=False),
    Column("done_at", _Time),
    Column("starts", Integer, nullable=False, server_default=text("0")),
    Index(None, "address_id"),
    Index(
        "ix_event_open",
        "id",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    Index(None, "done_at"),
    sqlite_autoincrement=True,
)

reply = Table(
    "reply",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("event_id", _Id, ForeignKey("event.id", ondelete="CASCADE")),
    Column("delivery_id", _Id, ForeignKey("delivery.id", ondelete="CASCADE")),
    Column("address_id", _Id, ForeignKey("address.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", _Time, nullable=False),
    UniqueConstraint("event_id", "number"),
    Index(None, "address_id"),
    Index(None, "delivery_id"),
    sqlite_autoincrement=True,
)

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
    Column("expires_at", _Time),
)

# What a person wants to be sent. `delivered` is a bitmap over article_number: enough never to send
# an article twice, for as long as the subscription lives, without a row for each.
subscription = Table(
    "subscription",
    metadata,
    Column("person_id", _Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("frequency", String(8), nullable=False),
    Column("at_minute", Integer, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("since", Date, nullable=False),
    Column("wants_calendar", Boolean, nullable=False, server_default=text("false")),
    Column("delivered", LargeBinary, nullable=False),
    Column("due_at", _Time),
    Column("calendar_due_at", _Time),
    Index(None, "due_at"),
    Index(None, "calendar_due_at"),
)

subscription_topic = Table(
    "subscription_topic",
    metadata,
    Column("person_id", _Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
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
    Column("id", _Id, primary_key=True),
    Column("person_id", _Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False),
    Column("not_before", _Time, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("held_by", String(40)),
    Column("lease_until", _Time),
    Column("created_at", _Time, nullable=False),
    Index(None, "person_id"),
    Index(
        "ix_delivery_queued",
        "not_before",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_delivery_sending",
        "lease_until",
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(None, "created_at"),
    sqlite_autoincrement=True,
)

# When somebody was last in contact, on a channel whose platform counts from there how long it lets
# us write. `welcome_left` counts the messages to who only followed; NULL: they have written.
contact_window = Table(
    "contact_window",
    metadata,
    Column("address_id", _Id, ForeignKey("address.id", ondelete="CASCADE"), primary_key=True),
    Column("contacted_at", _Time),
    Column("left_at", _Time),
    Column("welcome_left", Integer),
)

# Tokens that a platform rotates, sealed. `generation` counts the rotations; `seed` is a keyed hash
# of the refresh token that was set by hand, so that a new one set later is taken up.
platform_grant = Table(
    "platform_grant",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("seed", LargeBinary(16), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("refresh", LargeBinary, nullable=False),
    Column("access", LargeBinary),
    Column("expires_at", _Time),
    Column("held_by", String(40)),
    Column("lease_until", _Time),
    Column("dead_since", _Time),
)

# What a platform lets us use: money or messages in a month (`2026-11`), people in all (``).
platform_use = Table(
    "platform_use",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

# Who holds which role in which unit.
officer = Table(
    "officer",
    metadata,
    Column("person_id", _Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("role", String(24), primary_key=True),
    Column("unit", String(40), primary_key=True),
)

# A personal day. `notice_key` is a keyed hash of the day of the next notice: the scheduler finds
# what is due by the hash of today, and who reads the database learns no date.
reminder = Table(
    "reminder",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("person_id", _Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("notice_key", LargeBinary(16), nullable=False),
    Index(None, "person_id"),
    Index(None, "notice_key"),
    sqlite_autoincrement=True,
)
