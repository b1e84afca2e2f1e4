"""One event at a time for each person, an answer to every event, whatever fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.channels import Said, SendError, Throttled, Unknown, Unreachable, Unsent
from bot.choosing import MAX_STARTS
from bot.conversation import Conversation
from bot.model import Address, Answer, Event, Reply
from bot.outbox import Outbox
from bot.routing import Context, Route, Services, command, otherwise
from bot.store import Pending, Seal, Store
from tests.conftest import LANGUAGES, LIBRARY, SEARCH, STRUCTURE

LAN = Address("test", "lan")
HOA = Address("test", "hoa")
SERVICES = Services(
    LIBRARY,
    LANGUAGES,
    SEARCH,
    ZoneInfo("Asia/Ho_Chi_Minh"),
    structure=STRUCTURE,
)


class Channel:
    """A channel that notes what it is given, and fails as it is told."""

    name = "test"
    waits_for_receipt = False
    per_second = 1000.0

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.failures: list[Exception] = []

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> Said:
        if self.failures:
            raise self.failures.pop(0)
        self.said.append((pending.address.address, pending.reply.body))
        return Said()


async def slowly(event: Event, context: Context) -> Answer:
    """Says the text after a while that is longer for the first ones."""
    await asyncio.sleep(0.5 if event.text == "1" else 0)
    return context.answer(context.reply(f"{event.text}"))


async def failing(_event: Event, context: Context) -> Answer:
    context.work.count_reading("a", "vi", context.today)
    raise ZeroDivisionError


ROUTES: tuple[Route, ...] = (command("fail", failing), otherwise("text", slowly))


class Talk:
    """A store, a channel and a conversation, made anew as after a restart."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(f"sqlite:///{folder}/talk.db", Seal("secret"))
        self.channel = Channel()
        self.outbox = Outbox(self.store, {"test": self.channel})
        self.conversation = Conversation(
            self.store, ROUTES, SERVICES, self.outbox, lambda parcel, *_: Reply(parcel.label)
        )

    async def settled(self) -> None:
        await self.conversation.drain(10)
        await self.outbox.drain(10)


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    talk = Talk(tmp_path)
    await talk.store.upgrade()
    yield talk
    await talk.settled()
    await talk.store.close()


def _event(number: int | str, text: str, address: Address = LAN) -> Event:
    return Event(str(number), address, text)


async def test_one_persons_events_are_answered_in_order_and_nobody_waits_for_another(
    talk: Talk,
) -> None:
    for number in (1, 2, 3):
        assert await talk.conversation.receive(_event(number, f"{number} "))
    for text in ("1", "2", "3"):
        await talk.conversation.receive(_event(f"x{text}", text))
    await talk.conversation.receive(_event("h", "2", HOA))
    await talk.settled()
    assert [body for to, body in talk.channel.said if to == "lan"][-3:] == ["1", "2", "3"]
    assert talk.channel.said.index(("hoa", "2")) < talk.channel.said.index(("lan", "1"))


async def test_a_handler_that_fails_gets_one_sorry_sentence_and_has_no_effect(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await talk.conversation.receive(_event(1, "/fail một bí mật"))
    await talk.settled()
    ((_, said),) = talk.channel.said
    assert said.startswith("Xin lỗi")
    assert "the handler of event 1 failed" in caplog.text
    assert "bí mật" not in caplog.text
    from sqlalchemy import text

    count = text("SELECT count(*) FROM reading")
    assert await talk.store._reads.run(lambda c: c.execute(count).scalar_one()) == 0


async def test_an_event_seen_before_is_not_answered_again(talk: Talk) -> None:
    assert await talk.conversation.receive(_event(1, "a"))
    assert not await talk.conversation.receive(_event(1, "a"))
    await talk.settled()
    assert len(talk.channel.said) == 1


async def test_after_a_restart_what_was_left_is_answered_and_said_in_order(tmp_path: Path) -> None:
    before = Talk(tmp_path)
    await before.store.upgrade()
    now = datetime.now(UTC)
    for number in range(20):  # written down, never answered
        await before.store.write_down(_event(number, str(number)), now)
    before.channel.failures = [Throttled(60)]  # the process dies before it may say it
    await before.conversation.receive(_event("said", "committed", HOA))
    await before.conversation.drain(10)
    await before.outbox.drain(0.05)
    await before.store.close()
    after = Talk(tmp_path)
    await after.conversation.recover()
    await after.conversation.receive(_event("new", "new"))
    await after.settled()
    assert [body for to, body in after.channel.said if to == "lan"] == [
        *(str(number) for number in range(20)),
        "new",
    ]
    assert ("hoa", "committed") in after.channel.said
    await after.store.close()


async def test_an_event_that_was_open_at_many_crashes_is_not_tried_for_ever(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    stored = await talk.store.write_down(_event(1, "poison"), datetime.now(UTC))
    assert stored is not None
    for _ in range(MAX_STARTS):
        await talk.store.open_events.count_start(stored)
    await talk.conversation.recover()
    await talk.settled()
    ((_, said),) = talk.channel.said
    assert said.startswith("Xin lỗi")
    assert "given up" in caplog.text


async def test_a_locked_database_delays_an_answer_and_loses_none(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversation._RETRY_SECONDS", (0.01, 0.01))
    finish, failures = talk.store.finish, [OSError("database is locked")] * 2

    async def locked(*given: object) -> object:
        if failures:
            raise failures.pop()
        return await finish(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(talk.store, "finish", locked)
    await talk.conversation.receive(_event(1, "a"))
    await talk.settled()
    assert talk.channel.said == [("lan", "a")]


async def test_a_database_that_stays_locked_leaves_the_event_for_the_next_start(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversation._RETRY_SECONDS", (0.01,))
    with monkeypatch.context() as broken:

        async def locked(*_: object) -> None:
            raise OSError("database is locked")

        broken.setattr(talk.store, "finish", locked)
        assert await talk.conversation.converse(_event(1, "a")) == ()
    assert len(await talk.store.open_events.unfinished()) == 1
    await talk.conversation.recover()
    await talk.settled()
    assert talk.channel.said == [("lan", "a")]


FAILURES: dict[str, tuple[list[SendError], int]] = {
    "throttled again and again": ([Throttled(0.01)] * 5, 1),
    "never on the wire": ([Unsent()] * 3, 1),
    "perhaps arrived": ([Unknown()] * 2, 1),
    "perhaps arrived at a gateway that is broken": ([Unknown()] * 4, 1),
    "perhaps arrived too often": ([Unknown()] * 5, 0),
    "gone": ([Unreachable()], 0),
}


@pytest.mark.parametrize("what", FAILURES)
async def test_a_reply_is_tried_as_its_failure_allows(
    talk: Talk, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox._LONGEST_PAUSE", 0.01)
    monkeypatch.setattr("bot.outbox._FIRST_PAUSE", 0.01)
    monkeypatch.setattr("bot.outbox._UNKNOWN_PAUSES", (0.01,) * 4)
    failures, said = FAILURES[what]
    talk.channel.failures = list(failures)
    await talk.conversation.receive(_event(1, "a"))
    await talk.settled()
    assert len(talk.channel.said) == said
    assert await talk.store.replies_to_say() == ()


async def test_who_waits_for_a_broken_channel_is_answered_as_soon_as_it_takes_something(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox._FIRST_PAUSE", 0.01)
    monkeypatch.setattr("bot.outbox._UNKNOWN_PAUSES", (60.0,))
    talk.channel.failures = [Unknown()]
    await talk.conversation.receive(_event(1, "a"))
    async with asyncio.timeout(10):
        while talk.channel.failures:
            await asyncio.sleep(0.01)
    await talk.conversation.receive(_event(2, "b", HOA))
    await talk.settled()
    assert talk.channel.said == [("hoa", "b"), ("lan", "a")]


async def test_a_database_that_fails_the_channel_does_not_keep_its_answers_until_the_next_start(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zalo's tokens and windows lie there: what fails is no error of the platform."""
    monkeypatch.setattr("bot.outbox._UNKNOWN_PAUSES", (0.01,) * 4)
    talk.channel.failures = [ConnectionRefusedError()] * 2
    for text in ("a", "b"):
        await talk.conversation.receive(_event(text, text))
    await talk.settled()
    assert talk.channel.said == [("lan", "a"), ("lan", "b")]


async def test_a_commit_without_an_answer_leaves_nobody_without_one(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database dies between a commit and its confirmation; the group is run again."""
    run, lost = talk.store._writes._database.run, [True]

    async def losing(task: Callable[..., object], **more: bool) -> object:
        done = await run(task, **more)
        if lost:
            lost.pop()
            raise ConnectionResetError
        return done

    monkeypatch.setattr(talk.store._writes._database, "run", losing)
    assert await talk.conversation.receive(_event(1, "a"))
    assert not await talk.conversation.receive(_event(1, "a"))
    await talk.settled()
    assert talk.channel.said == [("lan", "a")]


async def test_a_database_that_fails_after_a_reply_was_said_makes_nobody_hear_it_twice(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what comes after it for the same person does not wait for the next start."""
    monkeypatch.setattr("bot.store.patience._FIRST_PAUSE", 0.01)
    forget, failures = talk.store.forget_replies, [OSError("database is locked")] * 3

    async def locked(*given: int) -> None:
        if failures:
            raise failures.pop()
        await forget(*given)

    monkeypatch.setattr(talk.store, "forget_replies", locked)
    for text in ("a", "b"):
        await talk.conversation.receive(_event(text, text))
    await talk.settled()
    assert not failures
    assert talk.channel.said == [("lan", "a"), ("lan", "b")]
    assert await talk.store.replies_to_say() == ()


async def test_what_could_not_be_said_in_time_waits_for_the_next_start(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    talk.channel.failures = [Throttled(60)]
    await talk.conversation.receive(_event(1, "a"))
    await talk.conversation.drain(5)
    await talk.outbox.drain(0.05)
    assert len(await talk.store.replies_to_say()) == 1


async def test_replies_of_a_channel_that_is_off_stay_in_the_store(talk: Talk) -> None:
    event = replace(_event(1, "a"), address=Address("zalo-oa", "x"))
    await talk.conversation.receive(event)
    await talk.settled()
    assert len(await talk.store.replies_to_say()) == 1
