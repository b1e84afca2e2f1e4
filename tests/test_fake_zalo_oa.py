"""The fake Official Account API is kept honest by a client that is not ours: zalo-sdk."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import requests
import zalo_sdk
import zalo_sdk.oa as sdk
from aiohttp import web

from tests.fakes.faults import Fault
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, FIRST_REFRESH, OA_ID, FakeZaloOA, Sent

LAN = "246845883529197922"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
CS = "/v3.0/oa/message/cs"
OAUTH = "/v4/oa/access_token"


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZaloOA]:
    fake = FakeZaloOA()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def client(zalo: FakeZaloOA, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK with a fresh token; its OAuth address is fixed, so `requests` turns it round."""
    post = requests.post

    def turned(url: str, **more: Any) -> requests.Response:
        return post(url.replace("https://oauth.zaloapp.com", zalo.base), **more)

    monkeypatch.setattr(requests, "post", turned)
    made = sdk.Client(APP_ID, APP_SECRET, "", FIRST_REFRESH, endpoint_prefix=zalo.base)
    await asyncio.to_thread(made.refresh_acccess_token)
    return made


async def send(client: Any, text: str | None, *parts: Any, user: str = LAN) -> dict[str, Any]:
    """What Zalo answers to a message; `parts` are the attachment's type and payload."""
    attachment = sdk.ZaloAttachment(*parts) if parts else None
    body = sdk.ZaloMessageBody(text=text, attachment=attachment)
    answer = await asyncio.to_thread(client.send_message, sdk.ZaloRecipient(user_id=user), body)
    data: dict[str, Any] = answer["data"]
    return data


async def refused(call: Callable[..., Any], *given: Any) -> int:
    """The code of the SDK's exception."""
    with pytest.raises(zalo_sdk.ZaloOAException) as caught:
        await asyncio.to_thread(call, *given)
    code: int = caught.value._code
    return code


async def unsendable(client: Any, text: str | None, *parts: Any, user: str = LAN) -> int:
    """The code with which Zalo refuses a message."""
    with pytest.raises(zalo_sdk.ZaloOAException) as caught:
        await send(client, text, *parts, user=user)
    code: int = caught.value._code
    return code


def button(title: str, payload: Any, kind: str = "oa.query.hide") -> dict[str, Any]:
    return {"title": title, "type": kind, "payload": payload}


def media(**element: Any) -> dict[str, Any]:
    return {"template_type": "media", "elements": [element]}


async def test_messages_of_every_shape_arrive(client: Any, zalo: FakeZaloOA) -> None:
    zalo.text(LAN, "xin chào")
    answer = await send(client, "Chào chị")
    assert answer["user_id"] == LAN
    assert answer["sent_time"].isdigit()
    assert answer["quota"] == {
        "quota_type": "reply",
        "remain": "8",
        "total": "8",
        "expired_date": "",
        "owner_type": "OA",
        "owner_id": OA_ID,
    }
    buttons = [button("Menu", "/menu"), button("Mở", {"url": "https://a.vn"}, "oa.open.url")]
    await send(client, "Chọn", "template", {"buttons": buttons})
    await send(client, "Ảnh", "template", media(media_type="image", url="https://a.vn/a.png"))
    action = {"type": "oa.open.url", "url": "https://a.vn"}
    element = {"title": "Lương", "subtitle": "Khoản 1", "default_action": action}
    rows = {"template_type": "list", "elements": [element], "buttons": [button("Menu", "/menu")]}
    await send(client, None, "template", rows)
    asked = {"title": "Xin", "subtitle": "số điện thoại", "image_url": "https://a.vn/a.png"}
    form = {"template_type": "request_user_info", "elements": [asked]}
    await send(client, None, "template", form)
    sticker = media(media_type="sticker", attachment_id="bfe458bf")
    await send(client, None, "template", sticker)
    said = [(m.kind, m.text, m.buttons, m.image) for m in zalo.to(LAN)]
    assert said == [
        ("text", "Chào chị", (), ""),
        ("text", "Chọn", (("Menu", "/menu"), ("Mở", "https://a.vn")), ""),
        ("image", "Ảnh", (), "https://a.vn/a.png"),
        ("list", "Lương\nKhoản 1", (("Menu", "/menu"),), ""),
        ("request_user_info", "Xin\nsố điện thoại", (), "https://a.vn/a.png"),
        ("sticker", "", (), "bfe458bf"),
    ]
    path, given = zalo.calls[1]
    assert path == CS
    assert given == {"recipient": {"user_id": LAN}, "message": {"text": "Chào chị"}}


async def test_what_the_platform_refuses_is_refused(client: Any, zalo: FakeZaloOA) -> None:
    zalo.text(LAN, "xin chào")
    both = media(media_type="image", url="https://a.vn/a.png", attachment_id="image-1")
    for expected, text, *parts in (
        (-201, "", ()),
        (-210, "x" * 2001, ()),
        (-210, "😀" * 1001, ()),
        (-201, None, "image", {"attachment_id": "image-1"}),
        (-201, None, "template", both),
        (-201, None, "template", media(media_type="image")),
        (-201, None, "template", media(media_type="image", url="https://a.vn/a", size=1)),
        (-201, None, "template", media(media_type="image", attachment_id="never-uploaded")),
        (-201, "x", "template", {"template_type": "carousel", "elements": []}),
        (-201, None, "template", {"buttons": [button("Menu", "/menu")]}),
        (-201, "x", "template", {"buttons": []}),
        (-210, "x", "template", {"buttons": [button("Menu", "/menu")] * 6}),
        (-210, "x", "template", {"buttons": [button("x" * 101, "/menu")]}),
        (-210, "x", "template", {"buttons": [button("Menu", "x" * 1001)]}),
        (-201, "x", "template", {"buttons": [button("Menu", {"url": "https://a.vn"})]}),
        (-201, "x", "template", {"buttons": [button("Menu", "/menu", "oa.query.loud")]}),
        (-210, None, "template", {"template_type": "list", "elements": [{"title": "x"}] * 6}),
        (-201, None, "file", {"token": "never-uploaded"}),
        (-201, None, "file", {"attachment_id": "file-1"}),
    ):
        assert await unsendable(client, text, *filter(None, parts)) == expected, (text, parts)
    assert zalo.sent == []


async def test_buttons_and_lists_can_be_switched_off(client: Any, zalo: FakeZaloOA) -> None:
    zalo.text(LAN, "xin chào")
    zalo.accepts_buttons = zalo.accepts_lists = False
    assert await unsendable(client, "x", "template", {"buttons": [button("A", "a")]}) == -233
    rows = {"template_type": "list", "elements": [{"title": "x"}]}
    assert await unsendable(client, None, "template", rows) == -233
    await send(client, "x")


async def test_after_two_days_a_message_is_billed_and_after_seven_refused(
    client: Any, zalo: FakeZaloOA
) -> None:
    zalo.text(LAN, "xin chào")
    zalo.advance(timedelta(hours=47, minutes=59))
    await renew(client)
    assert "quota" in await send(client, "miễn phí")
    zalo.advance(timedelta(minutes=2))
    assert "quota" not in await send(client, "mất tiền")
    assert [(m.text, m.is_billed) for m in zalo.sent] == [("miễn phí", False), ("mất tiền", True)]
    assert zalo.spent_dong == 55
    zalo.wallet = 54
    assert await unsendable(client, "x") == -321
    zalo.advance(timedelta(days=5))
    await renew(client)
    assert await unsendable(client, "x") == -230
    zalo.tap(LAN, "/menu")
    assert "quota" in await send(client, "x")
    zalo.shows_quota = False
    assert "quota" not in await send(client, "x")
    assert zalo.spent_dong == 55


async def renew(client: Any) -> None:
    await asyncio.to_thread(client.refresh_acccess_token)


async def test_who_never_wrote_gets_nothing_and_a_follower_three(
    client: Any, zalo: FakeZaloOA
) -> None:
    assert await unsendable(client, "x") == -232
    zalo.follow(LAN)
    quotas = [(await send(client, "x"))["quota"] for _ in range(3)]
    assert [(q["quota_type"], q["remain"]) for q in quotas] == [
        ("welcome_msg", "2"),
        ("welcome_msg", "1"),
        ("welcome_msg", "0"),
    ]
    assert await unsendable(client, "x") == -232
    zalo.seen(LAN)
    zalo.submit_info(LAN)
    assert await unsendable(client, "x") == -232
    zalo.click_chatnow(LAN)
    await send(client, "x")


async def test_who_blocked_is_not_reached(client: Any, zalo: FakeZaloOA) -> None:
    zalo.text(LAN, "xin chào")
    zalo.users[LAN].has_blocked = True
    assert await unsendable(client, "x") == -244
    zalo.refusals[LAN] = -217
    assert await unsendable(client, "x") == -217
    del zalo.refusals[LAN]
    zalo.text(LAN, "tôi đây")
    await send(client, "x")


async def test_pictures_and_documents_are_uploaded_and_expire(
    client: Any, zalo: FakeZaloOA
) -> None:
    zalo.text(LAN, "xin chào")
    upload = client.upload_file
    picture = await asyncio.to_thread(upload, PNG, "image", "a.png", "image/png")
    paper = await asyncio.to_thread(upload, b"%PDF-1.7", "file", "a.pdf", "application/pdf")
    image = media(media_type="image", attachment_id=picture["data"]["attachment_id"])
    token = {"token": paper["data"]["token"]}
    await send(client, "Ảnh", "template", image)
    await send(client, None, "file", token)
    assert [(m.kind, m.image, m.file) for m in zalo.sent] == [
        ("image", "image-1", ""),
        ("file", "", "file-2"),
    ]
    with pytest.raises(zalo_sdk.ZaloOAException, match="We only support png and jpeg"):
        await asyncio.to_thread(upload, b"GIF89a", "image", "a.png", "image/png")
    assert await refused(upload, PNG, "image", "a", "image/png") == -201
    assert await refused(upload, b"x", "file", "a.exe", "text/plain") == -201
    assert await refused(upload, PNG + bytes(1 << 20), "image", "a.png", "image/png") == -210
    assert zalo.uploads == 2
    zalo.advance(timedelta(days=7))
    await renew(client)
    zalo.text(LAN, "còn không")
    assert await unsendable(client, "Ảnh", "template", image) == -100
    assert await unsendable(client, None, "file", token) == -100


async def test_people_and_tags_are_read(client: Any, zalo: FakeZaloOA) -> None:
    zalo.text(LAN, "xin chào")
    zalo.follow("2")
    await asyncio.to_thread(client.tag_follower, LAN, "đoàn viên")
    assert (await asyncio.to_thread(client.get_tags_of_oa))["data"] == ["đoàn viên"]
    person = (await asyncio.to_thread(client.get_user_detail, LAN))["data"]
    today = zalo.now() + timedelta(hours=7)
    assert person["display_name"] == "Lan"
    assert person["user_last_interaction_date"] == today.strftime("%d/%m/%Y")
    assert person["tags_and_notes_info"] == {"notes": [], "tag_names": ["đoàn viên"]}
    for filters, users in (
        ({}, [LAN, "2"]),
        ({"tag_name": "đoàn viên"}, [LAN]),
        ({"is_follower": "true"}, ["2"]),
        ({"last_interaction_period": "TODAY"}, [LAN, "2"]),
        ({"last_interaction_period": "2020_01_01:2020_12_31"}, []),
    ):
        page = (await asyncio.to_thread(client.get_list, {"offset": 0, "count": 50, **filters}))[
            "data"
        ]
        assert [each["user_id"] for each in page["users"]] == users
        assert page["total"] == len(users)
    assert await refused(client.get_list, {"offset": 0, "count": 51}) == -210
    assert await refused(client.get_user_detail, "9") == -201
    await asyncio.to_thread(client.rm_follower_from_tag, LAN, "đoàn viên")
    assert zalo.tags == {"đoàn viên": set()}
    quota = (await asyncio.to_thread(client.get_zalo_user_quotas, LAN))["data"]
    assert quota["cs_reply"] == {"remain": 8, "total": 8}
    assert (await asyncio.to_thread(client.get_zalo_oa_quotas, "OA", "cs"))["data"]


async def test_a_refresh_token_works_once(client: Any, zalo: FakeZaloOA) -> None:
    first = client.access_token
    await renew(client)
    assert client.access_token != first
    assert client.refresh_token == "refresh-2"
    assert 89_000 < client._expire_at - time.time() < 91_000
    client.refresh_token = FIRST_REFRESH
    with pytest.raises(requests.exceptions.JSONDecodeError):
        await renew(client)
    client.refresh_token = "never-issued"
    assert await refused(client.refresh_acccess_token) == -14014
    zalo.string_codes = True
    with pytest.raises(zalo_sdk.ZaloOAException) as caught:
        await renew(client)
    assert caught.value._code == "-14014"
    assert zalo.spent == ["refresh-0", "refresh-1"]
    assert zalo.refreshes == ["refresh-0", "refresh-1", "refresh-0", "never-issued", "never-issued"]


async def test_a_lost_answer_costs_the_refresh_token(client: Any, zalo: FakeZaloOA) -> None:
    zalo.faults[OAUTH].append(Fault(cuts=True, delivers=True))
    with pytest.raises(requests.exceptions.ConnectionError):
        await renew(client)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        await renew(client)
    assert zalo.spent == ["refresh-0", "refresh-1"]


async def test_zalo_may_keep_the_refresh_token(
    zalo: FakeZaloOA, session: aiohttp.ClientSession
) -> None:
    zalo.keeps_refresh_token = True
    form = {"grant_type": "refresh_token", "app_id": APP_ID, "refresh_token": FIRST_REFRESH}
    for number in (1, 2):
        answer = await exchange(zalo, session, form)
        assert answer == {"access_token": f"access-{number}", "expires_in": "90000"}
    wrong = await exchange(zalo, session, form, "wrong")
    assert wrong["error"] < 0
    assert wrong["error_name"] == "Invalid secret key."
    zalo.advance(timedelta(days=91))
    assert (await exchange(zalo, session, form))["error"] == -14014


async def exchange(
    zalo: FakeZaloOA,
    session: aiohttp.ClientSession,
    form: dict[str, str],
    secret: str = APP_SECRET,
) -> dict[str, Any]:
    headers = {"secret_key": secret}
    async with session.post(zalo.base + OAUTH, data=form, headers=headers) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


@pytest.mark.parametrize(
    "challenge",
    [
        "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA",
        "ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0/9eHjNA",
    ],
)
async def test_a_code_is_exchanged_once_within_ten_minutes(
    client: Any, zalo: FakeZaloOA, challenge: str
) -> None:
    take = client.get_access_token_from_authorization_code
    zalo.expect_code("code-1", challenge)
    _, refresh, _ = await asyncio.to_thread(take, "code-1", "a" * 43)
    assert refresh == "refresh-2"
    assert await refused(take, "code-1", "a" * 43) < 0
    zalo.expect_code("code-2", challenge)
    assert await refused(take, "code-2", "b" * 43) == -14003
    zalo.expect_code("code-3", challenge)
    zalo.advance(timedelta(minutes=10))
    assert await refused(take, "code-3", "a" * 43) < 0


async def test_an_access_token_lives_for_25_hours(client: Any, zalo: FakeZaloOA) -> None:
    zalo.text(LAN, "xin chào")
    zalo.advance(timedelta(hours=24, minutes=59))
    await send(client, "x")
    zalo.advance(timedelta(minutes=2))
    with pytest.raises(zalo_sdk.ZaloOAAuthTokenExpiredException):
        await send(client, "x")
    zalo.expired_code = -220
    assert await unsendable(client, "x") == -220
    await renew(client)
    await send(client, "x")


async def test_only_the_header_access_token_counts(
    client: Any, zalo: FakeZaloOA, session: aiohttp.ClientSession
) -> None:
    token = client.access_token
    address = f"{zalo.base}/v2.0/oa/getoa"
    for headers, error in (
        ({"access_token": token}, 0),
        ({"Authorization": f"Bearer {token}"}, -216),
        ({"access_token": "wrong"}, -216),
        ({}, -216),
    ):
        async with session.get(address, headers=headers) as response:
            assert response.status == 200
            assert (await response.json())["error"] == error
    async with session.get(address, headers={"access_token": token}) as response:
        assert (await response.json())["data"]["oaid"] == OA_ID


async def test_what_zalo_closed_is_closed(
    client: Any, zalo: FakeZaloOA, session: aiohttp.ClientSession
) -> None:
    zalo.text(LAN, "xin chào")
    recipient, body = sdk.ZaloRecipient(user_id=LAN), sdk.ZaloMessageBody(text="x")
    for category in ("action", "transaction", "media"):
        assert await refused(client.send_message, recipient, body, None, category) == -240
    headers = {"access_token": client.access_token}
    async with session.post(f"{zalo.base}/v3.0/oa/message", json={}, headers=headers) as response:
        assert response.status == 404
        assert await response.text() == "empty api"
    zalo.is_before_march_2026 = True
    payload = {"template_type": "promotion", "elements": [{"type": "header"}]}
    offer = sdk.ZaloMessageBody(attachment=sdk.ZaloAttachment("template", payload))
    morning = zalo.now().replace(hour=3)
    zalo.now = lambda: morning
    await asyncio.to_thread(client.send_message, recipient, offer, None, "media")
    assert [m.kind for m in zalo.sent] == ["promotion"]
    night = morning.replace(hour=15)
    zalo.now = lambda: night
    assert await refused(client.send_message, recipient, offer, None, "media") == -234


async def test_too_many_calls_in_a_minute_are_refused(
    client: Any, zalo: FakeZaloOA, session: aiohttp.ClientSession
) -> None:
    zalo.text(LAN, "xin chào")
    zalo.per_minute = 2
    headers = {"access_token": client.access_token}
    async with session.get(f"{zalo.base}/v2.0/oa/getoa", headers=headers) as response:
        assert response.headers["X-RateLimit-Limit"] == "2"
        assert response.headers["X-RateLimit-Remain"] == "1"
    await send(client, "x")
    assert await unsendable(client, "x") == -32
    zalo.advance(timedelta(minutes=1))
    await send(client, "x")


async def test_faults_arrive_as_the_client_knows_them(client: Any, zalo: FakeZaloOA) -> None:
    zalo.text(LAN, "xin chào")
    zalo.faults[CS].extend(
        [
            Fault(-200, "Send message failed"),
            Fault(retry_after=3),
            Fault(502, body="<html>Bad Gateway</html>"),
            Fault(is_empty=True),
            Fault(cuts=True, delivers=True),
        ]
    )
    assert await unsendable(client, "1") == -200
    assert await unsendable(client, "2") == -32
    with pytest.raises(Exception, match="HTTP Error 502: <html>Bad Gateway</html>"):
        await send(client, "3")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        await send(client, "4")
    with pytest.raises(requests.exceptions.ConnectionError):
        await send(client, "5")
    assert [m.text for m in zalo.sent] == ["5"]


def test_the_signature_is_the_one_of_the_vector() -> None:
    body = (
        '{"app_id":"1234567890123456789","event_name":"user_send_text","timestamp":"1719480000123",'
        '"sender":{"id":"111"},"recipient":{"id":"222"},'
        '"message":{"msg_id":"m1","text":"xin chào"}}'
    ).encode()
    assert len(body) == 182
    assert FakeZaloOA().sign(body, "1719480000123") == (
        "mac=579488d7efa8f6238591b0a6c7d9213e2a9d6293278c9db6d21f27a5d5dbae0b"
    )


def test_events_have_the_shapes_that_zalo_posts() -> None:
    zalo = FakeZaloOA()
    event = zalo.image(LAN, "ảnh bảng lương")
    assert event["timestamp"].isdigit()
    assert len(event["timestamp"]) == 13
    assert {**event, "timestamp": "", "message": {**event["message"], "msg_id": ""}} == {
        "app_id": APP_ID,
        "user_id_by_app": f"5521{LAN}",
        "event_name": "user_send_image",
        "timestamp": "",
        "sender": {"id": LAN},
        "recipient": {"id": OA_ID},
        "message": {
            "msg_id": "",
            "text": "ảnh bảng lương",
            "attachments": [
                {
                    "type": "image",
                    "payload": {
                        "thumbnail": "https://photo.example/t.jpg",
                        "url": "https://photo.example/p.jpg",
                    },
                }
            ],
        },
    }
    followed = zalo.follow("2")
    assert set(followed) == {
        "app_id",
        "user_id_by_app",
        "event_name",
        "timestamp",
        "oa_id",
        "follower",
        "source",
    }
    card = zalo.business_card(LAN)["message"]["attachments"][0]
    assert card["type"] == "link"
    assert json.loads(card["payload"]["description"])["phone"] == "84901234567"
    assert zalo.location(LAN)["message"]["attachments"][0]["payload"] == {
        "coordinates": {"latitude": "21.0278", "longitude": "105.8342"}
    }
    assert set(zalo.file(LAN)["message"]["attachments"][0]["payload"]) == {
        "url",
        "size",
        "name",
        "checksum",
        "type",
    }
    assert set(zalo.sticker(LAN)["message"]["attachments"][0]["payload"]) == {"id", "url"}
    assert zalo.link(LAN, "https://a.vn")["message"]["attachments"][0]["payload"] == {
        "thumbnail": "https://photo.example/t.jpg",
        "description": "",
        "url": "https://a.vn",
    }
    assert zalo.submit_info(LAN)["info"]["full_address"]["city"] == "Hà Nội"
    own = zalo.echo(LAN, "x", admin="7")
    assert own["sender"] == {"id": OA_ID, "admin_id": "7"}
    assert own["recipient"] == {"id": LAN}
    group = zalo.group_text(LAN, "x")
    assert group["recipient"] == {"id": group["group_id"]}
    assert "conversation_id" in zalo.anonymous("x")["message"]
    assert zalo.click_chatnow(LAN)["user_id"] == LAN
    assert set(zalo.withdraw(LAN)) == {
        "app_id",
        "user_id_by_app",
        "event_name",
        "timestamp",
        "user_id",
    }
    assert zalo.received(LAN)["message"].keys() == {"msg_id"}
    assert zalo.seen(LAN)["message"].keys() == {"msg_ids"}
    names = [zalo.tap(LAN, "/menu"), zalo.unfollow(LAN), zalo.unknown(LAN)]
    assert [each["event_name"] for each in names] == [
        "user_send_text",
        "unfollow",
        "user_send_hologram",
    ]
    said = [zalo.text(LAN, "x")["message"]["msg_id"] for _ in range(100)]
    assert len(set(said)) == 100


class Receiver:
    """A webhook that keeps what comes and answers as it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.came: list[tuple[bytes, str | None, str | None]] = []
        self.answers: list[tuple[float, int]] = []

    async def receive(self, request: web.Request) -> web.Response:
        headers = request.headers
        signature, retry = headers.get("X-ZEvent-Signature"), headers.get("num_retry")
        self.came.append((await request.read(), signature, retry))
        seconds, status = self.answers.pop(0) if self.answers else (0.0, 200)
        await asyncio.sleep(seconds)
        return web.Response(status=status)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    application = web.Application()
    application.add_routes([web.post("/zalo", made.receive)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/zalo"
    yield made
    await runner.cleanup()


async def test_an_event_is_signed_over_the_bytes_that_are_posted(
    zalo: FakeZaloOA, receiver: Receiver, session: aiohttp.ClientSession
) -> None:
    event = zalo.text(LAN, "xin chào")
    assert await zalo.push(session, receiver.url, event) == 200
    body, signature, retry = receiver.came[0]
    assert json.loads(body) == event
    assert '"text":"xin chào"'.encode() in body
    assert signature == zalo.sign(body, event["timestamp"])
    assert retry is None
    await zalo.push(session, receiver.url, event, mac="mac=0", retry=3)
    assert receiver.came[1] == (body, "mac=0", "3")
    assert await zalo.probe(session, receiver.url) == 200
    assert receiver.came[2] == (b"{}", None, None)


async def test_zalo_tries_again_until_200_comes_in_time(
    zalo: FakeZaloOA, receiver: Receiver, session: aiohttp.ClientSession
) -> None:
    zalo.answer_seconds = 0.2
    receiver.answers = [(0.0, 500), (1.0, 200), (0.0, 200)]
    assert await zalo.deliver(session, receiver.url, zalo.text(LAN, "x")) == 200
    assert [retry for _, _, retry in receiver.came] == [None, "1", "2"]
    receiver.answers = [(0.0, 503)] * 6
    assert await zalo.deliver(session, receiver.url, zalo.text(LAN, "y")) == 503
    assert len(receiver.came) == 9
    with pytest.raises(aiohttp.ClientConnectionError):
        await zalo.deliver(session, "http://127.0.0.1:1/zalo", zalo.text(LAN, "z"))


async def test_a_message_may_answer_a_message(client: Any, zalo: FakeZaloOA) -> None:
    number = zalo.text(LAN, "xin chào")["message"]["msg_id"]
    body = sdk.ZaloMessageBody(text="Chào", quote_message_id=number)
    await asyncio.to_thread(client.send_message, sdk.ZaloRecipient(message_id=number), body)
    assert zalo.to(LAN) == [Sent(LAN, "Chào", at=zalo.sent[0].at)]
