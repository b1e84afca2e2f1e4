"""Broadcasts beside what the peers do: throughput, a limited server, answers meanwhile, ledger.

`python -m bench.broadcast [--quick]`. All on loopback against bench/telegram_server.py, the client
on one core and the server on another. The peers keep no ledger; ours is durable.
"""

from __future__ import annotations

import asyncio
import importlib.util
import itertools
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bench.ledger import (
    CAMPAIGN,
    CHATTERS,
    FIRST_CHATTER,
    measure_ledgers,
    new_store,
    settle,
    with_campaign,
)
from bench.peers import Task, run
from bench.telegram_server import Server, telegram_server
from tests.processes import Process

LIMIT = 25
CHATS_PER_SECOND = 5


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    recipients: int
    slow: int  # for who would need minutes
    rounds: int
    limited: int
    chat_seconds: int
    ledgers: tuple[int, ...]


FULL = Size(20_000, 3_000, 3, 400, 20, (10_000, 100_000, 1_000_000))
QUICK = Size(4_000, 500, 1, 200, 6, (10_000, 100_000))


async def measure_broadcast(size: Size = FULL) -> str:
    with tempfile.TemporaryDirectory() as name:
        async with telegram_server() as server:
            folder = Path(name)
            lines = [
                *await _throughput(server, folder, size),
                *await _limited(server, folder, size),
                *await _chat(server, folder, size),
            ]
        lines += [await measure_ledgers(folder, size.ledgers)]
    return "\n  ".join(lines)


# Throughput ---------------------------------------------------------------------------------


def _contenders() -> tuple[str, ...]:
    has_library = importlib.util.find_spec("aiogram_broadcaster") is not None
    broadcaster = "aiogram_broadcaster" if has_library else "aiogram_broadcaster_loop"
    return ("ours", "aiogram", broadcaster, "PTB", "raw aiohttp")


async def _throughput(server: Server, folder: Path, size: Size) -> list[str]:
    """All contenders in turn, round after round, so that the machine's moods hit all of them."""
    names = _contenders()
    rates: dict[str, list[float]] = {name: [] for name in names}
    costs: dict[str, list[float]] = {name: [] for name in names}
    peaks: dict[str, int] = dict.fromkeys(names, 0)
    for _ in range(size.rounds):
        for name in names:
            count = size.slow if name == "PTB" else size.recipients
            rate, cost, peak = await _one_round(server, folder, name, count)
            rates[name].append(rate)
            costs[name].append(cost)
            peaks[name] = max(peaks[name], peak)
    middle = {name: statistics.median(found) for name, found in rates.items()}
    told = ", ".join(
        f"{name} {middle[name]:.0f}/s ({statistics.median(costs[name]):.0f} µs of CPU, "
        f"peak {peaks[name] / 1024:.0f} MB)"
        for name in names
    )
    goals = zip(names[1:], ("goal 1.0", "goal 1.5", "goal 8", "aim 0.6"), strict=True)
    ratios = ", ".join(
        f"{statistics.median(map(_divided, rates['ours'], rates[name])):.2f} x {name} ({goal})"
        for name, goal in goals
    )
    return [f"{size.recipients} recipients, median of {size.rounds}: {told}", f"ours: {ratios}"]


def _divided(one: float, other: float) -> float:
    return one / other


async def _one_round(
    server: Server, folder: Path, name: str, count: int
) -> tuple[float, float, int]:
    """Messages a second, µs of CPU for each, and the peak in KB."""
    database = await with_campaign(folder, count) if name == "ours" else ""
    await server.begin()
    cost = await run(name, Task(server.base, count, database))
    report = await server.report()
    assert report["chats"] == report["delivered"] == count, (name, report)
    return count / (report["last"] - cost["began"]), cost["busy"] / count * 1e6, cost["peak_kb"]


# A server that limits -----------------------------------------------------------------------


async def _limited(server: Server, folder: Path, size: Size) -> list[str]:
    return [
        await _under_limit(server, folder, size.limited, per_second) for per_second in (25, 1000)
    ]


async def _under_limit(server: Server, folder: Path, count: int, per_second: int) -> str:
    """What a limit that nobody told of costs: people, doubles, and time."""
    database = await with_campaign(folder, count)
    await server.begin(per_second=LIMIT)
    await run("ours", Task(server.base, count, database, per_second))
    report = await server.report()
    ideal, took = count / LIMIT, report["last"] - report["first"]
    told = f"{took:.1f} s of ideally {ideal:.0f} ({took / ideal:.2f}, goal 1.1)"
    if report["first_ban_ended"]:
        left = (count - report["before_first_ban"]) / LIMIT
        after = report["last"] - report["first_ban_ended"]
        told += f", after the first ban {after:.1f} of {left:.0f} ({after / left:.2f}, goal 1.1)"
    return (
        f"{LIMIT}/s enforced, TELEGRAM_PER_SECOND={per_second}: of {count} lost "
        f"{count - report['chats']}, doubled {report['doubled']} (goal 0), refused "
        f"{report['refused']}, of them inside a ban {report['in_ban']} (goal 0), {told}"
    )


# Answers meanwhile --------------------------------------------------------------------------


async def _chat(server: Server, folder: Path, size: Size) -> list[str]:
    return [
        await _answers(server, folder, size, per_second, limits)
        for per_second, limits in ((25, (30, 1)), (1000, (0, 0)))
    ]


async def _answers(
    server: Server, folder: Path, size: Size, per_second: int, limits: tuple[int, int]
) -> str:
    """From somebody's word at the server to the answer there: idle, then during a broadcast."""
    own = Path(tempfile.mkdtemp(dir=folder))
    database = f"sqlite:///{own}/bench.db"
    settings = {"TELEGRAM_PER_SECOND": str(per_second), "QUIET_HOURS": "03:00-03:01"}
    store = await new_store(database)
    await settle(store, per_second * (size.chat_seconds + 10))
    process = Process(own, database, server.base, more={**settings, "SECRET_KEY": "bench"})
    await server.begin(*limits)
    await process.start()
    try:
        await _talk(server, 2)
        idle = await _talk(server, size.chat_seconds)
        await store.campaigns.keep(CAMPAIGN, datetime.now(UTC))
        await server.begin(*limits)
        while (await server.report())["delivered"] < per_second:
            await asyncio.sleep(0.1)
        before = (await server.report())["delivered"]
        busy = await _talk(server, size.chat_seconds)
        report = await server.report()
    finally:
        await process.stop()
        await store.close()
    sent = (report["delivered"] - before - len(busy)) / size.chat_seconds
    p95 = [statistics.quantiles(waits, n=20)[-1] * 1000 for waits in (idle, busy)]
    enforced = f" against {limits[0]}/s and {limits[1]}/s a chat" if limits[0] else ""
    return (
        f"answers at {CHATS_PER_SECOND}/s, TELEGRAM_PER_SECOND={per_second}{enforced}: p95 idle "
        f"{p95[0]:.1f} ms, during a broadcast at {sent:.0f}/s {p95[1]:.1f} ms "
        f"({p95[1] / p95[0]:.1f} x, goal 2), {report['unanswered']} unanswered, "
        f"{report['refused']} refused (goal 0)"
    )


async def _talk(server: Server, seconds: int) -> list[float]:
    """People say something at even distances; how long each waited."""
    known = len((await server.report())["waits"])
    began = time.perf_counter()
    chatters = itertools.cycle(range(FIRST_CHATTER, FIRST_CHATTER + CHATTERS))
    for number, chat in zip(range(seconds * CHATS_PER_SECOND), chatters, strict=False):
        await asyncio.sleep(max(0.0, began + number / CHATS_PER_SECOND - time.perf_counter()))
        await server.push(chat, "menu")
    for _ in range(50):
        report = await server.report()
        if not report["unanswered"]:
            break
        await asyncio.sleep(0.1)
    waits: list[float] = report["waits"][known:]
    return waits


if __name__ == "__main__":
    size = QUICK if "--quick" in sys.argv else FULL
    print(f"broadcast: {uvloop.run(measure_broadcast(size))}")
