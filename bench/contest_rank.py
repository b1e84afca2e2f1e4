"""How long a round of 150,000 entries takes to be closed and ranked, and with how much memory.

`python -m bench.contest_rank DATABASE` closes one, in a process that loads nothing else.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import uvloop

from bench.contest_house import LENGTH, SECRET, fill_entries, open_round
from bench.machine import ROOT, peak_kb
from bot.store import Seal, Store

GOAL = 60.0


async def measure_ranks(new: Callable[[str], str], count: int) -> list[str]:
    return [await _told(new(kind), kind, count) for kind in ("sqlite", "postgresql")]


async def _told(database: str, kind: str, count: int) -> str:
    store, one = await open_round(database)
    await fill_entries(store, one, count)
    await store.contests.move_end(one, datetime.now(UTC))
    await store.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.contest_rank", database,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await process.communicate()
    cost = json.loads(told)
    assert cost["ranked"] == count, cost
    return (
        f"{count:,} entries of {LENGTH} answers closed and ranked on {kind} in "
        f"{cost['seconds']:.1f} s (goal {GOAL:.0f} s; CPU {cost['busy']:.1f} s), peak "
        f"{cost['peak_kb'] / 1024:.0f} MB, of them {cost['before_kb'] / 1024:.0f} MB before; the "
        f"process answered nobody for {cost['stood'] * 1000:.0f} ms at most, wrote for nobody for "
        f"{cost['waited']:.1f} s"
    )


async def _close(database: str) -> None:
    """What `_told` measures; prints it."""
    store = Store(database, Seal(SECRET))
    (one,) = await store.contests.rounds("open")
    cost = {"before_kb": float(peak_kb()), "stood": 0.0, "waited": 0.0}
    beside = [asyncio.create_task(_beat(cost)), asyncio.create_task(_write(store, cost))]
    await asyncio.sleep(0.1)
    began, busy = time.perf_counter(), time.process_time()
    assert await store.contests.advance(datetime.now(UTC)) == 1
    cost |= {"seconds": time.perf_counter() - began, "busy": time.process_time() - busy}
    await asyncio.sleep(0.1)
    for task in beside:
        task.cancel()
    cost["peak_kb"] = peak_kb()
    print(json.dumps({**cost, "ranked": len(await store.contests.results(one))}))
    await store.close()


async def _beat(cost: dict[str, float]) -> None:
    """Notes for how long the process did nothing else at most."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        cost["stood"] = max(cost["stood"], time.perf_counter() - began)


async def _write(store: Store, cost: dict[str, float]) -> None:
    """Notes for how long somebody who writes meanwhile waited at most."""
    while True:
        began = time.perf_counter()
        await store.links.keep("bench", "http://127.0.0.1")
        cost["waited"] = max(cost["waited"], time.perf_counter() - began)
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    uvloop.run(_close(sys.argv[1]))
