"""Approvers are reached: the nearest body, on all chats, reminded once; the author sees whom."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.approvals import remind
from bot.campaigns import Campaign
from bot.model import Address, Contact, Event, Session
from bot.store import Officer, Seal, Store, Stored, Work, schema
from bot.store.approvals import ask
from tests.campaigning import MESSAGE
from tests.conftest import loaded, make_ready
from tests.fakes.telegram import FakeTelegram
from tests.organisation import add_people, appoint
from tests.people import TelegramPerson, Visitor
from tests.test_broadcast_talk import _english, _written, hoa, lan
from tests.test_pictures import picture

__all__ = ["hoa", "lan"]
#          chat  role                  unit
PEOPLE = (
    (510, "unit-officer", "BN-01"),  # writes
    (511, "federation-officer", "BN-01"),
    (512, "federation-officer", "BN"),
    (513, "federation-officer", "LD"),
    (514, "administrator", "BN-01"),
    (515, "administrator", "LD"),
)
NOON = datetime.now(UTC).replace(hour=5, minute=0) + timedelta(days=1)  # in Viet Nam


@pytest.fixture
async def kim(bot: App, lan: TelegramPerson, telegram: FakeTelegram) -> TelegramPerson:
    """A unit officer of BN-01, and others at each level above; 25 members."""
    for chat, role, unit in PEOPLE:
        await _english(TelegramPerson(telegram, lan._settled, chat))
        await appoint(bot, Address("telegram", str(chat)), role, unit)
    await add_people(bot.store, "BN-01", 25)
    return TelegramPerson(telegram, lan._settled, 510)


async def _ask(officer: TelegramPerson) -> str:
    await officer.says("/broadcast")
    await officer.says("Lịch làm việc mới\n\nVăn phòng mở cửa sáng thứ bảy.")
    await officer.taps_value("draft:topic:union")
    await officer.says("Thông báo; Công đoàn cơ sở")
    await officer.taps("All of Công ty May")
    await officer.taps("Urgent")  # they follow no topic
    return (await officer.taps("Ask for approval")).text


async def _told(bot: App, telegram: FakeTelegram) -> Counter[int]:
    """How often each chat was asked to approve."""
    await bot.senders.send_ripe(lambda: NOON)
    return Counter(s.chat for s in telegram.sent if "waits for a second officer" in s.text)


async def _unreachable(bot: App, *chats: int, is_so: bool = True) -> None:
    table = schema.address
    mine = table.c.address.in_([str(chat) for chat in chats])
    statement = update(table).where(mine).values(is_unreachable=is_so)
    await bot.store._writes.run(lambda c: c.execute(statement))


async def test_the_nearest_body_is_asked_and_nobody_else_is_woken(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram
) -> None:
    told = await _ask(kim)
    assert "1 officer is asked to approve it." in told
    assert "federation officer, BN-01: waits" in told
    assert await _told(bot, telegram) == Counter({511: 1})
    page = await kim.taps_value("campaign:1")
    assert "Asked to approve it:" in page
    assert "federation officer, BN-01: has it" in page


LEVELS = ([511], [511, 512], [511, 512, 513, 501], [511, 512, 513, 501, 514])
NEXT = (512, 513, 514, 515)


@pytest.mark.parametrize("level", range(len(LEVELS)))
async def test_where_nobody_near_can_be_reached_the_next_unit_above_is_asked(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram, level: int
) -> None:
    await _unreachable(bot, *LEVELS[level])
    told = await _ask(kim)
    assert "federation officer, BN-01: cannot be reached" in told
    asked = await _told(bot, telegram)
    assert NEXT[level] in asked
    assert not set(asked) & set(LEVELS[level])
    assert asked.total() <= 2


async def test_a_handful_is_asked_at_once_and_no_more(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram
) -> None:
    for chat in range(520, 530):
        await _english(TelegramPerson(telegram, kim._settled, chat))
        await appoint(bot, Address("telegram", str(chat)), "federation-officer", "BN-01")
    assert "5 officers are asked" in await _ask(kim)
    assert len(await _told(bot, telegram)) == 5


async def test_the_author_asks_another_and_who_may_not_is_not_asked(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _ask(kim)
    await kim.taps_value("campaign:1")
    others = await kim.taps("Ask another")
    assert "Who else is to be asked?" in others
    offered = [label for label, value in others.buttons.items() if value.startswith("ask:1:")]
    assert [label.partition(": ")[2] for label in offered] == [
        "federation officer, BN", "federation officer, LD", "federation officer, LD",
        "administrator, BN-01", "administrator, LD",
    ]  # fmt: skip
    assert "Done." in await kim.taps(offered[0])
    for value in ("ask:1:2", "ask:1:999", "ask:1:x", "ask:9", "ask:x", "ask:1:again"):
        assert "Done." not in (await kim.taps_value(value)).text, value
    assert await _told(bot, telegram) == Counter({511: 1, 512: 1})
    # Another officer, who reaches it too, is not its author.
    outsider = TelegramPerson(telegram, kim._settled, 513)
    assert "no such message" in await outsider.taps_value("ask:1")
    assert "Asked to approve" not in (await outsider.taps_value("campaign:1")).text


async def _joined(bot: App, chat: int, with_chat: int) -> None:
    """Two chats of one person."""
    table = schema.address.c

    async def person(one: int) -> int:
        query = select(table.person_id).where(table.address == str(one))
        return int(await bot.store._reads.run(lambda c: c.execute(query).scalar_one()))

    kept = await person(chat)
    mine = update(schema.address).where(table.address == str(with_chat)).values(person_id=kept)
    await bot.store._writes.run(lambda c: c.execute(mine))


async def test_a_request_goes_to_all_chats_and_what_is_decided_is_told_so_on_the_others(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram
) -> None:
    second = TelegramPerson(telegram, kim._settled, 811)
    await _english(second)
    await _joined(bot, 511, 811)
    await _ask(kim)
    assert await _told(bot, telegram) == Counter({511: 1, 811: 1})
    first = TelegramPerson(telegram, kim._settled, 511)
    assert "Done." in await first.taps_value("campaign:1:approve")
    assert "It was decided already: " in await second.taps_value("campaign:1:approve")
    assert "Lịch làm việc mới" in await second.taps_value("campaign:1")


async def test_one_chat_that_is_blocked_does_not_keep_the_other_from_it(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram
) -> None:
    second = TelegramPerson(telegram, kim._settled, 811)
    await _english(second)
    await _joined(bot, 511, 811)
    telegram.blocked.add(511)
    await _ask(kim)
    assert await _told(bot, telegram) == Counter({811: 1})
    assert "BN-01: has it" in await kim.taps_value("campaign:1")


async def test_who_turns_out_not_to_be_reached_is_shown_and_may_be_asked_again(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram
) -> None:
    telegram.blocked.add(511)
    await _ask(kim)
    await _told(bot, telegram)
    page = await kim.taps_value("campaign:1")
    assert "BN-01: cannot be reached" in page
    assert "Ask again" not in page.buttons
    old = datetime.now(UTC) - timedelta(hours=2)
    table = schema.approval_request
    await bot.store._writes.run(lambda c: c.execute(update(table).values(asked_at=old)))
    telegram.blocked.discard(511)
    await _unreachable(bot, 511, is_so=False)
    assert "Ask again" in (await kim.taps_value("campaign:1")).buttons
    assert "Done." in await kim.taps("Ask again")
    assert await _told(bot, telegram) == Counter({511: 1})


async def test_what_is_decided_before_it_was_said_is_not_said_any_more(
    bot: App, kim: TelegramPerson, visitor: Visitor, telegram: FakeTelegram
) -> None:
    await visitor.says("/start")
    await _ask(kim)
    await kim.taps_value("campaign:1:edit")
    before = await _told(bot, telegram)
    table = schema.approval_request
    rows = await bot.store._reads.run(lambda c: c.execute(select(table)).all())
    assert rows == []
    await bot.senders.send_ripe(lambda: NOON + timedelta(hours=1))
    assert await _told(bot, telegram) == before


async def test_a_deputy_is_asked_too_and_the_author_never(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram
) -> None:
    from bot.store.offices import name_deputy

    today = bot._services.today()
    office = {chat: place + 2 for place, (chat, *_) in enumerate(PEOPLE)}  # Lan has the first
    for number, deputy in enumerate((512, 510), 1):
        await bot.store._writes.run(
            lambda c, d=deputy: name_deputy(c, office[511], office[d], today, today)  # type: ignore[misc]
        )
        await _ask(kim)
        told = await _told(bot, telegram)
        await kim.taps_value(f"campaign:{number}:cancel")
    # The office in whose place the author stands cannot approve it: the next body is asked.
    assert told == Counter({511: 1, 512: 2})


async def test_who_does_not_answer_is_reminded_once_and_not_at_night(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _ask(kim)
    assert await _told(bot, telegram) == Counter({511: 1})
    approvals, house = bot.store.approvals, bot._house
    noon = NOON
    asked = update(schema.approval_request).values(asked_at=noon)
    await bot.store._writes.run(lambda c: c.execute(asked))
    for hours in (1, 3, 10, 11, 12):  # 13:00, 15:00; then it is night: 22:00 to midnight
        assert await remind(approvals, house, noon + timedelta(hours=hours)) == 0, hours
    assert await remind(approvals, house, noon + timedelta(hours=20)) == 1
    for _ in range(2):  # also when two processes look at once
        assert await remind(approvals, house, noon + timedelta(hours=30)) == 0
    await bot.senders.send_ripe(lambda: noon + timedelta(hours=20))
    told = Counter(s.chat for s in telegram.sent if "waits for a second officer" in s.text)
    assert told == Counter({511: 2})


async def test_what_was_asked_at_night_is_reminded_of_four_hours_after_the_morning(
    bot: App, kim: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _ask(kim)
    await _told(bot, telegram)
    evening = NOON.replace(hour=15, minute=0)  # 22:00
    asked = update(schema.approval_request).values(asked_at=evening)
    await bot.store._writes.run(lambda c: c.execute(asked))
    for hours, count in ((9, 0), (12, 0), (12.6, 1)):  # 7:00, 10:00, 10:36
        now = evening + timedelta(hours=hours)
        assert await remind(bot.store.approvals, bot._house, now) == count, hours


async def test_a_body_with_one_officer_is_approved_by_an_administrator(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _written(lan)
    assert "administrator, LD: waits" in await lan.taps("Ask for approval")
    await bot.senders.send_ripe(lambda: NOON)
    assert "administrator, LD: has it" in await lan.taps_value("campaign:1")
    assert "Done." in await hoa.taps_value("campaign:1:approve")


async def test_a_name_that_looks_private_is_pointed_out_to_author_and_approver(
    bot: App, lan: TelegramPerson, hoa: TelegramPerson
) -> None:
    await _written(lan, "Lịch làm việc mới\n\nChúc mừng chị Nguyễn Thị Lan ở xưởng 2.")
    asked = "Is this a private person: Nguyễn Thị Lan?"
    assert asked in await lan.says("/broadcast")
    await lan.taps("Picture")
    await lan._does(lan._fake.photo(501, picture(), "Anh Phạm Hùng nhận quà"))
    assert "a private person: Nguyễn Thị Lan and Phạm Hùng?" in await lan.says("/broadcast")
    await lan.taps("Ask for approval")
    assert "Nguyễn Thị Lan" in (await hoa.taps_value("campaign:1")).text.partition("⚠")[2]


async def test_requests_on_both_databases(database_url: str) -> None:
    """Asked on two chats, one of them Zalo's; said on one; reminded by two processes; decided."""
    stores = [Store(database_url, Seal("secret")) for _ in range(2)]
    store, now = stores[0], datetime.now(UTC)
    await make_ready(store)
    for number, channel in enumerate(("telegram", "zalo-oa", "web")):
        event = Event("1", Address(channel, str(number)), contact=Contact(now))
        stored = await store.write_down(event, now)
        assert stored is not None
        await store.finish(stored, Work(), Session(), (), now)
    for address in (Address("web", "2"), Address("telegram", "0")):
        await store.officers.add(Officer(address, "administrator", ""), now)
    table = schema.address.c
    both = update(schema.address).where(table.channel == "zalo-oa").values(person_id=1)
    await store._writes.run(lambda c: c.execute(both))
    campaign = Campaign(0, "awaiting-approval", MESSAGE, "everyone", author=1)
    number = await store.campaigns.keep(campaign, now)
    assert await store.approvals.reachable(now.date()) == {1, 2}
    for _ in range(2):  # the second time both are still on their way
        assert await store._writes.run(
            lambda c: ask(c, store._codecs, number, [2], now, now.date())
        )
    claimed = await store.queue.claim("me", now, 10)
    assert sorted(one.address.channel for one in claimed) == ["telegram", "zalo-oa"]
    for one in claimed:
        if one.address.channel == "zalo-oa":
            await store.queue.let_wait(one)
        else:
            await store.queue.settle("sent", one.id)
    (asked,) = await store.approvals.asked(number)
    assert (asked.office_id, asked.state) == (2, "has")
    (late,) = await store.approvals.unanswered()
    for one_store in stores:
        await one_store.approvals.remind(late, now, now.date())
    assert await store.approvals.unanswered() == ()
    again = await store.queue.claim("me", now, 10)
    assert [one.address.channel for one in again] == ["telegram"]  # once, and not where it waits
    person, _, waits = await loaded(store, await _written_down(store, "zalo-oa", "1", now))
    assert waits
    ((_, parcel),) = await store.waiting(person, again[0].address_id + 1)
    assert parcel is not None
    assert parcel.label == f"campaign-asks:{number}"
    *_, waits = await loaded(store, await _written_down(store, "telegram", "0", now))
    assert not waits  # what waits for the one chat is not handed over on the other
    assert await store.campaigns.move(number, "approve", now, by=2)
    assert await store.approvals.asked(number) == ()
    assert await store.waiting(person, again[0].address_id + 1) == ()
    assert not await store._writes.run(
        lambda c: ask(c, store._codecs, number, [2], now, now.date())
    )
    for one_store in stores:
        await one_store.close()


async def _written_down(store: Store, channel: str, address: str, now: datetime) -> Stored:
    stored = await store.write_down(Event("2", Address(channel, address)), now)
    assert stored is not None
    return stored
