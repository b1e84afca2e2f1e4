"""How long it takes to find and queue what is due to 100,000 subscribers."""

from __future__ import annotations

import resource
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection, insert

from bot.delivery import House, Scheduler
from bot.library import load_library
from bot.store import Seal, Store, schema

PEOPLE = 100_000
ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


async def measure_due() -> str:
    library = load_library(ROOT / "content")
    with tempfile.TemporaryDirectory() as name:
        store = Store(f"sqlite:///{name}/bench.db", Seal("secret"))
        await store.upgrade()
        await store._writes.run(lambda c: _settle_in(c, sorted(library.topics)))
        house = House("Asia/Ho_Chi_Minh", "21:30-06:30")
        scheduler = Scheduler(store.queue, library, house, lambda _: False)
        began, busy = time.perf_counter(), time.process_time()
        looked = await scheduler.tick(NOW)
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        queued = (await store.queue.count_states())["queued"]
        await store.close()
    assert looked == queued == PEOPLE
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{PEOPLE} subscribers, each with all topics: due found and queued in {seconds:.1f} s "
        f"(goal 10 s), {busy / PEOPLE * 1e6:.0f} µs of CPU each, peak {memory:.0f} MB"
    )


def _settle_in(connection: Connection, topics: list[str]) -> None:
    for first in range(0, PEOPLE, 10_000):
        people = range(first + 1, first + 10_001)
        day = date(2026, 11, 23)
        connection.execute(
            insert(schema.person),
            [{"id": n, "language": "vi", "consent_version": "v", "seen_on": day} for n in people],
        )
        connection.execute(
            insert(schema.subscription),
            [
                {
                    "person_id": n,
                    "frequency": "daily",
                    "at_minute": 1080,
                    "weekday": 6,
                    "since": day,
                    "delivered": b"\x01" * (n % 13),
                    "due_at": NOW,
                }
                for n in people
            ],
        )
        rows = [{"person_id": n, "topic": topic} for n in people for topic in topics]
        connection.execute(insert(schema.subscription_topic), rows)
