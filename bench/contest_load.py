"""Answers of a contest that arrive at a pace, and all at once: how long each waits for its answer.

Half of the people are on Telegram (webhook; at most 40 connections, as Telegram makes), half on the
web. Arrivals are open-loop: each wait counts from the moment at which the answer was meant to
arrive, whether or not the bot keeps up.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.contest_house import HOOK, LENGTH, OPTIONS, Player, letters, open_round, seat, served
from bench.machine import busy_seconds
from bench.telegram_server import Server
from bench.wire import Wire
from bot.contests import UNANSWERED
from bot.store import Store
from tests.processes import Process

GOAL_MS, BURST_GOAL = 200.0, 40.0
PAUSE = 10  # seconds from one answer of a person to their next one
_INTRODUCED = 4.0  # seconds in which a new process tells Telegram of its commands
_TELEGRAM_CONNECTIONS = 40  # Telegram's own default


@dataclass
class Load:
    """People who answer at processes of the bot, and how long each answer took to come back.

    `waits`: seconds from the moment meant. A person always asks the same process.
    """

    server: Server
    processes: Sequence[Process]
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    given: dict[int, list[str]] = field(default_factory=dict)
    meant: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: int = 0

    def __post_init__(self) -> None:
        self._seen: dict[int, list[str]] = {}
        many = 100_000
        self._wires = [
            {"telegram": Wire(one.url, _TELEGRAM_CONNECTIONS), "web": Wire(one.url, many)}
            for one in self.processes
        ]

    async def answer(self, one: Player, at: int, option: int, meant: float) -> None:
        """One answer, until it is acknowledged; on the web also until it is answered."""
        wire = self._wires[(one.number // 2) % len(self._wires)][one.channel]
        self.given.setdefault(one.number, [UNANSWERED] * LENGTH)[at] = str(option)
        path, body, headers = self._request(one, at, option)
        if one.channel == "telegram":
            self.meant[int(one.address)].append(meant)
        status, told = await wire.post(path, body, headers)
        while status != 200:
            self.refused += 1
            await asyncio.sleep(0.5)
            status, told = await wire.post(path, body, headers)
        if one.channel == "web":
            self.waits["web"].append(time.monotonic() - meant)
            replies = json.loads(told)["replies"]
            assert replies, told
            self._seen[one.number] = [reply["id"] for reply in replies]
        else:
            self.waits["acknowledged"].append(time.monotonic() - meant)

    def _request(self, one: Player, at: int, option: int) -> tuple[str, bytes, str]:
        if one.channel == "telegram":
            number = one.number * 1000 + at
            return "/telegram", tap(one, one.value(at, option), number), secret_header()
        seen = self._seen.pop(one.number, [])
        return "/chat", post(one.value(at, option), f"{one.number}-{at}", seen), cookie_header(one)

    async def all_answered(self, seconds: float) -> float:
        """When the last of Telegram's messages arrived, on the monotonic clock."""
        count = sum(map(len, self.meant.values()))
        until, arrived = time.monotonic() + seconds, list[tuple[int, float]]()
        while len(arrived) < count:
            assert time.monotonic() < until, f"{len(arrived)} of {count} messages came"
            await asyncio.sleep(0.1)
            arrived = await self.server.arrivals()
        by_chat = defaultdict(list)
        for chat, moment in arrived:
            by_chat[chat].append(moment)
        for chat, meant in self.meant.items():
            pairs = zip(sorted(by_chat[chat]), meant, strict=True)  # none doubled, none lost
            self.waits["telegram"] += [moment - begun for moment, begun in pairs]
        return max(moment for _, moment in arrived)


def tap(one: Player, value: str, number: int) -> bytes:
    """The update of a tapped button with that value; `number` is the update's own."""
    chat = int(one.address)
    query = {
        "id": str(number),
        "from": {"id": chat, "is_bot": False, "first_name": "Lan", "language_code": "vi"},
        "chat_instance": "1",
        "data": value,
        "message": {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "private"}},
    }
    return json.dumps({"update_id": number, "callback_query": query}).encode()


def post(value: str, number: str, seen: Sequence[str] = ()) -> bytes:
    """What the page posts for a tapped button, with the replies that it has shown."""
    fields = {"id": number, "choice": value}
    return json.dumps({**fields, "seen": list(seen)} if seen else fields).encode()


def secret_header() -> str:
    return f"X-Telegram-Bot-Api-Secret-Token: {HOOK}\r\n"


def cookie_header(one: Player) -> str:
    return f"Cookie: visitor={one.address}\r\nAccept-Language: vi\r\n"


# The two measurements -----------------------------------------------------------------------------


async def measure_load(
    server: Server, folder: Path, database: str, count: int, setting: tuple[int, int, int]
) -> list[str]:
    """`setting`: answers a second, for so many seconds, then so many at once."""
    rate, seconds, burst = setting
    store, one = await open_round(database)
    players = await seat(store, one, max(rate * PAUSE, burst))
    kind = database.partition(":")[0]
    processes = [
        await served(folder / f"load-{kind}-{number}", database, server.base)
        for number in range(count)
    ]
    try:
        await asyncio.sleep(_INTRODUCED)
        await server.begin()
        told = [await _paced(Load(server, processes), store, players, rate, seconds)]
        await server.begin()
        told.append(await _burst(Load(server, processes), store, players[:burst]))
    finally:
        for process in processes:
            await process.stop()
        await store.close()
    return [f"{kind}, served by {count}: {line}" for line in told]


async def _paced(
    load: Load, store: Store, players: Sequence[Player], rate: int, seconds: int
) -> str:
    """Everybody in turn, at even distances, until the time is up."""
    asking, before = list[asyncio.Task[None]](), _busy(load)
    people = players[: rate * PAUSE]
    began = time.monotonic() + 0.5
    for number in range(rate * seconds):
        meant = began + number / rate
        await asyncio.sleep(max(0.0, meant - time.monotonic()))
        at = 1 + number // len(people)
        one = people[number % len(people)]
        asking.append(asyncio.create_task(load.answer(one, at, _option(one, at), meant)))
    await asyncio.gather(*asking)
    await load.all_answered(60)
    await _check(load, store)
    cost = (_busy(load) - before) / len(asking) * 1e6
    return (
        f"{rate}/s for {seconds} s, {len(people):,} people: "
        f"{_percentiles(load, GOAL_MS)}; {cost:.0f} µs of the bot's CPU each, {_memory(load)}"
    )


async def _burst(load: Load, store: Store, players: Sequence[Player]) -> str:
    """Each of them answers in the same moment."""
    before, began = _busy(load), time.monotonic()
    await asyncio.gather(*(load.answer(one, 0, _option(one, 0), began) for one in players))
    acknowledged = time.monotonic() - began
    took = await load.all_answered(300) - began
    took = max(took, *load.waits["web"])
    await _check(load, store)
    cost = (_busy(load) - before) / len(players) * 1e6
    return (
        f"{len(players):,} at once: all acknowledged in {acknowledged:.1f} s, all stored and "
        f"answered in {took:.1f} s (goal {BURST_GOAL:.0f} s); {load.refused} refused at first; "
        f"{_percentiles(load, 0)}; {cost:.0f} µs of the bot's CPU each, {_memory(load)}"
    )


def _option(one: Player, at: int) -> int:
    return (one.number * 7 + at) % OPTIONS


async def _check(load: Load, store: Store) -> None:
    """What was answered stands in the database, and nothing else."""
    kept = await letters(store)
    for number, given in load.given.items():
        for at, letter in enumerate(given):
            if letter != UNANSWERED:
                assert kept[number][at] == letter, (number, at, letter, kept[number])
    load.given.clear()


def _percentiles(load: Load, goal: float) -> str:
    told = []
    for name, waits in sorted(load.waits.items()):
        cuts = statistics.quantiles(waits, n=100)
        p50, p95, p99 = (cuts[at] * 1000 for at in (49, 94, 98))
        beside = f" (goal {goal:.0f} ms)" if goal and name != "acknowledged" else ""
        told.append(f"{name} p50 {p50:.0f} ms, p95 {p95:.0f} ms{beside}, p99 {p99:.0f} ms")
    return "; ".join(told)


def _busy(load: Load) -> float:
    return sum(busy_seconds(process.number) for process in load.processes)


def _memory(load: Load) -> str:
    most = max(process.memory_kb() for process in load.processes)
    return f"{most / 1024:.0f} MB resident"
