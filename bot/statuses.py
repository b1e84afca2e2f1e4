"""Keeps the messages that follow a campaign up to date in place, gently, until it is over.

The process that looks need not be the one that sends: all figures come from the database.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels import Changing, ChannelDown, Outbound, SendError, Throttled
from bot.model import Reply
from bot.pulse import beat
from bot.store import Status, Statuses

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
# Since when it is followed, and how often it is looked at then: each edit costs a call.
_PACE = (
    (timedelta(minutes=2), timedelta(seconds=3)),
    (timedelta(minutes=20), timedelta(seconds=10)),
    (timedelta(days=2), timedelta(seconds=30)),
)
_MEASURED = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the message says now, and how many of the campaign's messages are over."""

    reply: Reply
    over: int


# The page of the campaign for who follows it; None when they may not see it (any more).
Make = Callable[[Status, datetime], Awaitable[Shown | None]]


class Follower:
    """Any number of processes may have one."""

    def __init__(
        self,
        statuses: Statuses,
        channels: Mapping[str, Outbound],
        make: Make,
        clock: Callable[[], datetime],
    ) -> None:
        self._statuses = statuses
        self._channels = channels
        self._make = make
        self._clock = clock

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.look()
                beat("following messages")
            except Exception:  # the next look may succeed; one that ends is silent for good
                _log.exception("the messages that follow campaigns had a bad moment")
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> int:
        """Changes those whose time has come; how many were looked at."""
        looked = 0
        for status in await self._statuses.due(self._clock()):
            channel = self._channels.get(status.address.channel)
            if isinstance(channel, Changing):
                looked += await self._look_at(channel, status)
            else:
                await self._statuses.end(status)
        return looked

    async def _look_at(self, channel: Changing, status: Status) -> bool:
        now = self._clock()
        wait = _wait(now - status.since)
        if wait is None:
            await self._statuses.end(status)
            return False
        # A page that is open nowhere is left alone; one that is open elsewhere is not ours.
        if not channel.can_change(status.address):
            return False
        if not await self._statuses.take(status, now + wait):
            return False
        shown = await self._make(status, now)
        if shown is None:
            await self._statuses.end(status)
            return True
        await self._show(channel, status, shown, now)
        return True

    async def _show(self, channel: Changing, status: Status, shown: Shown, now: datetime) -> None:
        digest = hashlib.sha256(repr(shown.reply).encode()).digest()[:8]
        try:
            if digest != status.shown:
                await channel.change(status.address, status.number, shown.reply, in_bulk=True)
        except Throttled as error:  # edits are the first that can wait
            later = self._clock() + timedelta(seconds=error.seconds)
            _log.debug("a message that follows a campaign waits until %s", later)
            return
        except (SendError, ChannelDown) as error:
            _log.info("a message that follows a campaign stays as it is: %s", type(error).__name__)
            await self._statuses.end(status)
            return
        if not shown.reply.follows:
            await self._statuses.end(status)
            return
        is_old = status.measured is None or now - status.measured_at >= _MEASURED
        measured = (now, shown.over) if is_old else (status.measured_at, status.measured)
        await self._statuses.note(status, digest, *measured)


def _wait(age: timedelta) -> timedelta | None:
    return next((wait for until, wait in _PACE if age < until), None)
