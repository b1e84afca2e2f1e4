"""What opening a broadcast's ledger costs, by its size; and the people whom all benches write to.

`python -m bench.ledger DATABASE` opens one, in a process that loads nothing else.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from sqlalchemy import Connection, String, cast, insert, literal, select

from bench.machine import CLIENT_CORE, ROOT, peak_kb, pin
from bench.peers import FIRST_CHAT
from bot.campaigns import SCHEDULED, Campaign, Message, Origin, Words
from bot.store import Outcome, Seal, Store, schema

FIRST_CHATTER, CHATTERS = 10, 40  # below all recipients
CAMPAIGN = Campaign(
    0,
    SCHEDULED,
    Message(
        {"vi": Words("Lịch làm việc", "Văn phòng công đoàn mở cửa sáng thứ bảy.")},
        "union",
        (Origin("Thông báo", "Công đoàn cơ sở", "12/TB"),),
    ),
    "everyone",
)


async def measure_ledgers(folder: Path, counts: Sequence[int]) -> str:
    found = {count: await _ledger(folder, count) for count in counts}
    told = "; ".join(
        f"{count:,}: opened in {one['opened']:.1f} s ({one['opened'] / count * 1e6:.1f} µs each), "
        f"peak {one['peak_kb'] / 1024:.0f} MB, {one['bytes'] / count:.0f} bytes a row, "
        f"WAL {one['wal'] / 1e6:.0f} MB, claimed and settled {one['exchanged']:.0f} µs each, "
        f"end looked for in {one['looked'] * 1000:.1f} ms"
        for count, one in found.items()
    )
    first, last = found[counts[0]], found[counts[-1]]
    growth = [
        last["opened"] / counts[-1] / (first["opened"] / counts[0]),
        last["exchanged"] / first["exchanged"],
    ]
    return (
        f"ledger on SQLite (goal 30 s, 200 MB for 1,000,000): {told}; cost of a recipient from "
        f"first to last: opened {growth[0]:.2f} x, settled {growth[1]:.2f} x (goal 0.8 to 1.2)"
    )


async def _ledger(folder: Path, count: int) -> dict[str, float]:
    """Opened in a process of its own, whose memory is its own."""
    database = await with_campaign(folder, count)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.ledger", database,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await process.communicate()
    cost: dict[str, float] = json.loads(told)
    Path(database.removeprefix("sqlite:///")).unlink()
    return cost


async def _open(database: str) -> None:
    """What `_ledger` measures; prints it."""
    store, now = Store(database, Seal("bench")), datetime.now(UTC)
    file = Path(database.removeprefix("sqlite:///"))
    await store._database.scrub()
    before = file.stat().st_size
    (campaign,) = await store.campaigns.find(SCHEDULED)
    began = time.perf_counter()
    count = await store.campaigns.launch(campaign, now, lambda _zone, _quiet: now)
    opened = time.perf_counter() - began
    wal = file.with_name(f"{file.name}-wal").stat().st_size
    peak = peak_kb()
    await store._database.scrub()
    cost = {"opened": opened, "peak_kb": peak, "wal": wal, "bytes": file.stat().st_size - before}
    cost["exchanged"] = await _exchange(store, campaign.id, min(count, 5_000))
    began = time.perf_counter()
    await store.campaigns.finish(campaign.id, now)
    print(json.dumps({**cost, "looked": time.perf_counter() - began}))
    await store.close()


async def _exchange(store: Store, campaign_id: int, count: int) -> float:
    """µs of CPU to claim and settle one, eight at a time as a broadcast does."""
    outcomes: list[Outcome] = []
    busy = _cpu()
    for _ in range(count // 8):
        rows, _ = await store.campaigns.exchange(
            campaign_id, "telegram", "bench", datetime.now(UTC), outcomes, 8
        )
        outcomes = [Outcome(row.id, "sent") for row in rows]
    return (_cpu() - busy) / count * 1e6


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def with_campaign(folder: Path, count: int) -> str:
    """A new database with so many people and a campaign that may go out; its URL."""
    database = f"sqlite:///{tempfile.mkdtemp(dir=folder)}/bench.db"
    store = await new_store(database)
    await settle(store, count)
    await store.campaigns.keep(CAMPAIGN, datetime.now(UTC))
    await store.close()
    return database


async def new_store(database: str) -> Store:
    store = Store(database, Seal("bench"))
    await store.upgrade()
    return store


async def settle(store: Store, count: int) -> None:
    """People who follow the topic, and a few who agreed and do not: they only talk."""
    await store._writes.run(lambda c: _add(c, FIRST_CHAT, count, topic="union"))
    await store._writes.run(lambda c: _add(c, FIRST_CHATTER, CHATTERS, topic="pay"))


def _add(connection: Connection, first: int, count: int, *, topic: str) -> None:
    """So many rows, made by the database: their numbers are their addresses too."""
    now = datetime.now(UTC)
    series = select(literal(first).label("n")).cte("series", recursive=True)
    series = series.union_all(select(series.c.n + 1).where(series.c.n < first + count - 1))
    n, person = series.c.n, schema.person.c
    same = [literal("vi"), literal("v"), literal(now, person.consent_at.type)]
    people = select(n, *same, literal(now.date(), person.seen_on.type))
    names = ["id", "language", "consent_version", "consent_at", "seen_on"]
    connection.execute(insert(schema.person).from_select(names, people))
    addresses = select(n, n, literal("telegram"), cast(n, String))
    names = ["id", "person_id", "channel", "address"]
    connection.execute(insert(schema.address).from_select(names, addresses))
    topics = select(n, literal(topic))
    connection.execute(
        insert(schema.subscription_topic).from_select(["person_id", "topic"], topics)
    )


if __name__ == "__main__":
    pin(CLIENT_CORE)
    uvloop.run(_open(sys.argv[1]))
