"""The HTTP server around the channels: health, metrics and pictures."""

from __future__ import annotations

import errno
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.health import SERVING
from bot.store import outage_of


class Health(Protocol):
    """Says what is wrong by part, in words for the operator; nothing means all is well."""

    async def problems(self) -> Mapping[str, str]: ...

    async def measure(self) -> None:
        """Brings the figures up to date that are not counted where things happen."""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_log = logging.getLogger(__name__)
MAX_BODY = 12 * 1024 * 1024
_COME_AGAIN_SECONDS = 5
_TOLD_AGAIN_SECONDS = 60.0
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def make_application(
    routes: Iterable[web.AbstractRouteDef], health: Health, media: Path, metrics_token: str
) -> web.Application:
    """The application with the channels' routes and the operator's."""
    application = web.Application(
        client_max_size=MAX_BODY, middlewares=[_Outages().refuse, _refuse_broken]
    )
    application.on_response_prepare.append(_harden)
    application.add_routes(list(routes))
    application.add_routes(_Operator(health, metrics_token).routes())
    if media.is_dir():
        application.add_routes([web.static("/media", media)])
    return application


class _Operator:
    """What the operator and the balancer ask."""

    def __init__(self, health: Health, token: str) -> None:
        self._health = health
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/health/live", self._live),
            web.get("/health/ready", self._ready),
            web.get("/metrics", self._metrics),
        ]

    async def _live(self, _request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, request: web.Request) -> web.Response:
        """200 when all is well, else 503; what is wrong is told only to this machine.

        With `?serving`, for a balancer: 503 only if this process cannot serve, since a channel
        that is down is down on every machine.
        """
        problems = dict(await self._health.problems())
        told = problems if _is_local(request) else {}
        stops = problems.keys() & SERVING if "serving" in request.query else problems
        status = 503 if stops else 200
        return web.json_response({"ready": not problems, "problems": told}, status=status)

    async def _metrics(self, request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        has_token = self._token and hmac.compare_digest(
            given.encode("utf-8", "replace"), self._token.encode()
        )
        if not has_token and not _is_local(request):
            raise web.HTTPForbidden
        await self._health.measure()
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _is_local(request: web.Request) -> bool:
    """From this machine itself; what a proxy on it passes on is not."""
    return request.remote in _LOOPBACK and "X-Forwarded-For" not in request.headers


class _Outages:
    """While the database fails: 503, after which platforms and pages come again."""

    def __init__(self) -> None:
        self._refused = 0
        self._told_at = -_TOLD_AGAIN_SECONDS

    @web.middleware
    async def refuse(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Exception as error:
            reason = outage_of(error)
            if not reason:
                raise
            self._note(reason)
            again = {"Retry-After": str(_COME_AGAIN_SECONDS)}
            raise web.HTTPServiceUnavailable(headers=again) from None

    def _note(self, reason: str) -> None:
        """One line a minute: an outage is told of once, and not by each who asks meanwhile."""
        self._refused += 1
        now = time.monotonic()
        if now - self._told_at < _TOLD_AGAIN_SECONDS:
            return
        _log.error("the database fails (%s); refused with 503: %d", reason, self._refused)
        self._refused, self._told_at = 0, now


@web.middleware
async def _refuse_broken(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What is broken as it comes in is the sender's fault; aiohttp would answer it with a 500."""
    try:
        return await handler(request)
    except web.RequestPayloadError:  # a body that is not packed as it says, or is cut off
        raise web.HTTPBadRequest from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise web.HTTPNotFound from None
        raise


# Of what is not a page of its own nothing may run or be framed.
_NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
_HTTPS_FOR = "max-age=31536000; includeSubDomains"


async def _harden(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("Content-Security-Policy", _NOTHING)
    if request.secure or request.headers.get("X-Forwarded-Proto") == "https":
        response.headers.setdefault("Strict-Transport-Security", _HTTPS_FOR)
    if request.path.startswith("/chat"):  # what somebody was told
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers["Server"] = "caunoi"
