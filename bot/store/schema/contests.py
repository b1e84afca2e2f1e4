"""Tables of the contest: a round with its frozen bank, an attempt, a certificate."""

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

# One who won: `prize` is the place in the rules' list. Names are in prize_claim only.
contest_prize = Table(
    "contest_prize",
    metadata,
    Column("id", Id, primary_key=True),
    Column("round_id", Id, ForeignKey("contest_round.id"), nullable=False),
    Column("attempt_id", Id, ForeignKey("attempt.id", ondelete="CASCADE"), nullable=False),
    Column("prize", Integer, nullable=False),
    Column("drawn_at", Time, nullable=False),
    UniqueConstraint("attempt_id"),
    Index(None, "round_id"),
)

# Who claims a prize says under which name; `sealed` is that, and goes with the person.
prize_claim = Table(
    "prize_claim",
    metadata,
    Column("prize_id", Id, ForeignKey("contest_prize.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("claimed_at", Time, nullable=False),
    Index(None, "person_id"),
)

# The short text beside an attempt, which officers read without knowing whose it is.
essay = Table(
    "essay",
    metadata,
    Column("attempt_id", Id, ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("written_at", Time, nullable=False),
    Index(None, "person_id"),
)

# Who wants to be reminded before a round closes.
round_wish = Table(
    "round_wish",
    metadata,
    Column("round_id", Id, ForeignKey("contest_round.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "person_id"),
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
    # The text that they agreed to when they began.
    Column("consent_version", String(32)),
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

# One for a person and round. The name is sealed, and empty once it was withdrawn; who erases
# everything takes the row along, so that its code is unknown from then on.
certificate = Table(
    "certificate",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("round_id", Id, ForeignKey("contest_round.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("points", Integer, nullable=False),
    Column("whole", Integer, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("withdrawn_on", Date),
    UniqueConstraint("round_id", "person_id"),
    Index(None, "person_id"),
    sqlite_autoincrement=True,
)
