"""Webhook updates a second and core: ours beside aiogram, PTB and a bare aiohttp handler.

`python -m bench updates [--quick]`. Each server is a process of its own on one core; the other has
the client, which keeps Telegram's 40 connections busy, and the fake platform. Forms:

* unsaid: nobody answers through the platform, since the bare handler would not either. Ours is
  `caunoi serve` whose replies are committed and then stay in the table.
* said: ours, aiogram and PTB each answer every update by a call of their own client.

Each in memory (`/dev/shm`: only the core counts); the second line is on the disk, where each commit
waits for it. An update is done when its row is committed and its answer has arrived.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from bench.contest_house import FIRST_CHAT, SERVED, _address, _person, player
from bench.machine import (
    CLIENT_CORE,
    ROOT,
    SERVER_CORE,
    busy_seconds,
    pin,
    pin_process,
)
from bench.telegram_server import Server, telegram_server
from bench.update_servers import HOOK, PATH, WORD, Served
from bench.wire import Wire
from bot.store import Seal, Store, schema
from tests.conftest import make_ready
from tests.processes import Process, _free_port

CONNECTIONS = 40  # Telegram's own default
CHATS = 2_000
_OURS_DONE = "SELECT count(*) FROM event WHERE done_at IS NOT NULL"
_PEERS_DONE = "SELECT coalesce(sum(seen), 0) FROM visit"
_WARMING = 1_000
MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Size:
    """How many updates are measured, by what is asked of the servers, and how often."""

    unsaid: int = 12_000
    said: int = 6_000
    slow: int = 1_500  # for who would need minutes
    on_disk: int = 1_200
    rounds: int = 3


QUICK = Size(3_000, 1_500, 500, 300, 1)


@dataclass(frozen=True)
class Form:
    """One comparison: so many updates each (`slow` by PTB where it answers; 0: nobody does)."""

    title: str
    count: int
    folder: Path | None
    names: tuple[str, ...]
    slow: int = 0


@dataclass(frozen=True)
class Cost:
    """Updates a second, µs of CPU for each, and how much of the core was used."""

    per_second: float
    microseconds: float
    used: float


class Unsaid(Process):
    """Ours, whose replies stay in the table."""

    program = ("bench.update_servers", "ours")


async def measure_updates(size: Size = Size()) -> str:  # frozen
    pin(SERVER_CORE)
    folder = MEMORY if MEMORY.is_dir() else None
    forms = (
        Form("unsaid", size.unsaid, folder, ("ours", "aiogram", "PTB", "bare aiohttp")),
        Form("said", size.said, folder, ("ours", "aiogram", "PTB"), size.slow),
        Form("unsaid, on the disk", size.on_disk, None, ("ours", "aiogram", "PTB")),
    )
    async with telegram_server() as server:
        lines = [
            f"{form.title}: {_told(await _measure(server, form, size.rounds))}" for form in forms
        ]
    return "\n  ".join(lines)


async def _measure(server: Server, form: Form, rounds: int) -> dict[str, list[Cost]]:
    """All servers run, and one after the other is asked, round after round."""
    measured: dict[str, list[Cost]] = {name: [] for name in form.names}
    await server.begin()
    async with AsyncExitStack() as stack:
        own = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=form.folder)))
        running = {}
        for name in form.names:
            started = _ours if name == "ours" else _peer
            one = await stack.enter_async_context(started(server, own, name, form))
            stack.callback(one.wire.close)
            await _bring(server, one, _WARMING)
            running[name] = one
        for _ in range(rounds):
            for name in form.names:
                count = form.slow if form.slow and name == "PTB" else form.count
                measured[name].append(await _cost(server, running[name], count))
    return measured


def _told(measured: dict[str, list[Cost]]) -> str:
    costs = ", ".join(f"{name} {_middle(found)}" for name, found in measured.items())
    goals = {"aiogram": "goal 1.5", "PTB": "goal 1.5", "bare aiohttp": "aim 0.5"}
    ours = measured["ours"]
    ratios = ", ".join(
        f"{_ratio(ours, found, 'per_second'):.2f} x {name} (by CPU "
        f"{_ratio(found, ours, 'microseconds'):.2f}; {goals[name]})"
        for name, found in measured.items()
        if name != "ours"
    )
    return f"{costs}; ours is {ratios}"


def _middle(found: Sequence[Cost]) -> str:
    rate = statistics.median(one.per_second for one in found)
    cost = statistics.median(one.microseconds for one in found)
    used = statistics.median(one.used for one in found)
    return f"{rate:.0f}/s ({cost:.0f} µs of CPU, core {used:.0%} used)"


def _ratio(ones: Sequence[Cost], others: Sequence[Cost], what: str) -> float:
    """The median of what neighbours in time say: moods of the machine hit both."""
    pairs = zip(ones, others, strict=True)
    found: list[float] = [getattr(one, what) / getattr(other, what) for one, other in pairs]
    return statistics.median(found)


async def _cost(server: Server, one: Running, count: int) -> Cost:
    await _calm(one.process)
    busy, began = busy_seconds(one.process), time.perf_counter()
    await _bring(server, one, count)
    took = time.perf_counter() - began
    await _calm(one.process)
    busy = busy_seconds(one.process) - busy
    return Cost(count / took, busy / count * 1e6, busy / took)


# The servers --------------------------------------------------------------------------------


@dataclass
class Running:
    """A server: its number, a client, and where it can be seen how many updates are done."""

    process: int
    wire: Wire
    file: str
    query: str
    answers: bool
    brought: int = 0


@asynccontextmanager
async def _ours(server: Server, folder: Path, _name: str, form: Form) -> AsyncIterator[Running]:
    database = f"sqlite:///{folder}/bench.db"
    await settle_in(database)
    kind = Process if form.slow else Unsaid
    process = kind(folder, database, server.base, HOOK, SERVED)
    await process.start()
    pin_process(process.number, CLIENT_CORE)
    wire = Wire(process.url, CONNECTIONS)
    try:
        yield Running(process.number, wire, f"{folder}/bench.db", _OURS_DONE, bool(form.slow))
    finally:
        await process.kill()


async def settle_in(database: str) -> None:
    """People who agreed to messages and are known on Telegram."""
    store = Store(database, Seal(SERVED["SECRET_KEY"]))
    await make_ready(store)
    players = [player(2 * number) for number in range(1, 1 + CHATS)]
    people = [_person(one.number) for one in players]
    addresses = [_address(one) for one in players]
    await store._writes.run(lambda c: c.execute(insert(schema.person), people))
    await store._writes.run(lambda c: c.execute(insert(schema.address), addresses))
    await store.close()


@asynccontextmanager
async def _peer(server: Server, folder: Path, name: str, form: Form) -> AsyncIterator[Running]:
    served = Served(_free_port(), server.base, f"{folder}/{name}.db", bool(form.slow))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.update_servers", name, json.dumps(served.__dict__), cwd=ROOT
    )
    wire = Wire(f"http://127.0.0.1:{served.port}", CONNECTIONS)
    query = "" if name == "bare aiohttp" else _PEERS_DONE
    try:
        await _listens(served.port)
        yield Running(process.pid, wire, served.file, query, bool(form.slow))
    finally:
        process.kill()
        await process.wait()


async def _listens(port: int) -> None:
    for _ in range(6_000):  # aiogram takes seconds to load
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return
    raise AssertionError("the server does not come")


# The load -----------------------------------------------------------------------------------


async def _bring(server: Server, one: Running, count: int) -> None:
    """So many updates, over as many connections as Telegram makes; until all of them are done."""
    left = iter(range(one.brought, one.brought + count))
    one.brought += count
    secret = f"X-Telegram-Bot-Api-Secret-Token: {HOOK}\r\n"
    said = (await server.report())["delivered"]

    async def work() -> None:
        for number in left:
            status, told = await one.wire.post(PATH, update(number), secret)
            assert status == 200, told

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    if one.query:
        await _until_done(one)
    until = time.monotonic() + 120
    while one.answers and (await server.report())["delivered"] < said + count:
        assert time.monotonic() < until, "not all answers came"
        await asyncio.sleep(0.02)


def update(number: int) -> bytes:
    """Somebody says the word, as Telegram tells of it."""
    chat = FIRST_CHAT + 2 + 2 * (number % CHATS)
    named = {"id": chat, "first_name": "Lan", "last_name": "Nguyễn", "username": f"lan{chat}"}
    message = {
        "message_id": number,
        "from": {**named, "is_bot": False, "language_code": "vi"},
        "chat": {**named, "type": "private"},
        "date": 1_790_000_000,
        "text": WORD,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


async def _until_done(one: Running) -> None:
    with sqlite3.connect(one.file) as connection:
        until = time.monotonic() + 120
        while (found := connection.execute(one.query).fetchone()[0]) < one.brought:
            assert time.monotonic() < until, f"{found} of {one.brought} updates are done"
            await asyncio.sleep(0.02)


async def _calm(process: int) -> None:
    """Until the process does nothing more."""
    for _ in range(40):
        busy = busy_seconds(process)
        await asyncio.sleep(0.25)
        if busy_seconds(process) - busy < 0.02:
            return
