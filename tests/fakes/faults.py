"""How the next call of a fake platform fails: what the network and the platform do on bad days."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True)
class Fault:
    """How a call fails: an error code, a wait before the answer, or a cut line.

    `delivers` says whether the message arrives all the same; `body` is answered as it stands with
    `code` as HTTP status; `is_empty` answers 200 with nothing at all.
    """

    code: int = 0
    description: str = ""
    retry_after: int = 0
    seconds: float = 0.0
    cuts: bool = False
    delivers: bool = False
    body: str = ""
    is_empty: bool = False

    @property
    def fails(self) -> bool:
        return bool(self.code or self.retry_after or self.cuts or self.body or self.is_empty)

    async def befall(self, request: web.Request) -> web.Response | None:
        """Waits, cuts the line, or gives the broken answer; None: the platform answers itself."""
        await asyncio.sleep(self.seconds)
        if self.cuts:
            assert request.transport is not None
            request.transport.abort()
        if self.body or self.is_empty:
            return web.Response(status=self.code or 200, text=self.body)
        return None
