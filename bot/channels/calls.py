"""HTTP calls to a platform, with errors that hold no address: addresses may hold a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.channels import SendError, Unknown, Unsent
from bot.pictures import MOST_BYTES, PictureFault

_CONNECT_SECONDS = 10.0
# For a free connection, the name, and the connecting together; at most a share of the whole.
_REACH_SECONDS, _REACH_SHARE = 20.0, 0.9
LONGEST_URL = 2000
# An address that a message names is asked for only there: it could lead anywhere.
_ZALO_HOSTS = (".zdn.vn", ".zadn.vn", ".zalo.me", ".zaloapp.com", ".zaloplatforms.com")
_FETCH_SECONDS = 15.0  # the person waits for it, and so may others


class TooLate(Unknown):
    """The call went out, and no answer came in time."""


def is_of_zalo(url: str, base: str) -> bool:
    """Whether pictures may be fetched there: where Zalo keeps them, or the base that is set."""
    try:
        parts, own = urlsplit(url), urlsplit(base)
    except ValueError:  # such as a bracket that is never closed
        return False
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return True
    is_plain = parts.scheme == "https" and parts.netloc == parts.hostname
    return is_plain and f".{parts.hostname}".endswith(_ZALO_HOSTS)


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
        self,
        method: str,
        url: str,
        *,
        seconds: float | None = None,
        limit: int | None = None,
        **more: Any,
    ) -> Answered:
        """The answer. Raises Unsent (never on the wire), TooLate, or Unknown (a cut line).

        Of a body longer than `limit` only the first bytes are read, one more than that. `more`
        goes to aiohttp: `json`, `data`, `headers`, `params`.
        """
        if self._session is None:
            raise Unsent("the session is not open")
        total = self.seconds if seconds is None else seconds
        timeout = aiohttp.ClientTimeout(
            total=total,
            # The look-up of the name too: a name server that is silent takes longer than `total`,
            # and then nobody could tell that nothing went out.
            connect=min(_REACH_SECONDS, _REACH_SHARE * total),
            sock_connect=_CONNECT_SECONDS,
        )
        try:
            # No redirect is followed: it would carry the token to another host.
            async with self._session.request(
                method, url, timeout=timeout, allow_redirects=False, **more
            ) as response:
                return Answered(response.status, await _body(response, limit))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unsent(type(error).__name__) from None
        except TimeoutError:
            raise TooLate("no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unknown(type(error).__name__) from None

    async def fetch(self, url: str) -> bytes:
        """The picture that lies at `url`, an address of the platform. Raises PictureFault."""
        try:
            answered = await self.call("GET", url, seconds=_FETCH_SECONDS, limit=MOST_BYTES)
        except SendError:
            raise PictureFault("gone") from None
        if answered.status != 200:
            raise PictureFault("gone")
        if len(answered.body) > MOST_BYTES:
            raise PictureFault("too-large")
        return answered.body

    async def fetch_from_zalo(self, url: str, base: str) -> bytes:
        """The same, if that is an address of Zalo's or of the base that is set."""
        if not is_of_zalo(url, base):
            raise PictureFault("gone")
        return await self.fetch(url)


async def _body(response: aiohttp.ClientResponse, limit: int | None) -> bytes:
    if limit is None:
        return await response.read()
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > limit:
            response.close()
            break
    return bytes(body)
