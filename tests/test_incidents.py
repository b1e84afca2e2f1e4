"""Administrators are told in plain words what does not work: once, after a while, and when it is
over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot.app import App
from bot.incidents import LASTS, Incidents
from bot.model import Address
from bot.store import Store, schema
from bot.store.incidents import MOST_A_DAY, QUIET_FOR
from handlers import render
from tests.organisation import appoint
from tests.people import TelegramPerson, Visitor

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)


class _Troubles:
    """A health whose problems a test sets."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    async def problems(self) -> Mapping[str, str]:
        return dict(self.found)


class _Day:
    """A clock and a look at a time; what the administrator was told meanwhile."""

    def __init__(self, bot: App, person: TelegramPerson) -> None:
        self.now = NOON
        self.troubles = _Troubles()
        self._bot = bot
        self._person = person
        self.incidents = self.another()

    def another(self) -> Incidents:
        """Another process."""
        health: Any = self.troubles
        make = partial(render, self._bot._services)
        channels = self._bot.outbox.channels
        kept = self._bot.store.incidents
        return Incidents(health, kept, channels, make, ZONE, lambda: self.now)

    async def passes(self, minutes: float) -> str:
        """A look each half minute; what was said, if anything."""
        before = len(self._person._fake.to(501))
        for _ in range(int(minutes * 2)):
            self.now += timedelta(seconds=30)
            await self.incidents.look()
        await self._bot.senders.send_ripe(lambda: self.now)
        return "\n".join(one.text for one in self._person._fake.to(501)[before:])


@pytest.fixture
async def day(bot: App, chatter: TelegramPerson) -> _Day:
    await chatter.says("/start")
    await chatter.taps("English")
    await appoint(bot, Address("telegram", "501"), "administrator", "")
    return _Day(bot, chatter)


async def test_a_trouble_is_told_once_and_its_end_once(day: _Day) -> None:
    assert await day.passes(5) == ""
    day.troubles.found = {"zalo-bot": "cannot be polled: NetworkError"}
    assert await day.passes(2) == ""  # a flicker would be over by now
    told = await day.passes(2)
    assert "Something does not work" in told
    assert "Zalo Bot does not work. Who writes there gets no answer until it does" in told
    assert "Since December 1, 2026, 12:05" in told
    assert "docs/operations.md, under “zalo-bot”" in told
    assert await day.passes(60) == ""
    day.troubles.found = {}
    assert await day.passes(2) == ""
    assert "It works again" in await day.passes(2)
    assert await day.passes(60) == ""


async def test_what_flickers_is_not_told(day: _Day) -> None:
    for _ in range(20):
        day.troubles.found = {"telegram": "cannot be polled: NetworkError"}
        assert await day.passes(2) == ""
        day.troubles.found = {}
        assert await day.passes(1) == ""


async def test_what_comes_and_goes_is_told_a_few_times_a_day(day: _Day) -> None:
    told = ""
    for _ in range(5):
        day.troubles.found = {"disk": "var: nearly full, 5 MB left"}
        told += await day.passes(5)
        day.troubles.found = {}
        told += await day.passes(5)
    assert (told.count("Something does not work"), told.count("It works again")) == (1, 1)
    day.troubles.found = {"disk": "var: nearly full, 5 MB left"}
    told += await day.passes(5)
    day.now += QUIET_FOR  # and it lasts
    assert "Something does not work" in await day.passes(1)
    parts = ("telegram", "zalo-bot", "background", "clock", "content", "database-2", "web")
    day.troubles.found |= dict.fromkeys(parts, "x")
    told = await day.passes(5)
    assert told.count("Something does not work") <= MOST_A_DAY - 2


async def test_not_at_night_but_in_the_morning(day: _Day) -> None:
    day.now = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)  # one o'clock at night
    day.troubles.found = {"background": "scheduler: nothing done for 300 s"}
    assert await day.passes(10) == ""
    day.now = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
    assert "Messages that are due come late" in await day.passes(1)


async def test_without_a_database_it_is_said_at_once_also_at_night(
    day: _Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    day.now = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)
    assert await day.passes(1) == ""  # who is to be told was known before

    def broken(*_: object) -> None:
        raise AssertionError("nothing is asked of a database that does not answer")

    with monkeypatch.context() as patch:
        for name in ("administrators", "begin", "end", "open"):
            patch.setattr(day._bot.store.incidents, name, broken)
        before = len(day._person._fake.to(501))
        day.troubles.found = {"database": "does not answer (OSError)", "telegram": "x"}
        for _ in range(20):  # and neither does the one channel over which it could be told
            day.now += timedelta(seconds=30)
            await day.incidents.look()
        assert len(day._person._fake.to(501)) == before
        day.troubles.found.pop("telegram")
        for _ in range(20):
            day.now += timedelta(seconds=30)
            await day.incidents.look()
        (told,) = day._person._fake.to(501)[before:]
        assert "The database does not answer. Nobody gets an answer" in told.text
    day.troubles.found = {}
    assert "It works again" in await day.passes(5)


async def test_after_a_restore_an_administrator_reads_what_to_look_at(day: _Day) -> None:
    await day._bot.store.recovery.settle(NOON - timedelta(days=1), NOON)
    told = await day.passes(1)
    assert "The bot came back from a backup" in told
    assert "since November 30, 2026 is lost" in told


async def test_several_processes_tell_once_and_one_that_starts_anew_tells_the_end(
    bot: App, day: _Day
) -> None:
    others = [day.another(), day.another()]
    day.troubles.found = {"disk": "var: nearly full, 5 MB left"}
    for _ in range(10):
        day.now += timedelta(seconds=30)
        for one in (day.incidents, *others):
            await one.look()
    assert await _queued(bot.store) == 1
    day.incidents = day.another()  # the operator has mended it and restarted
    await day.incidents.look()
    day.troubles.found = {}
    day.now += LASTS
    assert "It works again" in await day.passes(5)


async def _queued(store: Store) -> int:
    query = select(func.count()).where(schema.delivery.c.state == "queued")
    return await store._reads.run(lambda c: int(c.execute(query).scalar_one()))


async def test_members_and_other_officers_hear_nothing(
    bot: App, day: _Day, visitor: Visitor, chatter: TelegramPerson
) -> None:
    await appoint(bot, Address("telegram", "501"), "reader", "")
    await visitor.says("/start")
    day.troubles.found = {"content": "round a/b cannot be opened"}
    told = await day.passes(5)
    assert told.count("A round of the contest cannot be opened") == 1
    assert await _queued(bot.store) == 0
