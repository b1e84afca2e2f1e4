"""A Zalo Bot Platform on this machine: keeps messages, enforces limits, fails on request.

What Zalo's documentation and those who measured it disagree about is a switch.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web
from multidict import CIMultiDict

from tests.fakes.faults import Fault
from tests.fakes.zalo_bot_methods import (
    ME,
    METHODS,
    Refusal,
    check_action,
    check_photo,
    check_text,
    check_voice,
    check_webhook,
    now,
    over_quota,
    read_body,
    read_parameters,
    stamp,
)

BOT_TOKEN = "12345689:abcDEF-not-a-real-one"  # the form of a token, not one
_POLL_SECONDS = 30.0


@dataclass(frozen=True)
class Sent:
    """A message that arrived at a chat; of a sticker or a voice only that it came."""

    chat: str
    text: str
    photo: str = ""
    at: float = field(default_factory=time.monotonic)


def user_id(number: int) -> str:
    """The id of somebody, the same one every time."""
    return hashlib.sha256(f"zalo user {number}".encode()).hexdigest()[:20]


class FakeZaloBot:
    """The server; `base` is its origin."""

    def __init__(self) -> None:
        self.base = ""
        self.sent: list[Sent] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.users: list[str] = []  # in the order of their first message
        self.groups: set[str] = set()
        self.photos: dict[str, bytes] = {}
        self.webhook: dict[str, Any] = {}
        self.webhook_outcome = "webhook.ok"  # what testWebhook finds
        self.outgoing = 0  # this month
        self.is_token_valid = True
        self.uses_real_status = False  # an error's code is the HTTP status too
        self.replays = False  # a poll gives the last update again until there is a newer one
        self.empty_webhook_is_404 = False
        self.photo_field = "photo_url"  # "photo" in the documentation
        self.accepts_users = 50
        self.accepts_messages = 3000  # a month
        self.may_write_first = False
        self.string_codes = False
        self.says_error_code_zero = False
        self.quota_key = "error_code"  # or "errorCode"
        self.doubles_server = False  # the real edge says `Server` twice
        self._updates: deque[dict[str, Any]] = deque()
        self._last: dict[str, Any] | None = None
        self._is_back = True  # a poll has come since the last update went out
        self._new = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        application = web.Application(client_max_size=50 << 20)
        path = "/bot{token}/{method}"
        application.add_routes([web.get(path, self._serve), web.post(path, self._serve)])
        application.add_routes([web.get("/photo/{name}", self._photo)])
        # A poller that hung up must not take the update that its successor waits for.
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    # What people do -------------------------------------------------------------------------

    def text(self, user: str, text: str) -> dict[str, Any]:
        """The update of a private message."""
        return self._update("text", user, text=text)

    async def _photo(self, request: web.Request) -> web.Response:
        return web.Response(body=self.photos[request.match_info["name"]])

    def image(self, user: str, caption: str = "", photo: bytes = b"") -> dict[str, Any]:
        """The update of a picture; with its bytes it lies on this server."""
        name = f"{secrets.token_hex(10)}.jpg"
        self.photos[name] = photo
        origin = f"{self.base}/photo" if photo else "https://photo.invalid"
        content = {self.photo_field: f"{origin}/{name}"}
        return self._update("image", user, **content, **({"caption": caption} if caption else {}))

    def sticker(self, user: str) -> dict[str, Any]:
        """The update of a sticker."""
        return self._update("sticker", user, sticker="a1b2c3", url="https://photo.invalid/a.webp")

    def voice(self, user: str) -> dict[str, Any]:
        """The update of a spoken message."""
        return self._update("voice", user, voice_url="https://photo.invalid/voice.aac")

    def unsupported(self, user: str) -> dict[str, Any]:
        """The update of what Zalo does not show to bots: files, or anything from a child."""
        return self._update("unsupported", user)

    def group_text(self, group: str, user: str, text: str) -> dict[str, Any]:
        """The update of a message in a group that mentions the bot."""
        return self._update("text", user, group, text=text)

    def _update(self, kind: str, user: str, group: str = "", **content: str) -> dict[str, Any]:
        if group:
            self.groups.add(group)
        elif user not in self.users:
            self.users.append(user)
        message = {
            "from": {"id": user, "display_name": "Lan", "is_bot": False},
            "chat": {"id": group or user, "chat_type": "GROUP" if group else "PRIVATE"},
            **content,
            **stamp(),
            "message_type": "CHAT_MESSAGE",
        }
        return {"event_name": f"message.{kind}.received", "message": message}

    async def queue(self, *updates: dict[str, Any]) -> None:
        """Offers updates to who polls, one a poll."""
        async with self._new:
            self._updates.extend(updates)
            self._new.notify_all()

    async def taken(self) -> None:
        """Returns when every queued update has gone out and the poller has asked again since."""
        async with self._new:
            done = self._new.wait_for(lambda: self._is_back and not self._updates)
            await asyncio.wait_for(done, 10)

    async def push(self, session: ClientSession, url: str, update: dict[str, Any]) -> int:
        """Posts an update to the webhook as Zalo does; the status that came back."""
        headers = {"X-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        body = {"ok": True, "result": update}
        async with session.post(url, json=body, headers=headers) as response:
            return response.status

    def to(self, chat: str) -> list[Sent]:
        return [sent for sent in self.sent if sent.chat == chat]

    # What the bot calls ---------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if not self.is_token_valid or request.match_info["token"] != BOT_TOKEN:
                raise Refusal(401, "Unauthorized")
            if method not in METHODS:
                raise Refusal(404, "Not Found")
            fault = self.faults[method].popleft() if self.faults[method] else Fault()
            parameters = read_parameters(method, await read_body(request))
            self.calls.append((method, parameters))
            if method == "getUpdates":
                await self._note_poll()
            arrives = fault.delivers or not fault.fails
            result = await self._do(method, parameters) if arrives else None
            return await self._answer(request, fault, result)
        except Refusal as refusal:
            return self._refused(refusal)

    async def _answer(self, request: web.Request, fault: Fault, result: Any) -> web.StreamResponse:
        if (broken := await fault.befall(request)) is not None:
            return broken
        if fault.retry_after:  # Zalo does not say how long to wait
            return self._refused(over_quota())
        if fault.code:
            return self._refused(Refusal(fault.code, fault.description))
        body: dict[str, Any] = {"ok": True}
        if self.says_error_code_zero:
            body["error_code"] = self._code(0)
        if result is not None:
            body["result"] = result
        return self._respond(body)

    def _refused(self, refusal: Refusal) -> web.Response:
        key = self.quota_key if refusal.code == 429 else "error_code"
        body = {"ok": False, "description": refusal.description, key: self._code(refusal.code)}
        return self._respond(body, refusal.code if self.uses_real_status else 200)

    def _respond(self, body: dict[str, Any], status: int = 200) -> web.Response:
        headers = CIMultiDict([("Server", "edge")] * (2 if self.doubles_server else 1))
        return web.json_response(body, status=status, headers=headers)

    def _code(self, code: int) -> int | str:
        return str(code) if self.string_codes else code

    async def _do(self, method: str, given: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return ME
            case "getUpdates":
                return await self._get_update(given.get("timeout", _POLL_SECONDS))
            case "sendMessage":
                check_text(given["text"], "text")
                return self._deliver(given["chat_id"], given["text"])
            case "sendPhoto":
                check_photo(given["photo"])
                check_text(caption := given.get("caption", ""), "caption")
                return self._deliver(given["chat_id"], caption, given["photo"])
            case "sendSticker":
                return self._deliver(given["chat_id"], "")
            case "sendVoice":
                check_voice(given["voice_url"])
                # Zalo says yes to a voice for a group and delivers nothing.
                chat = given["chat_id"]
                return stamp() if chat in self.groups else self._deliver(chat, "")
            case "sendChatAction":
                check_action(given["action"])
                self._check_chat(given["chat_id"])
                return None  # a success without a result
        return self._do_webhook(method, given)

    def _do_webhook(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "setWebhook":
                check_webhook(given["url"], given["secret_token"])
                self.webhook = {**given, "updated_at": now()}
            case "deleteWebhook":
                self.webhook = {}
                return {"url": "", "updated_at": now()}
            case "getWebhookInfo" if not self.webhook and self.empty_webhook_is_404:
                raise Refusal(404, "Not Found")
            case "testWebhook":
                return self._test_webhook()
        return {"url": "", "updated_at": 0, **self._shown_webhook()}

    def _shown_webhook(self) -> dict[str, Any]:
        return {name: value for name, value in self.webhook.items() if name != "secret_token"}

    def _test_webhook(self) -> dict[str, Any]:
        if not self.webhook:  # uncertain: nobody has written down what Zalo says then
            raise Refusal(404, "Not Found")
        found = {"url": self.webhook["url"], "outcome": self.webhook_outcome, "hint": ""}
        return {"ok": self.webhook_outcome == "webhook.ok", **found}

    async def _note_poll(self) -> None:
        async with self._new:
            self._is_back = True
            self._new.notify_all()

    async def _get_update(self, wait: float) -> dict[str, Any]:
        if self.webhook:
            text = "You cannot use this API while a webhook is set. Please remove the webhook first"
            raise Refusal(400, text)
        async with self._new:
            if self.replays and self._last is not None and not self._updates:
                return self._last
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait_for(lambda: bool(self._updates)), wait)
            if not self._updates:
                raise Refusal(408, "Request timeout")
            self._last = self._updates.popleft()
            self._is_back = False
            self._new.notify_all()
            return self._last

    def _deliver(self, chat: str, text: str, photo: str = "") -> dict[str, Any]:
        self._check_chat(chat)
        if self.outgoing >= self.accepts_messages:
            raise over_quota()
        self.outgoing += 1
        self.sent.append(Sent(chat, text, photo))
        return stamp()

    def _check_chat(self, chat: str) -> None:
        if chat in self.groups:
            return
        if chat not in self.users:
            # Uncertain: no source says whether a bot may write to who never wrote to it.
            if not self.may_write_first:
                raise Refusal(400, "Bad request: The chat_id is invalid")
            self.users.append(chat)
        if chat in self.users[self.accepts_users :]:
            raise over_quota()
