"""Zalo's Bot platform: one table for what comes in, one for what goes out, one for what fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import App
from bot.channels import NotNow, Refused, SendError, Throttled, Unknown, Unreachable, Unsent
from bot.channels.zalo_bot import ZaloBot, ZaloBotOptions
from bot.channels.zalo_bot.reading import Malformed, kind_of, read_event
from bot.model import Address, Attachment, Choice, Document, Event, Media, Reply
from bot.settings import Settings
from bot.store import Officer, Pending, Seal, Store
from tests.conftest import LANGUAGES, LIBRARY, make_ready, short_naps
from tests.fakes.faults import Fault
from tests.fakes.zalo_bot import BOT_TOKEN, FakeZaloBot, user_id
from tests.people import ZaloBotPerson

USER = user_id(1)
LAN = Address("zalo-bot", USER)
SECRET = "a-secret-of-eight"

# --- incoming: payload -> Event ------------------------------------------------------------------


def _update(name: str, chat: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
    message = {
        "from": {"id": USER, "display_name": "Lan", "is_bot": False},
        "chat": chat or {"id": USER, "chat_type": "PRIVATE"},
        "message_id": "m1",
        "date": 1750316131602,
        "message_type": "CHAT_MESSAGE",
        **content,
    }
    return {"event_name": name, "message": message}


TEXT = _update("message.text.received", text="Xin chào")
FILE = Attachment("file")
INCOMING: dict[str, tuple[dict[str, Any], Event | None]] = {
    "text": (TEXT, Event("m1", LAN, "Xin chào")),
    "in its envelope": ({"ok": True, "result": TEXT}, Event("m1", LAN, "Xin chào")),
    "a picture": (
        _update("message.image.received", photo_url="https://x", caption="thật không"),
        Event("m1", LAN, "thật không", attachment=Attachment("picture", handle="https://x")),
    ),
    "a picture as the documents have it": (
        _update("message.image.received", photo="https://x"),
        Event("m1", LAN, attachment=Attachment("picture", handle="https://x")),
    ),
    "a sticker": (
        _update("message.sticker.received", sticker="s", url="u"),
        Event("m1", LAN, attachment=FILE),
    ),
    "a voice": (
        _update("message.voice.received", voice_url="u.aac"),
        Event("m1", LAN, attachment=FILE),
    ),
    "something else, perhaps from a child": (
        _update("message.unsupported.received"),
        Event("m1", LAN, attachment=FILE),
    ),
    "a group": (
        _update("message.text.received", {"id": "g", "chat_type": "GROUP"}, text="a"),
        None,
    ),
    "another bot": (
        {"event_name": "message.text.received", "message": {
            "from": {"id": USER, "is_bot": True}, "chat": {"id": USER}, "message_id": "1",
            "text": "a"}},
        None,
    ),
    "a kind that we do not know": ({"event_name": "message.dance.received"}, None),
}  # fmt: skip


@pytest.mark.parametrize("what", INCOMING)
def test_an_update_becomes_an_event(what: str) -> None:
    update, event = INCOMING[what]
    assert read_event(update) == event


def test_an_update_that_is_not_read_is_counted_under_a_name_that_we_know() -> None:
    assert kind_of(INCOMING["a group"][0]) == "message.text.received"
    assert kind_of(INCOMING["a kind that we do not know"][0]) == kind_of([]) == "other"


MALFORMED: list[Any] = [
    None,
    [],
    "update",
    {},
    {"event_name": 5},
    {"event_name": "message.text.received"},
    _update("message.text.received", {"id": None}),
    _update("message.text.received", {"id": "x" * 200}),
    {"ok": True, "result": {"event_name": "message.text.received", "message": 5}},
]


@pytest.mark.parametrize("update", MALFORMED, ids=str)
def test_what_is_no_update_is_called_so(update: Any) -> None:
    with pytest.raises(Malformed):
        read_event(update)


# --- outgoing: Reply -> requests -----------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 25, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/channel.db", Seal("secret"))
    await make_ready(store)
    yield store
    await store.close()


@pytest.fixture
async def channel(zalo_bot: FakeZaloBot, store: Store) -> AsyncIterator[ZaloBot]:
    options = ZaloBotOptions(
        BOT_TOKEN, zalo_bot.base, ZoneInfo("Asia/Ho_Chi_Minh"), public_url="https://caunoi.example"
    )
    channel = ZaloBot(options, store, LANGUAGES, Clock())
    await channel.open()
    zalo_bot.text(USER, "xin chào")
    yield channel
    await channel.close()


def _pending(reply: Reply, delivery: int = 0) -> Pending:
    return Pending(1, 1, LAN, reply, delivery)


MENU = Choice("Menu", "/menu")
PICTURE = Media("image", "media/union.png", "Ba người")
OUTGOING: dict[str, tuple[Pending, list[tuple[str, str]]]] = {
    "plain text": (_pending(Reply("Tiêu đề", "Thân")), [("Tiêu đề\n\nThân", "")]),
    "choices are numbered": (
        _pending(Reply(body="Thân", choices=(MENU, Choice("Giúp", "/help")))),
        [("Thân\n\nTrả lời bằng số:\n1. Menu\n2. Giúp", "")],
    ),
    "unasked: a word and a code": (
        _pending(Reply(body="Thân", choices=(MENU, Choice("A", "article:a", "đọc 3"))), 7),
        [("Thân\n\nBạn có thể viết:\n- A: đọc 3", "")],
    ),
    "a picture by its public address": (
        _pending(Reply("Chủ đề", media=(PICTURE,))),
        [("Chủ đề", "https://caunoi.example/media/union.png")],
    ),
    "a document goes as text": (
        _pending(Reply("Dữ liệu", document=Document("a.txt", "Dòng 1"))),
        [("Dữ liệu", ""), ("Dòng 1", "")],
    ),
}


@pytest.mark.parametrize("what", OUTGOING)
async def test_a_reply_becomes_messages(channel: ZaloBot, zalo_bot: FakeZaloBot, what: str) -> None:
    pending, expected = OUTGOING[what]
    await channel.say(pending)
    assert [(sent.text, sent.photo) for sent in zalo_bot.sent] == expected


async def test_long_texts_are_cut_within_two_thousand_units(
    channel: ZaloBot, zalo_bot: FakeZaloBot
) -> None:
    await channel.say(_pending(Reply(body="𝕳ọc " * 1500)))
    assert len(zalo_bot.sent) > 1
    assert all(len(sent.text.encode("utf-16-le")) // 2 <= 2000 for sent in zalo_bot.sent)


async def test_a_picture_that_zalo_cannot_fetch_leaves_its_text(
    channel: ZaloBot, zalo_bot: FakeZaloBot
) -> None:
    zalo_bot.faults["sendPhoto"].append(Fault(400, "Bad request: The photo URL is invalid"))
    for _ in range(2):
        await channel.say(_pending(Reply("Chủ đề", media=(PICTURE,))))
    assert [(sent.text, sent.photo) for sent in zalo_bot.sent] == [("Chủ đề", "")] * 2


# --- errors -> decisions -------------------------------------------------------------------------

FAILURES: dict[str, tuple[Fault, type[SendError]]] = {
    "no such chat": (Fault(400, "Bad request: The chat_id is invalid"), Unreachable),
    "a wrong request": (Fault(400, "Bad request: The text is too long"), Refused),
    "an unknown method": (Fault(404, "Not Found"), Refused),
    "a wrong token": (Fault(401, "Unauthorized"), Throttled),
    "the quota or too fast": (Fault(429, "Quota exceeded"), Throttled),
    "a gateway's HTML 429": (Fault(429, body="<html>slow down</html>"), Throttled),
    "403, which the table calls a server error": (Fault(403, "Internal server error"), Unknown),
    "a server error": (Fault(500, "Internal"), Unknown),
    "a bad gateway": (Fault(502, body="<html>oops</html>"), Unknown),
    "no JSON": (Fault(200, body="<html>"), Unknown),
    "JSON that is no object": (Fault(200, body="[1]"), Unknown),
    "an empty 200": (Fault(is_empty=True), Unknown),
    "a time-out that is meant for polls": (Fault(408, "Request timeout"), Refused),
    "a code as text": (Fault(200, body='{"ok": false, "error_code": "404"}'), Refused),
    "the other spelling of the key": (
        Fault(200, body='{"ok": false, "errorCode": 429}'),
        Throttled,
    ),
    "a code that is no number": (Fault(200, body='{"ok": false, "error_code": "x"}'), Unknown),
    "a cut line": (Fault(cuts=True), Unknown),
    "no answer in time": (Fault(seconds=3), Unknown),
}


@pytest.mark.parametrize("what", FAILURES)
async def test_an_error_becomes_a_decision(
    channel: ZaloBot, zalo_bot: FakeZaloBot, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault, decision = FAILURES[what]
    zalo_bot.faults["sendMessage"].append(fault)
    channel._caller.seconds = 0.5
    with pytest.raises(SendError) as caught:
        await channel.say(_pending(Reply("Chào")))
    assert isinstance(caught.value, decision)
    assert BOT_TOKEN not in repr(caught.value) + caplog.text


@pytest.mark.parametrize("switch", ["uses_real_status", "string_codes", "says_error_code_zero"])
async def test_whatever_way_the_platform_has_of_saying_it(
    channel: ZaloBot, zalo_bot: FakeZaloBot, switch: str
) -> None:
    setattr(zalo_bot, switch, True)
    assert await channel.say(_pending(Reply("Chào")))
    stranger = replace(_pending(Reply("Chào")), address=Address("zalo-bot", user_id(9)))
    with pytest.raises(Unreachable):
        await channel.say(stranger)


async def test_a_request_that_never_left_is_unsent(channel: ZaloBot, zalo_bot: FakeZaloBot) -> None:
    await zalo_bot.stop()
    with pytest.raises(Unsent) as caught:
        await channel.say(_pending(Reply("Chào")))
    assert BOT_TOKEN not in repr(caught.value)


async def test_a_server_that_names_itself_twice_is_understood(
    channel: ZaloBot, zalo_bot: FakeZaloBot
) -> None:
    zalo_bot.doubles_server = True
    assert await channel.say(_pending(Reply("Chào")))


# --- the pilot's limits --------------------------------------------------------------------------


async def _administrator(store: Store) -> None:
    """Somebody on Telegram who is told when the pilot runs out."""
    address = Address("telegram", "7")
    await store.write_down(Event("7", address), datetime.now(UTC))
    await store.officers.add(Officer(address, "administrator", ""), datetime.now(UTC))


async def _told(store: Store) -> list[str]:
    claimed = await store.queue.claim("x", datetime(2027, 1, 1, tzinfo=UTC), 10)
    return [delivery.parcel.label for delivery in claimed]


async def test_messages_are_counted_by_the_month_and_warned_about_once(
    channel: ZaloBot, store: Store
) -> None:
    await _administrator(store)
    await store.allowances.use("zalo-bot", "2026-11", "messages", 2398)
    for _ in range(4):
        await channel.say(_pending(Reply("Chào")))
    assert await store.allowances.used("zalo-bot", "2026-11", "messages") == 2402
    assert await _told(store) == ["zalo-bot-messages:2400"]
    channel._clock.time = datetime(2026, 12, 1, tzinfo=UTC)  # type: ignore[attr-defined]
    await channel.say(_pending(Reply("Chào")))
    assert await store.allowances.used("zalo-bot", "2026-12", "messages") == 1


async def test_the_last_messages_of_a_month_are_kept_for_answers(
    channel: ZaloBot, store: Store, zalo_bot: FakeZaloBot
) -> None:
    await store.allowances.use("zalo-bot", "2026-11", "messages", 2700)
    with pytest.raises(NotNow):
        await channel.say(_pending(Reply("Chào"), delivery=7), in_bulk=True)
    assert zalo_bot.sent == []
    await channel.say(_pending(Reply("Chào")))
    assert len(zalo_bot.sent) == 1


async def test_when_all_are_used_up_an_answer_is_not_tried_for_ever(
    channel: ZaloBot, store: Store, zalo_bot: FakeZaloBot
) -> None:
    await store.allowances.use("zalo-bot", "2026-11", "messages", 3000)
    zalo_bot.outgoing = 3000
    with pytest.raises(NotNow):
        await channel.say(_pending(Reply("Chào")))


async def test_that_the_pilot_is_nearly_full_is_told_once(
    bot: App, zalo_bot: FakeZaloBot, pilot: ZaloBotPerson
) -> None:
    await bot.store.allowances.use("zalo-bot", "", "people", 39)
    await _administrator(bot.store)
    await pilot.says("menu")
    await pilot.says("menu")
    assert await _told(bot.store) == ["zalo-bot-people:40"]


# --- polling -------------------------------------------------------------------------------------


async def test_a_platform_that_replays_is_answered_once_and_not_hammered(
    zalo_bot: FakeZaloBot, pilot: ZaloBotPerson
) -> None:
    zalo_bot.replays = True
    await pilot.says("menu")
    polls = len([call for call in zalo_bot.calls if call[0] == "getUpdates"])
    await asyncio.sleep(0.5)
    assert len([call for call in zalo_bot.calls if call[0] == "getUpdates"]) <= polls + 2
    assert len(zalo_bot.to(USER)) == 1


@pytest.mark.parametrize("is_real", [False, True])
async def test_an_empty_poll_is_no_failure(
    zalo_bot: FakeZaloBot,
    pilot: ZaloBotPerson,
    caplog: pytest.LogCaptureFixture,
    is_real: bool,
) -> None:
    zalo_bot.uses_real_status = is_real
    zalo_bot.faults["getUpdates"].extend([Fault(408, "Request timeout")] * 3)
    assert "Menu" in await pilot.says("menu")
    assert [
        r for r in caplog.records if r.levelname == "WARNING" and r.name.startswith("bot")
    ] == []


async def test_polling_survives_whatever_the_platform_answers(
    zalo_bot: FakeZaloBot, pilot: ZaloBotPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps = short_naps(monkeypatch, "bot.channels.zalo_bot")
    zalo_bot.faults["getUpdates"].extend(
        [
            Fault(502, body="<html>"),
            Fault(429, body="<html>slow down</html>"),
            Fault(429, "quota exceeded"),
            Fault(400, "You cannot use this API while a webhook is set."),
            Fault(is_empty=True),
            Fault(200, body='{"ok": true, "result": {"event_name": 5}}'),
            Fault(200, body='{"ok": true, "result": []}'),
            Fault(cuts=True),
        ]
    )
    assert "Menu" in await pilot.says("menu")
    assert naps


async def test_a_wrong_token_is_one_sentence_and_the_others_go_on(
    settings: Settings,
    zalo_bot: FakeZaloBot,
    session: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
) -> None:
    zalo_bot.is_token_valid = False
    bot = App(settings, LIBRARY, LANGUAGES)
    await bot.start()
    deadline = time.monotonic() + 5
    while "zalo-bot" not in await bot.health():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    assert (await bot.health())["zalo-bot"] == "Zalo does not accept ZALO_BOT_TOKEN"
    url = f"http://127.0.0.1:{bot.port}/chat"
    async with session.post(url, json={"text": "menu"}) as response:
        assert response.status == 200
    told = [r.getMessage() for r in caplog.records if r.levelname == "ERROR"]
    assert told == ["Zalo does not accept ZALO_BOT_TOKEN; that channel is off, the others go on"]
    await bot.stop()


async def test_a_platform_that_is_down_at_the_start_is_waited_for(
    settings: Settings, zalo_bot: FakeZaloBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    short_naps(monkeypatch, "bot.channels.zalo_bot")
    zalo_bot.faults["deleteWebhook"].extend([Fault(502, body="<html>"), Fault(cuts=True)])
    bot = App(settings, LIBRARY, LANGUAGES)
    await bot.start()
    await zalo_bot.queue(zalo_bot.text(USER, "menu"))
    await zalo_bot.taken()
    await bot.conversation.drain(5)
    await bot.outbox.drain(5)
    await bot.stop()
    assert len(zalo_bot.to(USER)) == 1


# --- webhook -------------------------------------------------------------------------------------


@pytest.fixture
async def hooked(settings: Settings, zalo_bot: FakeZaloBot) -> AsyncIterator[App]:
    """The bot with a webhook."""
    update = {"zalo_bot_webhook_secret": SecretStr(SECRET)}
    app = App(settings.model_copy(update=update), LIBRARY, LANGUAGES)
    await app.start()
    deadline = time.monotonic() + 5
    while not zalo_bot.webhook:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    yield app
    await app.stop()


async def test_a_webhook_is_registered_and_answered_once(
    hooked: App, zalo_bot: FakeZaloBot, session: aiohttp.ClientSession
) -> None:
    assert zalo_bot.webhook["url"].endswith("/zalo-bot")
    url = f"http://127.0.0.1:{hooked.port}/zalo-bot"
    update = zalo_bot.text(USER, "menu")
    for _ in range(2):
        assert await zalo_bot.push(session, url, update) == 200
    await hooked.conversation.drain(5)
    await hooked.outbox.drain(5)
    assert len(zalo_bot.to(USER)) == 1


FORGED = {
    "no secret": ({}, b"{}", 403),
    "another secret": ({"X-Bot-Api-Secret-Token": "x"}, b"{}", 403),
    "no JSON": (None, b"{", 400),
    "no update": (None, b'{"ok": true, "result": {"message": 1}}', 400),
    "a list": (None, b"[1]", 400),
    "bytes that are no text": (None, b"\xff\xfe\x00", 400),
    "brackets without end": (None, b"[" * 200_000, 400),
    "two megabytes": (None, b" " * (2 << 20), 413),
    "an empty probe": (None, b"{}", 200),
}


@pytest.mark.parametrize("what", FORGED)
async def test_what_is_not_from_zalo_is_refused(
    hooked: App, session: aiohttp.ClientSession, what: str
) -> None:
    headers, body, status = FORGED[what]
    headers = {"X-Bot-Api-Secret-Token": SECRET} if headers is None else headers
    url = f"http://127.0.0.1:{hooked.port}/zalo-bot"
    async with session.post(url, data=BytesIO(body), headers=headers) as response:
        assert response.status == status
        assert "Traceback" not in await response.text()


async def test_without_a_secret_there_is_no_webhook(
    bot: App, session: aiohttp.ClientSession
) -> None:
    async with session.post(f"http://127.0.0.1:{bot.port}/zalo-bot", json={}) as response:
        assert response.status == 404


# --- numbers for buttons -------------------------------------------------------------------------


async def test_a_number_a_label_or_a_word_chooses(pilot: ZaloBotPerson) -> None:
    await pilot.says("menu")
    assert "đọc về chủ đề nào" in await pilot.says("chu de")  # a word without marks
    assert "bài viết" in await pilot.says("Công đoàn")  # the label
    await pilot.says("menu")
    assert "Bạn muốn nhận tin?" in await pilot.says("1")  # the number


async def test_zero_shows_the_lines_that_had_no_room_numbered_anew(pilot: ZaloBotPerson) -> None:
    await pilot.says("chủ đề")
    topic = await pilot.says("công đoàn")
    assert "9. Xem thêm\n0. Các lựa chọn khác" in topic
    rest = await pilot.says("0")
    assert "1. Chủ đề\n2. Menu" in rest
    assert "đọc về chủ đề nào" in await pilot.says("1")
    assert "Menu" in await pilot.says("0")  # nothing more: the menu


async def test_a_number_beyond_the_lines_shown_means_nothing(pilot: ZaloBotPerson) -> None:
    await pilot.says("chủ đề")
    await pilot.says("công đoàn")
    assert "không có số này" in await pilot.says("10")


async def test_an_article_is_asked_for_by_its_word_and_number_at_any_time(
    bot: App, pilot: ZaloBotPerson
) -> None:
    number = bot._services.numbers["union-founding-day"]
    title = LIBRARY.articles["union-founding-day"].text
    assert title["vi"].title in await pilot.says(f"doc {number}")
    assert title["en"].title in await pilot.says(f"đọc {number} en")
    assert "Những bài mới nhất" in await pilot.says("đọc 99999")
