"""What has had its time is forgotten: each table by its own rule, in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.store import (
    award_records,
    certificate_records,
    codes,
    contest_records,
    ledger,
    pictures,
    practice,
    replies,
    tallies,
)


def forget_old(connection: Connection, now: datetime) -> None:
    """Old events, stale replies, codes, silent visitors, people in old ledgers, and the like."""
    replies.tidy(connection, now)
    codes.tidy(connection, now)
    # The ledger loses its people after this.
    tallies.keep_before_forgetting(connection, now - ledger.PERSON_KEPT)
    ledger.tidy(connection, now)
    pictures.tidy(connection, now)
    practice.tidy(connection, now)
    contest_records.tidy(connection, now)
    certificate_records.tidy(connection, now)
    award_records.tidy(connection, now)
