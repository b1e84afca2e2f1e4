"""A Bot API server on this machine: keeps messages, enforces limits, fails on request."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import ClientSession, web

from tests.fakes.faults import Fault
from tests.fakes.telegram_methods import (
    METHODS,
    Refusal,
    check_keyboard,
    check_text,
    read_parameters,
)

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # the form of a token, not one


@dataclass(frozen=True)
class Sent:
    """A message that arrived at a chat."""

    chat: int
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    photo: str = ""
    html: str = ""
    at: float = field(default_factory=time.monotonic)
    number: int = 0


class FakeTelegram:
    """The server; `base` is its origin."""

    def __init__(self) -> None:
        self.base = ""
        self.sent: list[Sent] = []
        # What stands in the chats now, and every change of it; old ones cannot be deleted.
        self.standing: dict[tuple[int, int], Sent] = {}
        self.edits: list[Sent] = []
        self.old: set[tuple[int, int]] = set()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.chats: set[int] = set()
        self.blocked: set[int] = set()
        self.webhook: dict[str, Any] = {}
        self.released: list[str] = []
        self.uploads = 0
        self.kept: list[bytes] = []  # what people have sent
        self.fetched: list[str] = []
        self.is_token_valid = True
        self.conflicts = 0  # polls that another poll has ended
        self._polls = 0
        self._files: set[str] = set()
        self._updates: list[dict[str, Any]] = []
        self._numbers = itertools.count(1000)
        self._messages = itertools.count(1)
        self._new = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """On a port of its own, or on the one that it had before it was down."""
        application = web.Application(client_max_size=50 << 20)
        application.add_routes([web.route("*", "/bot{token}/{method}", self._serve)])
        application.add_routes([web.get("/file/bot{token}/{path:.+}", self._download)])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    # What people do -------------------------------------------------------------------------

    def text(self, chat: int, text: str, language: str = "vi", **more: Any) -> dict[str, Any]:
        """The update of a private message."""
        self.chats.add(chat)
        self.blocked.discard(chat)
        message = {
            "message_id": next(self._messages),
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "Lan", "username": "lan_nguyen"},
            "from": {"id": chat, "is_bot": False, "first_name": "Lan", "language_code": language},
            **({"text": text} if text else {}),
            **more,
        }
        return {"update_id": next(self._numbers), "message": message}

    def photo(self, chat: int, content: bytes, caption: str = "") -> dict[str, Any]:
        """The update of a photo, in a small and a large size."""
        sizes = [{"file_id": self._keep(one), "width": 90, "height": 90, "file_size": len(one)}
                 for one in (content[:100], content)]  # fmt: skip
        more = {"caption": caption} if caption else {}
        return self.text(chat, "", photo=sizes, **more)

    def document(self, chat: int, content: bytes, kind: str = "image/png") -> dict[str, Any]:
        """The update of a file."""
        document = {"file_id": self._keep(content), "file_name": "a", "mime_type": kind}
        return self.text(chat, "", document=document)

    def _keep(self, content: bytes) -> str:
        self.kept.append(content)
        return f"sent-{len(self.kept) - 1}"

    def tap(self, chat: int, data: str, language: str = "vi", number: int = 1) -> dict[str, Any]:
        """The update of a tapped button of the message with that number."""
        self.chats.add(chat)
        person = {"id": chat, "is_bot": False, "first_name": "Lan", "language_code": language}
        query = {
            "id": str(next(self._numbers)),
            "from": person,
            "chat_instance": "1",
            "data": data,
            "message": {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}},
        }
        return {"update_id": next(self._numbers), "callback_query": query}

    def block(self, chat: int) -> dict[str, Any]:
        """The update of somebody who blocks the bot."""
        self.blocked.add(chat)
        member = {
            "chat": {"id": chat, "type": "private"},
            "from": {"id": chat, "is_bot": False, "first_name": "Lan"},
            "date": 0,
            "old_chat_member": {"status": "member"},
            "new_chat_member": {"status": "kicked", "until_date": 0},
        }
        return {"update_id": next(self._numbers), "my_chat_member": member}

    async def queue(self, *updates: dict[str, Any]) -> None:
        """Offers updates to who polls."""
        async with self._new:
            self._updates.extend(updates)
            self._new.notify_all()

    async def taken(self) -> None:
        """Returns when every queued update has been acknowledged by a later offset."""
        async with self._new:
            await asyncio.wait_for(self._new.wait_for(lambda: not self._updates), 10)

    async def push(self, session: ClientSession, url: str, update: dict[str, Any]) -> int:
        """Posts an update to the webhook as Telegram does; the status that came back.

        What comes back as JSON is a call, as if it had been made by itself.
        """
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        async with session.post(url, json=update, headers=headers) as response:
            if response.status == 200 and response.content_type == "application/json":
                given = await response.json()
                await self._do(given.pop("method"), given)
            return response.status

    def to(self, chat: int) -> list[Sent]:
        return [sent for sent in self.sent if sent.chat == chat]

    # What the bot calls ---------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            if not self.is_token_valid or request.match_info["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            if method not in METHODS:
                raise Refusal(404, "Not Found")
            fault = self.faults[method].popleft() if self.faults[method] else Fault()
            parameters = read_parameters(method, await _given(request))
            self.calls.append((method, parameters))
            arrives = fault.delivers or not fault.fails
            result = await self._do(method, parameters) if arrives else None
            return await self._answer(request, fault, result)
        except Refusal as refusal:
            return _refused(refusal)

    async def _answer(self, request: web.Request, fault: Fault, result: Any) -> web.StreamResponse:
        if (broken := await fault.befall(request)) is not None:
            return broken
        if fault.retry_after:
            wait = fault.retry_after
            text = f"Too Many Requests: retry after {wait}"
            return _refused(Refusal(429, text, retry_after=wait))
        if fault.code:
            return _refused(Refusal(fault.code, fault.description))
        return web.json_response({"ok": True, "result": result})

    async def _do(self, method: str, given: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return {"id": 110201543, "is_bot": True, "first_name": "Cầu Nối", "username": "b"}
            case "getUpdates":
                return await self._get_updates(given)
            case "setWebhook":
                self.webhook = given
            case "deleteWebhook":
                self.webhook = {}
            case "getFile":
                return self._get_file(given["file_id"])
            case "sendMessage":
                return self._send_message(given)
            case "sendPhoto":
                return self._send_photo(given)
            case "sendDocument":
                return self._deliver(given, given["document"].decode(), "")
            case "editMessageText" | "editMessageCaption" | "deleteMessage":
                change = {
                    "editMessageText": self._edit_text,
                    "editMessageCaption": self._edit_caption,
                    "deleteMessage": self._delete,
                }
                return change[method](given)
            case "answerCallbackQuery":
                self.released.append(given["callback_query_id"])
            case "setMyCommands":
                _check_commands(given["commands"])
            case "setMyDescription" if len(given.get("description", "")) > 512:
                raise Refusal(400, "Bad Request: description is too long")
            case "setMyShortDescription" if len(given.get("short_description", "")) > 120:
                raise Refusal(400, "Bad Request: short description is too long")
        return True

    async def _get_updates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        async with self._new:
            offset = given.get("offset", 0)
            self._updates = [u for u in self._updates if u["update_id"] >= offset]
            self._new.notify_all()
            wait = given.get("timeout", 0)
            self._polls += 1
            mine = self._polls
            self._new.notify_all()
            if not self._updates and wait:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._new.wait_for(lambda: self._ends(mine)), wait)
            if mine != self._polls:
                self.conflicts += 1
                raise Refusal(409, "Conflict: terminated by other getUpdates request")
            return self._updates[: given.get("limit", 100)]

    def _ends(self, poll: int) -> bool:
        return bool(self._updates) or poll != self._polls

    def _get_file(self, file: str) -> dict[str, Any]:
        number = file.removeprefix("sent-")
        if not file.startswith("sent-") or int(number) >= len(self.kept):
            raise Refusal(400, "Bad Request: invalid file_id")
        size = len(self.kept[int(number)])
        if size > 20 << 20:
            raise Refusal(400, "Bad Request: file is too big")
        path = f"photos/file_{number}.jpg"
        return {"file_id": file, "file_unique_id": file, "file_size": size, "file_path": path}

    async def _download(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if request.match_info["token"] != TOKEN:
            return web.Response(status=401)
        self.fetched.append(path)
        number = path.removeprefix("photos/file_").removesuffix(".jpg")
        return web.Response(body=self.kept[int(number)])

    def _send_message(self, given: dict[str, Any]) -> dict[str, Any]:
        shown = check_text(given["text"], given.get("parse_mode"), 4096, "message")
        return self._deliver(given, shown, given["text"])

    def _send_photo(self, given: dict[str, Any]) -> dict[str, Any]:
        caption = given.get("caption", "")
        shown = check_text(caption, given.get("parse_mode"), 1024, "caption") if caption else ""
        photo = given["photo"]
        if isinstance(photo, bytes):
            if not photo.startswith((b"\x89PNG", b"\xff\xd8")):
                raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
            self.uploads += 1
            photo = f"file-{self.uploads}"
            self._files.add(photo)
        if photo not in self._files:
            raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
        message = self._deliver(given, shown, caption, photo)
        size = {"file_id": photo, "file_unique_id": photo, "width": 640, "height": 240}
        return {**message, "photo": [size]}

    def _deliver(
        self, given: dict[str, Any], shown: str, html: str, photo: str = ""
    ) -> dict[str, Any]:
        chat, number = self._reach(given), next(self._messages)
        sent = Sent(chat, shown, _labels(given), photo, html, number=number)
        self.sent.append(sent)
        self.standing[chat, number] = sent
        return _as_message(sent)

    def _reach(self, given: dict[str, Any]) -> int:
        chat: int = given["chat_id"]
        if chat not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat

    def _edit_text(self, given: dict[str, Any]) -> dict[str, Any]:
        before = self._to_edit(given)
        if before.photo:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        shown = check_text(given["text"], given.get("parse_mode"), 4096, "message")
        return self._edit(before, given, shown, given["text"])

    def _edit_caption(self, given: dict[str, Any]) -> dict[str, Any]:
        before = self._to_edit(given)
        if not before.photo:
            raise Refusal(400, "Bad Request: there is no caption in the message to edit")
        shown = check_text(given.get("caption", ""), given.get("parse_mode"), 1024, "caption")
        return self._edit(before, given, shown, given["caption"])

    def _to_edit(self, given: dict[str, Any]) -> Sent:
        found = self.standing.get((self._reach(given), given["message_id"]))
        if found is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        return found

    def _edit(self, before: Sent, given: dict[str, Any], shown: str, html: str) -> dict[str, Any]:
        after = replace(before, text=shown, html=html, buttons=_labels(given), at=time.monotonic())
        if (after.html, after.buttons) == (before.html, before.buttons):
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message",
            )
        self.standing[after.chat, after.number] = after
        self.edits.append(after)
        return _as_message(after)

    def _delete(self, given: dict[str, Any]) -> bool:
        which = self._reach(given), given["message_id"]
        if which not in self.standing:
            raise Refusal(400, "Bad Request: message to delete not found")
        if which in self.old:
            raise Refusal(400, "Bad Request: message can't be deleted")
        del self.standing[which]
        return True


def _labels(given: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    markup = given.get("reply_markup")
    buttons = check_keyboard(markup) if markup else []
    return tuple((b["text"], b.get("callback_data", "")) for b in buttons)


def _as_message(sent: Sent) -> dict[str, Any]:
    return {
        "message_id": sent.number,
        "date": int(time.time()),
        "chat": {"id": sent.chat, "type": "private"},
        "text": sent.text,
    }


async def _given(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        parsed: dict[str, Any] = await request.json()
        return parsed
    given: dict[str, Any] = dict(request.query)
    files: dict[str, bytes] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
        else:
            given[name] = value
    for name, value in given.items():  # a photo may be named attach://PART
        if isinstance(value, str) and value.startswith("attach://"):
            given[name] = files.pop(value.removeprefix("attach://"))
    return {**given, **files}


def _check_commands(commands: list[dict[str, str]]) -> None:
    for command in commands:
        name, about = command["command"], command["description"]
        if not 1 <= len(name) <= 32 or not name.replace("_", "").isalnum() or name.lower() != name:
            raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(about) <= 256:
            raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    if len(commands) > 100:
        raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")


def _refused(refusal: Refusal) -> web.Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": refusal.code,
        "description": refusal.description,
    }
    headers = {}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    if wait := refusal.parameters.get("retry_after"):
        headers["Retry-After"] = str(wait)
    return web.json_response(body, status=refusal.code, headers=headers)
