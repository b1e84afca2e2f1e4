"""An HTTP client that costs little: kept connections, so that the bot is measured and not it."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from typing import cast

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)


class _Line(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self) -> None:
        self.answered: asyncio.Future[tuple[int, bytes]] | None = None
        self.transport: asyncio.Transport | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        found = _LENGTH.search(self._buffer, 0, end)
        whole = end + 4 + (int(found[1]) if found else 0)
        if len(self._buffer) < whole or self.answered is None:
            return
        status, body = int(self._buffer[9:12]), self._buffer[end + 4 : whole]
        self._buffer = self._buffer[whole:]
        if not self.answered.done():
            self.answered.set_result((status, body))

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.answered is not None and not self.answered.done():
            self.answered.set_exception(ConnectionResetError(str(exc)))


class Wire:
    """Posts to one server over at most so many connections; who finds none free waits for one."""

    def __init__(self, url: str, connections: int) -> None:
        self._host, port = url.removeprefix("http://").split(":")
        self._port = int(port)
        self._free: deque[_Line] = deque()
        self._room = asyncio.Semaphore(connections)

    async def post(self, path: str, body: bytes, headers: str = "") -> tuple[int, bytes]:
        """Status and body. Raises ConnectionError when the server is not there or goes away."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{headers}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        async with self._room:
            line = await self._line()
            line.answered = asyncio.get_running_loop().create_future()
            assert line.transport is not None
            line.transport.write(head.encode() + body)
            answer = await line.answered
            if line.transport is not None:
                self._free.append(line)
            return answer

    async def _line(self) -> _Line:
        while self._free:
            line = self._free.pop()
            if line.transport is not None and not line.transport.is_closing():
                return line
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(_Line, self._host, self._port)
        return line

    def close(self) -> None:
        for line in self._free:
            if line.transport is not None:
                with contextlib.suppress(OSError):
                    line.transport.close()
        self._free.clear()
