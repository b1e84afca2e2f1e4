"""The processes that share this database, each with its last sign of life."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, text

from bot.store.schema.base import Id, Time, metadata

# `place` is a hash of machine and folder: only there can somebody look whether it still runs.
# `is_leaving`: it takes nothing new; `is_settled`: it is dead, and what it left has been taken up.
process = Table(
    "process",
    metadata,
    Column("number", Id, primary_key=True),
    Column("place", String(16), nullable=False),
    Column("beat_at", Time, nullable=False),
    Column("is_leaving", Boolean, nullable=False, server_default=text("false")),
    Column("is_settled", Boolean, nullable=False, server_default=text("false")),
    sqlite_autoincrement=True,
)
