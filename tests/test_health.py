"""/health/ready tells what is wrong in plain words, part by part; /metrics what waits."""

from __future__ import annotations

import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client import generate_latest

from bot import health as health_module
from bot.app import App
from bot.health import Health
from bot.pulse import JOBS, Pulse, beat
from bot.store import Seal, Store
from bot.store.loads import Loads
from tests.any_schema import plant
from tests.campaigning import add_members, schedule
from tests.people import Visitor

_Usage = namedtuple("_Usage", "total used free")


def _figure(name: str) -> float:
    lines = generate_latest().decode().splitlines()
    return float(next(line.split()[-1] for line in lines if line.startswith(name)))


def _health(store: Any, pulse: Pulse, tmp_path: Path, **more: Any) -> Health:
    told: dict[str, Any] = {"troubles": dict, "passing": dict, **more}
    return Health(
        store, pulse, {"var": tmp_path}, told["troubles"], told["passing"],
        lambda: datetime.now(UTC),
    )  # fmt: skip


async def test_each_part_tells_its_trouble_in_a_word(
    bot: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    pulse = Pulse(lambda: now[0])
    well = _health(bot.store, pulse, tmp_path)
    pulse.begin()
    assert await well.problems() == {}
    now[0] = 70.0  # everything that looks often has missed its time thrice
    for job in set(JOBS) - {"scheduler"}:
        pulse.beat(job)
    assert await well.problems() == {"background": "scheduler: nothing done for 70 s"}
    beat("scheduler")
    assert await well.problems() == {}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(1, 1, 5 * 2**20))
    assert await well.problems() == {"disk": "var: nearly full, 5 MB left"}
    assert _figure('caunoi_problem{part="disk"}') == 1
    monkeypatch.undo()

    async def far(_self: Loads) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=95)

    monkeypatch.setattr(Loads, "database_clock", far)
    assert (await well.problems())["clock"].startswith("95 s away")
    assert _figure('caunoi_problem{part="disk"}') == 0


async def test_a_flicker_is_no_trouble_and_a_minute_is(
    bot: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_module, "PASSING_SECONDS", 0.0)
    passing: dict[str, str] = {"telegram": "cannot be polled: NetworkError"}
    well = _health(bot.store, Pulse(), tmp_path, passing=lambda: passing)
    assert await well.problems() == {}  # seen for the first time
    assert await well.problems() == passing
    assert _figure('caunoi_problem{part="telegram"}') == 1
    passing.clear()
    assert await well.problems() == {}
    assert _figure('caunoi_problem{part="telegram"}') == 0


async def test_a_balancer_keeps_a_process_whose_platform_is_down(
    bot: App, visitor: Visitor, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot._problems["telegram"] = "Telegram does not accept TELEGRAM_BOT_TOKEN"
    for query, status in (("", 503), ("?serving", 200)):
        async with session.get(f"{visitor.url}/health/ready{query}") as response:
            assert response.status == status

    async def broken(_self: Store) -> None:
        raise OSError("gone")

    monkeypatch.setattr(Store, "is_well", broken)
    async with session.get(f"{visitor.url}/health/ready?serving") as response:
        assert response.status == 503
        told = (await response.json())["problems"]
        assert told["database"] == "does not answer (OSError)"


async def test_every_job_of_a_bot_beats(
    bot: App, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that look within seconds; of the others it is enough that a name is no slip."""
    import asyncio
    import time

    before = dict(bot.watch.pulse._last)
    quick = {job for job, seconds in JOBS.items() if seconds <= 5}
    deadline = time.monotonic() + 20
    while not all(bot.watch.pulse._last[job] > before[job] for job in quick):
        assert time.monotonic() < deadline, quick
        await asyncio.sleep(0.05)
    named = "".join(path.read_text() for path in Path("bot").glob("*.py"))
    assert not [job for job in JOBS if f'"{job}")' not in named and f'"{job}"' not in named]


async def test_what_waits_is_measured(database_url: str, tmp_path: Path) -> None:
    store = Store(database_url, Seal("secret"))
    await store.upgrade()
    load = await store.loads.now()
    assert (load.oldest_event, load.uncertain) == (0.0, 0)
    assert set(load.queued.values()) == {0}
    await store._writes.run(plant)
    await add_members(store, 2)
    await schedule(store)
    pulse = Pulse()
    await _health(store, pulse, tmp_path).measure()
    load = await store.loads.now()
    assert load.queued["replies"] == 1
    assert _figure('caunoi_queued{queue="replies"}') == 1
    assert _figure('caunoi_disk_free_bytes{place="var"}') > 0
    await store.close()
