"""What must be noted is noted, however long the database is locked, full or gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

_log = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 5.0

T = TypeVar("T")


async def surely(write: Callable[[], Awaitable[T]]) -> T:
    """Until the database takes it, or this is cancelled: what has gone out must not go out again
    because nobody could write that down."""
    pause = _FIRST_PAUSE
    while True:
        try:
            return await write()
        except Exception as error:
            _log.warning("what has gone out is not noted yet: %s", type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
