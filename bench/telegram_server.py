"""A Bot API server that costs little: fixed answers, a count by chat, Telegram's limits on request.

A process of its own, so that a measurement never pays for it; `Server` is its handle.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
import sys
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp
import uvloop

from bench.machine import ROOT, SERVER_CORE, pin
from bench.telegram_log import Log, Rules

# Form, JSON or multipart: every client writes the chat in its own way.
_CHAT = re.compile(rb'chat_id"?(?:=|:\s*|\r\n\r\n)(\d+)')
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_NUMBER = re.compile(rb"(offset|timeout)=(\d+)")
_HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_TEXT = json.dumps("Lịch làm việc\n\nVăn phòng công đoàn mở cửa sáng thứ bảy." * 3).encode()
# As much as Telegram gives back for a text with one button.
_SENT = (
    b'{"ok":true,"result":{"message_id":%d,"from":{"id":110201543,"is_bot":true,"first_name":'
    b'"Cau Noi","username":"bench_bot"},"chat":{"id":%d,"first_name":"Lan","type":"private"},'
    b'"date":1790000000,"text":' + _TEXT + b',"entities":[{"offset":0,"length":13,"type":"bold"}],'
    b'"link_preview_options":{"is_disabled":true},"reply_markup":{"inline_keyboard":[[{"text":'
    b'"Menu","callback_data":"/menu"}]]}}}'
)
_PHOTO = b'"photo":[{"file_id":"one","file_unique_id":"1","width":90,"height":60}],"date":'
_ME = b'{"ok":true,"result":{"id":110201543,"is_bot":true,"first_name":"B","username":"bench_bot"}}'
_DONE = b'{"ok":true,"result":true}'


class Platform:
    """What all connections share: the log, and the updates that nobody has taken yet."""

    def __init__(self) -> None:
        self.log = Log()
        self.messages = itertools.count(1)
        self._numbers = itertools.count(1)
        self._updates: deque[tuple[int, bytes]] = deque()
        self._polling: dict[asyncio.Transport, asyncio.TimerHandle] = {}

    def control(self, verb: str, given: Any) -> bytes:
        """What the measurement says to the server."""
        if verb == "begin":
            self.log = Log(Rules(**given))
        if verb == "push":
            self._push(int(given["chat"]), str(given["text"]))
        if verb == "arrivals":
            return json.dumps(self.log.arrivals).encode()
        return json.dumps(self.log.report()).encode()

    def _push(self, chat: int, text: str) -> None:
        number = next(self._numbers)
        person = {"id": chat, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
        message = {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "Lan"},
            "from": person,
            "text": text,
        }
        update = json.dumps({"update_id": number, "message": message}).encode()
        self._updates.append((number, update))
        self.log.asked[chat] = time.monotonic()
        for transport in list(self._polling):
            self._answer_poll(transport)

    def poll(self, transport: asyncio.Transport, body: bytes) -> None:
        given = {name: int(value) for name, value in _NUMBER.findall(body)}
        while self._updates and self._updates[0][0] < given.get(b"offset", 0):
            self._updates.popleft()
        wait = 0 if self._updates else given.get(b"timeout", 0)
        later = asyncio.get_running_loop().call_later(wait, self._answer_poll, transport)
        self._polling[transport] = later

    def _answer_poll(self, transport: asyncio.Transport) -> None:
        self._polling.pop(transport).cancel()
        updates = b",".join(update for _, update in self._updates)
        answer(transport, b'{"ok":true,"result":[' + updates + b"]}")

    def forget(self, transport: asyncio.Transport) -> None:
        if later := self._polling.pop(transport, None):
            later.cancel()

    def send(self, body: bytes) -> tuple[bytes, bytes]:
        """The status and the answer to sendMessage and sendPhoto."""
        found = _CHAT.search(body)
        if found is None:
            return b"400 Bad Request", b'{"ok":false,"error_code":400,"description":"no chat"}'
        chat = int(found[1])
        if wait := self.log.wait(chat, time.monotonic()):
            return b"429 Too Many Requests", (
                b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after %d",'
                b'"parameters":{"retry_after":%d}}' % (wait, wait)
            )
        return b"200 OK", _SENT % (next(self.messages), chat)


def answer(transport: asyncio.Transport, body: bytes, status: bytes = b"200 OK") -> None:
    if not transport.is_closing():
        transport.write(_HEAD % (status, len(body)) + body)


class Connection(asyncio.Protocol):
    """HTTP/1.1 as far as clients that keep their connection need it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        assert self._transport is not None
        self._platform.forget(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._serve(head.split(b" ", 2)[1], body)

    def _serve(self, path: bytes, body: bytes) -> None:
        assert self._transport is not None
        method = path.rpartition(b"/")[2]
        if path.startswith(b"/control/"):
            given = json.loads(body) if body else {}
            answer(self._transport, self._platform.control(method.decode(), given))
        elif method.lower() in {b"sendmessage", b"sendphoto"}:
            status, sent = self._platform.send(body)
            if method.lower() == b"sendphoto":
                sent = sent.replace(b'"date":', _PHOTO, 1)
            answer(self._transport, sent, status)
        elif method == b"getUpdates":
            self._platform.poll(self._transport, body)
        else:
            answer(self._transport, _ME if method.lower() == b"getme" else _DONE)


class Server:
    """The handle of the running server."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self.base = base
        self._session = session

    async def begin(self, per_second: int = 0, per_chat: int = 0) -> None:
        """Forgets what was, and keeps these limits from now on."""
        await self._say("begin", per_second=per_second, per_chat=per_chat)

    async def push(self, chat: int, text: str) -> None:
        """Somebody writes to the bot."""
        await self._say("push", chat=chat, text=text)

    async def report(self) -> dict[str, Any]:
        found: dict[str, Any] = await self._say("report")
        return found

    async def arrivals(self) -> list[tuple[int, float]]:
        """Of every message its chat and its moment, on the clock of all processes."""
        return [(chat, moment) for chat, moment in await self._say("arrivals")]

    async def _say(self, verb: str, **given: Any) -> Any:
        async with self._session.post(f"{self.base}/control/{verb}", json=given) as response:
            return await response.json()


@asynccontextmanager
async def telegram_server() -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.telegram_server", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    base = (await process.stdout.readline()).decode().strip()
    try:
        async with aiohttp.ClientSession() as session:
            yield Server(base, session)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _main() -> None:
    platform = Platform()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(platform), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    pin(SERVER_CORE)
    uvloop.run(_main())
