"""Who has a page of checks already is told so; the bot itself serves them, each from its day on."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import aiohttp
import pytest

from bot.app import App
from bot.factchecks import Published
from bot.settings import Settings
from tests.checking import ENGLISH, Shelf, browsing, check, corrected, published
from tests.conftest import LANGUAGES, LIBRARY


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(published())


@pytest.fixture
async def browser(shelf: Shelf) -> AsyncIterator[aiohttp.ClientSession]:
    async with browsing(shelf) as session:
        yield session


@pytest.mark.parametrize(
    "path", ["/factchecks", "/factchecks/no-pay", "/factchecks/no-pay.json", "/factchecks.atom"]
)
async def test_who_has_it_already_is_told_so(
    browser: aiohttp.ClientSession, shelf: Shelf, path: str
) -> None:
    async with browser.get(path) as answer:
        etag = answer.headers["ETag"]
    for given in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        async with browser.get(path, headers={"If-None-Match": given}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
            assert answer.headers["ETag"] == etag
            assert answer.headers["Cache-Control"] == "public, max-age=60"
    async with browser.get(path, headers={"If-None-Match": '"other"'}) as answer:
        assert answer.status == 200
    shelf.checks = [corrected(verdict="correct")]
    async with browser.get(path, headers={"If-None-Match": etag}) as answer:
        assert answer.status == 200


async def test_a_date_is_told_only_once_the_day_of_the_last_change_is_over(
    browser: aiohttp.ClientSession, shelf: Shelf
) -> None:
    path = "/factchecks/no-pay"
    async with browser.get(path) as answer:
        told = answer.headers["Last-Modified"]
    assert told == "Tue, 01 Dec 2026 05:00:00 GMT"  # since then these words are in use
    async with browser.get(path, headers={"If-Modified-Since": told}) as answer:
        assert answer.status == 304
    earlier = {"If-Modified-Since": "Mon, 30 Nov 2026 05:00:00 GMT"}
    async with browser.get(path, headers=earlier) as answer:
        assert answer.status == 200
    other = {"If-Modified-Since": told, "If-None-Match": '"other"'}
    async with browser.get(path, headers=other) as answer:
        assert answer.status == 200
    async with browser.get(path, headers={"If-Modified-Since": "yesterday"}) as answer:
        assert answer.status == 200
    shelf.checks = [Published(check("no-pay"), date(2026, 12, 1), "misleading")]
    async with browser.get(path, headers={"If-Modified-Since": told}) as answer:
        assert answer.status == 200
        assert "Last-Modified" not in answer.headers


async def test_another_language_is_another_page(browser: aiohttp.ClientSession) -> None:
    async with browser.get("/factchecks", headers=ENGLISH) as answer:
        etag = answer.headers["ETag"]
        assert answer.headers["Content-Language"] == "en"
    japanese = {"Accept-Language": "ja", "If-None-Match": etag}
    async with browser.get("/factchecks", headers=japanese) as answer:
        assert (answer.status, answer.headers["Content-Language"]) == (200, "ja")


@pytest.mark.parametrize("path", ["/factchecks", "/factchecks/no-pay", "/factchecks.atom"])
async def test_head_tells_how_large_it_is_and_sends_nothing(
    browser: aiohttp.ClientSession, path: str
) -> None:
    async with browser.get(path) as answer:
        size = len(await answer.read())
    async with browser.head(path) as answer:
        assert (answer.status, await answer.read()) == (200, b"")
        assert answer.headers["Content-Length"] == str(size)


async def test_the_bot_shows_what_editors_have_published_from_its_day_on(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    checks = {
        "old": check("old", published=date(2026, 11, 1)),
        "today": check("today", published=date(2026, 11, 29)),
        "tomorrow": check("tomorrow", published=date(2026, 11, 30)),
        "draft": check("draft", published=None),
    }
    # Half past eleven in the evening of the 29th in Viet Nam.
    now = datetime(2026, 11, 29, 16, 30, tzinfo=UTC)
    library = replace(LIBRARY, factchecks=checks)
    bot = App(settings, library, LANGUAGES, lambda: now)
    await bot.start()
    try:
        site = f"http://127.0.0.1:{bot.port}/factchecks"
        async with session.get(site) as answer:
            listed = re.findall(r'href="/factchecks/([a-z]+)"', await answer.text())
        assert listed == ["today", "old"]
        statuses = {}
        for slug in checks:
            async with session.get(f"{site}/{slug}") as answer:
                statuses[slug] = answer.status
                assert "Set-Cookie" not in answer.headers
        assert statuses == {"old": 200, "today": 200, "tomorrow": 404, "draft": 404}
        async with session.get(f"{site}/today.json") as answer:
            review = json.loads(await answer.read())
        assert review["author"]["name"] == bot.structure.sender
        assert review["url"] == f"{settings.public_url}/factchecks/today"
    finally:
        await bot.stop()
