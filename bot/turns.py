"""Whose turn it is to be answered: few at once, first come, first served."""

from __future__ import annotations

import asyncio
from collections import deque

# More at once let what must be written down wait behind them. But where many wait to be answered,
# larger groups are what makes up for it.
_ANSWERED_AT_ONCE, _ANSWERED_AT_MOST, _MANY = 3, 8, 12


class Turns:
    """Lets few answer at once, first come, first served; more while many wait."""

    def __init__(self) -> None:
        self._active = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                await self.__aexit__()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._active -= 1
        self._admit()

    async def step_aside(self, seconds: float) -> None:
        """Whoever has the turn lets others go first for a while."""
        await self.__aexit__()
        try:
            await asyncio.sleep(seconds)
            await self.__aenter__()
        except asyncio.CancelledError:
            self._active += 1  # whoever is cancelled gives the turn back once more
            raise

    def _admit(self) -> None:
        while self._waiting:
            is_many = len(self._waiting) > _MANY
            if self._active >= (_ANSWERED_AT_MOST if is_many else _ANSWERED_AT_ONCE):
                return
            turn = self._waiting.popleft()
            if not turn.done():  # its task was cancelled
                self._active += 1
                turn.set_result(None)
