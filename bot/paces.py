"""The pace that each platform was found to allow, kept so that a restart knows it at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from bot.channels.pace import Limit
from bot.store import Allowances

_WHAT = "pace"
_PARTS = 1000  # kept in whole thousandths of a call a second


@runtime_checkable
class Paced(Protocol):
    """A channel whose platform takes so many calls a second."""

    name: str

    @property
    def limit(self) -> Limit:
        """What it is believed to take."""


class Paces:
    """Those of the channels that have one."""

    def __init__(self, allowances: Allowances, channels: Iterable[object]) -> None:
        self._allowances = allowances
        self._paced = [channel for channel in channels if isinstance(channel, Paced)]
        self._known: dict[str, int] = {}

    async def recall(self) -> None:
        """Begins with what an earlier process had found."""
        for channel in self._paced:
            if known := await self._allowances.used(channel.name, "", _WHAT):
                channel.limit.remember(known / _PARTS)
            self._known[channel.name] = known

    async def keep(self) -> None:
        """Writes down what has changed; when nothing has, nothing."""
        for channel in self._paced:
            limit = channel.limit
            now = round(_PARTS * limit.per_second) if limit.is_found else 0
            if now != self._known.get(channel.name):
                await self._allowances.keep(channel.name, "", _WHAT, now)
                self._known[channel.name] = now
