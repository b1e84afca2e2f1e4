"""What a browser, a script or an attacker posts: read, or refused with a status of the contract."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from unittest import mock

import aiohttp
import pytest
from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request
from hypothesis import strategies as st
from PIL import Image

from bot.app import App
from bot.channels.web.reading import read_post
from bot.model import MAX_CHOICE_BYTES
from tests.hostile import damaged, mutated, run

_LOOP = asyncio.new_event_loop()
REFUSED = (
    web.HTTPBadRequest,
    web.HTTPRequestEntityTooLarge,
    web.HTTPUnsupportedMediaType,
)
POSTS: list[Any] = [
    {"text": "xin chào"},
    {"choice": "topic:union", "id": "tap-1"},
    {"text": "a", "id": "x" * 64, "seen": ["12", "13"], "tapped": "12"},
    {"seen": ["9223372036854775807"]},
]
_picture = BytesIO()
Image.new("RGB", (2, 2)).save(_picture, "PNG")
_EDGE = b"--edge\r\n"


def _part(disposition: bytes, content: bytes, more: bytes = b"") -> bytes:
    return b"%sContent-Disposition: %s\r\n%s\r\n%s\r\n" % (_EDGE, disposition, more, content)


_END = b"--edge--\r\n"
_FILE = _part(b'form-data; name="file"; filename="a.png"', _picture.getvalue())
FORMS = [
    _FILE + _END,
    _part(b'form-data; name="text"', "thật không".encode()) + _FILE + _END,
    _part(b'form-data; name="id"', b"tap-1") + _part(b'form-data; name="choice"', b"/menu") + _FILE,
    _part(b"form-data; name*=utf-99''text", b"a") + _END,
    _part(b"form-data; name*=utf-8''%ff", b"a") + _END,
    _part(b"form-data", b"a", b"Content-Transfer-Encoding: bogus\r\n") + _END,
    _part(b'form-data; name="text"', b"YQ", b"Content-Encoding: gzip\r\n") + _FILE,
    _part(b'form-data; name="text"', b"a", b"Content-Type: multipart/mixed; boundary=in\r\n")
    + _END,
    _part(b'form-data; name="text"', b"a", b"X: " + b"y" * 9000 + b"\r\n") + _END,
    _part(b'form-data; name="text"', b"a", b"no colon\r\n") + _END,
    _part(b'form-data; name="text"', b"a", b"Content-Length: -5\r\n") + _END,
    _part(b'form-data; name="text"', b"a", b"Content-Length: " + b"9" * 5000 + b"\r\n") + _END,
    b"--edge",
    b"",
]


@dataclass(frozen=True)
class Posted:
    kind: str
    body: bytes


async def _read(posted: Posted) -> None:
    protocol = mock.Mock(spec=BaseProtocol)  # aiohttp's own way to make a request without a line
    protocol._reading_paused = False
    payload = StreamReader(protocol, 2**20, loop=asyncio.get_running_loop())
    payload.feed_data(posted.body)
    payload.feed_eof()
    headers = {"Content-Type": posted.kind, "Content-Length": str(len(posted.body))}
    request = make_mocked_request("POST", "/chat", headers, payload=payload)
    try:
        post = await read_post(request)
    except REFUSED:
        return
    assert len(post.choice.encode("utf-8", "replace")) <= MAX_CHOICE_BYTES
    assert 0 <= post.tapped < 2**63
    assert all(0 <= number < 2**63 for number in post.seen)


def _posted(posted: Posted) -> None:
    _LOOP.run_until_complete(_read(posted))


FORM = "multipart/form-data; boundary=edge"
_kinds = st.sampled_from(
    [FORM, FORM, FORM, "multipart/form-data", "multipart/form-data; boundary="]
)
PARSERS: Mapping[str, tuple[st.SearchStrategy[Any], Callable[[Any], None]]] = {
    "the web chat's JSON": (
        st.builds(
            Posted,
            st.just("application/json"),
            st.one_of(
                mutated(POSTS).map(lambda tree: json.dumps(tree).encode()),
                damaged([json.dumps(post).encode() for post in POSTS]),
            ),
        ),
        _posted,
    ),
    "the web chat's forms": (st.builds(Posted, _kinds, damaged(FORMS)), _posted),
}


# aiohttp tells of a part's name that it cannot read by a warning, and goes on without a name.
_warned = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@_warned
@pytest.mark.parametrize("parser", PARSERS)
def test_a_post_is_read_or_refused(parser: str) -> None:
    run(parser, *PARSERS[parser])


@_warned
@pytest.mark.parametrize("body", FORMS, ids=range(len(FORMS)))
def test_a_form_that_is_nearly_one_is_read_or_refused(body: bytes) -> None:
    _posted(Posted(FORM, body))


# --- bytes on the line, at the bot that serves ---------------------------------------------------


async def _answer(bot: App, request: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    try:
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(200_000), 10)
    finally:
        writer.close()
    return int(answer.split(b" ", 2)[1]) if answer else 0, answer


def _request(path: bytes, *headers: bytes, body: bytes = b"", method: bytes = b"POST") -> bytes:
    lines = [b"%s %s HTTP/1.1" % (method, path), b"Host: bot", b"Connection: close", *headers]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])


_JSON = b"Content-Type: application/json"
_LETTER = json.dumps({"text": "menu"}).encode()
RAW: Mapping[str, tuple[bytes, set[int]]] = {
    "a language that is no text": (
        _request(b"/chat", _JSON, b"Accept-Language: \xff\xfe", body=_LETTER), {200}),
    "a page for a language that is no text": (
        _request(b"/", b"Accept-Language: \xff\xfe", method=b"GET"), {200}),
    "a visitor that is no text": (
        _request(b"/chat", _JSON, b"Cookie: visitor=" + b"\xff" * 32, body=_LETTER), {200, 400}),
    "half a letter typed": (_request(b"/chat", _JSON, body=b'{"text": "\\ud800 menu"}'), {200}),
    "half a letter tapped": (_request(b"/chat", _JSON, body=b'{"choice": "\\ud800"}'), {200}),
    "nothing tapped": (_request(b"/chat", _JSON, body=b'{"choice": "\\u0000"}'), {200}),
    "an Origin that is no text": (
        _request(b"/chat", _JSON, b"Origin: \xff", body=_LETTER), {403}),
    "a kind that is no text": (
        _request(b"/chat", b"Content-Type: \xff\xff", body=_LETTER), {415}),
    "a key to the metrics that is no text": (
        _request(b"/metrics", b"Authorization: Bearer \xff", b"X-Forwarded-For: 1.1.1.1",
                 method=b"GET"), {403}),
    "a signature that is no text": (
        _request(b"/zalo-oa", b"X-ZEvent-Signature: mac=\xff", body=b'{"timestamp":"1"}'), {403}),
    "a time that is no text": (
        _request(b"/zalo-oa", b"X-ZEvent-Signature: 1", b"X-ZEvent-Timestamp: \xff", body=b"{ }1"),
        {403}),
    "a picture named nothing": (_request(b"/media/%00.png", method=b"GET"), {400, 403, 404}),
    "a picture above the folder": (
        _request(b"/media/..%2f..%2fpyproject.toml", method=b"GET"), {403, 404}),
    "a picture with a name beyond every disk": (
        _request(b"/media/" + b"a" * 4000, method=b"GET"), {403, 404}),
    "a sent picture named nothing": (_request(b"/media/sent/%00%ff.jpg", method=b"GET"), {404}),
    "a check that is no text": (_request(b"/factchecks/%ff%00", method=b"GET"), {404}),
    "a certificate that is no text": (_request(b"/certificates/%ff%00", method=b"GET"), {404}),
    "a file that is no text": (_request(b"/files/%ff%00", method=b"GET"), {404}),
    "a place in the stream beyond every number": (
        _request(b"/chat/stream", b"Last-Event-ID: " + b"9" * 4000, method=b"GET"), {204, 400}),
    "a page before the first": (_request(b"/factchecks?page=-1", method=b"GET"), {404}),
    "a page of other digits": (
        _request(b"/factchecks?page=%D9%A3%D9%A4&lang=%ff", method=b"GET"), {404}),
    "a date that is none": (
        _request(b"/factchecks", b"If-Modified-Since: \xff", b"If-None-Match: \xff\"",
                 method=b"GET"), {200}),
    "a range that is none": (
        _request(b"/media/union.png", b"Range: bytes=9-1,a", method=b"GET"), {200, 206, 416}),
    "a length that is no number": (
        b"POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", {400}),
    "two lengths": (
        b"POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\n", {400, 415}),
    "a body said to be packed": (
        _request(b"/chat", _JSON, b"Content-Encoding: gzip", body=b"no gzip"), {400}),
    "a webhook said to be packed": (
        _request(b"/zalo-oa", b"X-ZEvent-Signature: 1", b"Content-Encoding: deflate", body=b"xx1"),
        {400}),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", {0, 400}),
}  # fmt: skip


async def test_no_byte_on_the_line_brings_a_trace_or_a_500(bot: App) -> None:
    found = {}
    for what, (request, allowed) in RAW.items():
        status, answer = await _answer(bot, request)
        assert b"Traceback" not in answer, what
        if status not in allowed:
            found[what] = (status, allowed)
    assert found == {}


async def test_a_bomb_in_a_packed_body_is_refused(bot: App, session: aiohttp.ClientSession) -> None:
    """A hundred megabytes in a hundred kilobytes."""
    packed = zlib.compress(b" " * 100_000_000, 9)
    headers = {"Content-Type": "application/json", "Content-Encoding": "deflate"}
    for path in ("/chat", "/zalo-oa"):
        url = f"http://127.0.0.1:{bot.port}{path}"
        async with session.post(url, data=packed, headers=headers) as response:
            assert response.status in {400, 413}, path
