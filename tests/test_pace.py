"""The pace that a platform allows, found out from its refusals alone."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial

import pytest

from bot.app import App
from bot.channels import Refused, SendError, Throttled
from bot.channels.pace import Limit, Pace, PartlyRefused
from bot.paces import Paced
from bot.settings import Settings
from tests.conftest import LANGUAGES, LIBRARY


class Platform:
    """Takes so many in any second, and shuts out who sends more for a while."""

    def __init__(self, per_second: int, ban: float) -> None:
        self.per_second = per_second
        self.ban = ban
        self.taken: list[str] = []
        self.refused = self.refused_in_ban = 0
        self._window: deque[float] = deque()
        self._banned_until = 0.0

    async def take(self, what: str) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._banned_until:
            self.refused_in_ban += 1
            raise Throttled(self._banned_until - now)
        while self._window and self._window[0] <= now - 1:
            self._window.popleft()
        if len(self._window) >= self.per_second:
            self.refused += 1
            self._banned_until = now + self.ban
            raise Throttled(self.ban)
        self._window.append(now)
        self.taken.append(what)


async def _in_bulk(pace: Pace, platform: Platform, count: int) -> None:
    """As a crew does: a few at once, and what was refused is queued again."""
    left = [str(number) for number in range(count)]

    async def work() -> None:
        while left:
            one = left.pop()
            try:
                await pace.say_all([partial(platform.take, one)], to=one, in_bulk=True)
            except Throttled:
                left.append(one)

    await asyncio.gather(*(work() for _ in range(8)))


async def test_an_unannounced_limit_is_met_once_and_kept_from_then_on() -> None:
    platform, pace = Platform(per_second=50, ban=0.5), Pace(100_000)
    await _in_bulk(pace, platform, 150)
    assert sorted(map(int, platform.taken)) == list(range(150))
    # One ban is how the limit is found; a stalled machine may meet it once more.
    assert platform.refused <= 2
    assert platform.refused_in_ban == 0
    assert 10 <= pace.limit.per_second <= 50


async def test_an_answer_goes_before_what_waits_in_bulk() -> None:
    platform, pace = Platform(per_second=1000, ban=1), Pace(20)
    bulk = asyncio.create_task(_in_bulk(pace, platform, 40))
    await asyncio.sleep(0.2)
    before = len(platform.taken)
    await pace.say_all([partial(platform.take, "answer")], in_bulk=False)
    assert platform.taken.index("answer") <= before + 1
    bulk.cancel()


async def test_bulk_leaves_room_for_answers_and_never_goes_above_what_was_set() -> None:
    platform, pace = Platform(per_second=20, ban=9), Pace(20)

    async def answers() -> None:
        for number in range(6):
            await pace.say_all([partial(platform.take, f"answer {number}")], in_bulk=False)
            await asyncio.sleep(0.3)

    await asyncio.gather(_in_bulk(pace, platform, 40), answers())
    assert platform.refused == platform.refused_in_ban == 0
    assert len(platform.taken) == 46


def test_more_is_tried_gently_and_a_try_that_fails_makes_the_next_one_later() -> None:
    limit = Limit(1000.0)
    limit.lower(25, now=0.0)
    assert limit.per_second == 25
    limit.probe(now=59.0)
    assert limit.per_second == 25
    limit.probe(now=61.0)
    assert 25 < limit.per_second < 26
    limit.lower(25, now=65.0)  # that was too much
    assert limit.per_second == 25
    limit.probe(now=130.0)
    assert limit.per_second == 25
    limit.probe(now=190.0)
    assert limit.per_second > 25


def test_a_refusal_of_hardly_anything_is_not_taken_for_a_limit() -> None:
    limit = Limit(25.0)
    limit.lower(1, now=0.0)
    assert limit.per_second == 25


def test_the_pace_climbs_back_to_what_was_set_and_no_further() -> None:
    limit = Limit(30.0)
    limit.lower(20, now=0.0)
    for minute in range(2, 60):
        limit.probe(now=minute * 61.0)
    assert limit.per_second == 30


async def test_two_chats_refused_at_once_mean_the_bot() -> None:
    pace = Pace(1000)

    async def refused() -> None:
        raise Throttled(0.4)

    async def fine() -> None:
        return

    for chat in ("a", "b"):
        await pace.say_all([fine], to=chat, in_bulk=False)
    with pytest.raises(Throttled):
        await pace.say_all([refused], to="a", in_bulk=False)
    began = asyncio.get_running_loop().time()
    await pace.say_all([fine], to="c", in_bulk=False)
    assert asyncio.get_running_loop().time() - began < 0.3  # only the chat was meant
    with pytest.raises(Throttled):
        await pace.say_all([refused], to="b", in_bulk=False)
    began = asyncio.get_running_loop().time()
    await pace.say_all([fine], to="c", in_bulk=False)
    assert asyncio.get_running_loop().time() - began > 0.3


async def test_a_message_whose_first_part_arrived_is_not_put_back() -> None:
    pace = Pace(1000)

    async def fine() -> None:
        return

    async def refused() -> None:
        raise Refused("no")

    with pytest.raises(PartlyRefused) as caught:
        await pace.say_all([fine, refused], to="a", in_bulk=True)
    assert isinstance(caught.value, SendError)


async def test_what_was_found_is_known_after_a_restart_and_a_higher_setting_is_not_held_down(
    settings: Settings,
) -> None:
    bot = App(settings, LIBRARY, LANGUAGES)
    await bot.start()
    telegram = bot.outbox.channels["telegram"]
    assert isinstance(telegram, Paced)
    await bot.paces.keep()
    telegram.limit.lower(24, asyncio.get_running_loop().time())
    await bot.paces.keep()
    await bot.stop()
    again = App(settings, LIBRARY, LANGUAGES)
    await again.start()
    channel = again.outbox.channels["telegram"]
    assert channel.per_second == 24
    assert isinstance(channel, Paced)
    channel.limit.remember(10**6)  # it was probed upward to what was set
    await again.paces.keep()
    await again.stop()
    raised = settings.model_copy(update={"telegram_per_second": 2000})
    third = App(raised, LIBRARY, LANGUAGES)
    await third.start()
    assert third.outbox.channels["telegram"].per_second == 2000
    await third.stop()


async def test_a_ban_that_one_process_was_told_holds_for_the_others_and_after_a_restart(
    settings: Settings,
) -> None:
    first, second = (App(settings, LIBRARY, LANGUAGES) for _ in range(2))
    await first.start()
    await second.start()
    limits = []
    for bot in (first, second):
        channel = bot.outbox.channels["telegram"]
        assert isinstance(channel, Paced)
        limits.append(channel.limit)
    limits[0].ban(300)
    await first.paces.keep()
    await second.paces.keep()
    assert 290 < limits[1].ban_left <= 301
    limits[0].banned_until = 0.0  # it knows better what it was told
    await first.paces.keep()
    assert limits[0].ban_left == 0
    await second.stop()
    await first.stop()
    third = App(settings, LIBRARY, LANGUAGES)
    await third.start()
    again = third.outbox.channels["telegram"]
    assert isinstance(again, Paced)
    assert again.limit.ban_left > 290
    await third.stop()
