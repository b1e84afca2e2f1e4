"""While the database fails nobody is told that they were heard, and the log tells of it once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import App
from bot.settings import Settings
from bot.store import engine
from tests.conftest import LANGUAGES, LIBRARY
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_oa import FakeZaloOA

HOOK = "hook-secret"


async def test_a_locked_database_is_a_503_on_every_channel_and_one_line_of_the_log(
    settings: Settings,
    telegram: FakeTelegram,
    zalo_oa: FakeZaloOA,
    session: aiohttp.ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS[1:], "PRAGMA busy_timeout = 50"))
    app = App(
        settings.model_copy(update={"telegram_webhook_secret": SecretStr(HOOK)}), LIBRARY, LANGUAGES
    )
    await app.start()
    telegram.webhook = {"secret_token": HOOK}
    url = f"http://127.0.0.1:{app.port}"
    update, event = telegram.text(501, "/search zq1xj"), zalo_oa.text("77", "/search zq2xj")

    async def posted() -> list[int]:
        page = session.post(f"{url}/chat", json={"id": "one", "text": "/search zq3xj"})
        async with page as response:
            on_page = response.status
        return [
            await telegram.push(session, f"{url}/telegram", update),
            await zalo_oa.push(session, f"{url}/zalo-oa", event),
            on_page,
        ]

    async with session.get(url) as response:
        assert response.status == 200
    with closing(sqlite3.connect(tmp_path / "test.db", 30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await posted() == [503, 503, 503]
        assert await posted() == [503, 503, 503]
        other.execute("ROLLBACK")
    assert await posted() == [200, 200, 200]
    await app.conversation.drain(10)
    await app.outbox.drain(10)
    await app.stop()
    assert [("zq1xj" in sent.text) for sent in telegram.to(501)] == [True]
    assert [("zq2xj" in sent.text) for sent in zalo_oa.to("77")] == [True]
    told = [one.getMessage() for one in caplog.records if one.name == "bot.server"]
    assert told == [
        "the database fails (OperationalError: database is locked); refused with 503: 1"
    ]
    assert not [one for one in caplog.records if one.name == "aiohttp.server"]
