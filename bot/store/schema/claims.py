"""Tables of the desk: a claim, reports of it, what is told to reporters; nobody who wrote a post.

There is no column for an author, a profile or an account, and none may be added: a test says so.
"""

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

# new, taken, reading, closed, merged (into `goes_to_id`). `sealed` is the finding that is told,
# `draft` one that waits for a second officer. A claim that is slowed down is shown from
# `shown_from` on.
claim = Table(
    "claim",
    metadata,
    Column("id", Id, primary_key=True),
    Column("state", String(8), nullable=False),
    Column("harm", String(8), nullable=False),
    Column("language", String(16), nullable=False),
    Column("opened_at", Time, nullable=False),
    Column("shown_from", Time, nullable=False),
    Column("due_at", Time, nullable=False),
    Column("warned_at", Time),
    Column("looked_at", Time),
    Column("closed_at", Time),
    Column("office", Id),
    Column("verdict", String(16)),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("sealed", LargeBinary),
    Column("draft", LargeBinary),
    Column("draft_by", Id),
    Column("slug", String(60), unique=True),
    Column("was", String(16)),
    Column("goes_to_id", Id, ForeignKey("claim.id")),
    Index(None, "state", "due_at"),
    sqlite_autoincrement=True,
)

# One person's report, known by its code only. `person_key` is a keyed hash by which /erase and
# /mydata find it; the address lies in `sealed` under a key of its own, which is `wrapped` by one
# that is kept outside the database, in the file of the month `under`. `told` is the revision of
# the finding that has gone out to it.
report = Table(
    "report",
    metadata,
    Column("id", Id, primary_key=True),
    Column("claim_id", Id, ForeignKey("claim.id"), nullable=False),
    Column("code_key", LargeBinary(16), nullable=False, unique=True),
    Column("person_key", LargeBinary(16)),
    Column("channel", String(16), nullable=False),
    Column("language", String(16), nullable=False),
    Column("under", String(7)),
    Column("wrapped", LargeBinary),
    Column("sealed", LargeBinary),
    Column("statement", LargeBinary),
    Column("opened_at", Time, nullable=False),
    Column("expires_at", Time),
    Column("warned_at", Time),
    Column("told", Integer, nullable=False, server_default=text("0")),
    Index(None, "claim_id"),
    Index(None, "person_key"),
    Index(None, "expires_at"),
    sqlite_autoincrement=True,
)

# By what a post is recognised again: the keyed hash of a link, or the fingerprint of a picture. It
# stays with a claim that is published when the report has had its time.
claim_mark = Table(
    "claim_mark",
    metadata,
    Column("id", Id, primary_key=True),
    Column("claim_id", Id, ForeignKey("claim.id", ondelete="CASCADE"), nullable=False),
    Column("report_id", Id, ForeignKey("report.id", ondelete="SET NULL")),
    Column("kind", String(8), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Index(None, "claim_id"),
    Index(None, "report_id"),
    Index(None, "value"),
)

# What is told to a reporter: queued, sending, sent, waiting, failed, unreachable, uncertain.
report_message = Table(
    "report_message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("report_id", Id, ForeignKey("report.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("sealed", LargeBinary),
    Column("state", String(12), nullable=False),
    Column("not_before", Time, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("held_by", String(40)),
    Column("lease_until", Time),
    Index(None, "report_id"),
    Index(
        "ix_report_message_ripe",
        "not_before",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    sqlite_autoincrement=True,
)

# What is coming in just now, until it is sent off or a quarter of an hour has passed.
intake = Table(
    "intake",
    metadata,
    Column("person_id", Id, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed_at", Time, nullable=False),
)

# How often what happened to reports, by month and channel: of nobody in particular.
report_count = Table(
    "report_count",
    metadata,
    Column("month", Date, primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)

# How long one report waited, in minutes, for the first look and for the verdict.
report_time = Table(
    "report_time",
    metadata,
    Column("id", Id, primary_key=True),
    Column("month", Date, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("looked", Integer),
    Column("verdict", Integer, nullable=False),
    Column("is_correction", Boolean, nullable=False, server_default=text("false")),
    Index(None, "month"),
)
