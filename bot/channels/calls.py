"""HTTP calls to a platform, with errors that hold no address: addresses may hold a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.channels import Unknown, Unsent

_CONNECT_SECONDS = 10.0


class TooLate(Unknown):
    """The call went out, and no answer came in time."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the HTTP status and the body as it stands."""

    status: int
    body: bytes


class Caller:
    """One pooled aiohttp session; `seconds` is the time-out for a whole answer."""

    def __init__(self, *, seconds: float = 30.0, connections: int = 100) -> None:
        self.seconds = seconds
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            # No platform sets cookies that it wants back.
            cookies = aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=cookies)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self, method: str, url: str, *, seconds: float | None = None, **more: Any
    ) -> Answered:
        """The answer. Raises Unsent (never on the wire), TooLate, or Unknown (a cut line).

        `more` goes to aiohttp: `json`, `data`, `headers`, `params`.
        """
        if self._session is None:
            raise Unsent("the session is not open")
        timeout = aiohttp.ClientTimeout(
            total=self.seconds if seconds is None else seconds, sock_connect=_CONNECT_SECONDS
        )
        try:
            # No redirect is followed: it would carry the token to another host.
            async with self._session.request(
                method, url, timeout=timeout, allow_redirects=False, **more
            ) as response:
                return Answered(response.status, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unsent(type(error).__name__) from None
        except TimeoutError:
            raise TooLate("no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unknown(type(error).__name__) from None
