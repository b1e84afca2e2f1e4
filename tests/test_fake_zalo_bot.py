"""The fake Zalo Bot Platform is kept honest by two clients that are not ours."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import httpx
import pytest
import zalo_bot_mcp.zalo_api as z
from aiohttp import web
from zalo_bot import Bot
from zalo_bot.error import BadRequest, InvalidToken, NetworkError, TimedOut, ZaloError

from tests.fakes.faults import Fault
from tests.fakes.zalo_bot import BOT_TOKEN, FakeZaloBot, user_id

LAN = user_id(1)
GROUP = user_id(900)
PICTURE = "https://union.invalid/union.png"
SECRET = "not-a-real-secret"


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloBot]:
    fake = FakeZaloBot()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """httpx writes addresses, which hold the token, into its log."""
    caplog.set_level(logging.WARNING, logger="httpx")


@pytest.fixture
async def form(zalo: FakeZaloBot) -> AsyncIterator[Bot]:
    """python-zalo-bot: form-urlencoded, and POST without a body; never looks at `ok`."""
    async with Bot(BOT_TOKEN, base_url=zalo.base) as client:
        yield client


@pytest.fixture
async def plain(zalo: FakeZaloBot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[z.ZaloBotApi]:
    """zalo-bot-mcp: JSON; raises for `ok: false`."""
    monkeypatch.setattr(z, "BASE_URL", zalo.base)
    async with z.ZaloBotApi(BOT_TOKEN) as client:
        yield client


async def _raw(
    zalo: FakeZaloBot, session: aiohttp.ClientSession, method: str, **given: Any
) -> tuple[int, dict[str, Any]]:
    """The HTTP status and the body as they stand."""
    url = f"{zalo.base}/bot{BOT_TOKEN}/{method}"
    async with session.post(url, json=given) as response:
        return response.status, await response.json()


async def test_messages_and_pictures_pass(
    form: Bot, plain: z.ZaloBotApi, zalo: FakeZaloBot
) -> None:
    zalo.text(LAN, "chào")
    assert (await form.get_me()).account_name == "bot.caunoi"
    assert (await plain.get_me())["account_type"] == "BASIC"
    sent = await plain.send_message(LAN, "**Chào** chị", parse_mode="markdown")
    assert re.fullmatch(r"[0-9a-f]{20}", sent["message_id"])
    assert abs(sent["date"] - time.time() * 1000) < 10_000
    said = await form.send_message(LAN, "Chào & tạm biệt", reply_to_message_id=sent["message_id"])
    assert said.message_id != sent["message_id"]
    await form.send_photo(LAN, "Ba người", PICTURE)
    await form.send_sticker(LAN, "a1b2c3")
    assert [(message.text, message.photo) for message in zalo.to(LAN)] == [
        ("**Chào** chị", ""),
        ("Chào & tạm biệt", ""),
        ("Ba người", PICTURE),
        ("", ""),
    ]
    assert await plain.send_chat_action(LAN) is None
    assert await form.send_chat_action(LAN, "typing") is None
    assert zalo.calls[-1] == ("sendChatAction", {"chat_id": LAN, "action": "typing"})
    assert zalo.to(user_id(2)) == []


async def test_updates_of_every_kind_arrive_one_a_poll(
    form: Bot, plain: z.ZaloBotApi, zalo: FakeZaloBot
) -> None:
    await zalo.queue(zalo.text(LAN, "xin chào"), zalo.group_text(GROUP, LAN, "@bot chào"))
    first = z.parse_update(await plain.get_updates(1))
    assert first is not None
    assert (first.text, first.user_id, first.chat_id) == ("xin chào", LAN, LAN)
    assert (first.chat_type, first.display_name, first.is_bot) == ("PRIVATE", "Lan", False)
    second = z.parse_update(await plain.get_updates(1))
    assert second is not None
    assert (second.user_id, second.chat_id, second.chat_type) == (LAN, GROUP, "GROUP")
    await zalo.queue(zalo.text(LAN, "nữa"), zalo.image(LAN, "ảnh"), zalo.sticker(LAN))
    text, image, sticker = [(await form.get_update(timeout=1)).message for _ in range(3)]
    assert (text.text, text.from_user.id, text.chat.type) == ("nữa", LAN, "PRIVATE")
    assert abs(text.date.timestamp() - time.time()) < 10
    assert image.photo_url.startswith("https://")
    assert sticker.sticker == "a1b2c3"
    zalo.photo_field = "photo"
    await zalo.queue(zalo.image(LAN), zalo.voice(LAN), zalo.unsupported(LAN))
    picture, voice, unknown = [await plain.get_updates(1) for _ in range(3)]
    assert picture["message"]["photo"].startswith("https://")
    assert not {"photo_url", "caption"} & set(picture["message"])
    assert voice["message"]["voice_url"].endswith(".aac")
    assert unknown["event_name"] == "message.unsupported.received"
    assert z.parse_update(unknown) is None


async def test_an_empty_poll_lasts_its_time_and_is_no_update(
    form: Bot, plain: z.ZaloBotApi, zalo: FakeZaloBot, session: aiohttp.ClientSession
) -> None:
    began = time.monotonic()
    assert await plain.get_updates(1) is None
    assert time.monotonic() - began >= 1
    assert await form.get_update(timeout=0) is None
    empty = {"ok": False, "description": "Request timeout", "error_code": 408}
    assert await _raw(zalo, session, "getUpdates", timeout="0") == (200, empty)
    zalo.uses_real_status = True
    assert await _raw(zalo, session, "getUpdates", timeout=0) == (408, empty)
    assert await plain.get_updates(0) is None
    with pytest.raises(NetworkError, match="Request timeout"):
        await form.get_update(timeout=0)


async def test_a_waiting_poll_is_answered_as_soon_as_something_comes(
    plain: z.ZaloBotApi, zalo: FakeZaloBot
) -> None:
    polling = asyncio.create_task(plain.get_updates(30))
    await asyncio.sleep(0.1)
    await zalo.queue(zalo.text(LAN, "chào"))
    assert (await asyncio.wait_for(polling, 2))["message"]["text"] == "chào"


async def test_a_poller_that_hung_up_takes_nothing(plain: z.ZaloBotApi, zalo: FakeZaloBot) -> None:
    gone = asyncio.create_task(plain.get_updates(30))
    await asyncio.sleep(0.1)
    gone.cancel()
    await asyncio.sleep(0.1)
    await zalo.queue(zalo.text(LAN, "chào"))
    assert (await plain.get_updates(1))["message"]["text"] == "chào"


async def test_taken_waits_for_the_poll_after_the_last_update(
    plain: z.ZaloBotApi, zalo: FakeZaloBot
) -> None:
    await zalo.taken()
    await zalo.queue(zalo.text(LAN, "một"), zalo.text(LAN, "hai"))
    waiting = asyncio.create_task(zalo.taken())
    for _ in range(2):
        await plain.get_updates(1)
        await asyncio.sleep(0.05)
        assert not waiting.done()
    await plain.get_updates(0)
    await asyncio.wait_for(waiting, 1)


async def test_a_replayed_update_comes_at_every_poll_until_a_newer_one(
    plain: z.ZaloBotApi, zalo: FakeZaloBot
) -> None:
    zalo.replays = True
    assert await plain.get_updates(0) is None
    one, two = zalo.text(LAN, "một"), zalo.text(LAN, "hai")
    await zalo.queue(one)
    began = time.monotonic()
    assert [await plain.get_updates(30) for _ in range(3)] == [one, one, one]
    assert time.monotonic() - began < 5
    await zalo.taken()
    await zalo.queue(two)
    assert [await plain.get_updates(30) for _ in range(2)] == [two, two]


async def test_what_the_platform_refuses_is_refused(
    form: Bot, plain: z.ZaloBotApi, zalo: FakeZaloBot
) -> None:
    zalo.text(LAN, "chào")
    zalo.uses_real_status = True
    send, photo = form.send_message, form.send_photo
    for call, given, reason in (
        (send, ("", "x"), "Bad request: The chat_id must not be empty"),
        (send, (LAN, ""), "Bad request: The text must not be empty"),
        (send, (user_id(2), "x"), "Bad request: The chat_id is invalid"),
        (send, (LAN, "x" * 2001), "The text must be at most 2000 characters"),
        (photo, (LAN, "", ""), "The photo must not be empty"),
        (photo, (LAN, "", "a.png"), "The photo must start with http:// or https://"),
        (photo, (LAN, "", "https://"), "The photo URL is invalid"),
        (photo, (LAN, "x" * 2001, PICTURE), "The caption must be at most 2000 characters"),
        (form.send_chat_action, (LAN, "dancing"), "The action is invalid"),
        (form.get_update, (None, None, -1), "The timeout is invalid"),
    ):
        with pytest.raises(BadRequest, match=re.escape(reason)):
            await call(*given)
    zalo.uses_real_status = False
    with pytest.raises(z.ZaloClientError, match="2000 characters', 'error_code': 400"):
        await plain.send_message(LAN, "🎉" * 1001)
    with pytest.raises(z.ZaloClientError, match="The parse_mode is invalid"):
        await plain.send_message(LAN, "x", parse_mode="HTML")
    assert await form.send_message(user_id(2), "x") is None
    assert zalo.sent == []
    await plain.send_message(LAN, "🎉" * 1000)
    await form.send_photo(LAN, "đ" * 2000, PICTURE)
    assert len(zalo.sent) == 2


async def test_unknown_methods_names_and_tokens_are_refused(
    form: Bot, plain: z.ZaloBotApi, zalo: FakeZaloBot, session: aiohttp.ClientSession
) -> None:
    zalo.text(LAN, "chào")
    for method, given, code, reason in (
        ("editMessageText", {"chat_id": LAN}, 404, "Not Found"),
        ("sendmessage", {"chat_id": LAN, "text": "x"}, 404, "Not Found"),
        ("sendMessage", {"chat": LAN, "text": "x"}, 400, "Bad request: unknown parameters chat"),
        ("sendMessage", {"chat_id": 7, "text": "x"}, 400, "The chat_id must be a string"),
        ("sendMessage", {"text": "x"}, 400, "Bad request: The chat_id must not be empty"),
        ("sendVoice", {"chat_id": LAN, "voice_url": "https://x.invalid/a.mp3"}, 400, "voice_url"),
    ):
        status, body = await _raw(zalo, session, method, **given)
        assert (status, body["ok"], body["error_code"]) == (200, False, code)
        assert reason in body["description"]
    zalo.is_token_valid = False
    with pytest.raises(z.ZaloClientError, match="'Unauthorized', 'error_code': 401"):
        await plain.get_me()
    zalo.uses_real_status = True
    with pytest.raises(InvalidToken):
        await form.get_me()
    assert zalo.sent == []


async def test_every_way_to_encode_a_call_is_understood(
    zalo: FakeZaloBot, session: aiohttp.ClientSession
) -> None:
    zalo.text(LAN, "chào")
    base = f"{zalo.base}/bot{BOT_TOKEN}"
    given = {"chat_id": LAN, "text": "chào"}
    multipart = aiohttp.FormData(given, default_to_multipart=True)
    no_body = {"Content-Type": "application/json"}
    for call in (
        session.get(f"{base}/sendMessage", params=given),
        session.post(f"{base}/sendMessage", params=given),
        session.post(f"{base}/sendMessage", json=given),
        session.post(f"{base}/sendMessage", data=given),
        session.post(f"{base}/sendMessage", data=multipart),
        session.post(f"{base}/getMe", headers=no_body),
        session.post(f"{base}/getMe", skip_auto_headers=["Content-Type"]),
        session.get(f"{base}/getMe"),
    ):
        async with call as response:
            assert (await response.json())["ok"]
    assert [message.text for message in zalo.sent] == ["chào"] * 5
    upload = aiohttp.FormData({"chat_id": LAN})
    upload.add_field("photo", b"\x89PNG", filename="union.png", content_type="image/png")
    async with session.post(f"{base}/sendPhoto", data=upload) as response:
        assert (await response.json())["description"] == "The photo must not be empty"
    async with session.post(f"{base}/sendMessage", data=b"{", headers=no_body) as response:
        assert (await response.json())["error_code"] == 400


async def test_faults_arrive_as_the_clients_know_them(
    form: Bot, plain: z.ZaloBotApi, zalo: FakeZaloBot
) -> None:
    zalo.text(LAN, "chào")
    zalo.faults["sendMessage"].extend(
        [
            Fault(403, "Internal server error"),
            Fault(retry_after=3),
            Fault(429, body="<html>Too Many Requests</html>"),
            Fault(502, body="<html>Bad Gateway</html>"),
            Fault(cuts=True),
        ]
    )
    for kind, reason in (
        (z.ZaloClientError, "'Internal server error', 'error_code': 403"),
        (z.ZaloClientError, "'quota exceeded', 'error_code': 429"),
        (z.ZaloTransientError, "HTTP 429: <html>"),
        (z.ZaloTransientError, "HTTP 502: <html>"),
        (z.ZaloTransientError, "disconnected"),
    ):
        with pytest.raises(kind, match=reason):
            await plain.send_message(LAN, "x")
    assert zalo.sent == []
    zalo.faults["sendMessage"].extend(
        [Fault(is_empty=True, delivers=True), Fault(cuts=True, delivers=True)]
    )
    for error in (ZaloError, NetworkError):
        with pytest.raises(error):
            await form.send_message(LAN, "đã đến")
    assert [message.text for message in zalo.sent] == ["đã đến", "đã đến"]
    zalo.faults["getMe"].append(Fault(seconds=1))
    with pytest.raises(TimedOut):
        await form.get_me(read_timeout=0.1)


async def test_an_update_is_kept_when_the_poll_fails_and_lost_when_its_answer_is(
    plain: z.ZaloBotApi, zalo: FakeZaloBot
) -> None:
    await zalo.queue(zalo.text(LAN, "một"), zalo.text(LAN, "hai"))
    zalo.faults["getUpdates"].extend([Fault(cuts=True), Fault(cuts=True, delivers=True)])
    for _ in range(2):
        with pytest.raises(z.ZaloTransientError):
            await plain.get_updates(1)
    assert (await plain.get_updates(1))["message"]["text"] == "hai"


async def test_error_codes_take_the_forms_that_were_seen(
    plain: z.ZaloBotApi, zalo: FakeZaloBot, session: aiohttp.ClientSession
) -> None:
    zalo.text(LAN, "chào")
    assert (await _raw(zalo, session, "getWebhookInfo"))[1] == {
        "ok": True,
        "result": {"url": "", "updated_at": 0},
    }
    zalo.says_error_code_zero = True
    assert await _raw(zalo, session, "sendChatAction", chat_id=LAN, action="typing") == (
        200,
        {"ok": True, "error_code": 0},
    )
    assert (await plain.get_me())["account_type"] == "BASIC"
    zalo.string_codes = True
    zalo.quota_key = "errorCode"
    zalo.accepts_messages = 0
    assert await _raw(zalo, session, "sendMessage", chat_id=LAN, text="x") == (
        200,
        {"ok": False, "description": "quota exceeded", "errorCode": "429"},
    )
    assert (await _raw(zalo, session, "sendDocument"))[1]["error_code"] == "404"


async def test_the_server_header_may_come_twice(plain: z.ZaloBotApi, zalo: FakeZaloBot) -> None:
    zalo.doubles_server = True
    assert (await plain.get_me())["account_type"] == "BASIC"
    # Not aiohttp: it refuses such an answer when Python runs in its development mode.
    async with httpx.AsyncClient() as client:
        response = await client.get(f"{zalo.base}/bot{BOT_TOKEN}/getMe")
        zalo.doubles_server = False
        usual = await client.get(f"{zalo.base}/bot{BOT_TOKEN}/getMe")
    assert response.headers.get_list("server") == ["edge", "edge"]
    assert usual.headers.get_list("server") == ["edge"]


async def test_the_51st_user_and_the_3001st_message_are_over_the_quota(
    plain: z.ZaloBotApi, form: Bot, zalo: FakeZaloBot
) -> None:
    users = [user_id(number) for number in range(51)]
    await zalo.queue(*(zalo.text(user, "chào") for user in users))
    await plain.send_message(users[49], "x")
    with pytest.raises(z.ZaloClientError, match="'quota exceeded', 'error_code': 429"):
        await plain.send_message(users[50], "x")
    zalo.outgoing = 2999
    await plain.send_message(users[0], "x")
    with pytest.raises(z.ZaloClientError, match="'quota exceeded', 'error_code': 429"):
        await plain.send_message(users[0], "x")
    assert await form.send_photo(users[0], "x", PICTURE) is None
    assert [message.chat for message in zalo.sent] == [users[49], users[0]]


async def test_a_bot_writes_first_only_where_the_platform_lets_it(
    plain: z.ZaloBotApi, zalo: FakeZaloBot
) -> None:
    with pytest.raises(z.ZaloClientError, match="Bad request: The chat_id is invalid"):
        await plain.send_message(LAN, "x")
    zalo.may_write_first = True
    await plain.send_message(LAN, "x")
    assert [message.text for message in zalo.to(LAN)] == ["x"]


async def test_a_voice_for_a_group_is_accepted_and_never_arrives(
    zalo: FakeZaloBot, plain: z.ZaloBotApi, session: aiohttp.ClientSession
) -> None:
    zalo.group_text(GROUP, LAN, "@bot chào")
    zalo.text(LAN, "chào")
    for chat in (GROUP, LAN):
        voice = {"chat_id": chat, "voice_url": "https://union.invalid/a.aac"}
        assert (await _raw(zalo, session, "sendVoice", **voice))[1]["ok"]
    await plain.send_message(GROUP, "chào cả nhà")
    assert [(message.chat, message.text) for message in zalo.sent] == [
        (LAN, ""),
        (GROUP, "chào cả nhà"),
    ]


async def test_a_webhook_is_set_called_and_removed(
    plain: z.ZaloBotApi, zalo: FakeZaloBot, session: aiohttp.ClientSession
) -> None:
    got: list[tuple[str, Any]] = []

    async def hear(request: web.Request) -> web.Response:
        got.append((request.headers["X-Bot-Api-Secret-Token"], await request.json()))
        return web.Response(status=204)

    application = web.Application()
    application.add_routes([web.post("/zalo", hear)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/zalo"
    client = Bot(BOT_TOKEN, base_url=zalo.base)
    assert (await asyncio.to_thread(client.get_webhook_info)).url == ""
    assert await asyncio.to_thread(client.set_webhook, url, SECRET)
    info = await asyncio.to_thread(client.get_webhook_info)
    assert info.url == url
    assert abs(info.updated_at - time.time() * 1000) < 10_000
    assert SECRET not in str(await plain.get_webhook_info())
    update = zalo.text(LAN, "chào")
    assert await zalo.push(session, url, update) == 204
    assert await zalo.push(session, url, update) == 204
    assert got == [(SECRET, {"ok": True, "result": update})] * 2
    words = "You cannot use this API while a webhook is set. Please remove the webhook first"
    with pytest.raises(z.ZaloClientError, match=words):
        await plain.get_updates(1)
    zalo.webhook_outcome = "webhook.http.403"
    tested = (await _raw(zalo, session, "testWebhook"))[1]["result"]
    assert (tested["ok"], tested["url"], tested["outcome"]) == (False, url, "webhook.http.403")
    assert await asyncio.to_thread(client.delete_webhook)
    assert await asyncio.to_thread(client.delete_webhook)
    assert await plain.get_updates(0) is None
    await runner.cleanup()


async def test_a_webhook_that_zalo_would_not_call_is_refused(
    plain: z.ZaloBotApi, zalo: FakeZaloBot, session: aiohttp.ClientSession
) -> None:
    for url, secret in (
        ("http://union.example/zalo", SECRET),
        ("https://localhost/zalo", SECRET),
        ("https://192.0.2.7/zalo", SECRET),
        ("https://[broken/zalo", SECRET),
        ("https://union.example/zalo", "short"),
        ("https://union.example/zalo", "x" * 257),
        ("https://union.example/zalo", ""),
    ):
        body = (await _raw(zalo, session, "setWebhook", url=url, secret_token=secret))[1]
        assert body["error_code"] == 400
    assert zalo.webhook == {}
    assert (await _raw(zalo, session, "testWebhook"))[1]["error_code"] == 404
    zalo.empty_webhook_is_404 = True
    assert (await _raw(zalo, session, "getWebhookInfo"))[1]["description"] == "Not Found"
    assert await plain.get_webhook_info() is None
    good = {"url": "https://union.example/zalo", "secret_token": SECRET}
    assert (await _raw(zalo, session, "setWebhook", **good))[1]["ok"]
    assert (await plain.get_webhook_info())["url"] == "https://union.example/zalo"
