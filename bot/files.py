"""/files/CODE: what somebody may download once, made at that moment and kept nowhere."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.store import Store, Ticket

_log = logging.getLogger(__name__)
# Who looks at a link only to show a preview of it would use it up.
_PREVIEWERS = ("bot", "preview", "crawl", "externalhit", "spider")


class NoFile(Exception):
    """There is nothing to download, or no right to it any more."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file as it goes out: its name, its media type, its bytes."""

    name: str
    kind: str
    content: bytes


Make = Callable[[Ticket], Awaitable[MadeFile]]


class Files:
    """Serves each ticket once."""

    def __init__(self, store: Store, make: Make, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._make = make
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/files/{code}", self._download)]

    async def _download(self, request: web.Request) -> web.Response:
        """The file; 404 for a code that is used, too old or none, and for a right that ended."""
        agent = request.headers.get("User-Agent", "").lower()
        if any(word in agent for word in _PREVIEWERS):
            return web.Response(text="", content_type="text/html")
        ticket = await self._store.codes.take_file(request.match_info["code"], self._clock())
        if ticket is None:
            raise web.HTTPNotFound
        try:
            made = await self._make(ticket)
        except NoFile:
            raise web.HTTPNotFound from None
        except Exception:
            _log.exception("a file could not be made")
            raise web.HTTPServiceUnavailable from None
        headers = {
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Cache-Control": "no-store",
        }
        return web.Response(body=made.content, content_type=made.kind, headers=headers)
