"""Zalo's Official Account API on this machine: tokens, windows, fees, limits, and bad days."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiohttp import web

from tests.fakes.faults import Fault
from tests.fakes.zalo_oa_directory import VIETNAM, ZaloDirectory
from tests.fakes.zalo_oa_events import OA_SECRET, UserState
from tests.fakes.zalo_oa_shapes import (
    APP_ID,
    OA_ID,
    Content,
    Refusal,
    Upload,
    check_call,
    check_upload,
    read_campaign,
    read_message,
)
from tests.fakes.zalo_oauth import APP_SECRET, FIRST_REFRESH, OAUTH_PATH, ZaloTokens

__all__ = ["APP_ID", "APP_SECRET", "FIRST_REFRESH", "OA_ID", "OA_SECRET", "FakeZaloOA", "Sent"]
PRICE = 55
_FREE = timedelta(hours=48)
_WINDOW = timedelta(days=7)
_ASSET_LIFE = timedelta(days=7)


@dataclass(frozen=True)
class Sent:
    """A message that arrived at a user."""

    user: str
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    image: str = ""
    kind: str = "text"
    file: str = ""
    is_billed: bool = False
    at: float = field(default_factory=time.monotonic)


class FakeZaloOA(ZaloTokens, ZaloDirectory):
    """The server of both hosts; `base` is its origin."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.sent: list[Sent] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.refusals: dict[str, int] = {}
        self.uploads = 0
        self.photos: dict[str, bytes] = {}
        self.wallet = 10**9
        self.spent_dong = 0
        self.per_minute = 4000
        self.shows_quota = True
        self.accepts_buttons = True
        self.accepts_lists = True
        self.is_before_march_2026 = False
        self._assets: dict[str, tuple[str, datetime]] = {}
        self._minute: deque[datetime] = deque()
        self._runner: web.AppRunner | None = None
        self._handlers: dict[str, Callable[[dict[str, Any]], Any]] = {
            "POST /v3.0/oa/message/cs": self._send,
            "POST /v3.0/oa/message/transaction": partial(self._send_campaign, "transaction"),
            "POST /v3.0/oa/message/promotion": partial(self._send_campaign, "promotion"),
            "POST /v2.0/oa/message": _shut_down,
            "POST /v2.0/oa/upload/image": partial(self._upload, "image"),
            "POST /v2.0/oa/upload/gif": partial(self._upload, "gif"),
            "POST /v2.0/oa/upload/file": partial(self._upload, "file"),
            "POST /v3.0/oa/quota/message": self.read_quota,
            "GET /v3.0/oa/user/detail": self.read_detail,
            "GET /v3.0/oa/user/getlist": self.read_list,
            "GET /v2.0/oa/getoa": self.read_account,
            "POST /v2.0/oa/tag/tagfollower": self.add_tag,
            "POST /v2.0/oa/tag/rmfollowerfromtag": self.remove_tag,
            "GET /v2.0/oa/tag/gettagsofoa": self.read_tags,
        }

    async def start(self, port: int = 0) -> None:
        """On a port of its own, or on the one that it had before it was down."""
        application = web.Application(client_max_size=50 << 20)
        application.add_routes([web.route("*", "/{path:.*}", self._serve)])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    def to(self, user: str) -> list[Sent]:
        return [sent for sent in self.sent if sent.user == user]

    # How calls are answered -----------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.Response:
        if request.path.startswith("/photo/"):  # what people sent, on Zalo's own servers
            return web.Response(body=self.photos[request.path])
        is_oauth = request.path == OAUTH_PATH
        try:
            answer = await (self._grant(request) if is_oauth else self._call(request))
        except Refusal as refusal:
            code = str(refusal.code) if self.string_codes else refusal.code
            answer = web.json_response({"error": code, refusal.key: refusal.description})
        if not is_oauth:
            answer.headers["X-RateLimit-Limit"] = str(self.per_minute)
            answer.headers["X-RateLimit-Remain"] = str(max(self.per_minute - len(self._minute), 0))
        return answer

    async def _grant(self, request: web.Request) -> web.Response:
        if request.method != "POST":
            return web.Response(status=404, text="empty api")
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.calls.append((request.path, form))
        fault = self._next_fault(request.path)
        secret = request.headers.get("secret_key")
        tokens = self.exchange(secret, form) if fault.delivers or not fault.fails else None
        await asyncio.sleep(self.oauth_delay)
        return await _answer(request, fault, tokens)

    async def _call(self, request: web.Request) -> web.Response:
        given = await _given(request)
        self.calls.append((request.path, given))
        self._count()
        self.check_token(request.headers.get("access_token"))
        handler = self._handlers.get(f"{request.method} {request.path}")
        if handler is None:
            return web.Response(status=404, text="empty api")
        fault = self._next_fault(request.path)
        data = handler(given) if fault.delivers or not fault.fails else None
        said = {} if data is None else {"data": data}
        return await _answer(request, fault, {**said, "error": 0, "message": "Success"})

    def _next_fault(self, path: str) -> Fault:
        return self.faults[path].popleft() if self.faults[path] else Fault()

    def _count(self) -> None:
        while self._minute and self.now() - self._minute[0] >= timedelta(minutes=1):
            self._minute.popleft()
        if len(self._minute) >= self.per_minute:
            raise Refusal(-32, "Rate limit exceeded")
        self._minute.append(self.now())

    # Messages -------------------------------------------------------------------------------

    def _send(self, given: dict[str, Any]) -> dict[str, Any]:
        check_call(given, {"recipient!": "any", "message!": "any"})
        user = self._recipient(given["recipient"])
        content = read_message(given["message"])
        if content.buttons and not self.accepts_buttons:
            raise Refusal(-233, "Message type is invalid or not supported")
        if content.kind == "list" and not self.accepts_lists:
            raise Refusal(-233, "Message type is invalid or not supported")
        self._check_asset(content)
        is_billed, quota = self._charge(user)
        said = (content.text, content.buttons, content.image, content.kind, content.file)
        return {**self._deliver(Sent(user, *said, is_billed)), **quota}

    def _send_campaign(self, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        if not self.is_before_march_2026:
            _shut_down(given)
        check_call(given, {"recipient!": "any", "message!": "any"})
        read_campaign(given["message"], kind)
        if kind == "promotion" and not 6 <= self.now().astimezone(VIETNAM).hour < 22:
            raise Refusal(-234, "Promotion is not sent at night")
        return self._deliver(Sent(self._recipient(given["recipient"]), "", kind=kind))

    def _deliver(self, sent: Sent) -> dict[str, Any]:
        self.sent.append(sent)
        self.last_sent[sent.user] = number = self._number()
        return {"message_id": number, "user_id": sent.user, "sent_time": self.milliseconds()}

    def _recipient(self, given: Any) -> str:
        match given:
            case {"user_id": str(user), **more} if user and not more:
                return user
            case {"message_id": str(message), **more} if message in self.authors and not more:
                return self.authors[message]
        raise Refusal(-201, "recipient is invalid")

    def _check_asset(self, content: Content) -> None:
        if content.asset:
            kind, until = self._assets.get(content.asset, ("", self.now()))
            if kind != content.kind:
                raise Refusal(-201, "attachment is invalid")
            if self.now() >= until:
                raise Refusal(-100, "attachment has expired")

    def _charge(self, user: str) -> tuple[bool, dict[str, Any]]:
        state = self.users.get(user, UserState())
        if code := self.refusals.get(user, -244 if state.has_blocked else 0):
            raise Refusal(code, "User has restricted messages of this account")
        if state.last_interaction is None:
            raise Refusal(-232, "User has not interacted with the OA")
        idle = self.now() - state.last_interaction
        if idle > _WINDOW:
            raise Refusal(-230, "User has not interacted with the OA in the past 7 days")
        if not state.has_written and not state.welcome_left:
            raise Refusal(-232, "User has not interacted with the OA")
        is_billed = idle > _FREE
        if is_billed and self.wallet < PRICE:
            raise Refusal(-321, "The wallet cannot pay")
        if is_billed:
            self.wallet -= PRICE
            self.spent_dong += PRICE
        if not state.has_written:
            state.welcome_left -= 1
        return is_billed, {"quota": _quota_of(state)} if self.shows_quota and not is_billed else {}

    def _upload(self, kind: str, given: dict[str, Any]) -> dict[str, str]:
        check_call(given, {"file!": "any"})
        check_upload(given["file"], kind)
        self.uploads += 1
        asset = f"{kind}-{self.uploads}"
        self._assets[asset] = (kind, self.now() + _ASSET_LIFE)
        return {"token" if kind == "file" else "attachment_id": asset}


async def _given(request: web.Request) -> dict[str, Any]:
    if request.content_type == "multipart/form-data":
        parts = (await request.post()).items()
        return {
            name: Upload(part.filename, part.file.read())
            if isinstance(part, web.FileField)
            else part
            for name, part in parts
        }
    is_get = request.method == "GET"
    raw = request.query.get("data", "{}") if is_get else await request.text()
    try:
        parsed = json.loads(raw)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise Refusal(-201, "Parameters are not a JSON object")
    return parsed


async def _answer(request: web.Request, fault: Fault, body: Any) -> web.Response:
    if (broken := await fault.befall(request)) is not None:
        return broken
    if fault.retry_after:
        raise Refusal(-32, "Rate limit exceeded")
    if fault.code:
        raise Refusal(fault.code, fault.description)
    return web.Response() if body is None else web.json_response(body)


def _shut_down(_given: dict[str, Any]) -> None:
    raise Refusal(-240, "This message API has been shut down")


def _quota_of(state: UserState) -> dict[str, str]:
    kind, remain, total = "reply", "8", "8"
    if not state.has_written:
        kind, remain, total = "welcome_msg", str(state.welcome_left), "3"
    owner = {"owner_type": "OA", "owner_id": OA_ID}
    return {"quota_type": kind, "remain": remain, "total": total, "expired_date": "", **owner}
