"""A few workers who send what is handed to them, and what has become of it since."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType

from bot.store import Outcome, Recipient

Send = Callable[[Recipient], Awaitable[Outcome | None]]
_COURTEOUS = 2


class Crew:
    """At most `size` sends at once, and two while `is_busy` says that somebody is answered.

    Whatever is under way takes its turn on the loop before an answer does. Workers, since a task
    for each send would cost more than the rest of it.
    """

    def __init__(self, send: Send, size: int, is_busy: Callable[[], bool]) -> None:
        self._send = send
        self._size = size
        self._is_busy = is_busy
        self._waiting: deque[Recipient] = deque()
        self._idle: list[asyncio.Future[None]] = []
        self._workers: list[asyncio.Task[None]] = []
        self._outcomes: list[Outcome] = []
        self._sending = 0
        self._over = 0
        self._wanted = 1
        self._enough = asyncio.Event()

    @property
    def going(self) -> int:
        """How many were taken that are not over."""
        return len(self._waiting) + self._sending

    async def __aenter__(self) -> Crew:
        self._workers = [asyncio.create_task(self._work()) for _ in range(self._size)]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.cancel()

    def take(self, recipients: Sequence[Recipient]) -> None:
        self._waiting.extend(recipients)
        self._wake()

    async def some(self, wanted: int, seconds: float) -> list[Outcome]:
        """Waits until so many are over, or all, or that long; what has become of those."""
        self._wanted = min(wanted, self.going + self._over)
        if self._over < self._wanted:
            self._enough.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._enough.wait()
            except TimeoutError:  # slow ones are waited for again
                pass
        self._over, outcomes, self._outcomes = 0, self._outcomes, []
        return outcomes

    @property
    def _room(self) -> int:
        return (_COURTEOUS if self._is_busy() else self._size) - self._sending

    def _wake(self) -> None:
        for _ in range(min(len(self._waiting), self._room, len(self._idle))):
            self._idle.pop().set_result(None)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not self._waiting or self._room <= 0:
                self._idle.append(idle := loop.create_future())
                await idle
            one = self._waiting.popleft()
            self._sending += 1
            outcome = await self._send(one)
            self._sending -= 1
            if outcome is not None:
                self._outcomes.append(outcome)
            self._over += 1
            if self._over >= self._wanted or not self.going:
                self._enough.set()
            self._wake()
