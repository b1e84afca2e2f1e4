"""A day of service by a clock that runs 600 times faster: does memory grow, are files left open?

`python -m bench soak [--quick]`. The bot is one App in a process of its own, on SQLite, with the
fake platform beside it. All day people write on Telegram and on the web (some of them new), the
subscribers get what is due, a broadcast goes out every six hours, and each hour all is tidied.
What counts real seconds (leases, the hour between two tidyings) is scaled alike.
"""

# ruff: noqa: PLC0415  # the bot is imported only in its own process

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop
from sqlalchemy import insert, select

from bench.ledger import CAMPAIGN, new_store, settle
from bench.machine import ROOT
from bench.peers import FIRST_CHAT, TOKEN
from bench.telegram_server import Server, telegram_server
from bench.update_servers import HOOK, PATH
from bench.wire import Wire
from bot.store import Store, schema
from tests.prepare import KEPT

BEGAN = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # six in the morning in Hà Nội
WORDS = ("menu", "gio lam them", "chu de", "tro giup", "luong toi thieu vung", "2", "cai dat")
HOURS_BETWEEN_BROADCASTS = 6


@dataclass(frozen=True)
class Size:
    """Simulated hours, how much faster the clock runs, people, and what they say a second."""

    hours: int = 24
    speed: int = 600
    people: int = 2_000
    per_second: int = 40


QUICK = Size(6, 1800, 300, 20)


@dataclass(frozen=True)
class Look:
    """What the process holds at the end of an hour."""

    hour: int
    megabytes: float
    files: int


async def measure_soak(size: Size = Size()) -> str:  # frozen
    with tempfile.TemporaryDirectory() as name:
        async with telegram_server() as server:
            looks, said, sent = await _live_through(server, Path(name), size)
    after = [look.megabytes for look in looks if look.hour > 1]
    third = max(1, len(after) // 3)
    early, late = statistics.median(after[:third]), statistics.median(after[-third:])
    hourly = ", ".join(f"{look.megabytes:.0f}" for look in looks)
    return (
        f"{size.hours} h at {size.speed} x: {said} things said, {sent} messages sent; MB resident "
        f"each hour {hourly}; after the first hour from {early:.1f} to {late:.1f} MB "
        f"({late / early - 1:+.1%}, goal no growth), open files {looks[0].files} to "
        f"{looks[-1].files}, at most {max(look.files for look in looks)}"
    )


async def _live_through(server: Server, folder: Path, size: Size) -> tuple[list[Look], int, int]:
    database = f"sqlite:///{folder}/soak.db"
    store = await new_store(database)
    await settle(store, size.people)
    await store._writes.run(lambda c: c.execute(insert(schema.subscription), _subscribed(size)))
    (folder / "var").mkdir()
    if KEPT.exists():  # else reading all content takes the first hours
        shutil.copy(KEPT, folder / "var" / "library.json")
    process, url, began = await _start(database, server.base, size.speed)
    load = _Load(url, size)
    saying = asyncio.create_task(load.run())
    looks = []
    try:
        for hour in range(1, size.hours + 1):
            if hour % HOURS_BETWEEN_BROADCASTS == 2:
                await store.campaigns.keep(CAMPAIGN, _now(began, size.speed))
            await asyncio.sleep(max(0.0, began + hour * 3600 / size.speed - time.monotonic()))
            looks.append(_look(hour, process.pid))
            assert process.returncode is None, "the bot has ended"
        assert not saying.done(), saying
        await _assert_alive(store)
    finally:
        saying.cancel()
        process.terminate()
        await process.wait()
        await store.close()
    return looks, load.said, int((await server.report())["delivered"])


def _subscribed(size: Size) -> list[dict[str, object]]:
    """Daily, at minutes spread over the waking hours."""
    same = {"frequency": "daily", "weekday": 6, "since": BEGAN.date(), "delivered": b""}
    waking = range(7 * 60, 21 * 60)
    return [
        {
            **same,
            "person_id": FIRST_CHAT + number,
            "at_minute": waking[number % len(waking)],
            "due_at": BEGAN + timedelta(minutes=waking[number % len(waking)] - 6 * 60),
        }
        for number in range(size.people)
    ]


def _look(hour: int, process: int) -> Look:
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return Look(hour, int(line.split()[1]) / 1024, len(list(Path(f"/proc/{process}/fd").iterdir())))


async def _assert_alive(store: Store) -> None:
    """All that is measured has taken place: broadcasts ended, and what was said is answered."""
    ended = select(schema.campaign.c.state)
    states = await store._reads.run(lambda c: c.execute(ended).scalars().all())
    assert "done" in states, states


class _Load:
    """People who say something at even distances, every other one on the web."""

    def __init__(self, url: str, size: Size) -> None:
        self._wire = Wire(url, 40)
        self._size = size
        self.said = 0

    async def run(self) -> None:
        began = time.monotonic()
        for number in itertools.count():
            await asyncio.sleep(max(0.0, began + number / self._size.per_second - time.monotonic()))
            # As many old faces as there are people; one in fifty is new.
            who = number if number % 50 == 0 else number % self._size.people
            word = WORDS[number % len(WORDS)]
            path, body, headers = (_on_the_web if number % 2 else _on_telegram)(number, who, word)
            status, told = await self._wire.post(path, body, headers)
            assert status == 200, told
            self.said += 1


def _on_telegram(number: int, who: int, word: str) -> tuple[str, bytes, str]:
    chat = {"id": FIRST_CHAT + who, "type": "private"}
    sender = {"id": chat["id"], "is_bot": False, "language_code": "vi"}
    message = {"message_id": number + 1, "date": 0, "chat": chat, "from": sender, "text": word}
    body = json.dumps({"update_id": number + 1, "message": message}).encode()
    return PATH, body, f"X-Telegram-Bot-Api-Secret-Token: {HOOK}\r\n"


def _on_the_web(number: int, who: int, word: str) -> tuple[str, bytes, str]:
    body = json.dumps({"id": f"n{number}", "text": word}).encode()
    return "/chat", body, f"Cookie: visitor=soak-visitor-{who:09}\r\nAccept-Language: vi\r\n"


# The bot, in a process of its own -----------------------------------------------------------------


async def _start(
    database: str, base: str, speed: int
) -> tuple[asyncio.subprocess.Process, str, float]:
    """The process, its URL, and when its clock began, on the monotonic one."""
    folder = Path(database.removeprefix("sqlite:///")).parent
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATABASE_URL": database,
        "CONTENT_DIR": str(ROOT / "content"), "LOCALES_DIR": str(ROOT / "locales"),
        "VAR_DIR": str(folder / "var"), "HTTP_PORT": "0", "SECRET_KEY": "bench",
        "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE": base, "TELEGRAM_WEBHOOK_SECRET": HOOK,
        "TELEGRAM_PER_SECOND": "1000", "WEB_PER_MINUTE": "6000",
        "WEB_NEW_VISITORS_PER_MINUTE": "6000", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.soak", str(speed),
        cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    url, began = (await process.stdout.readline()).decode().split()
    return process, url, float(began)


def _now(began: float, speed: int) -> datetime:
    """By a clock that stood at BEGAN when the monotonic one stood at `began`."""
    return BEGAN + timedelta(seconds=(time.monotonic() - began) * speed)


def _scale(speed: int) -> None:
    """What is measured in real seconds keeps its length in simulated ones, and the reverse."""
    from bot import upkeep
    from bot.store import case_messages, deliveries, ledger

    upkeep._TIDY_SECONDS, upkeep._BEFORE_TIDYING = 3600 / speed, 20 / speed
    ledger.LEASE, ledger.RENEWED = ledger.LEASE * speed, ledger.RENEWED * speed
    ledger.BELIEVED *= speed
    deliveries.LEASE *= speed
    case_messages.LEASE *= speed


async def _serve(speed: int) -> None:
    import gc

    from bot.app import make_app
    from bot.settings import load_settings

    _scale(speed)
    began = [time.monotonic()]  # set anew when all is loaded
    app = make_app(load_settings(None), lambda: _now(began[0], speed))
    began[0] = time.monotonic()
    await app.start()
    gc.collect()
    gc.freeze()
    print(f"http://127.0.0.1:{app.port} {began[0]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)
    uvloop.run(_serve(int(sys.argv[1])))
