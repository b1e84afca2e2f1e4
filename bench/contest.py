"""A contest under load, over the real web and Telegram: ranks, a pace, a burst, kills.

`python -m bench contest [--quick]`. All on loopback; Telegram is bench/telegram_server.py in a
process of its own. Two cores are shared by client, server, database and bot: what else the machine
did meanwhile stands beside the figures.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.contest_house import databases, open_round, seat, served
from bench.contest_kills import Crowd, measure_kills, scripts_for
from bench.contest_load import measure_load
from bench.contest_rank import measure_ranks
from bench.telegram_server import Server, telegram_server


@dataclass(frozen=True)
class Size:
    """How much is measured: entries to rank, answers, and people who answer during kills."""

    entries: int
    rates: tuple[tuple[str, int], ...]  # answers a second, by database
    seconds: int
    burst: int
    people: int
    kills: int


FULL = Size(150_000, (("sqlite", 200), ("postgresql", 500)), 30, 5_000, 150, 12)
QUICK = Size(10_000, (("sqlite", 50), ("postgresql", 50)), 6, 500, 30, 3)
# On SQLite one process writes. On PostgreSQL there may be more: a person's events must all come to
# the same one, since their order is kept by a lock in it.
PROCESSES = {"sqlite": 1, "postgresql": 2}
SEED = 20261123
PAUSE = 1.0  # seconds between two steps of a person while processes are killed, on average


async def measure_contest(size: Size = FULL) -> str:
    with tempfile.TemporaryDirectory() as name, databases(Path(name)) as new:
        async with telegram_server() as server:
            lines = [_beside(), *await measure_ranks(new, size.entries)]
            for kind, rate in size.rates:
                setting = (rate, size.seconds, size.burst)
                count = PROCESSES[kind]
                lines += [_beside()]
                lines += await measure_load(server, Path(name), new(kind), count, setting)
            for kind, _ in size.rates:
                lines += [_beside(), await _kills(server, Path(name), new(kind), kind, size)]
    return "\n  ".join(lines)


def _beside() -> str:
    """What else the machine does: figures taken beside much of it say little about a quiet one."""
    return f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


async def _kills(server: Server, folder: Path, database: str, kind: str, size: Size) -> str:
    store, one = await open_round(database)
    players = await seat(store, one, size.people)
    processes = [
        await served(folder / f"kills-{kind}-{number}", database, server.base)
        for number in range(PROCESSES[kind])
    ]
    await server.begin()
    crowd, scripts = Crowd(processes, random.Random(SEED)), scripts_for(players, SEED)

    async def arrived() -> Counter[int]:
        return Counter(chat for chat, _ in await server.arrivals())

    try:
        crowd.pause = PAUSE
        faults = await measure_kills(store, one, crowd, scripts, arrived, size.kills)
    finally:
        codes = [await process.stop() for process in processes]
        await store.close()
    counts = ", ".join(f"{number:,} {name}" for name, number in sorted(crowd.counts.items()))
    told = "all kept, all totals equal" if not faults else f"WRONG: {faults}"
    return (
        f"{kind}, served by {len(processes)}, {len(scripts)} people, kill -9: {told} (goal: "
        f"nothing wrong; exit codes {codes}): {counts}"
    )


if __name__ == "__main__":
    size = QUICK if "--quick" in sys.argv else FULL
    print(f"contest: {uvloop.run(measure_contest(size))}")
