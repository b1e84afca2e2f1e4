"""What has been checked can be read by anybody, in their language, with its sources."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator
from html import escape

import aiohttp
import pytest
from yarl import URL

from bot.verdicts import MEANINGS, VERDICTS
from tests.checking import (
    ENGLISH,
    HOSTILE,
    Shelf,
    browsing,
    corrected,
    outline_of,
    published,
    read,
)
from tests.conftest import LANGUAGES


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(published())


@pytest.fixture
async def browser(shelf: Shelf) -> AsyncIterator[aiohttp.ClientSession]:
    async with browsing(shelf) as session:
        yield session


async def test_a_check_is_read_with_its_verdict_its_sources_and_who_checked_it(
    browser: aiohttp.ClientSession,
) -> None:
    page = await read(browser, "/factchecks/no-pay")
    assert '<span class="verdict bad">Incorrect</span>' in page
    assert '<q lang="en">Probation is unpaid.</q>' in page
    assert MEANINGS["incorrect"] in page
    assert '<p class="text">Probation is paid, at least 85%.</p><p class="text">One day' in page
    assert (
        '<a href="https://example.org/law?a=1&amp;b=2">Quốc hội: Bộ luật Lao động &lt;2019&gt;, '
        "45/2019/QH14, November 20, 2019</a>" in page
    )
    assert "<li>Công đoàn: Sổ tay</li>" in page
    assert "Checked by: LĐLĐ &lt;Tây Ninh&gt;" in page
    assert "Published on November 20, 2026" in page
    assert "Corrected" not in page
    assert '<a href="/">' in page


async def test_a_changed_verdict_says_what_it_was(
    browser: aiohttp.ClientSession, shelf: Shelf
) -> None:
    shelf.checks = [corrected()]
    page = await read(browser, "/factchecks/no-pay")
    assert "Corrected on November 25, 2026. The verdict was before: Misleading" in page


async def test_a_text_that_nobody_has_checked_says_so(browser: aiohttp.ClientSession) -> None:
    translation = "No speaker of the language has checked this translation yet."
    assert translation in await read(browser, "/factchecks/no-pay")
    vietnamese = await read(browser, "/factchecks/no-pay?lang=vi")
    assert LANGUAGES.voice("vi")(translation) not in vietnamese
    draft = LANGUAGES.voice("vi")("This text has not been checked by an editor yet.")
    assert draft not in vietnamese


async def test_a_draft_in_vietnamese_is_no_translation(
    browser: aiohttp.ClientSession, shelf: Shelf
) -> None:
    shelf.checks = [published(state={})]
    page = await read(browser, "/factchecks/no-pay?lang=vi")
    assert LANGUAGES.voice("vi")("This text has not been checked by an editor yet.") in page


@pytest.mark.parametrize(
    ("header", "words", "text", "is_told"),
    [
        ("en", "en", "en", False),
        ("vi-VN,vi;q=0.9", "vi", "vi", False),
        ("ko", "ko", "en", True),
        ("ko, vi;q=0.8", "ko", "vi", True),  # who reads Vietnamese too is not sent to English
        ("fr", "en", "en", False),
        ("", "vi", "vi", False),
        ("x" * 4000, "en", "en", False),
    ],
)
async def test_the_best_language_that_there_is_is_shown_and_told(
    browser: aiohttp.ClientSession, header: str, words: str, text: str, is_told: bool
) -> None:
    page = await read(browser, "/factchecks/no-pay", **{"Accept-Language": header})
    assert f'<html lang="{words}">' in page
    assert f'<div lang="{text}">' in page
    say, own, other = LANGUAGES.voice(words), LANGUAGES.name(words), LANGUAGES.name(text)
    told = say("Not available in {own} yet. Shown in: {other}.", own=own, other=other)
    assert (escape(told) in page) is is_told


async def test_a_language_chosen_on_the_page_stays_chosen(browser: aiohttp.ClientSession) -> None:
    page = await read(browser, "/factchecks?lang=ja")
    assert 'href="/factchecks/no-pay?lang=ja"' in page
    assert 'href="/factchecks?lang=ja"' in await read(browser, "/factchecks/no-pay?lang=ja")
    assert 'href="/factchecks/no-pay"' in await read(browser, "/factchecks")


@pytest.mark.parametrize("verdict", sorted(set(VERDICTS) - {"opinion"}))
async def test_every_verdict_has_words(
    browser: aiohttp.ClientSession, shelf: Shelf, verdict: str
) -> None:
    shelf.checks = [published(verdict=verdict)]
    page = await read(browser, "/factchecks/no-pay")
    assert f">{VERDICTS[verdict]}</span>" in page
    assert escape(MEANINGS[verdict]) in page
    assert set(MEANINGS) == set(VERDICTS)


async def test_the_list_is_parted_into_pages_newest_first(
    browser: aiohttp.ClientSession, shelf: Shelf
) -> None:
    shelf.checks = [published(f"check-{number}") for number in range(45)]
    first = await read(browser, "/factchecks")
    assert re.findall(r'href="/factchecks/check-(\d+)"', first) == [str(n) for n in range(20)]
    assert 'rel="prev"' not in first
    assert '<a rel="next" href="/factchecks?page=2">' in first
    last = await read(browser, "/factchecks?page=3&lang=en")
    assert len(re.findall(r'href="/factchecks/check-', last)) == 5
    assert '<a rel="prev" href="/factchecks?lang=en&amp;page=2">' in last
    assert 'rel="next"' not in last
    for page in ("4", "0", "-1", "x", "9" * 5000, "²"):
        async with browser.get("/factchecks", params={"page": page}) as answer:
            assert answer.status == 404, page


async def test_an_empty_list_says_that_it_is_empty(
    browser: aiohttp.ClientSession, shelf: Shelf
) -> None:
    shelf.checks = []
    assert "No fact-check has been published yet." in await read(browser, "/factchecks")


async def test_what_does_not_exist_is_told_in_words_and_not_looked_up_if_it_cannot_exist(
    browser: aiohttp.ClientSession, shelf: Shelf
) -> None:
    hostile = ("..%2f..%2fetc", "%00", "%3Cscript%3E", "a" * 6000, "A-b", "a--b", "%E2%80%AE", "-")
    for slug in ("unknown", *hostile, "unknown.json", "..%2fx.json"):
        address = URL(f"{browser._base_url}factchecks/{slug}", encoded=True)
        async with browser.get(address, headers=ENGLISH) as answer:
            page = await answer.text()
        assert answer.status == 404, slug
        assert "There is no fact-check at this address." in page
        assert "<script" not in page
        assert answer.headers["Cache-Control"] == "no-store"
    assert set(shelf.asked) == {"unknown"}


@pytest.mark.parametrize("tag", LANGUAGES.tags)
async def test_every_language_has_a_whole_page_that_a_screen_reader_can_walk(
    browser: aiohttp.ClientSession, tag: str
) -> None:
    for path in ("/factchecks", "/factchecks/no-pay"):
        page = await read(browser, f"{path}?lang={tag}")
        outline = outline_of(page)
        assert [outline.tags.count(name) for name in ("html", "main", "h1", "nav")] == [1] * 4
        assert f'<html lang="{tag}">' in page
        assert page.count(f'href="{path}?lang=') >= len(LANGUAGES.tags) - 1
        assert len(page.encode()) < 12_000  # for phones that pay by the kilobyte


async def test_a_hostile_claim_stays_text(browser: aiohttp.ClientSession, shelf: Shelf) -> None:
    source = {"title": HOSTILE, "issuer": HOSTILE, "url": "https://x.example/'\"><script>"}
    shelf.checks = [published(claim={"en": HOSTILE}, summary={"en": HOSTILE}, sources=[source])]
    for path in ("/factchecks", "/factchecks/no-pay"):
        page = outline_of(await read(browser, path))
        assert page.tags.count("script") == (path != "/factchecks")
        assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert json.loads(page.markup[0])["claimReviewed"] == HOSTILE
    assert len(page.markup) == 1


async def test_nothing_runs_nothing_is_loaded_and_no_cookie_is_set(
    browser: aiohttp.ClientSession,
) -> None:
    for path in ("/factchecks", "/factchecks/no-pay"):
        async with browser.get(path) as answer:
            page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none';")
        assert "script-src" not in policy
        # The one style is allowed by its hash; a wrong hash would leave the page bare.
        style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
        assert style
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in policy
        assert "Set-Cookie" not in answer.headers
        assert not re.search(r'<(img|iframe|link rel="stylesheet")', page)
        assert "url(http" not in page
        assert "prefers-color-scheme: dark" in page
        assert answer.headers["Vary"] == "Accept-Language"
