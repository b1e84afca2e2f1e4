"""What the platform does not take now waits, and is handed over at its person's next contact."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest
from sqlalchemy import insert, select

from bot.app import App
from bot.model import Parcel
from bot.settings import Settings
from bot.store import schema
from tests.conftest import LANGUAGES, LIBRARY
from tests.fakes.faults import Fault
from tests.fakes.zalo_oa import FakeZaloOA
from tests.people import ZaloOAPerson

CS = "/v3.0/oa/message/cs"
START = datetime(2026, 11, 25, 3, tzinfo=UTC)  # ten in the morning in Vietnam
DAY = timedelta(days=1)
OUT = [a.id for a in LIBRARY.newest(date(2026, 11, 25))]


class House:
    """A bot whose clock, and the platform's, tests move."""

    def __init__(self, bot: App, fake: FakeZaloOA, follower: ZaloOAPerson) -> None:
        self.bot = bot
        self.fake = fake
        self.follower = follower

    async def queue(self, *articles: str, kind: str = "article", day: date | None = None) -> None:
        """Queues a message for each, a minute apart, the first one first."""
        write = self.bot.store._codecs.parcel.write
        now = self.fake.now()
        query = select(schema.person.c.id)
        person = await self.bot.store._reads.run(lambda c: c.execute(query).scalars().first())
        rows = [
            {
                "person_id": person,
                "sealed": write(Parcel(kind, (article,) if article else (), day, article)),
                "state": "queued",
                "not_before": now,
                "created_at": now + timedelta(minutes=number),
            }
            for number, article in enumerate(articles)
        ]
        await self.bot.store._writes.run(lambda c: c.execute(insert(schema.delivery), rows))

    async def send(self) -> None:
        await self.bot.senders.send_ripe(self.fake.clock)

    async def states(self) -> dict[str, int]:
        return await self.bot.store.queue.count_states()


@asynccontextmanager
async def _house(
    settings: Settings, zalo_oa: FakeZaloOA, session: aiohttp.ClientSession
) -> AsyncIterator[House]:
    zalo_oa.now = lambda: START
    bot = App(settings, LIBRARY, LANGUAGES, zalo_oa.clock)
    await bot.start()

    async def settled() -> None:
        await bot.conversation.drain(10)
        await bot.outbox.drain(10)

    follower = ZaloOAPerson(zalo_oa, f"http://127.0.0.1:{bot.port}", session, settled)
    await follower.says("/start")
    await follower.taps("Tiếng Việt")
    await follower.taps("Tôi đồng ý")
    yield House(bot, zalo_oa, follower)
    await bot.stop()


@pytest.fixture
async def house(
    settings: Settings, zalo_oa: FakeZaloOA, session: aiohttp.ClientSession
) -> AsyncIterator[House]:
    async with _house(settings, zalo_oa, session) as house:
        yield house


async def test_within_two_days_a_message_goes_at_once_with_buttons(house: House) -> None:
    house.fake.advance(DAY)
    await house.queue(OUT[0])
    before = len(house.fake.sent)
    await house.send()
    sent = house.fake.sent[before:]
    assert sum(len(one.buttons) for one in sent) > 0
    assert await house.states() == {"sent": 1}


async def test_later_it_waits_and_nothing_is_even_tried(house: House) -> None:
    house.fake.advance(3 * DAY)
    calls = len(house.fake.calls)
    await house.queue(*OUT[:3])
    await house.send()
    assert [call for call in house.fake.calls[calls:] if call[0] == CS] == []
    assert await house.states() == {"waiting": 3}


async def test_at_the_next_contact_they_come_newest_first_after_the_answer(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(*OUT[:3])
    await house.send()
    heard = await house.follower.says("menu")
    texts = heard.text
    titles = [LIBRARY.articles[name].text["vi"].title for name in OUT[:3]]
    places = [
        texts.index("Menu"),
        texts.index("Có 3 tin đến khi bạn vắng mặt"),
        *(texts.rindex(title) for title in reversed(titles)),
    ]
    assert places == sorted(places)
    assert await house.states() == {"sent": 3}
    assert "vắng mặt" not in await house.follower.says("menu")  # once


async def test_what_waited_twice_comes_once(house: House) -> None:
    """Two chats that were joined may each have had the same message waiting."""
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0], OUT[1], OUT[0])
    await house.send()
    assert "Có 2 tin đến" in await house.follower.says("menu")
    assert await house.states() == {"sent": 2, "dropped": 1}


async def test_no_more_than_five_are_handed_over_and_the_oldest_are_dropped(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(*OUT[:8])
    await house.send()
    assert "Có 5 tin đến" in await house.follower.says("menu")
    assert await house.states() == {"sent": 5, "dropped": 3}


async def test_what_has_expired_meanwhile_is_dropped_in_silence(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue("hen", kind="reminder", day=date(2026, 12, 6))
    await house.queue("gone-article")
    await house.send()
    assert await house.states() == {"waiting": 1, "dropped": 1}
    house.fake.advance(5 * DAY)
    assert "vắng mặt" not in await house.follower.says("menu")
    assert await house.states() == {"dropped": 2}


async def test_a_dialogue_is_not_interrupted(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0])
    await house.send()
    assert "vắng mặt" not in await house.follower.says("tim kiem")
    assert "Có 1 tin đến" in await house.follower.says("luong")


async def test_who_leaves_is_not_given_them_nor_later(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0])
    await house.send()
    assert "vắng mặt" not in await house.follower.says("dung")
    assert "vắng mặt" not in await house.follower.says("menu")
    assert await house.states() == {"dropped": 1}


async def test_one_that_may_have_arrived_is_not_said_again(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0])
    await house.send()
    # The menu's answer, the line before, and then the message itself, whose answer is lost.
    house.fake.faults[CS].extend([Fault(), Fault(), Fault(cuts=True, delivers=True)])
    await house.follower.says("menu")
    assert await house.states() == {"uncertain": 1}
    assert "vắng mặt" not in await house.follower.says("menu")
    assert await house.bot.store.replies_to_say() == ()


async def test_one_that_the_platform_refuses_after_all_waits_again(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0])
    await house.send()
    house.fake.faults[CS].extend([Fault(), Fault(), Fault(-211, "out of quota")])
    await house.follower.says("menu")
    assert await house.states() == {"waiting": 1}
    assert "Có 1 tin đến" in await house.follower.says("menu")
    assert await house.states() == {"sent": 1}


async def test_a_grant_that_died_meanwhile_lets_it_wait_for_another_contact(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0])
    await house.send()
    house.fake.faults[CS].extend([Fault(), Fault(), Fault(-224, "tier")])
    await house.follower.says("menu")
    assert await house.states() == {"waiting": 1}
    zalo = house.bot._zalo_oa
    assert zalo is not None
    zalo._pace.limit.banned_until = 0.0  # ten minutes later
    assert "Có 1 tin đến" in await house.follower.says("menu")
    assert await house.states() == {"sent": 1}


async def test_one_whose_first_part_has_arrived_is_not_handed_over_again(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0])
    await house.send()
    # The answer, the line before, the picture with the title, and then no more.
    house.fake.faults[CS].extend([Fault(), Fault(), Fault(), Fault(-211, "out of quota")])
    await house.follower.says("menu")
    assert await house.states() == {"failed": 1}
    assert "vắng mặt" not in await house.follower.says("menu")


async def test_one_that_is_refused_for_good_has_failed(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0])
    await house.send()
    house.fake.faults[CS].extend([Fault(), Fault(), Fault(-248, "policy")])
    await house.follower.says("menu")
    assert await house.states() == {"failed": 1}


async def test_one_that_was_going_out_at_a_crash_is_uncertain_afterwards(
    house: House, settings: Settings
) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0])
    await house.send()
    house.fake.faults[CS].extend([Fault(), Fault(), Fault(seconds=30)])
    event = house.fake.text(house.follower.user, "menu")
    url = f"{house.follower._url}/zalo-oa"
    await house.fake.push(house.follower._session, url, event)
    await house.bot.conversation.drain(5)
    for _ in range(200):
        if await house.states() == {"sending": 1}:
            break
    await house.bot.outbox.drain(0.1)  # as a kill: what was going out is cut off
    assert await house.states() == {"sending": 1}
    assert await house.bot.store.replies_to_say() == ()  # a start would not say it again
    house.fake.advance(timedelta(minutes=6))
    await house.bot.store.queue.give_up_leases(house.fake.now())
    assert await house.states() == {"uncertain": 1}


async def test_who_has_blocked_the_account_gets_nothing_and_it_is_known(house: House) -> None:
    house.fake.users[house.follower.user].has_blocked = True
    await house.queue(OUT[0])
    await house.send()
    assert await house.states() == {"unreachable": 1}


async def test_billed_only_with_leave_and_within_the_budget(
    settings: Settings, zalo_oa: FakeZaloOA, session: aiohttp.ClientSession
) -> None:
    paid = settings.model_copy(update={"zalo_oa_paid": True, "zalo_oa_monthly_budget": 500})
    async with _house(paid, zalo_oa, session) as house:
        zalo_oa.advance(3 * DAY)
        await house.queue(*OUT[:20])
        await house.send()
        states = await house.states()
        assert states["sent"] > 0
        assert states["waiting"] > 0
        assert zalo_oa.spent_dong <= 500
        used = await house.bot.store.allowances.used("zalo-oa", "2026-11", "dong")
        assert used == zalo_oa.spent_dong


async def test_waiting_for_a_month_is_long_enough(house: House) -> None:
    house.fake.advance(10 * DAY)
    await house.queue(OUT[0])
    await house.send()
    await house.bot.store.tidy(house.fake.now() + 29 * DAY)
    assert await house.states() == {"waiting": 1}
    await house.bot.store.tidy(house.fake.now() + 31 * DAY)
    assert await house.states() == {}
