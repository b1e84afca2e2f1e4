"""A name server that can fail, for one process: a mount namespace of its own gives it another
`/etc/resolv.conf`, so the system's own resolver asks here. Only root may do that."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

NAME = "platform.test"
_HERE = "127.0.0.1"
_SERVFAIL, _A = 2, 1
_LIFE = 5  # seconds for which an answer may be kept


class NameServer(asyncio.DatagramProtocol):
    """Knows one name. `mood`: "well", "ill" (says that it cannot), or "silent"."""

    def __init__(self) -> None:
        self.mood = "well"
        self.asked = 0
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, (_HERE, 53))

    def stop(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked += 1
        if self.mood != "silent" and self._transport is not None:
            self._transport.sendto(_answer(data, is_ill=self.mood == "ill"), addr)


def _answer(query: bytes, *, is_ill: bool) -> bytes:
    """To one question, RFC 1035: the number of this machine under every name."""
    end = query.index(0, 12) + 5  # the name's last label, then its kind and class
    is_a = int.from_bytes(query[end - 4 : end - 2], "big") == _A
    count = 0 if is_ill or not is_a else 1
    flags = 0x8180 | (_SERVFAIL if is_ill else 0)
    head = query[:2] + b"".join(n.to_bytes(2, "big") for n in (flags, 1, count, 0, 0))
    number = bytes(int(part) for part in _HERE.split("."))
    record = b"\xc0\x0c\0\x01\0\x01" + _LIFE.to_bytes(4, "big") + b"\0\x04" + number
    return head + query[12:end] + record * count


def through(folder: Path) -> tuple[str, ...]:
    """What to put before a command, so that it looks up names at the server above."""
    (kept := folder / "resolv.conf").write_text(f"nameserver {_HERE}\n")
    mount = f'mount --bind {kept} /etc/resolv.conf && exec "$0" "$@"'
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", mount)


def named(base: str) -> str:
    """The same platform under a name instead of a number."""
    return base.replace(_HERE, NAME)
