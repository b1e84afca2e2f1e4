"""The way of a campaign: everybody once, every failure accounted for, nobody doubled."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.app import App
from bot.broadcast import Bulk
from bot.model import Address
from bot.store import Outcome, Store
from tests.campaigning import MESSAGE, add_members, schedule
from tests.fakes.faults import Fault
from tests.fakes.telegram import FakeTelegram
from tests.people import TelegramPerson, Visitor, ZaloOAPerson


@pytest.fixture
def telegram(telegram: FakeTelegram) -> FakeTelegram:
    telegram.chats.update(range(600, 1000))
    return telegram


async def _run(bot: App, number: int, seconds: float = 20) -> dict[str, int]:
    """Until the campaign is done or paused; its tally."""
    for _ in range(int(seconds * 20)):
        campaign = await bot.store.campaigns.get(number)
        assert campaign is not None
        counts = dict(await bot.store.campaigns.tally(number))
        # What was under way when it paused is settled a moment later.
        if campaign.state in {"done", "paused", "cancelled"} and not counts["sending"]:
            break
        await asyncio.sleep(0.05)
    return {state: count for state, count in counts.items() if count}


def _got(telegram: FakeTelegram, text: str = "Lịch làm việc") -> Counter[int]:
    return Counter(sent.chat for sent in telegram.sent if text in sent.text)


async def test_everybody_gets_it_once_in_their_language_with_sender_and_source(
    bot: App, telegram: FakeTelegram
) -> None:
    await add_members(bot.store, 60)
    await add_members(bot.store, 5, first=700, language="en")
    await add_members(bot.store, 5, first=800, language="km")
    number = await schedule(bot.store)
    assert await _run(bot, number) == {"sent": 70}
    assert _got(telegram) == Counter(range(600, 660))
    (english,) = [m.text for m in telegram.sent if m.chat == 700]
    assert "Office hours" in english
    assert "Sent by Liên đoàn Lao động (bản dùng thử)" in english
    assert "Thông báo, 12/TB" in english
    assert "To leave, write: stop." in english
    (khmer,) = [m.text for m in telegram.sent if m.chat == 800]
    assert "Office hours" in khmer
    assert "ភាសាខ្មែរ" in khmer  # that it is not in their language is said


FAULTS = {
    "too fast": (Fault(retry_after=1), {"sent": 30}),
    "a cut line": (Fault(cuts=True), {"sent": 29, "uncertain": 1}),
    "arrived all the same": (Fault(cuts=True, delivers=True), {"sent": 29, "uncertain": 1}),
    "a broken server": (Fault(code=502), {"sent": 29, "uncertain": 1}),
    "blocked": (Fault(code=403, description="Forbidden: bot was blocked by the user"),
                {"sent": 29, "unreachable": 1}),
    "refused": (Fault(code=400, description="Bad Request: message is too long"),
                {"sent": 29, "failed": 1}),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
async def test_each_failure_ends_as_what_it_means(
    bot: App, telegram: FakeTelegram, case: str
) -> None:
    fault, wanted = FAULTS[case]
    telegram.faults["sendMessage"].append(fault)
    await add_members(bot.store, 30)
    number = await schedule(bot.store)
    assert await _run(bot, number) == wanted
    assert max(_got(telegram).values()) == 1
    assert sum(_got(telegram).values()) >= wanted["sent"]


async def test_who_blocked_the_bot_is_not_tried_again_until_they_write(
    bot: App, telegram: FakeTelegram, chatter: TelegramPerson
) -> None:
    await add_members(bot.store, 10)
    telegram.blocked.add(605)
    assert await _run(bot, await schedule(bot.store)) == {"sent": 9, "unreachable": 1}
    assert await _run(bot, await schedule(bot.store)) == {"sent": 9}
    writer = TelegramPerson(telegram, chatter._settled, 605)
    await writer.says("menu")
    assert await _run(bot, await schedule(bot.store)) == {"sent": 10}


async def test_a_campaign_that_mostly_fails_pauses_by_itself(
    bot: App, telegram: FakeTelegram
) -> None:
    refused = Fault(code=400, description="Bad Request: can't parse entities")
    telegram.faults["sendMessage"].extend([refused] * 200)
    await add_members(bot.store, 200)
    number = await schedule(bot.store)
    counts = await _run(bot, number)
    campaign = await bot.store.campaigns.get(number)
    assert campaign is not None
    assert (campaign.state, campaign.reason) == ("paused", "errors")
    assert counts["failed"] < 100
    assert sum(counts.values()) == 200
    telegram.faults["sendMessage"].clear()
    assert await bot.store.campaigns.put_again(number, "failed", datetime.now(UTC)) > 0
    assert await _run(bot, number) == {"sent": 200}
    assert _got(telegram) == Counter(range(600, 800))


async def test_a_campaign_whose_messages_get_no_word_pauses_before_all_are_uncertain(
    bot: App, telegram: FakeTelegram
) -> None:
    """A line that is cut again and again: half of them have arrived, and nobody gets it twice."""
    cut = [Fault(cuts=True, delivers=bool(number % 2)) for number in range(200)]
    telegram.faults["sendMessage"].extend(cut)
    await add_members(bot.store, 200)
    number = await schedule(bot.store)
    counts = await _run(bot, number)
    campaign = await bot.store.campaigns.get(number)
    assert campaign is not None
    assert (campaign.state, campaign.reason) == ("paused", "errors")
    assert set(counts) == {"queued", "uncertain"}
    assert 20 <= counts["uncertain"] < 100
    assert sum(counts.values()) == 200
    telegram.faults["sendMessage"].clear()
    assert await bot.store.campaigns.move(number, "resume", datetime.now(UTC))
    over = await _run(bot, number)
    assert over == {"sent": counts["queued"], "uncertain": counts["uncertain"]}
    got = _got(telegram)
    assert max(got.values()) == 1
    assert counts["queued"] < len(got) < 200


async def test_a_campaign_of_which_few_get_no_word_goes_on_to_its_end(
    bot: App, telegram: FakeTelegram
) -> None:
    telegram.faults["sendMessage"].extend([Fault(cuts=True), *[Fault()] * 9] * 6)
    await add_members(bot.store, 60)
    assert await _run(bot, await schedule(bot.store)) == {"sent": 54, "uncertain": 6}


async def test_officers_pause_resume_and_cancel_and_the_counts_add_up(
    bot: App, telegram: FakeTelegram
) -> None:
    await add_members(bot.store, 300)
    telegram.faults["sendMessage"].extend([Fault(seconds=0.05, delivers=True)] * 300)
    number, now = await schedule(bot.store), datetime.now(UTC)
    while not _got(telegram):
        await asyncio.sleep(0.02)
    words = [bot.store.campaigns.move(number, "pause", now) for _ in range(2)]
    assert sorted(await asyncio.gather(*words)) == [False, True]  # two officers at once
    await asyncio.sleep(0.5)
    paused = dict(await bot.store.campaigns.tally(number))
    assert paused["queued"] > 0
    assert paused["sending"] == 0
    assert sum(paused.values()) == 300
    assert await bot.store.campaigns.move(number, "resume", now)
    await asyncio.sleep(0.1)
    assert await bot.store.campaigns.move(number, "cancel", now)
    assert not await bot.store.campaigns.move(number, "resume", now)
    await asyncio.sleep(0.5)
    over = dict(await bot.store.campaigns.tally(number))
    assert over["sent"] + over["dropped"] == 300
    assert max(_got(telegram).values()) == 1


async def test_what_cannot_go_now_waits_for_the_next_contact_and_is_said_once(
    bot: App, follower: ZaloOAPerson, visitor: Visitor, chatter: TelegramPerson
) -> None:
    for person in (follower, visitor):
        await person.says("/start")
        await person.taps("English")
        await person.taps("I agree")
    await bot.store._writes.run(_age_windows)
    number = await schedule(bot.store, is_urgent=True)
    for _ in range(100):
        counts = {k: v for k, v in (await bot.store.campaigns.tally(number)).items() if v}
        if counts == {"waiting": 2}:
            break
        await asyncio.sleep(0.05)
    assert counts == {"waiting": 2}
    said = await follower.says("menu")
    assert "Office hours" in said
    assert "Office hours" not in await follower.says("menu")
    (waits,) = [p for p in await bot.store.replies_to_say() if "Office hours" in p.reply.title]
    await visitor.posts({"seen": [str(waits.id)]})
    assert await _run(bot, number) == {"sent": 2}


def _age_windows(connection: object) -> None:
    from sqlalchemy import update

    from bot.store import schema

    old = datetime.now(UTC) - timedelta(hours=80)
    connection.execute(update(schema.contact_window).values(contacted_at=old))  # type: ignore[attr-defined]


async def test_quiet_hours_are_kept_and_an_urgent_message_breaks_them(
    bot: App, telegram: FakeTelegram
) -> None:
    now = datetime.now(UTC)
    asleep = f"{now + timedelta(hours=6):%H:%M}-{now + timedelta(hours=8):%H:%M}"  # at UTC+7
    await add_members(bot.store, 6, quiet=asleep)
    await add_members(bot.store, 6, first=700)
    number = await schedule(bot.store)
    for _ in range(60):
        counts = await bot.store.campaigns.tally(number)
        if counts["sent"] == 6:
            break
        await asyncio.sleep(0.05)
    assert (counts["sent"], counts["queued"]) == (6, 6)
    assert await _run(bot, await schedule(bot.store, is_urgent=True)) == {"sent": 12}


async def test_an_expired_message_is_sent_to_nobody(bot: App, telegram: FakeTelegram) -> None:
    from bot.campaigns import SCHEDULED, Campaign

    await add_members(bot.store, 6)
    old = replace(MESSAGE, expires=date(2026, 1, 1))
    campaign = Campaign(0, SCHEDULED, old, "everyone")
    number = await bot.store.campaigns.keep(campaign, datetime.now(UTC))
    assert await _run(bot, number) == {"dropped": 6}
    assert _got(telegram) == Counter()


async def test_who_leaves_or_erases_meanwhile_gets_nothing_and_the_counts_add_up(
    bot: App, telegram: FakeTelegram, chatter: TelegramPerson
) -> None:
    await chatter.says("/start")
    await chatter.taps("English")
    await chatter.taps("I agree")
    await add_members(bot.store, 6)
    later = datetime.now(UTC) + timedelta(hours=1)
    number = await schedule(bot.store)
    campaign = await bot.store.campaigns.get(number)
    assert campaign is not None
    assert await bot.store.campaigns.launch(campaign, later, lambda *_: later) == 7
    await chatter.says("/erase")
    await chatter.taps("Yes, erase everything")
    counts = await bot.store.campaigns.tally(number)
    assert (counts["queued"], counts["dropped"]) == (6, 1)


# --- one sender a channel ------------------------------------------------------------------------


async def test_only_one_process_sends_and_another_takes_over_when_its_lease_ends(
    store: Store,
) -> None:
    now = datetime.now(UTC)
    campaigns = store.campaigns
    await add_members(store, 20)
    number = await schedule(store)
    campaign = await campaigns.get(number)
    assert campaign is not None
    launches = [campaigns.launch(campaign, now, lambda *_: now) for _ in range(3)]
    assert sorted(await asyncio.gather(*launches)) == [0, 0, 20]
    assert await campaigns.hold("telegram", "one", now)
    assert not await campaigns.hold("telegram", "two", now)
    assert await campaigns.exchange(number, "telegram", "two", now, [], 10) == ((), 0)
    claimed, looked = await campaigns.exchange(number, "telegram", "one", now, [], 8)
    assert (len(claimed), looked) == (8, 8)
    settled = [Outcome(one.id, "sent") for one in claimed[:3]]
    later = now + timedelta(seconds=20)
    assert await campaigns.hold("telegram", "two", later)
    # The old one wakes up: it claims nothing more, and what it settles too late changes nothing.
    assert await campaigns.exchange(number, "telegram", "one", later, settled, 8) == ((), 0)
    counts = await campaigns.tally(number)
    assert (counts["uncertain"], counts["queued"], counts["sent"]) == (8, 12, 0)
    rest, _ = await campaigns.exchange(number, "telegram", "two", later, [], 100)
    assert len(rest) == 12
    assert await campaigns.put_again(number, "uncertain", later) == 8


async def test_two_processes_at_once_send_to_everybody_once(
    bot: App, telegram: FakeTelegram
) -> None:
    other = Bulk(
        bot.store.campaigns, bot.outbox.channels, bot.bulk._house, bot.bulk._sender._render,
        bot._services.campaigns, bot._clock,
    )  # fmt: skip
    running = asyncio.create_task(other.run())
    await add_members(bot.store, 120)
    number = await schedule(bot.store)
    assert await _run(bot, number) == {"sent": 120}
    assert _got(telegram) == Counter(range(600, 720))
    running.cancel()


async def test_two_chats_joined_meanwhile_get_one_copy(store: Store) -> None:
    from sqlalchemy import select

    from bot.store import joining, schema

    now = datetime.now(UTC)
    await add_members(store, 1)
    await add_members(store, 1, channel="web")
    number = await schedule(store)
    campaign = await store.campaigns.get(number)
    assert campaign is not None
    assert await store.campaigns.launch(campaign, now, lambda *_: now) == 2
    query = select(schema.person.c.id).order_by(schema.person.c.id)
    kept, other = await store._reads.run(lambda c: list(c.execute(query).scalars()))
    await store._writes.run(lambda c: joining.join(c, store._codecs, kept, other))
    counts = await store.campaigns.tally(number)
    assert (counts["queued"], counts["dropped"]) == (1, 1)
    assert Address("telegram", "600")


@pytest.mark.parametrize(
    ("kept", "other", "after"),
    [
        ("queued", "sent", {"dropped": 1, "sent": 1}),
        ("sent", "queued", {"dropped": 1, "sent": 1}),
        ("queued", "uncertain", {"dropped": 1, "uncertain": 1}),
        # Nothing came that way, so the other chat gets it.
        ("unreachable", "queued", {"unreachable": 1, "queued": 1}),
        ("queued", "failed", {"failed": 1, "queued": 1}),
    ],
)
async def test_who_joins_chats_of_which_one_has_it_gets_no_second_copy(
    store: Store, kept: str, other: str, after: dict[str, int]
) -> None:
    from sqlalchemy import select, update

    from bot.store import joining, schema

    now = datetime.now(UTC)
    await add_members(store, 2)
    campaign = await store.campaigns.get(await schedule(store))
    assert campaign is not None
    await store.campaigns.launch(campaign, now, lambda *_: now)
    row = schema.recipient
    one, two = await store._reads.run(
        lambda c: list(c.execute(select(row.c.person_id).order_by(row.c.id)).scalars())
    )
    for person, state in ((one, kept), (two, other)):
        is_so = update(row).where(row.c.person_id == person).values(state=state)
        await store._writes.run(lambda c, s=is_so: c.execute(s))  # type: ignore[misc]
    await store._writes.run(lambda c: joining.join(c, store._codecs, one, two))
    counts = await store.campaigns.tally(campaign.id)
    assert {state: count for state, count in counts.items() if count} == after


@pytest.fixture
async def store(database_url: str) -> object:
    from bot.store import Seal
    from tests.conftest import make_ready

    store = Store(database_url, Seal("secret"))
    await make_ready(store)
    yield store
    await store.close()


async def test_after_a_month_a_ledger_knows_its_counts_and_nobody(store: Store) -> None:
    now = datetime.now(UTC)
    await add_members(store, 3)
    number = await schedule(store)
    campaign = await store.campaigns.get(number)
    assert campaign is not None
    await store.campaigns.launch(campaign, now, lambda *_: now)
    await store.tidy(now + timedelta(days=29))
    assert len(await _recipients(store)) == 3
    await store.tidy(now + timedelta(days=31))
    assert await _recipients(store) == []
    assert sum((await store.campaigns.tally(number)).values()) == 3


async def _recipients(store: Store) -> list[int]:
    from sqlalchemy import select

    from bot.store import schema

    table = schema.recipient.c
    query = select(table.person_id).where(table.person_id.is_not(None))
    return await store._reads.run(lambda c: list(c.execute(query).scalars()))
