"""Whatever a platform or somebody in its name sends: an event that can be kept, nothing, or a fault
that the reader's own page names. Nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from telegram.error import TelegramError
from telegram.request import BaseRequest

from bot.channels import ChannelDown, SendError, Throttled
from bot.channels.calls import Answered, is_of_zalo
from bot.channels.telegram import reading as telegram
from bot.channels.telegram.errors import meaning
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.zalo_bot import errors as zalo_bot_errors
from bot.channels.zalo_bot import reading as zalo_bot
from bot.channels.zalo_oa import errors as zalo_oa_errors
from bot.channels.zalo_oa import reading as zalo_oa
from bot.channels.zalo_oa.signature import is_signed, mac
from bot.cleaning import cleaned
from bot.model import MAX_CHOICE_BYTES, Address, Event, Session
from bot.routing import Router
from bot.store import Seal
from bot.store.codec import Codecs
from handlers import ROUTES
from tests import test_telegram, test_zalo_bot, test_zalo_oa
from tests.conftest import LANGUAGES
from tests.fakes.zalo_oa import OA_ID
from tests.hostile import damaged, made, mutated, run, scrap_of, scraps, written, written_by

SEAL = Seal("a secret for tests")
CODECS = Codecs(SEAL)
TELEGRAM = [update for update, _ in test_telegram.INCOMING.values()]
ZALO_BOT = [update for update, _ in test_zalo_bot.INCOMING.values()]
ZALO_OA = [payload for payload, _ in test_zalo_oa.INCOMING.values()]


def keep(event: Event | None) -> None:
    """What the store does with an event before it is acknowledged; what it is found by is plain."""
    if event is None:
        return
    kept = cleaned(event)
    assert CODECS.event.read(CODECS.event.write(kept)) == kept
    SEAL.recognise(kept.address.channel, kept.id)
    for named in (kept.address.address, kept.id):
        assert named.isprintable()
        assert 1 <= len(named) <= 300
    assert len(kept.choice.encode()) <= MAX_CHOICE_BYTES
    assert len(kept.language) <= 35
    assert 0 <= kept.tapped < 2**63
    if kept.contact is not None:
        assert 2000 <= kept.contact.at.year < 2100


def _telegram(update: Any) -> None:
    try:
        keep(telegram.read_event(update))
    except telegram.Malformed:
        return


def _zalo_bot(payload: Any) -> None:
    try:
        event = zalo_bot.read_event(payload)
    except zalo_bot.Malformed:
        return
    keep(event)
    if event is None:
        assert len(zalo_bot.kind_of(payload)) < 40


def _zalo_oa(payload: Any) -> None:
    try:
        event = zalo_oa.read_event(payload, OA_ID)
    except zalo_oa.Malformed:
        return
    keep(event)
    if event is None:
        assert len(zalo_oa.kind_of(payload)) <= 40


BODIES = [json.dumps(one).encode() for one in ZALO_OA]
SIGNED = BODIES[0]
SIGNATURE = mac(SIGNED, "1", test_zalo_oa.STAMP, "secret")


@dataclass(frozen=True)
class Signed:
    body: bytes
    given: str
    stamp: str


def _signature(one: Signed) -> None:
    """No body but the signed one passes, whatever else is written beside it."""
    headers = {"X-ZEvent-Signature": one.given, "X-ZEvent-Timestamp": one.stamp}
    passes = is_signed(one.body, headers, "1", "secret")
    assert not passes or (one.body == SIGNED and SIGNATURE in one.given.lower())


# What platforms answer: JSON with any fields, HTML, halves of either.
ANSWERS = [
    {"ok": True, "result": {"message_id": 5}},
    {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {
        "retry_after": 5}},
    {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"},
    {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"},
    {"ok": False, "error_code": 400, "parameters": {"migrate_to_chat_id": -100}},
    {"ok": False, "errorCode": "408", "description": "timeout"},
    {"error": 0, "message": "Success", "data": {"message_id": "1"}},
    {"error": "-216", "message": "Access token is invalid"},
    {"error": -32, "message": "rate"},
]  # fmt: skip
_trees = mutated(ANSWERS).map(lambda tree: json.dumps(tree).encode())
_plain = [b"<html>502</html>", *(json.dumps(answer).encode() for answer in ANSWERS)]
bodies = st.one_of(_trees, damaged(_plain))
answered = st.builds(
    Answered, st.sampled_from([200, 400, 401, 403, 408, 413, 429, 500, 502, 504, 599]), bodies
)
PASSED_ON = (SendError, ChannelDown, zalo_bot_errors.Empty)


def _zalo_bot_answer(one: Answered) -> None:
    try:
        zalo_bot_errors.read_answer(one)
    except PASSED_ON:
        return


def _zalo_oa_answer(one: Answered) -> None:
    try:
        assert isinstance(zalo_oa_errors.read_answer(one), dict)
    except PASSED_ON:
        return


class _Platform(AiohttpRequest):
    """Telegram's answer without a network: all that reads it is PTB's and ours."""

    def __init__(self, answer: Answered) -> None:
        super().__init__()
        self._answer = answer

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return self._answer.status, self._answer.body


_LOOP = asyncio.new_event_loop()


def _telegram_answer(one: Answered) -> None:
    request: BaseRequest = _Platform(one)
    try:
        _LOOP.run_until_complete(request.post("http://127.0.0.1/"))
    except TelegramError as error:
        meant = meaning(error)
        if isinstance(meant, Throttled):
            assert 0 <= meant.seconds <= 7 * 24 * 3600


ROUTER = Router(ROUTES, LANGUAGES)
VALUES = [
    "/menu", "/start u_LD", "topic:union", "read:34:en", "erase:yes", "#topic:union", "doc 34", "0",
    "gui tin", "34", "i_k7dm-2x9q-w3ht-p6bz", "/case K7M2-9XQ4-HTPW", "vote:1:2:3",
]  # fmt: skip


STATES = ["", "gone", *(route.name for route in ROUTES if route.kind == "state")]


def said(dice: Random) -> tuple[Event, Session]:
    text = written_by(dice, VALUES)
    choice = written_by(dice, VALUES) if dice.random() < 0.5 else ""
    event = Event("1", Address("web", "1"), text, choice, scrap_of(dice))
    return event, Session(state=dice.choice(STATES))


def _route(one: tuple[Event, Session]) -> None:
    """Everything that can be typed or tapped leads to some handler."""
    event, session = one
    keep(event)
    handler, argument = ROUTER.find(cleaned(event), session, test_zalo_oa.AT)
    assert callable(handler)
    argument.encode()


ADDRESSES = [
    "https://photo.zdn.vn/a.jpg",
    "https://zalo.me.evil.example/",
    "http://127.0.0.1:8000/x",
]

PARSERS: Mapping[str, tuple[st.SearchStrategy[Any], Callable[[Any], object]]] = {
    "Telegram updates": (mutated(TELEGRAM), _telegram),
    "Zalo Bot updates": (mutated(ZALO_BOT), _zalo_bot),
    "Zalo OA webhooks": (mutated(ZALO_OA), _zalo_oa),
    "Zalo OA signatures": (
        st.builds(Signed, damaged(BODIES), written([SIGNATURE, f"mac={SIGNATURE}"]), scraps),
        _signature,
    ),
    "answers of Telegram": (answered, _telegram_answer),
    "answers of Zalo Bot": (answered, _zalo_bot_answer),
    "answers of Zalo OA": (answered, _zalo_oa_answer),
    "callback values and typed words": (made(said), _route),
    "addresses of Zalo's pictures": (
        written(ADDRESSES),
        lambda url: is_of_zalo(url, "https://openapi.zalo.me"),
    ),
}


@pytest.mark.parametrize("parser", PARSERS)
def test_a_channel_reads_an_event_or_names_its_fault(parser: str) -> None:
    run(parser, *PARSERS[parser])


# --- what was found ------------------------------------------------------------------------------

CHAT = {"id": 501, "type": "private"}
TAP = {"id": "1", "from": {"id": 501}, "message": {"chat": CHAT}}
SAID = test_zalo_oa.INCOMING["text"][0]


def _tapped(**fields: Any) -> dict[str, Any]:
    return {"update_id": 7, "callback_query": {**TAP, **fields}}


def _sent(**fields: Any) -> dict[str, Any]:
    return {"event_name": "message.text.received", "message": {
        "chat": {"id": "u"}, "message_id": "m", "text": "a", **fields}}  # fmt: skip


FOUND: Mapping[str, tuple[Callable[[Any], object], Any]] = {
    "an update without end": (_telegram, {"update_id": float("inf")}),
    "a chat with more digits than there are chats": (
        _telegram, {"update_id": 7, "message": {"chat": {"id": 10**300, "type": "private"}}}),
    "a picture in no size": (
        _telegram, {"update_id": 7, "message": {"chat": CHAT, "photo": {"a": 1}}}),
    "half a letter as a button": (_telegram, _tapped(data="\ud800")),
    "a button that is a book": (_telegram, _tapped(data="x" * 5000)),
    "a language that is half a letter": (
        _telegram, _tapped(**{"from": {"id": 501, "language_code": "\ud800"}})),
    "a message beyond every number": (
        _telegram, _tapped(message={"chat": CHAT, "message_id": 2**70})),
    "half a letter as somebody": (_zalo_bot, _sent(chat={"id": "\ud800"})),
    "nothing as the number of a message": (_zalo_bot, _sent(message_id="\0")),
    "a message of the year 9999": (_zalo_oa, {**SAID, "timestamp": "253402300799000"}),
    "a message from before all messages": (_zalo_oa, {**SAID, "timestamp": "-1"}),
    "a message called half a letter": (_zalo_oa, {**SAID, "message": {"msg_id": "\ud800"}}),
    "an account without a place": (_zalo_oa, {**SAID, "recipient": {"id": {}}, "oa_id": []}),
    "a header that is no text": (_signature, Signed(SIGNED, "\udcff", "\udcff")),
    "a code without end of Zalo Bot": (
        _zalo_bot_answer, Answered(200, b'{"ok": false, "error_code": Infinity}')),
    "a code without end of Zalo OA": (_zalo_oa_answer, Answered(200, b'{"error": Infinity}')),
    "Telegram refuses with a good status": (_telegram_answer, Answered(200, b'{"ok": false}')),
    "a reason that is a list": (
        _telegram_answer, Answered(400, b'{"ok": false, "description": ["Too Many Requests"]}')),
    "a wait that is a word": (
        _telegram_answer, Answered(429, b'{"ok": false, "parameters": {"retry_after": "a"}}')),
    "a wait for ever": (
        _telegram_answer, Answered(429, b'{"ok": false, "parameters": {"retry_after": 1e18}}')),
    "an address with an open bracket": (lambda url: is_of_zalo(url, "https://zalo.me"), "http://["),
}  # fmt: skip


@pytest.mark.parametrize("what", FOUND)
def test_what_broke_a_channel_once(what: str) -> None:
    read, payload = FOUND[what]
    read(payload)
