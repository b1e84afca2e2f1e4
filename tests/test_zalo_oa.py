"""The Official Account: one table for what comes in, one for what goes out, one for what fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from prometheus_client import REGISTRY

from bot.app import App
from bot.channels import NotNow, Refused, SendError, Throttled, Unknown, Unreachable, Unsent
from bot.channels.zalo_oa import ZaloOA, ZaloOAOptions
from bot.channels.zalo_oa.reading import Malformed, kind_of, read_event
from bot.channels.zalo_oa.signature import is_signed, mac
from bot.channels.zalo_oa.tokens import Credentials
from bot.channels.zalo_oa.writing import messages
from bot.model import Address, Attachment, Choice, Contact, Document, Event, Media, Reply, Source
from bot.planner import Planner, Terms
from bot.store import Pending, Seal, Store
from tests.conftest import LANGUAGES, ROOT
from tests.fakes.faults import Fault
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, FIRST_REFRESH, OA_ID, OA_SECRET, FakeZaloOA
from tests.people import ZaloOAPerson

CS = "/v3.0/oa/message/cs"
UPLOAD = "/v2.0/oa/upload/image"
USER = "246845883529197922"
LAN = Address("zalo-oa", USER)
STAMP = "1719480000123"
AT = datetime(2024, 6, 27, 9, 20, 0, 123000, tzinfo=UTC)
WROTE = Contact(AT)

# --- incoming: payload -> Event ------------------------------------------------------------------


def _payload(name: str, **more: Any) -> dict[str, Any]:
    return {"app_id": APP_ID, "event_name": name, "timestamp": STAMP, **more}


def _sent(name: str, **message: Any) -> dict[str, Any]:
    people = {"sender": {"id": USER}, "recipient": {"id": OA_ID}}
    return _payload(name, **people, message={"msg_id": "m1", **message})


def _attached(name: str, kind: str, payload: Any, **message: Any) -> dict[str, Any]:
    return _sent(name, attachments=[{"type": kind, "payload": payload}], **message)


PICTURE = {"thumbnail": "https://x/t", "url": "https://x/u"}
FILE = Attachment("file")
INCOMING: dict[str, tuple[dict[str, Any], Event | None]] = {
    "text": (
        _sent("user_send_text", text="xin chào"),
        Event("user_send_text:m1", LAN, "xin chào", contact=WROTE),
    ),
    "a tapped button is text": (
        _sent("user_send_text", text="#topic:union"),
        Event("user_send_text:m1", LAN, "#topic:union", contact=WROTE),
    ),
    "a picture": (
        _attached("user_send_image", "image", PICTURE, text="thật không"),
        Event(
            "user_send_image:m1",
            LAN,
            "thật không",
            attachment=Attachment("picture", handle="https://x/u"),
            contact=WROTE,
        ),
    ),
    "a link": (
        _attached("user_send_link", "link", {"url": "https://vnexpress.net/a", "thumbnail": ""}),
        Event("user_send_link:m1", LAN, "https://vnexpress.net/a", contact=WROTE),
    ),
    "a link that is in the text already": (
        _attached("user_send_link", "link", {"url": "https://a.vn/b"}, text="xem https://a.vn/b"),
        Event("user_send_link:m1", LAN, "xem https://a.vn/b", contact=WROTE),
    ),
    "a sticker": (
        _attached("user_send_sticker", "sticker", {"id": "1", "url": "https://x"}),
        Event("user_send_sticker:m1", LAN, attachment=FILE, contact=WROTE),
    ),
    "a file": (
        _attached("user_send_file", "file", {"url": "https://x", "name": "Trần Thị Lan.pdf"}),
        Event("user_send_file:m1", LAN, attachment=FILE, contact=WROTE),
    ),
    "a voice": (
        _attached("user_send_audio", "audio", {"url": "https://x.amr"}),
        Event("user_send_audio:m1", LAN, attachment=FILE, contact=WROTE),
    ),
    "a place is not read": (
        _attached("user_send_location", "location", {"coordinates": {"latitude": "11.3"}}),
        Event("user_send_location:m1", LAN, contact=WROTE),
    ),
    "a card names a third person and is not read": (
        _attached("user_send_business_card", "link", {"description": '{"phone":"84"}'}, text="A"),
        Event("user_send_business_card:m1", LAN, attachment=FILE, contact=WROTE),
    ),
    "who follows is greeted": (
        _payload("follow", oa_id=OA_ID, follower={"id": USER}, source="oa_profile"),
        Event(f"follow:{USER}:{STAMP}", LAN, "/start", contact=Contact(AT, "follow")),
    ),
    "who leaves": (
        _payload("unfollow", oa_id=OA_ID, follower={"id": USER}),
        Event(f"unfollow:{USER}:{STAMP}", LAN, blocked=True, contact=Contact(AT, "leave")),
    ),
    "the chat button": (
        _payload("user_click_chatnow", oa_id=OA_ID, user_id=USER, user_id_by_app="5"),
        Event(f"user_click_chatnow:{USER}:{STAMP}", LAN, "/start", contact=Contact(AT, "follow")),
    ),
    "who withdraws is erased": (
        _payload("user_withdraw", user_id=USER, user_id_by_app="5"),
        Event(f"user_withdraw:{USER}:{STAMP}", LAN, choice="erase:yes", contact=WROTE),
    ),
    "seen is thrown away": (_payload("user_seen_message", message={"msg_ids": ["1"]}), None),
    "received is thrown away": (_payload("user_received_message", message={"msg_id": "1"}), None),
    "an echo of our own": (
        _payload("oa_send_text", sender={"id": OA_ID}, recipient={"id": USER}, message={}),
        None,
    ),
    "name and phone that we never asked for": (
        _sent("user_submit_info", info={"name": "Trần Thị Lan", "phone": "84901234567"}),
        None,
    ),
    "a group": (_sent("user_send_group_text", text="a"), None),
    "somebody without a name": (_sent("anonymous_send_text", text="a", conversation_id="c"), None),
    "a kind that we do not know": (_payload("user_dances"), None),
    "another account of the same app": (
        {**_sent("user_send_text", text="a"), "recipient": {"id": "999"}},
        None,
    ),
}


@pytest.mark.parametrize("what", INCOMING)
def test_an_event_of_zalo_becomes_an_event(what: str) -> None:
    payload, event = INCOMING[what]
    assert read_event(payload, OA_ID) == event


def test_an_event_that_is_not_read_is_counted_under_a_name_that_we_know() -> None:
    assert kind_of(INCOMING["seen is thrown away"][0]) == "user_seen_message"
    assert kind_of(INCOMING["a kind that we do not know"][0]) == "other"
    assert kind_of({"event_name": "oa_" + "x" * 400}) == "other"
    assert kind_of([1]) == "other"


MALFORMED: list[Any] = [
    None,
    [],
    "event",
    {},
    {"event_name": "user_send_text"},
    {"event_name": ["x"]},
    _payload("user_send_text", sender={"id": USER}, message=[1]),
    _payload("user_send_text", sender="x", message={}),
    {**_sent("user_send_text", text="a"), "timestamp": "soon"},
    {**_sent("user_send_text", text="a"), "timestamp": "9" * 40},
    {**_sent("user_send_text", text="a"), "sender": {"id": "1 2"}},
    _payload("follow", oa_id=OA_ID),
]


@pytest.mark.parametrize("payload", MALFORMED, ids=str)
def test_what_is_no_event_is_called_so(payload: Any) -> None:
    with pytest.raises(Malformed):
        read_event(payload)


# --- signature -----------------------------------------------------------------------------------

VECTOR = (
    '{"app_id":"1234567890123456789","event_name":"user_send_text","timestamp":"1719480000123",'
    '"sender":{"id":"111"},"recipient":{"id":"222"},"message":{"msg_id":"m1","text":"xin chào"}}'
).encode()
VECTOR_MAC = "579488d7efa8f6238591b0a6c7d9213e2a9d6293278c9db6d21f27a5d5dbae0b"
_OF_ACCOUNT = mac(VECTOR, "222", STAMP, OA_SECRET)
_AT_HEADER = mac(VECTOR, APP_ID, "1719480000999", OA_SECRET)
SIGNATURES: dict[str, tuple[bytes, dict[str, str], bool]] = {
    "the fact sheet's vector": (VECTOR, {"X-ZEvent-Signature": f"mac={VECTOR_MAC}"}, True),
    "without mac=": (VECTOR, {"X-ZEvent-Signature": VECTOR_MAC}, True),
    "in capitals": (VECTOR, {"X-ZEvent-Signature": f"mac={VECTOR_MAC.upper()}"}, True),
    "the account's id in place of the app's": (VECTOR, {"X-ZEvent-Signature": _OF_ACCOUNT}, True),
    "the time in a header": (
        VECTOR,
        {"X-ZEvent-Signature": _AT_HEADER, "X-ZEvent-Timestamp": "1719480000999"},
        True,
    ),
    "none": (VECTOR, {}, False),
    "empty": (VECTOR, {"X-ZEvent-Signature": "mac="}, False),
    "another": (VECTOR, {"X-ZEvent-Signature": f"mac={'0' * 64}"}, False),
    "letters that are no hex": (VECTOR, {"X-ZEvent-Signature": "mac=đ"}, False),
    "a body changed by one byte": (
        VECTOR.replace(b"m1", b"m2"),
        {"X-ZEvent-Signature": f"mac={VECTOR_MAC}"},
        False,
    ),
    "a body without a time": (b'{"a":1}', {"X-ZEvent-Signature": f"mac={VECTOR_MAC}"}, False),
}


@pytest.mark.parametrize("what", SIGNATURES)
def test_a_signature_is_taken_or_not(what: str) -> None:
    body, headers, is_good = SIGNATURES[what]
    assert is_signed(body, headers, APP_ID, OA_SECRET) is is_good


def test_every_byte_of_the_body_counts() -> None:
    headers = {"X-ZEvent-Signature": f"mac={VECTOR_MAC}"}
    for place in range(len(VECTOR)):
        changed = bytearray(VECTOR)
        changed[place] ^= 1
        assert not is_signed(bytes(changed), headers, APP_ID, OA_SECRET), place


# --- outgoing: Reply -> requests -----------------------------------------------------------------

SAY = LANGUAGES.voice("vi")
MENU = Choice("Menu", "/menu")
MANY = tuple(Choice(f"Mục {n}", f"topic:t{n}") for n in range(1, 12))
ARTICLE = Choice("Tiếng Anh", "article:a:en", "đọc 34 en")


def _button(title: str, value: str) -> dict[str, str]:
    return {"title": title, "type": "oa.query.hide", "payload": value}


def _buttons(*buttons: dict[str, str]) -> dict[str, Any]:
    return {"type": "template", "payload": {"buttons": list(buttons)}}


NUMBERED = "Thân\n\nTrả lời bằng số:\n1. Menu"
OUTGOING: dict[str, tuple[Reply, dict[str, bool], list[dict[str, Any]]]] = {
    "plain text": (Reply("Tiêu đề", "Thân"), {}, [{"text": "Tiêu đề\n\nThân"}]),
    "a few choices are buttons": (
        Reply(body="Thân", choices=(MENU,)),
        {},
        [{"text": "Thân", "attachment": _buttons(_button("Menu", "#/menu"))}],
    ),
    "switched off they are numbered": (
        Reply(body="Thân", choices=(MENU,)),
        {"has_buttons": False},
        [{"text": NUMBERED}],
    ),
    "six choices and more are numbered": (
        Reply(body="Thân", choices=MANY[:6]),
        {},
        [
            {
                "text": "Thân\n\nTrả lời bằng số:\n1. Mục 1\n2. Mục 2\n3. Mục 3\n4. Mục 4\n"
                "5. Mục 5\n6. Mục 6"
            }
        ],
    ),
    "nine lines at once, and zero for the rest": (
        Reply(body="Thân", choices=MANY),
        {},
        [
            {
                "text": "Thân\n\nTrả lời bằng số:\n1. Mục 1\n2. Mục 2\n3. Mục 3\n4. Mục 4\n"
                "5. Mục 5\n6. Mục 6\n7. Mục 7\n8. Mục 8\n9. Mục 9\n0. Các lựa chọn khác"
            }
        ],
    ),
    "unasked and without buttons: words, never bare numbers": (
        Reply(body="Thân", choices=(MENU, ARTICLE)),
        {"has_buttons": False, "is_unasked": True},
        [{"text": "Thân\n\nBạn có thể viết:\n- Tiếng Anh: đọc 34 en"}],
    ),
    "unasked, the word stands beside the line that it means": (
        Reply(body="- Một\n- Hai", choices=(Choice("Một", "article:a", "đọc 3"),)),
        {"has_buttons": False, "is_unasked": True},
        [{"text": "- Một (đọc 3)\n- Hai"}],
    ),
    "a picture goes before the buttons": (
        Reply("Chủ đề", "Thân", choices=(MENU,), media=(Media("image", "f.png", "Ảnh"),)),
        {},
        [
            {
                "text": "Chủ đề",
                "attachment": {
                    "type": "template",
                    "payload": {
                        "template_type": "media",
                        "elements": [{"media_type": "image", "attachment_id": "asset"}],
                    },
                },
            },
            {"text": "Chủ đề\n\nThân", "attachment": _buttons(_button("Menu", "#/menu"))},
        ],
    ),
    "a document goes as text": (
        Reply("Dữ liệu", document=Document("a.txt", "Dòng 1\n\nDòng 2")),
        {},
        [{"text": "Dữ liệu"}, {"text": "Dòng 1\n\nDòng 2"}],
    ),
    "sources": (
        Reply(body="Thân", sources=(Source("Luật", "https://a.vn"),), sources_label="Nguồn"),
        {},
        [{"text": "Thân\n\nNguồn\n- Luật https://a.vn"}],
    ),
}


@pytest.mark.parametrize("what", OUTGOING)
def test_a_reply_becomes_messages(what: str) -> None:
    reply, ways, bodies = OUTGOING[what]
    made = messages(
        reply,
        SAY,
        has_buttons=ways.get("has_buttons", True),
        is_unasked=ways.get("is_unasked", False),
    )
    assert [m.body("asset" if m.picture else "") for m in made] == bodies


def test_long_texts_are_cut_within_two_thousand_units_and_the_list_stays_whole() -> None:
    reply = Reply("Tiêu đề", ("Một câu dài 𝕳. " * 40 + "\n\n") * 8, choices=MANY)
    texts = [m.text for m in messages(reply, SAY, has_buttons=True, is_unasked=False)]
    assert len(texts) > 1
    assert all(len(text.encode("utf-16-le")) // 2 <= 2000 for text in texts)
    assert texts[-1].startswith("Trả lời bằng số:")


def test_a_label_longer_than_a_button_is_cut() -> None:
    reply = Reply(body="x", choices=(Choice("dài " * 40, "/menu"),))
    (message,) = messages(reply, SAY, has_buttons=True, is_unasked=False)
    title = message.body()["attachment"]["payload"]["buttons"][0]["title"]
    assert len(title) <= 100
    assert title.endswith("…")


# --- errors -> decisions -------------------------------------------------------------------------


@pytest.fixture
async def channel(zalo_oa: FakeZaloOA, tmp_path: Path) -> AsyncIterator[ZaloOA]:
    store = Store(f"sqlite:///{tmp_path}/channel.db", Seal("secret"))
    await store.upgrade()
    credentials = Credentials(APP_ID, APP_SECRET, FIRST_REFRESH, zalo_oa.base)
    options = ZaloOAOptions(credentials, OA_SECRET, zalo_oa.base, per_minute=60_000)
    planner = Planner(store.allowances, Terms(), ZoneInfo("Asia/Ho_Chi_Minh"))
    channel = ZaloOA(options, store, planner, LANGUAGES, ROOT / "content", zalo_oa.clock)
    await channel.open()
    zalo_oa.text(USER, "xin chào")
    yield channel
    await channel.close()
    await store.close()


async def _pending(channel: ZaloOA, reply: Reply, delivery: int = 0) -> Pending:
    """As if its person had just written."""
    event = Event("1", LAN, contact=Contact(channel._clock()))
    stored = await channel._store.write_down(event, channel._clock())
    number = stored.address_id if stored else 1
    return Pending(1, number, LAN, reply, delivery)


FAILURES: dict[str, tuple[Fault, type[SendError]]] = {
    "no window is open": (Fault(-230, "no interaction"), NotNow),
    "the window has closed": (Fault(-232, "expired"), NotNow),
    "the account's quota": (Fault(-211, "out of quota"), NotNow),
    "the person's quota": (Fault(-218, "quota"), NotNow),
    "not a follower": (Fault(-213, "not followed"), Unreachable),
    "blocked": (Fault(-217, "blocked"), Unreachable),
    "long away or banned": (Fault(-227, "inactive"), Unreachable),
    "does not want such messages": (Fault(-244, "restricted"), Unreachable),
    "too fast": (Fault(retry_after=1), Throttled),
    "a package is needed": (Fault(-224, "tier"), Throttled),
    "the wallet is empty": (Fault(-321, "wallet"), Throttled),
    "the app was not authorised": (Fault(-223, "unauthorised"), Throttled),
    "Zalo could not": (Fault(-200, "send failed"), Unsent),
    "a wrong parameter": (Fault(-201, "invalid"), Refused),
    "against the policy": (Fault(-248, "policy"), Refused),
    "a number that nobody knows": (Fault(-9999, "?"), Refused),
    "a gateway's HTML 429": (Fault(429, body="<html>slow down</html>"), Throttled),
    "a bad gateway": (Fault(502, body="<html>oops</html>"), Unknown),
    "a server error in JSON": (Fault(500, body='{"error": 0}'), Unknown),
    "no JSON": (Fault(200, body="<html>"), Unknown),
    "JSON that is no object": (Fault(200, body="[1]"), Unknown),
    "an empty 200": (Fault(is_empty=True), Unknown),
    "a code that is no number": (Fault(200, body='{"error": "x"}'), Refused),
    "a code as text": (Fault(200, body='{"error": "-230"}'), NotNow),
    "a cut line": (Fault(cuts=True), Unknown),
    "no answer in time": (Fault(seconds=3), Unknown),
}


@pytest.mark.parametrize("what", FAILURES)
async def test_an_error_becomes_a_decision(
    channel: ZaloOA, zalo_oa: FakeZaloOA, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault, decision = FAILURES[what]
    zalo_oa.faults[CS].append(fault)
    await channel.tokens.access()
    channel._caller.seconds = 0.5
    with pytest.raises(SendError) as caught:
        await channel.say(await _pending(channel, Reply("Chào")))
    assert isinstance(caught.value, decision)
    for secret in ("access-1", "refresh-1", APP_SECRET, zalo_oa.base):
        assert secret not in repr(caught.value)
        assert secret not in "".join(r.getMessage() for r in caplog.records if "bot" in r.name)


async def test_a_request_that_never_left_is_unsent(channel: ZaloOA, zalo_oa: FakeZaloOA) -> None:
    await channel.tokens.access()
    await zalo_oa.stop()
    await channel._caller.close()  # no line from before, whose cut would be ambiguous
    await channel._caller.open()
    with pytest.raises(Unsent):
        await channel.say(await _pending(channel, Reply("Chào")))


async def test_a_broken_account_is_told_to_the_operator_once(
    channel: ZaloOA, zalo_oa: FakeZaloOA, caplog: pytest.LogCaptureFixture
) -> None:
    zalo_oa.faults[CS].extend([Fault(-224, "tier"), Fault(-224, "tier")])
    for _ in range(2):
        with pytest.raises(Throttled):
            await channel.say(await _pending(channel, Reply("Chào")), in_bulk=True)
        channel._pace.limit.banned_until = 0.0
    assert channel.trouble == "the Official Account needs a paid package for this"
    told = [r for r in caplog.records if r.levelname == "ERROR"]
    assert len(told) == 1
    await channel.say(await _pending(channel, Reply("Chào")))
    assert channel.trouble == ""


async def test_an_expired_token_is_renewed_and_the_message_sent(
    channel: ZaloOA, zalo_oa: FakeZaloOA
) -> None:
    for code in (-216, -220):
        zalo_oa.expired_code = code
        await channel.say(await _pending(channel, Reply("Chào")))
        for token in zalo_oa._access:
            zalo_oa._access[token] = zalo_oa.now()  # Zalo ends it early
        await channel.say(await _pending(channel, Reply("Chào lần nữa")))
    assert len(zalo_oa.sent) == 4
    assert len(zalo_oa.spent) == len(set(zalo_oa.spent)) == 3


async def test_buttons_that_zalo_refuses_become_numbers_at_once_and_from_then_on(
    channel: ZaloOA, zalo_oa: FakeZaloOA
) -> None:
    zalo_oa.accepts_buttons = False
    for _ in range(2):
        await channel.say(await _pending(channel, Reply(body="Thân", choices=(MENU,))))
    assert [sent.text for sent in zalo_oa.sent] == [NUMBERED, NUMBERED]
    assert len([call for call in zalo_oa.calls if call[0] == CS]) == 3


NEWS = (*(Choice(f"Bài {n}", f"article:a{n}") for n in range(1, 6)), MENU)


async def test_articles_are_a_list_of_zalos_only_where_that_is_switched_on_and_taken(
    channel: ZaloOA, zalo_oa: FakeZaloOA
) -> None:
    reply = Reply("Tin mới", "Chạm để đọc.", choices=NEWS)
    await channel.say(await _pending(channel, reply))
    assert "1. Bài 1" in zalo_oa.sent[-1].text
    channel._list_site = "https://caunoi.example"
    await channel.say(await _pending(channel, reply))
    assert zalo_oa.sent[-1].kind == "list"
    assert zalo_oa.sent[-1].buttons[-1] == ("Menu", "#/menu")
    body = [call for call in zalo_oa.calls if call[0] == CS][-1][1]["message"]["attachment"]
    opened = body["payload"]["elements"][0]["default_action"]
    assert opened == {"type": "oa.open.url", "url": "https://caunoi.example/?start=a_a1"}
    zalo_oa.accepts_lists = False
    for _ in range(2):
        await channel.say(await _pending(channel, reply))
        assert "1. Bài 1" in zalo_oa.sent[-1].text
    assert channel._list_site == ""


async def test_a_picture_goes_up_once_and_again_when_zalo_has_forgotten_it(
    channel: ZaloOA, zalo_oa: FakeZaloOA
) -> None:
    reply = Reply("Chủ đề", media=(Media("image", "media/union.png", "Ba người"),))
    for _ in range(3):
        await channel.say(await _pending(channel, reply))
    assert [sent.image for sent in zalo_oa.sent] == ["image-1"] * 3
    zalo_oa._assets["image-1"] = ("image", zalo_oa.now())  # earlier than it said
    await channel.say(await _pending(channel, reply))
    assert zalo_oa.sent[-1].image == "image-2"
    assert zalo_oa.uploads == 2


async def test_a_picture_that_zalo_refuses_does_not_hold_up_its_text(
    channel: ZaloOA, zalo_oa: FakeZaloOA
) -> None:
    zalo_oa.faults[UPLOAD].append(Fault(-201, "file is invalid. We only support png and jpeg"))
    reply = Reply("Chủ đề", media=(Media("image", "media/union.png", "Ba người"),))
    await channel.say(await _pending(channel, reply))
    assert [(sent.text, sent.image) for sent in zalo_oa.sent] == [("Chủ đề", "")]


async def test_once_a_part_has_arrived_the_message_is_not_begun_again(
    channel: ZaloOA, zalo_oa: FakeZaloOA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.zalo_oa.errors.TOO_FAST_SECONDS", 0.05)
    reply = Reply("Một", document=Document("a.txt", "Hai"))
    pending = await _pending(channel, reply, delivery=1)
    await channel.tokens.access()
    zalo_oa.faults[CS].extend([Fault(), Fault(retry_after=1), Fault(-200, "send failed")])
    await channel.say(pending, in_bulk=True)
    assert [sent.text for sent in zalo_oa.sent] == ["Một", "Hai"]


async def test_a_server_that_names_itself_twice_is_understood(
    channel: ZaloOA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zalo's real edge sends the header `Server` twice, which strict clients refuse."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({"error": 0, "data": {"oaid": OA_ID}}).encode()
        head = f"HTTP/1.1 200 OK\r\nServer: a\r\nServer: b\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    await channel.tokens.access()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    monkeypatch.setattr(channel, "_options", replace(channel._options, base=base))
    assert await channel._call("GET", "/v2.0/oa/getoa") == {"oaid": OA_ID}
    server.close()
    await server.wait_closed()


# --- the webhook ---------------------------------------------------------------------------------

SIGNED = "signed"
FORGED: dict[str, tuple[str | None, bytes, int]] = {
    "no signature": (None, VECTOR, 403),
    "a wrong one": (f"mac={'0' * 64}", VECTOR, 403),
    "no JSON, not signed": ("mac=1", b"{", 403),
    "no JSON, signed": (SIGNED, b'{"timestamp":"1719480000123"', 400),
    "no event, signed": (SIGNED, b'{"timestamp":"1719480000123"}', 400),
    "a list, signed": (SIGNED, b'[{"timestamp":"1719480000123"}]', 400),
    "brackets without end": ("mac=1", b"[" * 200_000, 403),
    "bytes that are no text": ("mac=1", b"\xff\xfe\x00", 403),
    "two megabytes": ("mac=1", b" " * (2 << 20), 413),
    "an empty probe": (None, b"", 200),
    "a probe with braces": (None, b"{}", 200),
}


@pytest.mark.parametrize("what", FORGED)
async def test_what_is_not_from_zalo_is_refused(
    bot: App, session: aiohttp.ClientSession, what: str
) -> None:
    signature, body, status = FORGED[what]
    given = f"mac={mac(body, APP_ID, STAMP, OA_SECRET)}" if signature == SIGNED else signature
    headers = {"X-ZEvent-Signature": given} if given else {}
    url = f"http://127.0.0.1:{bot.port}/zalo-oa"
    async with session.post(url, data=BytesIO(body), headers=headers) as response:
        assert response.status == status
        assert "Traceback" not in await response.text()


async def test_the_consoles_probe_and_a_changed_body(
    follower: ZaloOAPerson, zalo_oa: FakeZaloOA, session: aiohttp.ClientSession
) -> None:
    url = f"{follower._url}/zalo-oa"
    assert await zalo_oa.probe(session, url) == 200
    event = zalo_oa.text(USER, "menu")
    good = zalo_oa.sign(json.dumps(event, separators=(",", ":")).encode(), event["timestamp"])
    event["message"]["text"] = "mena"
    assert await zalo_oa.push(session, url, event, mac=good) == 403


async def test_an_event_that_comes_again_is_answered_once(
    follower: ZaloOAPerson, zalo_oa: FakeZaloOA, session: aiohttp.ClientSession
) -> None:
    event = zalo_oa.text(USER, "menu")
    assert "Menu" in await follower.does(event)
    for retry in (1, 2):
        assert await zalo_oa.push(session, f"{follower._url}/zalo-oa", event, retry=retry) == 200
    await follower._settled()
    assert len(zalo_oa.to(USER)) == 1


async def test_receipts_echoes_and_the_unknown_leave_nothing_but_a_count(
    bot: App, follower: ZaloOAPerson, zalo_oa: FakeZaloOA
) -> None:
    await follower.says("menu")
    before, counted = await _rows(bot), _unread("other")
    for event in (
        zalo_oa.seen(USER),
        zalo_oa.received(USER),
        zalo_oa.echo(USER, "Chào"),
        zalo_oa.submit_info(USER),
        zalo_oa.group_text(USER, "a"),
        zalo_oa.anonymous("a"),
        zalo_oa.unknown(USER),
    ):
        assert (await follower.does(event)).text == ""
    assert await _rows(bot) == before
    assert _unread("other") == counted + 1
    assert _unread("user_seen_message") >= 1


def _unread(kind: str) -> float:
    labels = {"channel": "zalo-oa", "kind": kind}
    return REGISTRY.get_sample_value("caunoi_unread_events_total", labels) or 0.0


async def _rows(bot: App) -> dict[str, int]:
    from sqlalchemy import func, select

    from bot.store import schema

    # Where the channels are found is learned whenever the platforms answer.
    tables = [t for t in schema.metadata.sorted_tables if t is not schema.channel_link]
    return await bot.store._reads.run(
        lambda c: {
            t.name: c.execute(select(func.count()).select_from(t)).scalar_one() for t in tables
        }
    )


async def test_a_place_gets_the_menu_and_a_sticker_a_clear_answer(
    follower: ZaloOAPerson, zalo_oa: FakeZaloOA
) -> None:
    assert "Menu" in await follower.does(zalo_oa.location(USER))
    assert "chỉ đọc được chữ" in await follower.does(zalo_oa.sticker(USER))
    assert "https://a.vn" in await follower.does(zalo_oa.link(USER, "https://a.vn"))


async def test_who_follows_is_greeted_within_the_welcome_messages(
    follower: ZaloOAPerson, zalo_oa: FakeZaloOA
) -> None:
    greeting = await follower.does(zalo_oa.follow(USER))
    assert "dịch vụ tự động" in greeting
    assert zalo_oa.users[USER].welcome_left == 2
    assert "Receive messages?" in await follower.taps("English")


async def test_events_out_of_order_do_no_harm(
    bot: App, follower: ZaloOAPerson, zalo_oa: FakeZaloOA
) -> None:
    followed, left = zalo_oa.follow(USER), zalo_oa.unfollow(USER)
    left["timestamp"] = str(int(followed["timestamp"]) + 1000)
    await follower.does(left)
    assert (await follower.does(followed)).text == ""  # a following that was undone since
    assert await _is_unreachable(bot)
    back = zalo_oa.text(USER, "menu")
    back["timestamp"] = str(int(followed["timestamp"]) + 2000)
    assert "Menu" in await follower.does(back)
    assert not await _is_unreachable(bot)
    again = zalo_oa.unfollow(USER)
    again["timestamp"] = str(int(followed["timestamp"]) + 1500)  # older than what was written
    await follower.does(again)
    assert not await _is_unreachable(bot)


async def _is_unreachable(bot: App) -> bool:
    from sqlalchemy import select

    from bot.store import schema

    query = select(schema.address.c.is_unreachable).where(schema.address.c.address == USER)
    return bool(await bot.store._reads.run(lambda c: c.execute(query).scalar_one()))


async def test_who_withdraws_at_zalo_is_erased(
    bot: App, follower: ZaloOAPerson, zalo_oa: FakeZaloOA
) -> None:
    await follower.says("menu")
    await follower.does(zalo_oa.withdraw(USER))
    assert (await _rows(bot))["address"] == 0


async def test_a_platform_that_repeats_and_shuffles_gets_each_event_answered_once(
    follower: ZaloOAPerson, zalo_oa: FakeZaloOA, session: aiohttp.ClientSession
) -> None:
    users = [str(100 + n) for n in range(10)]
    events = [zalo_oa.text(user, "menu") for user in users] * 3
    url = f"{follower._url}/zalo-oa"
    delivered = await asyncio.gather(*(zalo_oa.deliver(session, url, e) for e in reversed(events)))
    assert set(delivered) == {200}
    await follower._settled()
    assert [len(zalo_oa.to(user)) for user in users] == [1] * 10


async def test_a_store_that_is_slow_is_not_waited_for_longer_than_zalo_waits(
    bot: App, zalo_oa: FakeZaloOA, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 within two seconds: Zalo tries again, and what was written meanwhile counts once."""
    monkeypatch.setattr("bot.channels.zalo_oa._ANSWER_SECONDS", 0.05)
    ready = asyncio.Event()
    original = bot.store.write_down

    async def slowly(*given: Any) -> Any:
        await ready.wait()
        return await original(*given)

    monkeypatch.setattr(bot.store, "write_down", slowly)
    event, url = zalo_oa.text(USER, "menu"), f"http://127.0.0.1:{bot.port}/zalo-oa"
    assert await zalo_oa.push(session, url, event) == 503
    monkeypatch.setattr("bot.channels.zalo_oa._ANSWER_SECONDS", 10)
    ready.set()
    assert await zalo_oa.push(session, url, event, retry=1) == 200
    await asyncio.sleep(0.05)
    await bot.conversation.drain(5)
    await bot.outbox.drain(5)
    assert len(zalo_oa.to(USER)) == 1
