"""Published checks for tests, a hostile one among them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.factcheck_page import FactCheckPages
from bot.factchecks import Published
from bot.library import FactCheck
from tests.conftest import LANGUAGES

SITE = "https://caunoi.example:8443"
NOW = datetime(2026, 12, 1, 5, tzinfo=UTC)
ENGLISH = {"Accept-Language": "en"}
HOSTILE = """</script><script>alert('x')</script>"'&<!--"""


def check(slug: str, **changed: Any) -> FactCheck:
    """A check in Vietnamese and English; what is named is otherwise."""
    parts: dict[str, Any] = {
        "id": slug,
        "claim": {"vi": "Thử việc không có lương.", "en": "Probation is unpaid."},
        "verdict": "incorrect",
        "summary": {
            "vi": "Thử việc được trả ít nhất 85% lương.",
            "en": "Probation is paid, at least 85%.\n\nOne day counts too.",
        },
        "sources": [
            {
                "title": "Bộ luật Lao động <2019>",
                "issuer": "Quốc hội",
                "number": "45/2019/QH14",
                "date": date(2019, 11, 20),
                "url": "https://example.org/law?a=1&b=2",
            },
            {"title": "Sổ tay", "issuer": "Công đoàn"},
        ],
        "published": date(2026, 11, 20),
        "state": {"vi": "checked", "en": "draft"},
    }
    return FactCheck.model_validate({**parts, **changed})


def published(slug: str = "no-pay", **changed: Any) -> Published:
    return Published(check(slug, **changed))


def corrected(slug: str = "no-pay", **changed: Any) -> Published:
    """Called misleading before."""
    return Published(check(slug, **changed), date(2026, 11, 25), "misleading")


class Shelf:
    """What is out, and what was looked for."""

    def __init__(self, *checks: Published) -> None:
        self.checks = list(checks)
        self.asked: list[str] = []

    def find(self, slug: str) -> Published | None:
        self.asked.append(slug)
        return next((one for one in self.checks if one.check.id == slug), None)


@asynccontextmanager
async def browsing(shelf: Shelf) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser on the pages of that shelf, on 1 December 2026 at noon in Viet Nam."""
    pages = FactCheckPages(
        LANGUAGES,
        shelf.find,
        lambda: shelf.checks,
        lambda: "LĐLĐ <Tây Ninh>",
        SITE,
        ZoneInfo("Asia/Ho_Chi_Minh"),
        lambda: NOW,
    )
    application = web.Application()
    application.add_routes(pages.routes())
    async with (
        TestServer(application) as server,
        aiohttp.ClientSession(base_url=server.make_url("/")) as session,
    ):
        yield session


class Outline(HTMLParser):
    """The page as a browser takes it apart."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.markup: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "link"}:
            self.open.append(tag)
        if tag == "script":
            assert attrs == [("type", "application/ld+json")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.markup.append(data)


def outline_of(page: str) -> Outline:
    outline = Outline()
    outline.feed(page)
    outline.close()
    assert outline.open == []
    return outline


async def read(browser: aiohttp.ClientSession, path: str, **headers: str) -> str:
    """What stands there, in English unless a header asks for another language."""
    async with browser.get(path, headers=headers or ENGLISH) as answer:
        assert answer.status == 200, path
        return await answer.text()
