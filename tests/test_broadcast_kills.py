"""Nobody is lost and nobody doubled: killed, locked, full, set back; the platform's log judges."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from bench.chaos import (
    Fleet,
    Sending,
    arrived,
    faults_of,
    holder_of,
    send,
    until_over,
)
from bot import broadcast
from bot.app import App
from bot.broadcast import AT_ONCE
from bot.settings import Settings
from bot.store import Store, engine
from tests.campaigning import add_members
from tests.conftest import LANGUAGES, LIBRARY
from tests.fakes.faults import Fault
from tests.fakes.telegram import FakeTelegram

KILLS = 1


async def test_killed_at_random_moments_nobody_is_lost_or_doubled_and_the_chat_is_answered(
    tmp_path: Path, database_url: str, telegram: FakeTelegram
) -> None:
    """One process on SQLite, three on PostgreSQL; `python -m bench.chaos` is the long form."""
    count = 1 if database_url.startswith("sqlite") else 3
    fleet = Fleet(tmp_path, database_url, telegram, count, seed=6)
    await fleet.begin(300)
    campaign = await send(fleet.store, fleet.audience, "Lịch 1.")
    for _ in range(KILLS):
        await fleet.kill_one(campaign)
    await until_over(fleet.store, telegram, campaign.number)
    assert await fleet.end() == []
    assert await faults_of(fleet.store, telegram, campaign) == []
    assert max(fleet.in_flight) <= AT_ONCE
    await fleet.store.close()


# In one process -----------------------------------------------------------------------------------


class Clock:
    """Shows the time of the moment, or an earlier one."""

    back = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self.back


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast, "_LOOK_SECONDS", 0.1)


@asynccontextmanager
async def serving(settings: Settings, url: str, clock: Clock | None = None) -> AsyncIterator[App]:
    own = settings.model_copy(update={"database_url": url})
    app = App(own, LIBRARY, LANGUAGES, clock or Clock())
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def begun(app: App, telegram: FakeTelegram) -> Sending:
    """A campaign of which some messages have arrived, and most are still to come."""
    telegram.faults["sendMessage"].extend(Fault(seconds=0.12) for _ in range(300))
    audience = await add_members(app.store, 240, first=10_000)
    telegram.chats.update(audience)
    campaign = await send(app.store, audience, "Lịch 2.")
    await until_over(app.store, telegram, campaign.number, lambda: len(telegram.sent) >= 50)
    return campaign


async def test_a_locked_database_loses_nothing_that_is_known(
    settings: Settings, telegram: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten times as quick as in earnest: for ten seconds, as long as a writer waits, and for 25."""
    patience = f"PRAGMA busy_timeout = {engine.BUSY_SECONDS * 100}"
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS[1:], patience))
    async with serving(settings, f"sqlite:///{tmp_path}/new.db") as app:
        campaign = await begun(app, telegram)
        for seconds in (1, 2.5):
            with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(seconds)
                other.execute("ROLLBACK")
        await until_over(app.store, telegram, campaign.number)
        assert await faults_of(app.store, telegram, campaign) == []


# A write that needs room where there is none, whenever one is settled as sent: SQLite finds that
# out by itself; PostgreSQL's disk cannot be filled here, so it is told to say so.
_FILLING = {
    "sqlite": (
        "CREATE TABLE filler (bytes BLOB)",
        "CREATE TRIGGER filling AFTER UPDATE ON recipient WHEN NEW.state = 'sent' "
        "BEGIN INSERT INTO filler VALUES (zeroblob(100000)); END",
    ),
    "postgresql": (
        "CREATE FUNCTION filled() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'no space left on device' USING ERRCODE = 'disk_full'; END $$",
        "CREATE TRIGGER filling AFTER UPDATE ON recipient FOR EACH ROW "
        "WHEN (NEW.state = 'sent') EXECUTE FUNCTION filled()",
    ),
}


async def _fill(store: Store, dialect: str) -> None:
    for statement in _FILLING[dialect]:
        await store._writes.run(lambda c, s=statement: c.execute(text(s)) and None)  # type: ignore[misc]


async def _empty(store: Store, dialect: str) -> None:
    on = " ON recipient" if dialect == "postgresql" else ""
    await store._writes.run(lambda c: c.execute(text(f"DROP TRIGGER filling{on}")) and None)


async def test_a_full_disk_while_settling_loses_nothing_that_is_known(
    settings: Settings, telegram: FakeTelegram, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    dialect = database_url.partition(":")[0]
    async with serving(settings, database_url) as app:
        if dialect == "sqlite":  # not a page more than there are, when it comes to that
            limit = "PRAGMA max_page_count = 400"
            pool = app.store._database._engine.pool  # type: ignore[attr-defined]
            event.listen(pool, "connect", lambda driver, *_: driver.execute(limit))
            await app.store._writes.run(lambda c: c.execute(text(limit)) and None)
        campaign = await begun(app, telegram)
        await _fill(app.store, dialect)
        async with asyncio.timeout(60):
            while not ("disk is full" in caplog.text or "no space left" in caplog.text):
                await asyncio.sleep(0.1)
        await _empty(app.store, dialect)
        await until_over(app.store, telegram, campaign.number)
        assert await faults_of(app.store, telegram, campaign) == []


async def test_a_clock_set_back_by_an_hour_neither_doubles_nor_holds_up_anybody(
    settings: Settings, telegram: FakeTelegram, database_url: str
) -> None:
    clock = Clock()
    async with serving(settings, database_url, clock) as app:
        campaign = await begun(app, telegram)
        clock.back = timedelta(hours=1)
        await until_over(app.store, telegram, campaign.number)
        assert await faults_of(app.store, telegram, campaign) == []


async def test_a_lease_from_before_the_clock_was_set_back_ends_and_a_living_one_does_not(
    settings: Settings, database_url: str
) -> None:
    async with serving(settings, database_url) as app:
        hold, now = app.store.campaigns.hold, datetime.now(UTC)
        assert await hold("sms", "who lives", now)
        for seconds in (0.01, 1, 5):  # who looked at the clock a little earlier, or has a slow one
            assert not await hold("sms", "another", now - timedelta(seconds=seconds))
        assert await hold("sms", "who was started again", now - timedelta(hours=1))


async def _take_over(taker: App) -> None:
    """As if the other had slept for 20 s. Who took over the same way writes its lease down by
    its own clock first, with its next look."""
    async with asyncio.timeout(10):
        while True:
            later = datetime.now(UTC) + timedelta(seconds=20)
            if await taker.store.campaigns.hold("telegram", taker.bulk.name, later):
                return
            await asyncio.sleep(0.02)


async def test_two_processes_with_one_token_take_over_from_each_other_and_double_nobody(
    settings: Settings, telegram: FakeTelegram, database_url: str
) -> None:
    """Each time one sleeps for longer than its lease, and wakes up while it is still sending."""
    async with serving(settings, database_url) as one, serving(settings, database_url) as two:
        for app in (one, two):  # each believes that it leads: the lease alone must hold
            app.bulk._leads = lambda: True
        campaign = await begun(one, telegram)
        await telegram.queue(telegram.tap(77, "article:union-founding-day"))
        holder, _ = await holder_of(one.store)
        takers = [two, one, two] if holder == one.bulk.name else [one, two, one]
        for taker in takers:
            await _take_over(taker)
            campaign.may_be_uncertain += AT_ONCE
            await asyncio.sleep(0.2)
        await until_over(one.store, telegram, campaign.number)
        assert await faults_of(one.store, telegram, campaign) == []
        assert arrived(telegram, campaign).total() > 200
        while not telegram.to(77):
            await asyncio.sleep(0.02)


async def test_a_token_refused_meanwhile_pauses_the_campaign_and_the_rest_goes_on_later(
    settings: Settings, telegram: FakeTelegram
) -> None:
    async with serving(settings, settings.database_url) as app:
        campaign = await begun(app, telegram)
        telegram.is_token_valid = False
        await until_over(app.store, telegram, campaign.number)
        await asyncio.sleep(0.5)
        tally = await app.store.campaigns.tally(campaign.number)
        assert (sum(tally.values()), tally["sending"], tally["uncertain"]) == (240, 0, 0)
        assert 0 < tally["failed"] <= 2 * AT_ONCE
        assert tally["queued"]
        telegram.is_token_valid = True
        await app.store.campaigns.put_again(campaign.number, "failed", datetime.now(UTC))
        await until_over(app.store, telegram, campaign.number)
        assert await faults_of(app.store, telegram, campaign) == []


async def test_asked_to_stop_it_waits_for_what_is_being_sent(
    settings: Settings, telegram: FakeTelegram
) -> None:
    """A restart for a new version leaves nobody uncertain."""
    async with serving(settings, settings.database_url) as app:
        campaign = await begun(app, telegram)
    async with serving(settings, settings.database_url) as app:
        await until_over(app.store, telegram, campaign.number)
        assert await faults_of(app.store, telegram, campaign) == []
