"""Who talks on the web: a random cookie, kept by us only as a keyed hash; and how fast."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable

from aiohttp import web

from bot.model import Address
from bot.store import Seal

CHANNEL = "web"
_COOKIE = "visitor"
# Over HTTPS a browser takes such a name from this very host only, never from a neighbour.
_OWN_HOST = "__Host-"
_YEAR = 365 * 24 * 3600
_KEPT_BUCKETS = 50_000


class Visitors:
    """Recognises visitors by their cookie. The cookie is the key to a talk: it is never stored."""

    def __init__(self, seal: Seal, *, is_secure: bool) -> None:
        self._seal = seal
        self._is_secure = is_secure
        self._name = _OWN_HOST + _COOKIE if is_secure else _COOKIE

    def known(self, request: web.Request) -> Address | None:
        cookie = request.cookies.get(self._name, "")
        is_ours = 20 <= len(cookie) <= 64 and cookie.isascii()
        return self._address(cookie) if is_ours else None

    def welcome(self, response: web.StreamResponse) -> Address:
        """Gives a new visitor a cookie with the response."""
        cookie = secrets.token_urlsafe(24)
        response.set_cookie(
            self._name,
            cookie,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=self._is_secure,
        )
        return self._address(cookie)

    def _address(self, cookie: str) -> Address:
        return Address(CHANNEL, self._seal.recognise("web visitor", cookie).hex())


class Pace:
    """A token bucket for each key: `per_minute` on average, a quarter of that at once."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._rate = per_minute / 60
        self._burst = max(5.0, per_minute / 4)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, key: str) -> float:
        """Takes one token: 0 when there is one, else the seconds until there will be."""
        now = self._clock()
        level, at = self._buckets.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._rate)
        has_token = level >= 1
        self._buckets[key] = (level - 1 if has_token else level, now)
        if len(self._buckets) > _KEPT_BUCKETS:
            self._buckets.popitem(last=False)
        return 0.0 if has_token else (1 - level) / self._rate


def client_of(request: web.Request) -> str:
    """The client's address; behind a proxy on this machine what the proxy says last."""
    remote = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and remote in {"127.0.0.1", "::1"}:
        return forwarded.rpartition(",")[2].strip()
    return remote


def is_same_origin(request: web.Request, public_url: str) -> bool:
    """A browser says where a request comes from; another page's is refused. Scripts say nothing."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    own = f"{request.scheme}://{request.host}"
    return origin in {own, public_url}
