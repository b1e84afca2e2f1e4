"""One process among others on a database: it gives signs of life, and takes up what dead ones left.

One of them leads: the oldest that is alive. It polls, sends in bulk and tidies; all answer people.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.store import Process, Processes
from bot.store.processes import LEASE

_log = logging.getLogger(__name__)
_BEAT_SECONDS = 2.0
_END_SECONDS = 1.0  # a database that does not answer holds up nobody who ends
_UNTIL_STALE = LEASE.total_seconds() - _BEAT_SECONDS


class Presence:
    """`begin`, then `run` until `leave`, then `part`."""

    def __init__(self, processes: Processes, folder: Path) -> None:
        """`folder`: where processes of this machine see each other die (VAR_DIR/processes)."""
        self._processes = processes
        self._folder = folder
        self._known: tuple[Process, ...] = ()
        self._beaten_at = 0.0
        self._lock: int | None = None
        self.number = 0

    async def begin(self) -> int:
        """Joins the others; its number. Those that died on this machine are known from now on."""
        self._folder.mkdir(parents=True, exist_ok=True)
        where = f"{socket.gethostname()}\n{self._folder.resolve()}"
        place = hashlib.sha256(where.encode()).hexdigest()[:16]
        self.number = await self._processes.join(place)
        self._lock = _locked(self._file(self.number), makes=True)
        await self._beat()
        beside = [one for one in self._known if one.place == place and one.number != self.number]
        dead = [one.number for one in beside if not one.is_settled and self._is_dead(one.number)]
        if dead:
            await self._processes.bury(dead)
            await self._beat()
        return self.number

    async def run(self, retry: Callable[[], None], take_up: Callable[[], Awaitable[None]]) -> None:
        """Until it is cancelled; `retry` whenever the database is well, `take_up` whenever another
        process has died."""
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            try:
                await self._beat()
                retry()
                await self.look(take_up)
            except Exception:  # the next beat may succeed; others go on meanwhile
                _log.exception("this process could not give its sign of life")

    async def look(self, take_up: Callable[[], Awaitable[None]]) -> None:
        """Takes up what the dead left, if there are any."""
        dead = [one.number for one in self._known if not one.is_alive and not one.is_settled]
        if dead:
            await take_up()
            await self._processes.settle(dead)

    def leads(self) -> bool:
        """Whether this process is the one that does what only one may do."""
        if time.monotonic() - self._beaten_at > _UNTIL_STALE:
            return False  # the others may believe it dead
        working = (one.number for one in self._known if one.is_alive and not one.is_leaving)
        return next(working, 0) == self.number

    def is_alone(self) -> bool:
        """Whether no other process is known to be alive."""
        return all(one.number == self.number for one in self._known if one.is_alive)

    async def leave(self) -> None:
        """Leads no more, and finishes what it has."""
        with contextlib.suppress(Exception):  # without a database the lease ends it
            async with asyncio.timeout(_END_SECONDS):
                await self._processes.leave(self.number)
        self._known = ()

    async def part(self) -> None:
        """The end: what is left is for others, or for the next start."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_END_SECONDS):
                await self._processes.bury([self.number])
        if self._lock is not None:
            os.close(self._lock)
            self._file(self.number).unlink(missing_ok=True)
        self._lock, self.number = None, 0

    async def _beat(self) -> None:
        began = time.monotonic()
        self._known = await self._processes.beat(self.number)
        self._beaten_at = began

    def _file(self, number: int) -> Path:
        return self._folder / str(number)

    def _is_dead(self, number: int) -> bool:
        """The system lets go of a lock when its process ends, however it ends."""
        lock = _locked(self._file(number))
        if lock is not None:
            os.close(lock)
            self._file(number).unlink(missing_ok=True)
        return lock is not None or not self._file(number).exists()


def _locked(file: Path, *, makes: bool = False) -> int | None:
    """The open file, locked; None if another process has it, or there is none."""
    try:
        opened = os.open(file, os.O_RDWR | (os.O_CREAT if makes else 0), 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened
