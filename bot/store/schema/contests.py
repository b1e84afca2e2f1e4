"""Tables of the contest: a round with its frozen bank, an attempt with its answers."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
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

# open, ranking, closed. `sealed` are the rules, the bank, the seed and the salt as they were at
# opening; `voided` names questions, parted by blanks.
contest_round = Table(
    "contest_round",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contest", String(40), nullable=False),
    Column("label", String(40), nullable=False),
    Column("state", String(8), nullable=False),
    Column("opens_at", Time, nullable=False),
    Column("closes_at", Time, nullable=False),
    Column("commitment", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("voided", String(2000), nullable=False, server_default=text("''")),
    Column("perfect", Integer),
    Column("closed_at", Time),
    UniqueConstraint("contest", "label"),
    Index(None, "state"),
)

# One try. Without a person: who made it has erased everything, and the row is nobody's any more.
# `drawn`: two bytes a question; `seconds`: a byte for each, until its last answer.
attempt = Table(
    "attempt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("round_id", Id, ForeignKey("contest_round.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id", ondelete="SET NULL")),
    Column("number", Integer, nullable=False),
    Column("code", String(20), nullable=False, unique=True),
    Column("league", String(40), nullable=False, server_default=text("''")),
    Column("unit_id", Id),
    Column("drawn", LargeBinary, nullable=False),
    Column("answers", String(100), nullable=False),
    Column("seconds", LargeBinary, nullable=False),
    Column("prediction", Integer),
    Column("started_at", Time, nullable=False),
    Column("ends_at", Time, nullable=False),
    Column("last_at", Time, nullable=False),
    Column("handed_at", Time),
    Column("points", Integer),
    Column("gap", Integer),
    Column("rank", Integer),
    Column("counts", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("round_id", "person_id", "number"),
    Index(None, "person_id"),
    Index(
        "ix_attempt_running",
        "ends_at",
        sqlite_where=text("handed_at IS NULL"),
        postgresql_where=text("handed_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)
