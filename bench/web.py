"""How long a visitor waits for an answer on the web chat at 50 requests a second."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.processes import Process

RATE = 50
SECONDS = 20
VISITORS = 100
ASKED = (
    {"text": "menu"},
    {"choice": "article:union-foreign-workers"},
    {"text": "gio lam them"},
    {"choice": "topic:union"},
    {"text": "prisson dairy"},
)


async def measure_web() -> str:
    with tempfile.TemporaryDirectory() as name:
        process = Process(Path(name), f"sqlite:///{name}/bench.db", "")
        await process.start()
        try:
            waits = await _ask(process.url)
        finally:
            memory = process.memory_kb()
            await process.stop()
    p50, p95, p99 = (statistics.quantiles(waits, n=100)[k] * 1000 for k in (49, 94, 98))
    return (
        f"menu, read and search at {RATE}/s for {SECONDS} s: p50 {p50:.1f} ms, p95 {p95:.1f} ms "
        f"(goal 50 ms), p99 {p99:.1f} ms, {memory / 1024:.0f} MB resident"
    )


async def _ask(url: str) -> list[float]:
    """Requests at even distances, whether or not the earlier ones have been answered."""
    waits: list[float] = []
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        cookies = [await _cookie(session, url) for _ in range(VISITORS)]
        began = time.perf_counter()
        asking = []
        for number, fields in zip(range(RATE * SECONDS), itertools.cycle(ASKED), strict=False):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            cookie = cookies[number % VISITORS]
            asking.append(asyncio.create_task(_one(session, url, cookie, fields, waits)))
        await asyncio.gather(*asking)
    return waits


async def _cookie(session: aiohttp.ClientSession, url: str) -> str:
    async with session.get(url) as response:
        return response.cookies["visitor"].value


async def _one(
    session: aiohttp.ClientSession,
    url: str,
    cookie: str,
    fields: dict[str, str],
    waits: list[float],
) -> None:
    began = time.perf_counter()
    headers = {"Cookie": f"visitor={cookie}"}
    async with session.post(f"{url}/chat", json=fields, headers=headers) as response:
        assert response.status == 200
        await response.read()
    waits.append(time.perf_counter() - began)
