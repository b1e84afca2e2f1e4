"""An acknowledged event is answered, and applied once, whenever the process is killed."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp

from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.processes import Process, few_articles

KILLS = 2  # in each of the two tests: four kills in all
CHAT = 501
ARTICLE = "union-founding-day"
TITLE_PART = "1929"


def _readings(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "crash.db")) as connection:
        return int(connection.execute("SELECT coalesce(sum(count), 0) FROM reading").fetchone()[0])


def _open_events(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "crash.db")) as connection:
        open_events = "SELECT count(*) FROM event WHERE done_at IS NULL"
        query = f"SELECT ({open_events}) + (SELECT count(*) FROM reply)"
        return int(connection.execute(query).fetchone()[0])


async def _settled(folder: Path) -> None:
    """Returns when nothing is open any more."""
    for _ in range(400):
        if _open_events(folder) == 0:
            return
        await asyncio.sleep(0.025)
    raise AssertionError(f"{_open_events(folder)} events or replies are still open")


def _process(folder: Path, telegram: FakeTelegram, secret: str) -> Process:
    more = {"CONTENT_DIR": few_articles(ARTICLE)}
    return Process(folder, f"sqlite:///{folder}/crash.db", telegram.base, secret, more)


async def test_killed_between_a_webhooks_200_and_the_answer(
    tmp_path: Path, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    """Each kill at another moment after the acknowledgement of five events."""
    chance = random.Random(20261123)
    process = _process(tmp_path, telegram, "hook-secret")
    telegram.webhook = {"secret_token": "hook-secret"}
    acknowledged = 0
    for _ in range(KILLS):
        await process.start()
        updates = [telegram.tap(CHAT + n % 3, f"article:{ARTICLE}") for n in range(5)]
        statuses = await asyncio.gather(
            *(telegram.push(session, f"{process.url}/telegram", update) for update in updates)
        )
        acknowledged += statuses.count(200)
        await asyncio.sleep(chance.choice((0, 0, 0.002, 0.005, 0.01, 0.03)))
        await process.kill()
    assert acknowledged == KILLS * 5
    await process.start()
    await _settled(tmp_path)
    assert _readings(tmp_path) == acknowledged
    answers = [sent for sent in telegram.sent if TITLE_PART in sent.text]
    # None is missing; of those in flight at a kill some may have been said twice.
    assert acknowledged <= len(answers) <= 2 * acknowledged
    assert await process.stop() == 0
    assert TOKEN not in process.log.read_text()


async def test_killed_while_polling(tmp_path: Path, telegram: FakeTelegram) -> None:
    """What the offset has passed is answered; what it has not comes again and is applied once."""
    chance = random.Random(2026)
    process = _process(tmp_path, telegram, "")
    total = 0
    for _ in range(KILLS):
        await process.start()
        updates = [telegram.tap(CHAT + n % 3, f"article:{ARTICLE}") for n in range(5)]
        total += len(updates)
        await telegram.queue(*updates)
        await asyncio.sleep(chance.choice((0.001, 0.005, 0.01, 0.02, 0.05, 0.1)))
        await process.kill()
    await process.start()
    await telegram.taken()
    await _settled(tmp_path)
    assert _readings(tmp_path) == total
    answers = [sent for sent in telegram.sent if TITLE_PART in sent.text]
    assert total <= len(answers) <= 2 * total
    assert await process.stop() == 0


async def test_a_web_visitor_who_asks_again_after_a_kill_is_answered_once(
    tmp_path: Path, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    process = _process(tmp_path, telegram, "")
    await process.start()
    asked = {"id": "tap-1", "choice": f"article:{ARTICLE}"}
    async with session.post(f"{process.url}/chat", json=asked) as response:
        first = await response.json()
    await process.kill()
    await process.start()
    async with session.post(f"{process.url}/chat", json=asked) as response:
        assert await response.json() == first
    assert _readings(tmp_path) == 1
    await process.stop()


async def test_asked_to_stop_it_ends_its_streams_and_answers_and_exits_cleanly(
    tmp_path: Path, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    process = _process(tmp_path, telegram, "")
    await process.start()
    async with session.post(f"{process.url}/chat", json={"text": "menu"}) as response:
        assert response.status == 200
    stream = await session.get(f"{process.url}/chat/stream")
    assert await asyncio.wait_for(process.stop(), 10) == 0
    stream.close()
    assert "Traceback" not in process.log.read_text()
