"""Daily figures, which outlive what they were counted from; units' own activity; reports made.

Nothing here concerns a person: a row counts, by day and by what it is about.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

# What was counted on a day, of the whole organisation. `subject` names what it came from
# ("campaign:12", "article:unclos"); what does not apply is empty. Kinds: bot/figures.py.
day_figure = Table(
    "day_figure",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("subject", String(64), primary_key=True, server_default=text("''")),
    Column("topic", String(40), primary_key=True, server_default=text("''")),
    Column("language", String(16), primary_key=True, server_default=text("''")),
    Column("channel", String(16), primary_key=True, server_default=text("''")),
    Column("amount", BigInteger, nullable=False),
)

# The same by unit (0: none), and by nothing else but the topic: no row tells of a unit's speakers
# of a language. Who is not in the unit any more stays counted there.
unit_figure = Table(
    "unit_figure",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("topic", String(40), primary_key=True, server_default=text("''")),
    Column("unit_id", Id, primary_key=True, autoincrement=False),
    Column("amount", BigInteger, nullable=False),
)

# Days whose figures are never changed any more.
closed_day = Table(
    "closed_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("closed_at", Time, nullable=False),
)

# What a unit says of its own activity: `sealed` holds title, place and source, masked. Nobody's
# name, and nothing about incidents: there is no field for either. `officer` is an office's number.
activity = Table(
    "activity",
    metadata,
    Column("id", Id, primary_key=True),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("topic", String(40), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("people", Integer),
    Column("sealed", LargeBinary, nullable=False),
    Column("recorded_on", Date, nullable=False),
    Column("officer", BigInteger, nullable=False),
    Index(None, "unit_id", "recorded_on"),
    Index(None, "recorded_on"),
    sqlite_autoincrement=True,
)

# Which reports were written, for which days ("2026Q3"): so they are not asked for again, and an
# overlap with one is told. `officer` is NULL for the command line.
plan_report = Table(
    "plan_report",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(24), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),
    Column("made_at", Time, nullable=False),
    Column("officer", BigInteger),
    Index(None, "code"),
    sqlite_autoincrement=True,
)

# Which reminders of reports and tasks were queued, so that none is queued twice.
plan_notice = Table(
    "plan_notice",
    metadata,
    Column("about", String(80), primary_key=True),
    Column("queued_at", Time, nullable=False),
)
