"""The Telegram channel: one table for what comes in, one for what goes out, one for what fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import App
from bot.channels import Refused, Throttled, Unknown, Unreachable, Unsent
from bot.channels.telegram import Telegram, TelegramOptions
from bot.channels.telegram.reading import Malformed, read_event
from bot.model import Address, Attachment, Choice, Event, Media, Reply
from bot.settings import Settings
from bot.store import Pending, Seal, Store
from tests.conftest import LANGUAGES, LIBRARY, ROOT, short_naps
from tests.fakes.faults import Fault
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.people import TelegramPerson

CHAT = 501
LAN = Address("telegram", "501")

# --- incoming: payload -> Event ------------------------------------------------------------------

PRIVATE = {"id": 501, "type": "private", "first_name": "Lan", "username": "lan"}
FROM = {"id": 501, "is_bot": False, "first_name": "Lan", "language_code": "vi"}


def _message(**fields: Any) -> dict[str, Any]:
    return {"update_id": 7, "message": {"chat": PRIVATE, "from": FROM, "date": 1, **fields}}


FORWARDED = {
    "forward_origin": {"type": "user", "sender_user": {"id": 9, "first_name": "Somebody"}},
    "forward_sender_name": "Somebody",
}
GROUP = {"id": -5, "type": "supergroup", "title": "Group"}
INCOMING: dict[str, tuple[dict[str, Any], Event | None]] = {
    "text": (_message(text="chào"), Event("7", LAN, "chào", language="vi")),
    "a forwarded message keeps nothing of its author": (
        _message(text="tin", **FORWARDED),
        Event("7", LAN, "tin", language="vi", is_forwarded=True),
    ),
    "a photo with a caption": (
        _message(caption="thật không", photo=[{"file_id": "x"}]),
        Event("7", LAN, "thật không", language="vi", attachment=Attachment("picture", handle="x")),
    ),
    "a voice message": (
        _message(voice={"file_id": "x"}),
        Event("7", LAN, language="vi", attachment=Attachment("file")),
    ),
    "a place is not read": (
        _message(location={"latitude": 11.3, "longitude": 106.1}),
        Event("7", LAN, language="vi"),
    ),
    "no language": (
        {"update_id": 7, "message": {"chat": PRIVATE, "text": "a"}},
        Event("7", LAN, "a"),
    ),
    "a tapped button": (
        {
            "update_id": 7,
            "callback_query": {
                "id": "1",
                "from": FROM,
                "data": "/menu",
                "message": {"chat": PRIVATE},
            },
        },
        Event("7", LAN, choice="/menu", language="vi"),
    ),
    "a button without data": (
        {"update_id": 7, "callback_query": {"id": "1", "from": FROM, "message": {"chat": PRIVATE}}},
        Event("7", LAN, choice="-", language="vi"),
    ),
    "a button of an inline message": (
        {"update_id": 7, "callback_query": {"id": "1", "from": FROM, "data": "x"}},
        None,
    ),
    "blocked": (
        {
            "update_id": 7,
            "my_chat_member": {"chat": PRIVATE, "new_chat_member": {"status": "kicked"}},
        },
        Event("7", LAN, blocked=True),
    ),
    "let in again": (
        {
            "update_id": 7,
            "my_chat_member": {"chat": PRIVATE, "new_chat_member": {"status": "member"}},
        },
        None,
    ),
    "a group": ({"update_id": 7, "message": {"chat": GROUP, "from": FROM, "text": "a"}}, None),
    "a kind that we never asked for": ({"update_id": 7, "poll": {"id": "1"}}, None),
}


@pytest.mark.parametrize("what", INCOMING)
def test_an_update_becomes_an_event(what: str) -> None:
    update, event = INCOMING[what]
    assert read_event(update) == event


MALFORMED: list[Any] = [
    None,
    [],
    "update",
    {},
    {"update_id": "x"},
    {"update_id": 7, "message": [1]},
    {"update_id": 7, "message": {"text": "a"}},
    {"update_id": 7, "message": {"chat": {"id": "abc", "type": "private"}}},
    {"update_id": 7, "callback_query": "x"},
]


@pytest.mark.parametrize("update", MALFORMED, ids=str)
def test_what_is_no_update_is_called_so(update: Any) -> None:
    with pytest.raises(Malformed):
        read_event(update)


# --- outgoing: Reply -> request, error -> decision -----------------------------------------------


@pytest.fixture
async def channel(telegram: FakeTelegram, tmp_path: Path) -> AsyncIterator[Telegram]:
    store = Store(f"sqlite:///{tmp_path}/channel.db", Seal("secret"))
    await store.upgrade()
    telegram.chats.add(CHAT)
    options = TelegramOptions(TOKEN, telegram.base, per_second=1000)
    channel = Telegram(options, store, ROOT / "content")
    await channel._bot.initialize()
    yield channel
    await channel.close()
    await store.close()


def _pending(reply: Reply, chat: int = CHAT) -> Pending:
    return Pending(1, 1, Address("telegram", str(chat)), reply)


async def test_a_reply_becomes_a_message_with_its_keyboard(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    reply = Reply("Tiêu đề", "Thân <bài>", choices=(Choice("Menu", "/menu"),))
    assert (await channel.say(_pending(reply))).has_arrived
    (sent,) = telegram.sent
    assert sent.text == "Tiêu đề\n\nThân <bài>"
    assert sent.html == "<b>Tiêu đề</b>\n\nThân &lt;bài&gt;"
    assert sent.buttons == (("Menu", "/menu"),)


async def test_a_picture_goes_up_once_and_then_by_its_id(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    reply = Reply("Chủ đề", media=(Media("image", "media/union.png", "Ba người"),))
    for _ in range(3):
        await channel.say(_pending(reply))
    assert [sent.photo for sent in telegram.sent] == ["file-1"] * 3
    assert telegram.uploads == 1


FAILURES = {
    "blocked": (Fault(403, "Forbidden: bot was blocked by the user"), Unreachable),
    "deactivated": (Fault(403, "Forbidden: user is deactivated"), Unreachable),
    "no such chat": (Fault(400, "Bad Request: chat not found"), Unreachable),
    "refused": (Fault(400, "Bad Request: can't parse entities"), Refused),
    "too fast": (Fault(retry_after=3), Throttled),
    "a server error": (Fault(500, "Internal Server Error: restart"), Unknown),
    "a bad gateway": (Fault(502, "Bad Gateway", body="<html>oops</html>"), Unknown),
    "a proxy's own 429": (Fault(429, body="<html>slow down</html>"), Unknown),
    "no JSON": (Fault(200, body="<html>"), Unknown),
    "JSON that is no object": (Fault(200, body="[]"), Unknown),
    "a cut line": (Fault(cuts=True), Unknown),
    "no answer in time": (Fault(seconds=5), Unknown),
    "an unknown method": (Fault(404, "Not Found"), None),
}


@pytest.mark.parametrize("what", FAILURES)
async def test_an_error_becomes_a_decision(
    channel: Telegram, telegram: FakeTelegram, what: str
) -> None:
    fault, decision = FAILURES[what]
    telegram.faults["sendMessage"].append(fault)
    channel._bot.request._caller.seconds = 0.5  # type: ignore[attr-defined]
    with pytest.raises(Exception) as caught:  # noqa: PT011  # the type is the point
        await channel.say(_pending(Reply("Chào")))
    if decision is not None:
        assert type(caught.value) is decision
    assert TOKEN not in repr(caught.value)
    if isinstance(caught.value, Throttled):
        assert caught.value.seconds == 3


async def test_a_request_that_never_left_is_unsent(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    await telegram.stop()
    await channel._bot.request.shutdown()  # no line from before, whose cut would be ambiguous
    await channel._bot.request.initialize()
    with pytest.raises(Unsent) as caught:
        await channel.say(_pending(Reply("Chào")))
    assert TOKEN not in repr(caught.value)


async def test_inside_a_ban_nothing_is_sent_at_all(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    telegram.chats.add(502)
    telegram.faults["sendMessage"].append(Fault(retry_after=1))
    with pytest.raises(Throttled):
        await channel.say(_pending(Reply("Một")))
    began = time.monotonic()
    await asyncio.gather(
        channel.say(_pending(Reply("Hai"))), channel.say(_pending(Reply("Ba"), 502))
    )
    assert all(sent.at - began > 0.9 for sent in telegram.sent)


async def test_bulk_waits_for_the_end_of_a_short_ban_and_answers_go_first(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    telegram.chats.add(502)
    telegram.faults["sendMessage"].append(Fault(retry_after=1))
    with pytest.raises(Throttled):
        await channel.say(_pending(Reply("Một")), in_bulk=True)
    began = time.monotonic()
    await asyncio.gather(
        channel.say(_pending(Reply("Gửi cho nhiều người")), in_bulk=True),
        channel.say(_pending(Reply("Trả lời"), 502)),
    )
    assert [sent.chat for sent in telegram.sent] == [502, 501]
    assert telegram.sent[0].at - began > 0.9


async def test_bulk_goes_back_to_its_queue_in_a_long_ban(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    telegram.faults["sendMessage"].append(Fault(retry_after=50))
    for is_of_all in (False, True):
        with pytest.raises(Throttled) as caught:
            await channel.say(_pending(Reply("Một")), in_bulk=True)
        assert 49 < caught.value.seconds <= 50
        assert caught.value.is_of_all is is_of_all
    assert len([c for c in telegram.calls if c[0] == "sendMessage"]) == 1


async def test_a_chat_that_is_too_fast_holds_up_no_other(
    channel: Telegram, telegram: FakeTelegram
) -> None:
    telegram.chats.add(502)
    await channel.say(_pending(Reply("Một")))
    telegram.faults["sendMessage"].append(Fault(retry_after=20))
    with pytest.raises(Throttled):
        await channel.say(_pending(Reply("Hai")))
    await asyncio.wait_for(channel.say(_pending(Reply("Ba"), 502)), 1)
    assert [sent.chat for sent in telegram.sent] == [501, 502]


# --- the way through the whole bot ---------------------------------------------------------------


async def test_the_menus_are_registered_in_each_language_and_for_all_others(
    bot: App, telegram: FakeTelegram, chatter: TelegramPerson
) -> None:
    await chatter.says("/start")
    deadline = time.monotonic() + 5
    while len([c for c in telegram.calls if c[0] == "setMyShortDescription"]) < 9:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    menus = {
        c[1].get("language_code"): c[1]["commands"]
        for c in telegram.calls
        if c[0] == "setMyCommands"
    }
    assert set(menus) == {"vi", "en", "zh", "ko", "ja", "km", "th", "id", None}
    assert {"command": "topics", "description": "Bài viết theo chủ đề"} in menus["vi"]
    assert menus["en"] == menus[None]


async def test_a_tapped_button_is_released(telegram: FakeTelegram, chatter: TelegramPerson) -> None:
    telegram.faults["answerCallbackQuery"].append(Fault(400, "Bad Request: query is too old"))
    await chatter.taps_value("/menu")
    await chatter.taps_value("/menu")
    deadline = time.monotonic() + 5
    while not telegram.released:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_an_answer_is_said_again_when_it_may_not_have_arrived(
    telegram: FakeTelegram, chatter: TelegramPerson
) -> None:
    telegram.faults["sendMessage"].append(Fault(500, "Internal Server Error", delivers=True))
    await chatter.says("menu")
    assert len(telegram.to(CHAT)) == 2  # rather twice than never


async def test_an_answer_waits_out_a_ban_and_a_platform_that_is_down(
    telegram: FakeTelegram, chatter: TelegramPerson
) -> None:
    telegram.faults["sendMessage"].append(Fault(retry_after=1))
    assert "Menu" in await chatter.says("menu")


async def test_who_has_blocked_the_bot_is_not_tried_again_until_they_write(
    bot: App, telegram: FakeTelegram, chatter: TelegramPerson
) -> None:
    await chatter.says("menu")
    await telegram.queue(telegram.block(CHAT))
    await telegram.taken()
    await bot.conversation.drain(5)
    assert await _is_unreachable(bot)
    assert "Menu" in await chatter.says("menu")
    assert not await _is_unreachable(bot)


async def test_a_refused_answer_does_not_hold_up_the_next(
    bot: App, telegram: FakeTelegram, chatter: TelegramPerson
) -> None:
    telegram.faults["sendMessage"].append(Fault(400, "Bad Request: can't parse entities"))
    await chatter.says("menu")
    assert "Menu" in await chatter.says("menu")
    assert await bot.store.replies_to_say() == ()


async def test_an_answer_to_who_blocked_meanwhile_is_dropped(
    bot: App, telegram: FakeTelegram, chatter: TelegramPerson
) -> None:
    telegram.faults["sendMessage"].append(Fault(403, "Forbidden: bot was blocked by the user"))
    await chatter.says("menu")
    assert await bot.store.replies_to_say() == ()
    assert await _is_unreachable(bot)


async def _is_unreachable(bot: App) -> bool:
    from sqlalchemy import select

    from bot.store import schema

    query = select(schema.address.c.is_unreachable).where(schema.address.c.address == str(CHAT))
    return bool(await bot.store._reads.run(lambda c: c.execute(query).scalar_one()))


async def test_polling_survives_whatever_the_platform_answers(
    telegram: FakeTelegram, chatter: TelegramPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = (
        Fault(502, "Bad Gateway"),
        Fault(409, "Conflict: terminated by other getUpdates request"),
        Fault(retry_after=1),
        Fault(200, body='{"ok": true, "result": [{"no": "id"}]}'),
        Fault(200, body='{"ok": true, "result": [{"update_id": 900, "message": 5}]}'),
        Fault(cuts=True),
    )
    naps = short_naps(monkeypatch, "bot.channels.telegram.listening")
    telegram.faults["getUpdates"].extend(faults)
    assert "Menu" in await chatter.says("menu")
    assert naps


async def test_a_wrong_token_is_one_sentence_and_the_web_goes_on(
    settings: Settings,
    telegram: FakeTelegram,
    session: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    telegram.is_token_valid = False
    bot = App(settings, LIBRARY, LANGUAGES)
    await bot.start()
    url = f"http://127.0.0.1:{bot.port}"
    deadline = time.monotonic() + 5
    while not await bot.health():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    async with session.get(f"{url}/health/ready") as response:
        assert response.status == 503
        assert "TELEGRAM_BOT_TOKEN" in await response.text()
    async with session.post(f"{url}/chat", json={"text": "menu"}) as response:
        assert response.status == 200
    told = [r.getMessage() for r in caplog.records if r.levelname == "ERROR"]
    assert told == [
        "Telegram does not accept TELEGRAM_BOT_TOKEN; that channel is off, the others go on"
    ]
    await bot.stop()


async def test_a_token_revoked_while_polling_turns_only_telegram_off(
    bot: App, telegram: FakeTelegram, chatter: TelegramPerson
) -> None:
    await chatter.says("menu")
    telegram.is_token_valid = False
    await telegram.queue(telegram.text(CHAT, "menu"))
    deadline = time.monotonic() + 5
    while not await bot.health():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    assert await bot.health() == {"telegram": "stopped listening"}


async def test_a_platform_that_is_down_at_the_start_is_waited_for(
    settings: Settings, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    short_naps(monkeypatch, "bot.channels.telegram.listening")
    telegram.faults["getMe"].extend([Fault(502, "Bad Gateway"), Fault(cuts=True)])
    telegram.faults["setMyCommands"].append(Fault(500, "Internal Server Error"))
    bot = App(settings, LIBRARY, LANGUAGES)
    await bot.start()
    await telegram.queue(telegram.text(CHAT, "menu"))
    await telegram.taken()
    await bot.stop()
    assert telegram.to(CHAT)


# --- webhook -------------------------------------------------------------------------------------


@pytest.fixture
async def hooked(settings: Settings, telegram: FakeTelegram) -> AsyncIterator[App]:
    """The bot with a webhook."""
    secret = SecretStr("a-secret_of-Telegram")
    app = App(settings.model_copy(update={"telegram_webhook_secret": secret}), LIBRARY, LANGUAGES)
    await app.start()
    deadline = time.monotonic() + 5
    while not telegram.webhook:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    yield app
    await app.stop()


async def test_a_webhook_is_registered_and_answered(
    hooked: App, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    assert telegram.webhook["url"] == "http://127.0.0.1:8080/telegram"
    assert set(telegram.webhook["allowed_updates"]) == {
        "message",
        "callback_query",
        "my_chat_member",
    }
    url = f"http://127.0.0.1:{hooked.port}/telegram"
    update = telegram.text(CHAT, "menu")
    assert await telegram.push(session, url, update) == 200
    assert await telegram.push(session, url, update) == 200  # Telegram repeats itself
    await hooked.conversation.drain(5)
    await hooked.outbox.drain(5)
    assert len(telegram.to(CHAT)) == 1


async def test_a_tap_that_came_by_webhook_is_released_by_the_answer_to_it(
    hooked: App, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    """Without a call of its own, which would be a fifth of what a tap costs."""
    url, update = f"http://127.0.0.1:{hooked.port}/telegram", telegram.tap(CHAT, "/menu")
    assert await telegram.push(session, url, update) == 200
    assert telegram.released == [update["callback_query"]["id"]]
    assert not [method for method, _ in telegram.calls if method == "answerCallbackQuery"]


FORGED = {
    "no secret": ({}, b'{"update_id": 1}', 403),
    "another secret": ({"X-Telegram-Bot-Api-Secret-Token": "x"}, b'{"update_id": 1}', 403),
    "no JSON": (None, b"{", 400),
    "no update": (None, b'{"message": 1}', 400),
    "a list": (None, b"[1]", 400),
    "bytes that are no text": (None, b"\xff\xfe\x00", 400),
    "brackets without end": (None, b"[" * 200_000, 400),
    "two megabytes": (None, b" " * (2 << 20), 413),
}


@pytest.mark.parametrize("what", FORGED)
async def test_what_is_not_from_telegram_is_refused(
    hooked: App, session: aiohttp.ClientSession, what: str
) -> None:
    headers, body, status = FORGED[what]
    if headers is None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": "a-secret_of-Telegram"}
    url = f"http://127.0.0.1:{hooked.port}/telegram"
    async with session.post(url, data=BytesIO(body), headers=headers) as response:
        assert response.status == status
        assert "Traceback" not in await response.text()


async def test_without_a_secret_there_is_no_webhook(
    bot: App, session: aiohttp.ClientSession
) -> None:
    async with session.post(f"http://127.0.0.1:{bot.port}/telegram", json={}) as response:
        assert response.status == 404
