"""Who scans a certificate's code learns whether it is genuine, in their own language."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.certificate_page import Certificates, Record, form_page, record_page
from tests.conftest import LANGUAGES, ROOT

CODE = "k7dm-2x9q-w3ht-p6bz"
RECORD = Record(
    code=CODE,
    contest_title="Tìm hiểu biển đảo <2026>",
    round_title="Tuần 3",
    result_text="19 & 2",
    issued_on=date(2026, 5, 20),
    issuer="Liên đoàn Lao động tỉnh Tây Ninh",
)


class _Desk:
    """What has been issued, and how long the next one waits."""

    def __init__(self) -> None:
        self.records = {CODE: RECORD}
        self.asked: list[tuple[str, str]] = []
        self.wait = 0.0

    async def find(self, code: str, language: str) -> Record | None:
        self.asked.append((code, language))
        return self.records.get(code)


@pytest.fixture
def desk() -> _Desk:
    return _Desk()


@pytest.fixture
async def browser(desk: _Desk) -> AsyncIterator[aiohttp.ClientSession]:
    application = web.Application()
    pages = Certificates(LANGUAGES, desk.find, lambda _request: desk.wait)
    application.add_routes(pages.routes())
    async with (
        TestServer(application) as server,
        aiohttp.ClientSession(base_url=server.make_url("/")) as session,
    ):
        yield session


async def test_a_genuine_one_is_told_in_the_language_of_the_browser(
    browser: aiohttp.ClientSession, desk: _Desk
) -> None:
    asked = {"Accept-Language": "fr, km-KH;q=0.9, en;q=0.5"}
    async with browser.get(f"/certificates/{CODE}", headers=asked) as answer:
        page = await answer.text()
    assert answer.status == 200
    assert '<html lang="km">' in page
    assert "វិញ្ញាបនបត្រ\u200bនេះ\u200bជា\u200bការ\u200bពិត។" in page
    assert "Tìm hiểu biển đảo &lt;2026&gt; · Tuần 3" in page
    assert "19 &amp; 2" in page
    assert desk.asked == [(CODE, "km")]
    async with browser.get(f"/certificates/{CODE}?lang=ja", headers=asked) as answer:
        assert "この証明書は本物です。" in await answer.text()


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "vi"), ("fr", "en"), ("zh-TW,zh;q=0.9", "zh-Hant"), ("*", "en"), ("x" * 9999, "en")],
)
async def test_whatever_the_browser_asks_for_some_language_is_shown(
    browser: aiohttp.ClientSession, header: str, language: str
) -> None:
    headers = {"Accept-Language": header[:4000]}
    async with browser.get("/certificates", headers=headers) as answer:
        assert f'<html lang="{language}">' in await answer.text()


async def test_an_unknown_code_and_a_withdrawn_one_are_told_apart(
    browser: aiohttp.ClientSession, desk: _Desk
) -> None:
    english = {"Accept-Language": "en"}
    for code in ("k7dm-2x9q-w3ht-p6bx", "<script>", "x" * 500, "%00", "..%2f.."):
        async with browser.get(f"/certificates/{code}", headers=english) as answer:
            page = await answer.text()
        assert answer.status == 404
        assert "No certificate has this code." in page
        assert "<script" not in page
    desk.records[CODE] = replace(RECORD, withdrawn_on=date(2026, 6, 1))
    async with browser.get(f"/certificates/{CODE}", headers=english) as answer:
        page = await answer.text()
    assert answer.status == 200
    assert "This certificate was withdrawn on June 1, 2026." in page
    assert "genuine" not in page


async def test_a_typed_code_leads_to_its_page(browser: aiohttp.ClientSession) -> None:
    typed = {"code": f" {CODE} ", "lang": "vi"}
    async with browser.get("/certificates", params=typed, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == f"/certificates/{CODE}?lang=vi"
    async with browser.get(
        "/certificates", params={"code": "//evil.example"}, allow_redirects=False
    ) as answer:
        assert answer.headers["Location"] == "/certificates/%2F%2Fevil.example"


async def test_who_asks_too_often_waits_and_nothing_is_looked_up(
    browser: aiohttp.ClientSession, desk: _Desk
) -> None:
    desk.wait = 2.3
    async with browser.get(f"/certificates/{CODE}", headers={"Accept-Language": "en"}) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "3"
        assert "Please try again in a minute." in await answer.text()
    assert desk.asked == []


async def test_the_page_is_neither_found_by_searches_nor_kept_nor_scripted(
    browser: aiohttp.ClientSession,
) -> None:
    async with browser.get(f"/certificates/{CODE}") as answer:
        page = await answer.text()
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script" not in page
    assert " on" not in re.sub(r">[^<]*<", "><", page.partition("</style>")[2])
    # The one style is allowed by its hash; a wrong hash would leave the page bare.
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_the_fonts_that_the_page_asks_for_are_there() -> None:
    asked = re.findall(r"url\(/page/(fonts/[^)]*)\)", form_page(LANGUAGES, "km"))
    assert len(asked) == 2
    static = ROOT / "bot" / "channels" / "web" / "static"
    assert all((static / path).is_file() for path in asked)


def test_a_name_is_shown_only_if_it_is_handed_in() -> None:
    assert "Cấp cho" not in record_page(LANGUAGES, "vi", RECORD)
    named = record_page(LANGUAGES, "vi", replace(RECORD, holder="Nguyễn Văn A"))
    assert "<dt>Cấp cho</dt><dd><bdi>Nguyễn Văn A</bdi></dd>" in named


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("tag", LANGUAGES.tags)
def test_every_language_has_a_whole_page_that_a_screen_reader_can_walk(tag: str) -> None:
    for page in (
        form_page(LANGUAGES, tag),
        record_page(LANGUAGES, tag, RECORD),
        record_page(LANGUAGES, tag, None),
    ):
        outline = _Outline()
        outline.feed(page)
        assert outline.open == []
        assert [outline.tags.count(name) for name in ("html", "main", "h1", "nav")] == [1] * 4
        assert f'<html lang="{tag}">' in page
        assert '<label for="code">' in page
        assert page.count("hreflang=") == len(LANGUAGES.tags) - 1
