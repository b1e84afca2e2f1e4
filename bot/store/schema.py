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
    Column("event_id", _Id, ForeignKey("event.id", ondelete="CASCADE"), nullable=False),
    Column("address_id", _Id, ForeignKey("address.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", _Time, nullable=False),
    UniqueConstraint("event_id", "number"),
    Index(None, "address_id"),
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
)
