"""What is repeated goes out once each time, whoever launches it, and only as it was approved."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.campaigns import SCHEDULED, Campaign
from bot.delivery import House
from bot.launching import Launching
from bot.model import Address, Event
from bot.repeats import read_repeat
from bot.store import Officer, Seal, Store, schema
from tests.campaigning import MESSAGE, add_members
from tests.conftest import make_ready
from tests.fakes.telegram import FakeTelegram
from tests.processes import Process, few_articles

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUSE = House("Asia/Ho_Chi_Minh", "21:30-06:30")
BEGAN = datetime(2026, 11, 30, 8, tzinfo=ZONE).astimezone(UTC)
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """Thirty members; offices 1 and 2, of federation officers."""
    made = Store(database_url, Seal("one secret"))
    await make_ready(made)
    await add_members(made, 30)
    await _appoint(made, "501", "502")
    yield made
    await made.close()


async def _appoint(store: Store, *chats: str) -> None:
    now = datetime.now(UTC)
    for chat in chats:
        address = Address("telegram", chat)
        assert await store.write_down(Event(chat, address), now)
        assert await store.officers.add(Officer(address, "federation-officer", ""), now)


def _campaign(rule: str = "FREQ=WEEKLY;COUNT=4", **more: object) -> Campaign:
    repeat = read_repeat(rule, BEGAN, ZONE)
    made = Campaign(0, SCHEDULED, MESSAGE, "everyone", False, BEGAN, 1, 2)
    return replace(made, **{"repeat": repeat, "began_at": BEGAN, **more})  # type: ignore[arg-type]


async def _keep(store: Store, campaign: Campaign | None = None) -> int:
    return await store.campaigns.keep(campaign or _campaign(), BEGAN - timedelta(days=2))


async def _launch(store: Store, number: int, now: datetime) -> int:
    campaign = await store.campaigns.get(number)
    assert campaign is not None
    return await Launching(store, HOUSE).launch(campaign, now, lambda *_: now)


async def _all(store: Store) -> list[tuple[int, str, datetime | None]]:
    found = await store.campaigns.find()
    return [(one.id, one.state, one.at) for one in sorted(found, key=lambda one: one.id)]


async def _told(store: Store) -> list[str]:
    """The notices that wait for somebody, in order."""
    table = schema.delivery.c
    query = select(table.sealed).order_by(table.id)
    rows = await store._reads.run(lambda c: c.execute(query).scalars().all())
    return [store._codecs.parcel.read(sealed).label for sealed in rows]


async def test_each_time_is_a_campaign_of_its_own_until_the_last(store: Store) -> None:
    number = await _keep(store)
    for time in range(4):
        assert await _launch(store, number + time, BEGAN + time * WEEK) == 30
        assert await _launch(store, number + time, BEGAN + time * WEEK) == 0  # once
    assert await _all(store) == [(number + n, "running", BEGAN + n * WEEK) for n in range(4)]
    for time in range(4):
        assert (await store.campaigns.tally(number + time))["queued"] == 30
    last = await store.campaigns.get(number + 3)
    assert last is not None
    assert (last.series, last.author, last.approver, last.message) == (number, 1, 2, MESSAGE)


async def test_the_audience_is_counted_anew(store: Store) -> None:
    number = await _keep(store)
    assert await _launch(store, number, BEGAN) == 30
    await add_members(store, 12, first=900)
    assert await _launch(store, number + 1, BEGAN + WEEK) == 42


@pytest.fixture
async def others(store: Store, database_url: str) -> AsyncIterator[list[Store]]:
    """The same database as other processes see it: `store` and two more."""
    made = [Store(database_url, Seal("one secret")) for _ in range(2)]
    yield [store, *made]
    for one in made:
        await one.close()


async def test_processes_that_launch_together_write_one_next_time(others: list[Store]) -> None:
    store, *_ = others
    for time in range(3):
        number = await _keep(store)
        launched = await asyncio.gather(*(_launch(one, number, BEGAN) for one in others * 2))
        assert sorted(launched) == [0, 0, 0, 0, 0, 30]
        assert (await _all(store))[2 * time :] == [
            (number, "running", BEGAN), (number + 1, SCHEDULED, BEGAN + WEEK)]  # fmt: skip


async def test_however_many_are_to_come_the_oldest_is_not_overlooked(store: Store) -> None:
    number = await _keep(store)
    for _ in range(60):
        await _keep(store, _campaign(at=BEGAN + WEEK))
    assert [one.id for one in await store.campaigns.due(BEGAN + HOUR)] == [number]
    assert len(await store.campaigns.due(BEGAN + WEEK)) == 61


async def test_a_clock_set_back_sends_nothing_again(store: Store) -> None:
    number = await _keep(store)
    await _launch(store, number, BEGAN)
    assert await _launch(store, number, BEGAN - HOUR) == 0
    assert await _launch(store, number + 1, BEGAN - HOUR) == 0
    states = [(state, at) for _, state, at in await _all(store)]
    assert states == [("running", BEGAN), (SCHEDULED, BEGAN + WEEK)]


async def test_after_weeks_of_silence_one_is_sent_and_the_others_are_left_out(
    store: Store,
) -> None:
    number = await _keep(store)
    await _launch(store, number, BEGAN)
    assert await _launch(store, number + 1, BEGAN + 3 * WEEK + HOUR) == 30
    assert await _all(store) == [
        (number, "running", BEGAN), (number + 1, "running", BEGAN + 3 * WEEK)]  # fmt: skip


async def test_a_day_that_is_long_over_is_left_out_and_its_author_told(store: Store) -> None:
    number = await _keep(store)
    await _launch(store, number, BEGAN)
    late = BEGAN + 2 * WEEK + timedelta(days=2)
    assert await asyncio.gather(*(_launch(store, number + 1, late) for _ in range(3))) == [0] * 3
    assert (await _all(store))[1:] == [(number + 1, SCHEDULED, BEGAN + 3 * WEEK)]
    assert await _told(store) == [f"campaign-skip:{number + 1}"]
    assert await _launch(store, number + 1, BEGAN + 3 * WEEK + timedelta(days=2)) == 0
    assert (await _all(store))[1][1] == "cancelled"
    assert (await _told(store))[1:] == [f"campaign-late:{number + 1}"]


async def test_the_end_of_the_message_ends_the_series(store: Store) -> None:
    message = replace(MESSAGE, expires=date(2026, 12, 8))
    number = await _keep(store, _campaign(message=message))
    await _launch(store, number, BEGAN)
    await _launch(store, number + 1, BEGAN + WEEK)
    assert [state for _, state, _ in await _all(store)] == ["running", "running"]


async def test_without_the_office_that_approved_it_nothing_goes_out(store: Store) -> None:
    number = await _keep(store)
    await _launch(store, number, BEGAN)
    await store.officers.remove(Address("telegram", "502"), BEGAN)
    second = number + 1
    assert await _launch(store, second, BEGAN + WEEK) == 0
    held = await store.campaigns.get(second)
    assert held is not None
    assert (held.state, held.reason, held.launched_at) == ("paused", "office", None)
    assert sum((await store.campaigns.tally(second)).values()) == 0
    assert await _told(store) == [f"campaign-hold:{second}"]  # to the author
    now = BEGAN + WEEK + HOUR
    for word in ("resume", "again", "launch"):  # it is not just let go
        assert not await store.campaigns.move(second, word, now)
    # Somebody takes it over, and a second officer approves it anew.
    await _appoint(store, "503")
    assert await store.campaigns.move(second, "adopt", now, by=1)
    assert await store.campaigns.move(second, "approve", now, by=3)
    assert await _launch(store, second, now) == 30
    assert (await _all(store))[2:] == [(number + 2, SCHEDULED, BEGAN + 2 * WEEK)]
    third = await store.campaigns.get(number + 2)
    assert third is not None
    assert third.approver == 3


async def test_a_moved_office_that_does_not_reach_them_any_more_holds_it_back(
    store: Store,
) -> None:
    number = await _keep(store, _campaign(audience="unit:GONE"))
    assert await _launch(store, number, BEGAN) == 0
    assert (await _all(store)) == [(number, "paused", BEGAN)]


@pytest.mark.parametrize(("approver", "audience", "reason"), [
    (2, "language:th", "few"), (None, "everyone", "many")])  # fmt: skip
async def test_too_few_or_too_many_by_now_need_a_new_approval(
    store: Store, approver: int | None, audience: str, reason: str
) -> None:
    number = await _keep(store, _campaign(approver=approver, audience=audience))
    assert await _launch(store, number, BEGAN) == 0
    held = await store.campaigns.get(number)
    assert held is not None
    assert (held.state, held.reason) == ("paused", reason)


@pytest.mark.parametrize("which", [0, 1])
async def test_a_cancelled_one_stops_all_that_are_to_come(store: Store, which: int) -> None:
    number = await _keep(store)
    await _launch(store, number, BEGAN)
    assert await store.campaigns.move(number + which, "cancel", BEGAN + HOUR)
    states = [state for _, state, _ in await _all(store)]
    assert states == ["running" if which else "cancelled", "cancelled"]
    assert await _launch(store, number + 1, BEGAN + WEEK) == 0
    assert await store.series.coming(number) is None


async def test_a_repeat_is_stopped_by_a_campaign_that_is_through(store: Store) -> None:
    number = await _keep(store)
    await _launch(store, number, BEGAN)
    await store._writes.run(
        lambda c: c.execute(schema.campaign.update().values(state="done").where(
            schema.campaign.c.id == number)))  # fmt: skip
    assert await store.campaigns.move(number, "cancel", BEGAN + HOUR)
    assert [state for _, state, _ in await _all(store)] == ["done", "cancelled"]
    assert not await store.campaigns.move(number, "cancel", BEGAN + HOUR)


async def test_stopping_and_launching_at_once_leave_nothing_to_come(others: list[Store]) -> None:
    store, second, third = others
    for which in (0, 1) * 8:
        number = await _keep(store)
        await _launch(store, number, BEGAN)
        (coming,) = await store.campaigns.find(SCHEDULED)
        await asyncio.gather(
            _launch(second, coming.id, BEGAN + WEEK),
            third.campaigns.move(number + which, "cancel", BEGAN + WEEK),
        )
        assert await store.campaigns.find(SCHEDULED) == ()


async def test_an_edit_stops_it_until_it_is_approved_again(store: Store) -> None:
    number = await _keep(store)
    await _launch(store, number, BEGAN)
    assert await store.campaigns.move(number + 1, "edit", BEGAN + HOUR, by=1)
    assert await _launch(store, number + 1, BEGAN + WEEK) == 0
    draft = await store.campaigns.get(number + 1)
    assert draft is not None
    assert (draft.state, draft.approver, draft.repeat) == ("draft", None, _campaign().repeat)


async def test_times_of_other_zones_are_kept_as_the_same_moment(store: Store) -> None:
    local = BEGAN.astimezone(ZONE)
    number = await _keep(store, _campaign(at=local, began_at=local))
    kept = await store.campaigns.get(number)
    assert kept is not None
    assert kept.at == kept.began_at == BEGAN


async def test_killed_at_any_moment_each_time_has_gone_out_once(
    tmp_path: Path, database_url: str, telegram: FakeTelegram
) -> None:
    """Six series that are due, and kills while they are launched: one next time each."""
    store = Store(database_url, Seal("one secret"))
    await make_ready(store)
    telegram.chats.update(range(600, 610))
    await add_members(store, 10)
    now = datetime.now(UTC).replace(microsecond=0)
    repeat = read_repeat("FREQ=WEEKLY;COUNT=4", now, ZONE)
    made = Campaign(0, SCHEDULED, MESSAGE, "everyone", True, now, 0, None)
    made = replace(made, repeat=repeat, began_at=now, approver=0)
    numbers = [await store.campaigns.keep(made, now) for _ in range(6)]
    more = {"SECRET_KEY": "one secret", "CONTENT_DIR": few_articles()}
    one = Process(tmp_path, database_url, telegram.base, more=more)
    for wait in (0.0, 0.05):
        await one.start()
        await asyncio.sleep(wait)
        await one.kill()
    await one.start()
    for _ in range(300):
        found = await store.campaigns.find()
        if [one.state for one in found].count("done") == len(numbers):
            break
        await asyncio.sleep(0.1)
    await one.stop()
    found = await store.campaigns.find()
    times = Counter((one.series, one.at) for one in found)
    assert times == Counter((n, at) for n in numbers for at in (now, now + WEEK))
    assert Counter(one.state for one in found) == {"done": 6, SCHEDULED: 6}
    for number in numbers:
        counts = await store.campaigns.tally(number)
        assert sum(counts.values()) == 10
    assert max(Counter(sent.chat for sent in telegram.sent).values()) <= len(numbers)
    await store.close()
