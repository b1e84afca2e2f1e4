"""The pace that each platform was found to allow, and its bans, shared by all processes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.channels.pace import Limit
from bot.store import Allowances

_WHAT, _BAN = "pace", "ban"
_PARTS = 1000  # kept in whole thousandths of a call a second
_LONGEST = 86_400.0  # a longer ban is from before a clock was set back


@runtime_checkable
class Paced(Protocol):
    """A channel whose platform takes so many calls a second."""

    name: str

    @property
    def limit(self) -> Limit:
        """What it is believed to take."""


class Paces:
    """Those of the channels that have one."""

    def __init__(
        self, allowances: Allowances, channels: Iterable[object], clock: Callable[[], datetime]
    ) -> None:
        self._allowances = allowances
        self._paced = [channel for channel in channels if isinstance(channel, Paced)]
        self._clock = clock
        self._known: dict[str, int] = {}
        # The ends of bans that this process was told itself.
        self._told: dict[str, int] = {}

    async def recall(self) -> None:
        """Begins with what an earlier process had found."""
        for channel in self._paced:
            if known := await self._allowances.used(channel.name, "", _WHAT):
                channel.limit.remember(known / _PARTS)
            self._known[channel.name] = known
            await self._share_ban(channel)

    async def keep(self) -> None:
        """Writes down what has changed, and takes over bans that others were told of."""
        for channel in self._paced:
            limit = channel.limit
            now = round(_PARTS * limit.per_second) if limit.is_found else 0
            if now != self._known.get(channel.name):
                await self._allowances.keep(channel.name, "", _WHAT, now)
                self._known[channel.name] = now
            await self._share_ban(channel)

    async def _share_ban(self, channel: Paced) -> None:
        """A platform bans the bot, not the process that it tells."""
        now, own = self._clock().timestamp(), channel.limit.ban_left
        end = await self._allowances.used(channel.name, "", _BAN)
        if own > max(0.0, end - now) + 1:
            self._told[channel.name] = end = math.ceil(now + own)
            await self._allowances.keep(channel.name, "", _BAN, end)
        elif own < end - now <= _LONGEST and end != self._told.get(channel.name):
            channel.limit.ban(end - now)
