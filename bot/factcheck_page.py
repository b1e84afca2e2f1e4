"""/factchecks: what has been checked, for people, for other fact-checkers and for feed readers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from heapq import nlargest
from zoneinfo import ZoneInfo

from aiohttp import ETag, web
from aiohttp.helpers import ETAG_ANY

from bot.factcheck_feed import atom, claim_review, in_script
from bot.factcheck_html import STYLE, check_page, list_page, page_link, unknown_page
from bot.factcheck_views import View, view_of
from bot.factchecks import Published
from bot.language import Languages
from bot.public_page import asked_languages, headers_for

PAGE_SIZE = 20
FEED_SIZE = 50
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 40
# A minute bears a link that goes around; a correction must not wait longer.
_HEADERS = {**headers_for(STYLE), "Cache-Control": "public, max-age=60"}


class FactCheckPages:
    """Serves what `find` and `newest` (newest first) give out; `site` is the public origin.

    Nothing here is secret or costs a look into the database, so nobody is slowed down.
    """

    def __init__(
        self,
        languages: Languages,
        find: Callable[[str], Published | None],
        newest: Callable[[], Sequence[Published]],
        sender: Callable[[], str],
        site: str,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._languages = languages
        self._find = find
        self._newest = newest
        self._sender = sender
        self._site = site
        self._zone = zone
        self._clock = clock
        # What a page says may also change with the words of a new release.
        self._began = clock().replace(microsecond=0)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/factchecks", self._list),
            web.get("/factchecks.atom", self._feed),
            web.get("/factchecks/{slug}.json", self._markup),
            web.get("/factchecks/{slug}", self._show),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        asked = asked_languages(self._languages, request)
        say, chosen, page = self._languages.voice(asked[0]), _chosen(request, asked), _page(request)
        checks = self._newest()
        start = (page - 1) * PAGE_SIZE
        if page < 1 or (page > 1 and start >= len(checks)):
            return self._unknown(request)
        links = []
        if page > 1:
            links.append(page_link(say, page - 1, chosen, is_newer=True))
        if start + PAGE_SIZE < len(checks):
            links.append(page_link(say, page + 1, chosen, is_newer=False))
        views = [self._view(one, asked) for one in checks[start : start + PAGE_SIZE]]
        html = list_page(self._languages, asked[0], views, links, chosen)
        return self._response(request, html, "text/html", asked[0])

    async def _show(self, request: web.Request) -> web.Response:
        view, asked = self._found(request)
        if view is None:
            return self._unknown(request)
        chosen, sender = _chosen(request, asked), self._sender()
        html = check_page(self._languages, asked[0], view, sender, chosen)
        return self._response(request, html, "text/html", asked[0], view.changed)

    async def _markup(self, request: web.Request) -> web.Response:
        """The ClaimReview alone."""
        view, _ = self._found(request)
        if view is None:
            return self._unknown(request)
        data = claim_review(view, self._languages.voice(view.language), self._sender())
        body, kind = in_script(data), "application/ld+json"
        return self._response(request, body, kind, view.language, view.changed)

    async def _feed(self, request: web.Request) -> web.Response:
        asked = asked_languages(self._languages, request)
        # By the last change: who reads feeds would else never hear that an old verdict was wrong.
        latest = nlargest(FEED_SIZE, self._newest(), key=_changed)
        views = [self._view(one, asked) for one in latest]
        sender = self._sender()
        xml = atom(views, self._languages, asked[0], sender, self._site, self._zone)
        return self._response(request, xml, "application/atom+xml", asked[0])

    def _found(self, request: web.Request) -> tuple[View | None, tuple[str, ...]]:
        """What stands at the address, and the languages that the viewer reads."""
        asked, slug = asked_languages(self._languages, request), request.match_info["slug"]
        is_one = len(slug) <= _LONGEST_SLUG and _SLUG.fullmatch(slug)
        one = self._find(slug) if is_one else None
        return (self._view(one, asked) if one else None), asked

    def _view(self, one: Published, asked: tuple[str, ...]) -> View:
        return view_of(one, (*asked, *self._languages.fallbacks(asked[0])), self._site)

    def _unknown(self, request: web.Request) -> web.Response:
        asked = asked_languages(self._languages, request)
        html = unknown_page(self._languages, asked[0], _chosen(request, asked))
        # What is not there today may be published tomorrow.
        headers = {**_HEADERS, "Cache-Control": "no-store"}
        return web.Response(text=html, status=404, content_type="text/html", headers=headers)

    def _response(
        self,
        request: web.Request,
        text: str,
        kind: str,
        language: str,
        changed: date | None = None,
    ) -> web.Response:
        """The text, or 304 for who has it already."""
        body = text.encode()
        etag, modified = ETag(hashlib.sha256(body).hexdigest()[:32]), self._modified(changed)
        response = web.Response(headers={**_HEADERS, "Content-Language": language})
        response.etag, response.last_modified = etag, modified
        if _has_it(request, etag, modified):
            response.set_status(304)
            return response
        response.body, response.content_type, response.charset = body, kind, "utf-8"
        return response

    def _modified(self, changed: date | None) -> datetime | None:
        """When that day was over; None on the day itself, since it may change once more.

        Also None for what lists several: one that is taken away leaves no date.
        """
        if changed is None or changed >= self._clock().astimezone(self._zone).date():
            return None
        over = datetime.combine(changed + timedelta(days=1), time(), self._zone)
        return max(over, self._began)


def _changed(one: Published) -> date:
    days = (one.check.published, one.corrected)
    return max((day for day in days if day), default=date.min)


def _chosen(request: web.Request, asked: tuple[str, ...]) -> str:
    """The query that links carry on, if a language was chosen on a page."""
    return f"?lang={asked[0]}" if "lang" in request.query else ""


def _page(request: web.Request) -> int:
    """The number of the page that is asked for; 0 for what is no number."""
    text = request.query.get("page", "1")
    return int(text) if text.isdecimal() and len(text) <= 6 else 0


def _has_it(request: web.Request, etag: ETag, modified: datetime | None) -> bool:
    """An ETag outweighs a date (RFC 9110, 13.2.2)."""
    if (given := request.if_none_match) is not None:
        return any(each.value in {etag.value, ETAG_ANY} for each in given)
    since = request.if_modified_since
    return since is not None and modified is not None and since >= modified
