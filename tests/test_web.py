"""The web chat's HTTP: cookies, repeats, the stream, and all that a browser should never send."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bot.app import App
from bot.channels import Said
from bot.channels.web.visitors import Pace
from bot.model import Reply
from bot.settings import Settings
from bot.store import Pending
from tests.conftest import LANGUAGES, LIBRARY
from tests.people import Visitor

JSON = {"Content-Type": "application/json"}


async def _post(visitor: Visitor, session: aiohttp.ClientSession, **what: Any) -> tuple[int, str]:
    async with session.post(f"{visitor.url}/chat", **what) as response:
        return response.status, await response.text()


def _picture(size: tuple[int, int] = (20, 20), kind: str = "PNG") -> bytes:
    content = BytesIO()
    Image.new("RGB", size).save(content, kind)
    return content.getvalue()


def _form(content: bytes, name: str = "post.png") -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("file", BytesIO(content), filename=name, content_type="image/png")
    return form


async def test_the_answer_has_the_shape_of_the_contract(
    visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    status, body = await _post(visitor, session, json={"choice": "topic:union"})
    (reply,) = json.loads(body)["replies"]
    assert status == 200
    assert {"id", "title", "body", "choices", "media", "sources"} <= set(reply)
    assert reply["media"] == [
        {"kind": "image", "url": "/media/union.png", "alt": "Hình vẽ ba người đứng cạnh nhau"}
    ]
    async with session.get(visitor.url + reply["media"][0]["url"]) as picture:
        assert (picture.status, picture.content_type) == (200, "image/png")


async def test_over_https_the_cookie_belongs_to_this_host_alone(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    """A page of a neighbouring host cannot plant a cookie of that name."""
    public = settings.model_copy(update={"public_url": "https://caunoi.example.vn"})
    bot = App(public, LIBRARY, LANGUAGES)
    await bot.start()
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    async with session.get(f"http://127.0.0.1:{bot.port}/", headers=proxied) as response:
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-visitor=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert "max-age=31536000" in response.headers["Strict-Transport-Security"]
    await bot.stop()


async def test_every_answer_says_what_a_browser_may_not_do(
    visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    await visitor.says("menu")
    for path in ("/", "/health/live", "/nothing", "/page/chat.js", "/factchecks", "/metrics"):
        async with session.get(visitor.url + path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, path
            assert "frame-ancestors 'none'" in policy, path
            assert response.headers["X-Content-Type-Options"] == "nosniff", path
            assert response.headers["Referrer-Policy"] == "no-referrer", path
            assert "Strict-Transport-Security" not in response.headers, path  # plain HTTP here
    async with session.post(f"{visitor.url}/chat", json={"text": "menu"}) as response:
        assert response.headers["Cache-Control"] == "no-store"
    for method in ("TRACE", "PUT", "DELETE"):
        async with session.request(method, f"{visitor.url}/chat") as response:
            assert response.status == 405, method


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    async with session.get(visitor.url) as response:
        cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    async with session.get(visitor.url) as response:
        assert "Set-Cookie" not in response.headers


async def test_a_repeated_post_is_answered_the_same_and_applied_once(
    visitor: Visitor, session: aiohttp.ClientSession, bot: App
) -> None:
    asked = {"id": "tap-1", "choice": "article:union-founding-day"}
    first = await _post(visitor, session, json=asked)
    assert await _post(visitor, session, json=asked) == first
    assert await _readings(bot) == 1


async def test_repeats_at_the_same_moment_are_applied_once(
    visitor: Visitor, session: aiohttp.ClientSession, bot: App
) -> None:
    await visitor.says("menu")
    asked = {"id": "tap-2", "choice": "article:union-founding-day"}
    await asyncio.gather(*(_post(visitor, session, json=asked) for _ in range(5)))
    assert await _readings(bot) == 1


async def _readings(bot: App) -> int:
    import sqlite3

    path = bot._settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        total = connection.execute("SELECT sum(count) FROM reading").fetchone()[0]
    connection.close()
    return int(total)


async def test_what_the_browser_has_acknowledged_is_not_kept(
    visitor: Visitor, session: aiohttp.ClientSession, bot: App
) -> None:
    _, body = await _post(visitor, session, json={"text": "menu"})
    identifier = json.loads(body)["replies"][0]["id"]
    assert len(await bot.store.replies_to_say()) == 1
    assert await _post(visitor, session, json={"seen": [identifier]}) == (200, '{"replies": []}')
    assert await bot.store.replies_to_say() == ()


async def test_nobody_acknowledges_for_somebody_else(
    visitor: Visitor, session: aiohttp.ClientSession, bot: App
) -> None:
    _, body = await _post(visitor, session, json={"text": "menu"})
    identifier = json.loads(body)["replies"][0]["id"]
    async with aiohttp.ClientSession() as other:
        await _post(visitor, other, json={"seen": [identifier]})
    assert len(await bot.store.replies_to_say()) == 1


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in response.content:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


async def test_a_later_reply_comes_by_the_stream_until_it_is_acknowledged(
    visitor: Visitor, session: aiohttp.ClientSession, bot: App
) -> None:
    await _post(visitor, session, json={"text": "menu"})
    (waiting,) = await bot.store.replies_to_say()
    stream = f"{visitor.url}/chat/stream"
    async with session.get(stream) as response:
        assert response.content_type == "text/event-stream"
        events = _events(response)
        assert (await anext(events))["id"] == str(waiting.id)
        later = Pending(waiting.id + 5, 1, waiting.address, Reply("Later"))
        assert await bot.outbox.channels["web"].say(later) == Said(has_arrived=False)
        assert (await anext(events))["title"] == "Later"
    async with session.get(stream) as response:  # came back without a word of what it has
        assert (await anext(_events(response)))["id"] == str(waiting.id)
    await _post(visitor, session, json={"seen": [str(waiting.id)]})
    assert await bot.store.replies_to_say(address=waiting.address) == ()


async def test_a_stream_goes_on_after_the_last_event_that_the_browser_has(
    visitor: Visitor, session: aiohttp.ClientSession, bot: App
) -> None:
    await _post(visitor, session, json={"text": "menu"})
    await _post(visitor, session, json={"text": "help"})
    first, second = await bot.store.replies_to_say()
    headers = {"Last-Event-ID": str(first.id)}
    async with session.get(f"{visitor.url}/chat/stream", headers=headers) as response:
        assert (await anext(_events(response)))["id"] == str(second.id)


async def test_a_stranger_and_a_sixth_page_get_no_stream(
    visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{visitor.url}/chat/stream") as response:
        assert response.status == 204
    await visitor.says("menu")
    pages = [await session.get(f"{visitor.url}/chat/stream") for _ in range(6)]
    assert [page.status for page in pages] == [200] * 5 + [204]
    for page in pages:
        page.close()


async def test_a_page_that_is_closed_is_no_fault(
    visitor: Visitor,
    session: aiohttp.ClientSession,
    bot: App,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("bot.channels.web._HEARTBEAT_SECONDS", 0.02)
    await visitor.says("menu")
    web = bot.outbox.channels["web"]
    async with session.get(f"{visitor.url}/chat/stream") as response:
        await response.content.readline()
        assert web._streams  # type: ignore[attr-defined]
    async with asyncio.timeout(10):
        while web._streams:  # type: ignore[attr-defined]
            await asyncio.sleep(0.02)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "no JSON": ({"data": "{", "headers": JSON}, 400),
    "a list": ({"json": ["text"]}, 400),
    "nothing": ({"json": {}}, 400),
    "a number as text": ({"json": {"text": 5}}, 400),
    "an unknown field": ({"json": {"text": "x", "admin": True}}, 400),
    "a choice of 65 bytes": ({"json": {"choice": "x" * 65}}, 400),
    "an id with a blank": ({"json": {"text": "x", "id": "a b"}}, 400),
    "seen that is no list": ({"json": {"seen": "5"}}, 400),
    "seen that are no numbers": ({"json": {"seen": ["1; DROP TABLE reply"]}}, 400),
    "JSON a thousand deep": ({"data": "[" * 60000, "headers": JSON}, 400),
    "another kind of body": ({"data": "text=x"}, 415),
    "a megabyte of text": ({"json": {"text": "x" * 1_000_000}}, 413),
    "a form without a file": ({"data": {"text": "x"}}, 415),
    "a form that is none": (
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        400,
    ),
    "a form without a boundary": (
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        400,
    ),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_a_malformed_request_gets_its_status_and_the_bot_goes_on(
    visitor: Visitor, session: aiohttp.ClientSession, bot: App, what: str
) -> None:
    request, expected = REFUSED[what]
    status, body = await _post(visitor, session, **request)
    assert status == expected
    assert "Traceback" not in body
    assert await bot.store.replies_to_say() == ()
    assert "Menu" in await visitor.says("menu")


async def test_a_megabyte_sent_in_pieces_is_cut_off(
    visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 65536

    assert (await _post(visitor, session, data=pieces(), headers=JSON))[0] == 413


async def test_another_sites_page_is_refused(
    visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    for origin, status in {
        "https://evil.example": 403,
        "null": 403,
        visitor.url: 200,
        "http://127.0.0.1:8080": 200,  # the address under which people reach it
    }.items():
        headers = {"Origin": origin}
        given, _ = await _post(visitor, session, json={"text": "menu"}, headers=headers)
        assert given == status, origin


PICTURES = {
    "a PNG": (_picture(), "chỉ đọc được chữ"),
    "a JPEG called PNG": (_picture(kind="JPEG"), "chỉ đọc được chữ"),
    "a text called PNG": (b"hello", "không phải là ảnh"),
    "an SVG with a script": (b"<svg xmlns='x'><script>1</script></svg>", "không phải là ảnh"),
    "a broken PNG": (_picture()[:40], "không phải là ảnh"),
    "nothing": (b"", "không phải là ảnh"),
    "too many points": (_picture((8000, 5001)), "quá lớn"),
}


@pytest.mark.parametrize("what", PICTURES)
async def test_an_upload_is_looked_at_answered_and_not_kept(
    visitor: Visitor, session: aiohttp.ClientSession, what: str
) -> None:
    content, answer = PICTURES[what]
    status, body = await _post(visitor, session, data=_form(content))
    assert status == 200
    assert answer in body


async def test_a_picture_comes_with_words_and_an_id(
    visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    form = _form(_picture())
    form.add_field("text", "Thật không?")
    form.add_field("id", "upload-1")
    assert (await _post(visitor, session, data=form))[0] == 200
    form = _form(_picture())
    form.add_field("author", "somebody")
    assert (await _post(visitor, session, data=form))[0] == 400


@pytest.mark.parametrize("megabytes", [11, 50])
async def test_an_upload_that_is_too_large_is_cut_off(
    visitor: Visitor, session: aiohttp.ClientSession, megabytes: int
) -> None:
    try:
        status, _ = await _post(visitor, session, data=_form(b"\x89PNG" * (megabytes << 18)))
        assert status == 413
    except aiohttp.ClientConnectionError:
        pass  # the server closed the line while the client was still sending: refused all the same
    assert "Menu" in await visitor.says("menu")


async def test_who_writes_too_fast_is_told_when_to_come_back(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    slow = settings.model_copy(update={"web_per_minute": 60, "web_new_visitors_per_minute": 6})
    bot = App(slow, LIBRARY, LANGUAGES)
    await bot.start()
    visitor = Visitor(f"http://127.0.0.1:{bot.port}", session)
    statuses = [(await _post(visitor, session, json={"text": "1"}))[0] for _ in range(20)]
    assert statuses[:16] == [200] * 16
    assert 429 in statuses
    async with aiohttp.ClientSession() as flood:
        for _ in range(8):
            flood.cookie_jar.clear()
            async with flood.post(f"{visitor.url}/chat", json={"text": "1"}) as response:
                last = response
    assert last.status == 429
    assert 1 <= int(last.headers["Retry-After"]) <= 11
    await bot.stop()


def test_a_pace_fills_again_and_forgets_old_keys() -> None:
    now = 0.0
    pace = Pace(60, lambda: now)
    assert [pace.seconds_to_wait("a") for _ in range(16)] == [0.0] * 15 + [1.0]
    assert pace.seconds_to_wait("b") == 0.0
    now = 1.5
    assert pace.seconds_to_wait("a") == 0.0
    for number in range(60_000):
        pace.seconds_to_wait(str(number))
    assert len(pace._buckets) == 50_000


async def test_behind_a_proxy_the_person_counts_not_the_proxy(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    slow = settings.model_copy(update={"web_new_visitors_per_minute": 6})
    bot = App(slow, LIBRARY, LANGUAGES)
    await bot.start()
    url = f"http://127.0.0.1:{bot.port}/chat"
    statuses = []
    for number in range(12):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        async with (
            aiohttp.ClientSession() as client,
            client.post(url, json={"text": "menu"}, headers=headers) as response,
        ):
            statuses.append(response.status)
    assert statuses == [200] * 12
    await bot.stop()


async def test_the_page_allows_nothing_from_outside(
    visitor: Visitor, session: aiohttp.ClientSession
) -> None:
    async with session.get(visitor.url, headers={"Accept-Language": "en-GB,en;q=0.9"}) as response:
        page = await response.text()
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert '<html lang="en">' in page
    assert "Write a message" in page
    assert "$" not in page.partition("<body>")[2]
    for outside in ("http://", "https://", 'src="//'):
        assert outside not in page


async def test_the_cookie_is_nowhere_in_the_database(
    visitor: Visitor, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """Who reads the database cannot take a talk over, nor read what was written."""
    await visitor.says("một câu rất riêng tư")
    (cookie,) = session.cookie_jar
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("test.db*"))
    assert cookie.value.encode() not in kept
    assert "riêng tư".encode() not in kept
    assert b"article:" not in kept
