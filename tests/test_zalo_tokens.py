"""The Official Account's tokens: spent once whoever races, fresh ahead, a dead grant told once."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.channels import Throttled
from bot.channels.calls import Caller
from bot.channels.zalo_oa.tokens import Credentials, GrantDead, Tokens
from bot.model import Address, Event
from bot.store import Officer, Seal, Store, schema
from tests.conftest import ROOT, make_ready
from tests.fakes.faults import Fault
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, FIRST_REFRESH, FakeZaloOA
from tests.people import TelegramPerson, ZaloOAPerson

OAUTH = "/v4/oa/access_token"
PROCESSES, ATTEMPTS = 4, 250
Make = Callable[..., Tokens]


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url, Seal("secret"))
    await make_ready(store)
    yield store
    await store.close()


@pytest.fixture
async def make(store: Store, zalo_oa: FakeZaloOA, clock: Clock) -> AsyncIterator[Make]:
    """Makes holders of the same grant, each as in a process of its own."""
    caller = Caller(seconds=5)
    await caller.open()
    zalo_oa.now = clock

    def make(refresh: str = FIRST_REFRESH, secret: str = APP_SECRET) -> Tokens:
        credentials = Credentials(APP_ID, secret, refresh, zalo_oa.base)
        return Tokens("zalo-oa", credentials, store.grants, caller, clock)

    yield make
    await caller.close()


async def test_a_token_is_fetched_once_and_used_until_an_hour_before_its_end(
    make: Make, zalo_oa: FakeZaloOA, clock: Clock
) -> None:
    tokens = make()
    await tokens.open()
    assert [(await tokens.access()).access for _ in range(3)] == ["access-1"] * 3
    await tokens._look()
    clock.time += timedelta(hours=23, minutes=59)
    await tokens._look()
    assert zalo_oa.spent == ["refresh-0"]
    clock.time += timedelta(minutes=2)
    await tokens._look()
    assert zalo_oa.spent == ["refresh-0", "refresh-1"]
    assert (await tokens.access()).access == "access-2"


async def test_tokens_and_secrets_lie_sealed_in_the_database(make: Make, store: Store) -> None:
    tokens = make()
    await tokens.open()
    await tokens.access()
    rows = await store._reads.run(lambda c: c.execute(select(schema.platform_grant)).all())
    for secret in (b"access-1", b"refresh-1", b"refresh-0", APP_SECRET.encode()):
        assert secret not in repr(rows).encode()


async def test_a_restart_with_the_first_refresh_token_does_not_spend_it_again(
    make: Make, zalo_oa: FakeZaloOA
) -> None:
    for _ in range(3):
        tokens = make()
        await tokens.open()
        assert (await tokens.access()).access == "access-1"
    assert zalo_oa.refreshes == ["refresh-0"]


async def test_two_hundred_that_race_spend_the_token_once(make: Make, zalo_oa: FakeZaloOA) -> None:
    zalo_oa.oauth_delay = 0.1
    racing = [make() for _ in range(200)]
    await racing[0].open()
    grants = await asyncio.gather(*(tokens.access() for tokens in racing))
    assert {grant.access for grant in grants} == {"access-1"}
    assert zalo_oa.refreshes == ["refresh-0"]


async def test_a_thousand_attempts_of_four_processes_spend_the_token_once(
    database_url: str, store: Store, zalo_oa: FakeZaloOA
) -> None:
    zalo_oa.oauth_delay = 0.3
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = (sys.executable, "-m", "tests.refreshing", database_url, zalo_oa.base)
    pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(
            *command, str(ATTEMPTS), stdin=pipe, stdout=pipe, stderr=pipe, env=environment
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    ended = await asyncio.wait_for(asyncio.gather(*(p.communicate(b"\n") for p in processes)), 120)
    assert [out for out, _ in ended] == [b"access-1\n"] * PROCESSES, ended
    assert zalo_oa.refreshes == zalo_oa.spent == ["refresh-0"]


async def test_an_owner_that_died_is_followed_by_another_when_its_lease_ends(
    make: Make, store: Store, zalo_oa: FakeZaloOA, clock: Clock
) -> None:
    tokens = make()
    await tokens.open()
    assert await store.grants.claim("zalo-oa", 1, "dead", clock(), timedelta(minutes=1))
    assert not await store.grants.claim("zalo-oa", 1, "other", clock(), timedelta(minutes=1))
    clock.time += timedelta(minutes=1, seconds=1)
    assert (await tokens.access()).access == "access-1"


async def test_a_token_that_was_certainly_not_spent_is_free_at_once(
    make: Make, zalo_oa: FakeZaloOA, clock: Clock
) -> None:
    tokens = make()
    await tokens.open()
    zalo_oa.faults[OAUTH].append(Fault(-14002, "Invalid app id."))
    with pytest.raises(Throttled):
        await tokens.access()
    assert "-14002" in tokens.trouble
    assert (await tokens.access()).access == "access-1"
    assert tokens.trouble == ""


DOUBTFUL = {
    "a bad gateway": Fault(502, body="<html>"),
    "HTML with 200": Fault(200, body="<html>"),
    "a cut line": Fault(cuts=True),
    "JSON of another form": Fault(200, body="[1]"),
}


@pytest.mark.parametrize("what", DOUBTFUL)
async def test_a_doubtful_answer_is_not_taken_for_a_dead_grant(
    make: Make, zalo_oa: FakeZaloOA, clock: Clock, what: str
) -> None:
    tokens = make()
    await tokens.open()
    zalo_oa.faults[OAUTH].append(DOUBTFUL[what])
    with pytest.raises(Throttled) as caught:
        await tokens.access()
    assert not isinstance(caught.value, GrantDead)
    clock.time += timedelta(minutes=2)
    assert (await tokens.access()).access == "access-1"


DEAD = {
    "spent by somebody else: an empty answer": (Fault(is_empty=True), "refresh-0"),
    "unknown": (Fault(-14014, "Invalid refresh token."), "refresh-0"),
    "unknown, the code as text": (Fault(200, body='{"error": "-14014"}'), "refresh-0"),
}


@pytest.mark.parametrize("what", DEAD)
async def test_a_dead_grant_is_mended_by_a_new_refresh_token(
    make: Make, zalo_oa: FakeZaloOA, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = make()
    await tokens.open()
    zalo_oa.faults[OAUTH].append(DEAD[what][0])
    for _ in range(3):
        with pytest.raises(GrantDead):
            await tokens.access()
    assert [call[0] for call in zalo_oa.calls] == [OAUTH]  # not tried again and again
    assert "docs/zalo.md" in tokens.trouble
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == 1
    zalo_oa._refresh["by-hand"] = zalo_oa.now() + timedelta(days=90)
    mended = make("by-hand")
    await mended.open()
    assert (await mended.access()).access == "access-1"
    assert mended.trouble == ""
    assert (await tokens.access()).access == "access-1"  # the process of before finds it too


async def test_an_answer_without_a_new_refresh_token_keeps_the_old_one(
    make: Make, zalo_oa: FakeZaloOA, clock: Clock
) -> None:
    zalo_oa.keeps_refresh_token = True
    tokens = make()
    await tokens.open()
    await tokens.access()
    clock.time += timedelta(days=2)
    assert (await tokens.access()).access == "access-2"
    assert zalo_oa.spent == ["refresh-0", "refresh-0"]


async def test_a_token_that_was_never_set_is_said_so(make: Make) -> None:
    tokens = make("")
    await tokens.open()
    with pytest.raises(GrantDead):
        await tokens.access()
    assert tokens.trouble == "ZALO_OA_REFRESH_TOKEN has never been set"


async def test_under_another_secret_key_the_grant_counts_as_dead(
    make: Make, store: Store, database_url: str
) -> None:
    tokens = make()
    await tokens.open()
    await tokens.access()
    other = Store(database_url, Seal("another secret"))
    grant = await other.grants.read("zalo-oa")
    assert grant is not None
    assert grant.is_dead
    await other.close()


# --- the administrators --------------------------------------------------------------------------


async def test_administrators_are_told_of_a_dead_grant_once_by_whoever_finds_it(
    make: Make, store: Store, zalo_oa: FakeZaloOA, clock: Clock
) -> None:
    for channel, number in (("telegram", "1"), ("zalo-oa", "2"), ("telegram", "3")):
        await store.write_down(Event(number, Address(channel, number)), clock())
    for channel, number, role in (
        ("telegram", "1", "administrator"),
        ("zalo-oa", "2", "administrator"),  # reached only where nothing can be sent
        ("telegram", "3", "reader"),
    ):
        await store.officers.add(Officer(Address(channel, number), role, ""), datetime.now(UTC))
    zalo_oa.faults[OAUTH].extend([Fault(is_empty=True)] * 3)
    racing = [make() for _ in range(5)]
    await racing[0].open()
    await asyncio.gather(*(tokens.access() for tokens in racing), return_exceptions=True)
    told = await store.queue.claim("x", clock(), 10)
    assert [(d.address.address, d.parcel.label) for d in told] == [("1", "zalo-oa-grant")]


async def test_an_administrator_reads_in_plain_words_what_to_do(
    bot: App, chatter: TelegramPerson, follower: ZaloOAPerson, zalo_oa: FakeZaloOA
) -> None:
    await chatter.says("/start")
    await chatter.taps("Tiếng Việt")
    await follower.says("menu")
    await bot.store.officers.add(
        Officer(Address("telegram", "501"), "administrator", ""), datetime.now(UTC)
    )
    for token in zalo_oa._access:
        zalo_oa._access[token] = zalo_oa.now()  # no longer accepted
    zalo_oa.faults[OAUTH].append(Fault(is_empty=True))
    await bot.conversation.drain(5)
    tokens: Any = bot._zalo_oa and bot._zalo_oa.tokens
    with pytest.raises(GrantDead):
        await tokens.refresh(tokens._known.generation)
    assert (await bot.health())["zalo-oa"].endswith("docs/zalo.md")
    noon = datetime.now(UTC).replace(hour=5) + timedelta(days=1)
    before = len(chatter._fake.to(501))
    await bot.senders.send_ripe(lambda: noon)
    (told,) = chatter._fake.to(501)[before:]
    assert "Zalo cần bạn xử lý" in told.text
    assert "ZALO_OA_REFRESH_TOKEN" in told.text
    await bot.senders.send_ripe(lambda: noon)
    assert len(chatter._fake.to(501)) == before + 1
