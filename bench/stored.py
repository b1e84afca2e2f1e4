"""What a person costs who is stored, in bytes, and what memory a process holds beside them.

`python -m bench stored`: 200,000 people as real rows, each with an address, a session with an open
list, a subscription and three topics, on SQLite and on PostgreSQL; then `caunoi serve` on that
SQLite file and on an empty one, idle after its first tidying.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from bench.contest_house import databases
from bot.model import Choice, Session
from bot.store import Seal, Store, schema
from tests.prepare import KEPT
from tests.processes import Process

SECRET = "bench"
TOPICS = ("union", "pay", "events")
_AT_ONCE = 5_000
LATER = datetime(2100, 1, 1, tzinfo=UTC)  # nobody is due: an idle process is measured
_IDLE_SECONDS = 30.0  # the first tidying comes after twenty


@dataclass(frozen=True)
class Size:
    people: int = 200_000
    idle_seconds: float = _IDLE_SECONDS


QUICK = Size(10_000, 3.0)


async def measure_stored(size: Size = Size()) -> str:  # frozen
    lines = []
    with tempfile.TemporaryDirectory() as name, databases(Path(name)) as new:
        full = new("sqlite")
        for kind, database in (("SQLite", full), ("PostgreSQL", new("postgresql"))):
            each = await _bytes_each(database, size.people)
            lines.append(f"{kind}: {each:.0f} bytes a person of {size.people:,}")
        for title, database, goal in (
            ("idle, nobody stored", new("sqlite"), 120),
            (f"with {size.people:,} people", full, 200),
        ):
            megabytes = await _resident(database, size.idle_seconds)
            lines.append(f"{title}: {megabytes:.0f} MB resident (goal {goal})")
    return "\n  ".join(lines)


async def _bytes_each(database: str, people: int) -> float:
    store = Store(database, Seal(SECRET))
    await store.upgrade()
    before = await _bytes(store)
    await settle_in(store, people)
    after = await _bytes(store)
    await store.close()
    return (after - before) / people


async def _bytes(store: Store) -> int:
    """Of the whole database, with its indexes, as it lies on the disk."""

    def count(connection: Connection) -> int:
        if connection.dialect.name == "postgresql":
            asked = text("SELECT pg_database_size(current_database())")
            return int(connection.execute(asked).scalar_one())
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return int(pages * connection.execute(text("PRAGMA page_size")).scalar_one())

    return await store._reads.run(count)


async def settle_in(store: Store, people: int) -> None:
    """So many people who agreed, wrote once, and wish for messages on three topics."""
    listed = Session(choices=_listed(), shown_at=datetime(2026, 11, 23, 5, tzinfo=UTC))
    sealed = store._codecs.session.write(listed)
    for first in range(1, people + 1, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, people + 1))
        for table, rows in _rows(numbers, sealed):
            await store._writes.run(lambda c, t=table, r=rows: c.execute(insert(t), r))  # type: ignore[misc]


def _listed() -> tuple[Choice, ...]:
    """As long as the menu is."""
    return tuple(Choice(f"Một mục của thực đơn {n}", f"/command{n}") for n in range(11))


def _rows(numbers: range, sealed: bytes) -> Iterator[tuple[Table, Sequence[dict[str, Any]]]]:
    now, day = datetime(2026, 11, 23, 5, tzinfo=UTC), date(2026, 11, 23)
    agreed = {"language": "vi", "consent_version": "2026-01", "consent_at": now, "seen_on": day}
    yield schema.person, [{"id": n, **agreed, "reached_on": day} for n in numbers]
    yield (
        schema.address,
        [
            {"id": n, "person_id": n, "channel": "telegram", "address": str(5_000_000_000 + n)}
            for n in numbers
        ],
    )
    yield (
        schema.session,
        [{"address_id": n, "sealed": sealed, "changed_at": now} for n in numbers],
    )
    wish = {"frequency": "weekly", "weekday": 6, "since": day, "delivered": bytes(13)}
    yield (
        schema.subscription,
        [{"person_id": n, "at_minute": 1080, "due_at": LATER, **wish} for n in numbers],
    )
    yield (
        schema.subscription_topic,
        [{"person_id": n, "topic": topic} for n in numbers for topic in TOPICS],
    )


async def _resident(database: str, seconds: float) -> float:
    """MB of `caunoi serve` on that database, after some idle seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "var").mkdir()
        if KEPT.exists():  # a second start, as all but the first are
            shutil.copy(KEPT, folder / "var" / "library.json")
        process = Process(folder, database, "", more={"SECRET_KEY": SECRET})
        await process.start()
        try:
            await asyncio.sleep(seconds)
            return process.memory_kb() / 1024
        finally:
            await process.stop()
