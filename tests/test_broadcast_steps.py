"""The steps of one sender, without a bot around it: who goes first, how many at once, when not."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import broadcast
from bot.broadcast import Bulk, Errors
from bot.campaigns import Campaign
from bot.channels import NotNow, Refused, Said, Throttled, Unreachable
from bot.delivery import House
from bot.model import Address, Event, Parcel, Person, Reply, Session
from bot.pulse import Pulse
from bot.store import Pending, Seal, Store, Work
from tests.campaigning import add_members, schedule
from tests.conftest import short_naps

# Ten in the morning in Hà Nội.
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Post:
    """A platform that takes what it is told to, and remembers the order."""

    name = "telegram"
    waits_for_receipt = False

    def __init__(self, per_second: float = 1000) -> None:
        self.per_second = per_second
        self.got: list[tuple[str, str]] = []
        self.under_way = self.most = 0
        self.takes: Callable[[str], Exception | None] = lambda _: None
        self.seconds = 0.0
        self.looks: Callable[[], Awaitable[None]] | None = None

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> Said:
        assert in_bulk
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(self.seconds)
            if self.looks:
                await self.looks()
            if error := self.takes(pending.address.address):
                raise error
            self.got.append((pending.reply.body, pending.address.address))
            return Said()
        finally:
            self.under_way -= 1


class Place:
    """A database, a platform, and a clock that stands."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.post = Post()
        self.now = NOW
        self.known: dict[int, Campaign] = {}

    def bulk(self, **more: Any) -> Bulk:
        def render(parcel: Parcel, language: str | None, day: date) -> Reply:
            return Reply(body=parcel.label)

        house = House("Asia/Ho_Chi_Minh", "22:00-06:00")
        return Bulk(
            self.store.campaigns, {"telegram": self.post}, house, render, self.known,
            lambda: self.now, **more,
        )  # fmt: skip

    async def counts(self, number: int) -> dict[str, int]:
        found = await self.store.campaigns.tally(number)
        return {state: count for state, count in found.items() if count}

    async def state(self, number: int) -> tuple[str, str | None]:
        found = await self.store.campaigns.get(number)
        assert found is not None
        return found.state, found.reason


@pytest.fixture
async def place(new_database: Path, tmp_path: Path) -> AsyncIterator[Place]:
    shutil.copy(new_database, tmp_path / "test.db")
    place = Place(Store(f"sqlite:///{tmp_path}/test.db", Seal("secret")))
    yield place
    await place.store.close()


def test_a_campaign_pauses_when_more_than_its_share_of_the_last_hundred_failed() -> None:
    few = Errors(0.2, [])
    assert [few.add("failed") for _ in range(20)] == [False] * 19 + [True]
    just = Errors(0.2, [False] * 16)
    assert [just.add(state) for state in ("failed", "uncertain", "failed", "uncertain")] == [
        False
    ] * 4  # a fifth is not more than a fifth
    assert just.add("uncertain")
    good = Errors(0.2, [])
    assert not any(good.add(state) for state in ("sent", "dropped", "unreachable", "queued") * 9)
    long = Errors(0.2, [True] * 20 + [False] * 80)
    assert not long.add("sent")  # the oldest is looked at no more
    assert len(long.last) == 100
    assert long.last == [True] * 19 + [False] * 81
    assert not long.add("failed")
    assert not long.add("failed")


async def test_what_is_due_is_launched_once_and_ended_when_all_is_over(place: Place) -> None:
    await add_members(place.store, 3)
    bulk = place.bulk()
    later = await schedule(place.store, at=NOW + HOUR)
    number = await schedule(place.store)
    assert await bulk.launch_due() == 3
    assert await bulk.launch_due() == 0
    assert (await place.state(number), await place.state(later)) == (
        ("running", None), ("scheduled", None),
    )  # fmt: skip
    assert await bulk.send_on("telegram") == 3
    assert await bulk.launch_due() == 0
    assert await place.state(number) == ("done", None)
    assert await place.counts(number) == {"sent": 3}
    assert sorted(place.post.got) == [(str(number), str(600 + one)) for one in range(3)]
    assert place.known[number].id == number
    place.now += HOUR
    assert await bulk.launch_due() == 3


async def test_the_launch_that_a_series_brings_is_used(place: Place) -> None:
    launched: list[int] = []

    async def launch(campaign: Campaign, now: datetime, allowed: object) -> int:
        launched.append(campaign.id)
        return 5

    number = await schedule(place.store)
    assert await place.bulk(launch=launch).launch_due() == 5
    assert launched == [number]


async def test_who_sleeps_is_written_to_when_they_wake_unless_it_is_urgent(place: Place) -> None:
    await add_members(place.store, 1, quiet="09:00-11:00")
    await add_members(place.store, 1, first=700)
    bulk = place.bulk()
    calm = await schedule(place.store)
    assert await bulk.launch_due() == 2
    place.now -= HOUR  # a clock that is set back holds up nobody who is awake
    assert await bulk.send_on("telegram") == 1
    assert place.post.got == [(str(calm), "700")]
    place.now = NOW + HOUR - timedelta(seconds=1)
    assert await bulk.send_on("telegram") == 0
    place.now = NOW + HOUR
    assert await bulk.send_on("telegram") == 1
    assert place.post.got[1:] == [(str(calm), "600")]
    place.now = NOW
    urgent = await schedule(place.store, is_urgent=True)
    await bulk.launch_due()
    place.now -= HOUR
    assert await bulk.send_on("telegram") == 2
    assert await place.counts(urgent) == {"sent": 2}


async def test_one_process_sends_and_the_next_begins_when_it_stops(place: Place) -> None:
    await add_members(place.store, 2)
    number = await schedule(place.store)
    first, second = place.bulk(), place.bulk()
    follower = place.bulk(leads=lambda: False)
    assert first.name != second.name
    await first.launch_due()
    assert await follower.send_on("telegram") == 0
    assert await place.store.campaigns.hold("telegram", first.name, NOW)
    assert await second.send_on("telegram") == 0
    assert place.post.got == []
    await first.stop()
    assert await second.send_on("telegram") == 2
    assert await place.counts(number) == {"sent": 2}
    again = await schedule(place.store)
    await first.launch_due()
    await second.stop()
    assert await first.send_on("telegram") == 0  # it has ended, and claims nothing more
    assert await place.counts(again) == {"queued": 2}


async def test_what_a_sender_has_lost_sight_of_is_uncertain_and_not_said_again(
    place: Place,
) -> None:
    """It was claimed, and the answer of the database never came."""
    await add_members(place.store, 3)
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    assert await place.store.campaigns.hold("telegram", bulk.name, NOW)
    taken, _ = await place.store.campaigns.exchange(number, "telegram", bulk.name, NOW, [], 2)
    assert len(taken) == 2
    assert await bulk.send_on("telegram") == 1
    assert await place.counts(number) == {"uncertain": 2, "sent": 1}
    assert len(place.post.got) == 1


async def test_an_urgent_message_goes_before_older_ones(place: Place) -> None:
    await add_members(place.store, 2)
    first, second = await schedule(place.store), await schedule(place.store)
    urgent = await schedule(place.store, is_urgent=True)
    bulk = place.bulk()
    assert await bulk.launch_due() == 6
    assert await bulk.send_on("telegram") == 6
    order = [int(said) for said, _ in place.post.got]
    assert order == [urgent, urgent, first, first, second, second]


@pytest.mark.parametrize(
    ("per_second", "most"), [(2, 4), (8, 4), (9.9, 4), (20, 10), (128, 64), (1000, 64)]
)
async def test_no_more_are_under_way_than_half_a_seconds_and_sixty_four(
    place: Place, per_second: float, most: int
) -> None:
    await add_members(place.store, 80)
    place.post.per_second = per_second
    place.post.seconds = 0.002
    await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    assert await bulk.send_on("telegram") == 80
    assert place.post.most == most
    assert len(place.post.got) == 80


async def test_no_more_can_be_uncertain_after_a_kill(place: Place) -> None:
    """What is claimed in the ledger and not settled: so much a kill leaves behind."""
    await add_members(place.store, 24)
    place.post.per_second = 8
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    claimed: list[int] = []

    async def look() -> None:
        claimed.append((await place.counts(number)).get("sending", 0))
        await asyncio.sleep(0.01 * (len(claimed) % 4))  # some are over while others are said

    place.post.looks = look
    assert await bulk.send_on("telegram") == 24
    assert len(claimed) == 24
    assert max(claimed) == 4


async def test_while_somebody_is_answered_two_are_under_way(place: Place) -> None:
    await add_members(place.store, 10)
    place.post.seconds = 0.002
    await schedule(place.store)
    bulk = place.bulk(is_busy=lambda: True)
    await bulk.launch_due()
    assert await bulk.send_on("telegram") == 10
    assert place.post.most == 2


@pytest.mark.parametrize("share", [0.2, 0.9])
async def test_what_mostly_fails_stops_long_before_its_end(place: Place, share: float) -> None:
    await add_members(place.store, 200)
    place.post.per_second = 8
    place.post.takes = lambda _: Refused("no")
    number = await schedule(place.store)
    bulk = place.bulk(error_share=share) if share != 0.2 else place.bulk()
    await bulk.launch_due()
    assert await bulk.send_on("telegram") < 40
    assert await place.state(number) == ("paused", "errors")
    counts = await place.counts(number)
    assert 20 <= counts["failed"] < 40
    assert counts["failed"] + counts["queued"] == 200
    assert await bulk.send_on("telegram") == 0
    (noted, *_) = await place.store.officers.audit(1)
    assert (noted.verb, noted.officer) == ("campaign.pause", None)  # no officer did it


async def test_a_share_of_failures_that_is_allowed_stops_nothing(place: Place) -> None:
    await add_members(place.store, 100)
    place.post.takes = lambda address: Refused("no") if address.endswith("7") else None
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    assert await bulk.send_on("telegram") == 100
    assert await place.counts(number) == {"sent": 90, "failed": 10}
    assert await place.state(number) == ("running", None)


async def test_a_ban_is_waited_out_by_all_and_a_chats_own_pause_by_that_chat(place: Place) -> None:
    await add_members(place.store, 40)
    place.post.per_second = 8
    place.post.takes = lambda address: Throttled(60) if address == "600" else None
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    await bulk.send_on("telegram")
    assert await place.counts(number) == {"sent": 39, "queued": 1}
    place.post.got.clear()
    place.post.takes = lambda _: Throttled(30, is_of_all=True)
    again = await schedule(place.store)
    await bulk.launch_due()
    assert await bulk.send_on("telegram") < 20
    assert await place.counts(again) == {"queued": 40}
    place.post.takes = lambda _: None
    place.now += timedelta(seconds=29)
    assert await bulk.send_on("telegram") == 0
    assert place.post.got == []
    place.now += timedelta(seconds=1)
    assert await bulk.send_on("telegram") == 40
    assert await place.counts(again) == {"sent": 40}


async def test_a_slice_ends_so_that_others_have_their_turn(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_members(place.store, 30)
    place.post.per_second = 8
    place.post.seconds = 0.002
    monkeypatch.setattr(broadcast, "_SLICE_SECONDS", 0.0)
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    assert await bulk.send_on("telegram") == 4
    assert await place.counts(number) == {"sent": 4, "queued": 26}
    assert await bulk.send_on("telegram") == 4


async def test_what_was_sent_is_settled_once_the_database_is_there_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_members(place.store, 3)
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    exchange, fails = place.store.campaigns.exchange, [0, 1, 1, 0]

    async def locked(*given: Any) -> Any:
        if fails and fails.pop(0):
            raise OSError("database is locked")
        return await exchange(*given)

    monkeypatch.setattr(place.store.campaigns, "exchange", locked)
    naps = short_naps(monkeypatch, "bot.broadcast")
    pulse = Pulse(lambda: 0.0)
    pulse.begin()
    del pulse._last["broadcasts"]
    assert await bulk.send_on("telegram") == 3
    assert [nap for nap in naps if nap >= 1] == [1.0, 1.0]
    assert "broadcasts" in pulse._last  # one that takes hours is no job that has died
    assert await place.counts(number) == {"sent": 3}
    assert len(place.post.got) == 3


async def test_a_pause_that_fails_loses_nothing_that_is_under_way(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_members(place.store, 60)
    place.post.per_second = 8
    place.post.takes = lambda _: Refused("no")
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    move, fails = place.store.campaigns.move, [1]

    async def locked(*given: Any, **named: Any) -> bool:
        if fails and fails.pop():
            raise OSError("database is locked")
        return await move(*given, **named)

    monkeypatch.setattr(place.store.campaigns, "move", locked)
    await bulk.send_on("telegram")
    counts = await place.counts(number)
    assert 20 < counts["failed"] < 40
    assert counts["failed"] + counts["queued"] == 60
    assert await place.state(number) == ("paused", "errors")


async def test_it_looks_again_and_again_whatever_goes_wrong_until_it_is_stopped(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_members(place.store, 3)
    naps = short_naps(monkeypatch, "bot.broadcast")
    due, fails = place.store.campaigns.due, [1, 1]

    async def locked(now: datetime) -> Any:
        if fails:
            raise OSError(f"database is locked {fails.pop()}")
        return await due(now)

    monkeypatch.setattr(place.store.campaigns, "due", locked)
    pulse = Pulse(lambda: 0.0)
    pulse.begin()
    del pulse._last["broadcasts"]
    bulk = place.bulk()
    number = await schedule(place.store)
    running = asyncio.create_task(bulk.run())
    for _ in range(300):
        if (await place.state(number))[0] == "done":
            break
        await asyncio.sleep(0.01)
    assert await place.counts(number) == {"sent": 3}
    assert "broadcasts" in pulse._last
    assert set(naps) - {0.01, 0.0} == {1.0}
    await bulk.stop()
    await asyncio.wait_for(running, 3)  # it ends by itself


async def test_a_stop_waits_for_what_is_being_said_but_not_for_ever(place: Place) -> None:
    await add_members(place.store, 30)
    place.post.per_second = 8
    place.post.seconds = 0.05
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    sending = asyncio.create_task(bulk.send_on("telegram"))
    while not place.post.under_way:
        await asyncio.sleep(0.005)
    await bulk.stop()
    assert place.post.under_way == 0
    counts = await place.counts(number)
    assert counts["sent"] == len(place.post.got)
    assert 4 <= counts["sent"] < 12
    assert counts["sent"] + counts["queued"] == 30
    assert await sending == counts["sent"]
    assert await place.store.campaigns.hold("telegram", "another", NOW)
    place.post.seconds = 60
    slow = place.bulk()
    await place.store.campaigns.release("another", NOW)
    stuck = asyncio.create_task(slow.send_on("telegram"))
    while not place.post.under_way:
        await asyncio.sleep(0.005)
    await asyncio.wait_for(slow.stop(0.05), 3)
    assert place.post.under_way == 4
    stuck.cancel()


async def test_who_blocked_the_bot_is_no_failure_of_the_campaign(place: Place) -> None:
    await add_members(place.store, 40)
    place.post.takes = lambda _: Unreachable("blocked")
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    await bulk.send_on("telegram")
    assert await place.counts(number) == {"unreachable": 40}
    assert await place.state(number) == ("running", None)


@pytest.mark.parametrize("how", ["erase", "stop"])
async def test_who_leaves_while_the_platform_is_asked_gets_it_not_even_at_the_next_contact(
    place: Place, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    (chat,) = await add_members(place.store, 1)

    async def leaves() -> None:
        event = Event("e", Address("telegram", str(chat)))
        stored = await place.store.write_down(event, NOW)
        assert stored is not None
        work = Work()
        getattr(work, how)(Person(stored.person_id))
        await place.store.finish(stored, work, Session(), (), NOW)

    place.post.looks = leaves
    place.post.takes = lambda _: NotNow("the window has closed")
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    await bulk.send_on("telegram")
    assert await place.counts(number) == {"dropped": 1}
    assert await place.store.queue.count_states() == {}
    assert not caplog.records


async def test_of_two_bans_the_longer_one_holds(place: Place) -> None:
    await add_members(place.store, 2)
    place.post.takes = lambda one: Throttled(60 if one == "600" else 30, is_of_all=True)
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    await bulk.send_on("telegram")
    place.post.takes = lambda _: None
    place.now += timedelta(seconds=30)
    assert await bulk.send_on("telegram") == 0
    place.now += timedelta(seconds=30)
    assert await bulk.send_on("telegram") == 2
    assert await place.counts(number) == {"sent": 2}


async def test_when_all_fails_no_second_handful_is_tried(place: Place) -> None:
    await add_members(place.store, 200)
    place.post.takes = lambda _: Refused("no")
    number = await schedule(place.store)
    bulk = place.bulk()
    await bulk.launch_due()
    await bulk.send_on("telegram")
    assert await place.counts(number) == {"failed": broadcast.AT_ONCE, "queued": 136}


@pytest.mark.parametrize("fails", [False, True])
async def test_with_nothing_to_do_it_looks_once_a_second(
    place: Place, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    due, looks = place.store.campaigns.due, [0]

    async def look(now: datetime) -> Any:
        looks[0] += 1
        if fails:
            raise OSError("database is locked")
        return await due(now)

    monkeypatch.setattr(place.store.campaigns, "due", look)
    pulse = Pulse(lambda: 0.0)
    pulse.begin()
    del pulse._last["broadcasts"]
    bulk = place.bulk(leads=lambda: False)
    running = asyncio.create_task(bulk.run())
    await asyncio.sleep(0.3)
    assert looks == [1]
    assert "broadcasts" in pulse._last
    await bulk.stop()
    await asyncio.wait_for(running, 3)
