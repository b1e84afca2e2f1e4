"""Tells administrators in plain words what does not work, once it has lasted, and when it is over.

What health finds is looked at every half minute. Notices go the way of all messages, so they keep
quiet hours and the words are made in each one's language. When the database itself does not answer
nothing can be queued: they are then said at once, to the addresses that were known before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.channels import ChannelDown, Outbound, SendError
from bot.delivery import Render
from bot.health import Health
from bot.model import Parcel
from bot.pulse import beat
from bot.store import Incidents as Kept
from bot.store import Pending
from bot.store.incidents import Reached

_log = logging.getLogger(__name__)
LOOK_SECONDS = 30.0
# What lasts as long is no flicker, neither the trouble nor its end.
LASTS = timedelta(minutes=3)
# Without it nothing can be queued.
DATABASE = "database"
# That permission is told of by a notice of its own.
_TOLD_OTHERWISE = "docs/zalo.md"


class Incidents:
    """Of one process; what one has told the others do not tell again."""

    def __init__(
        self,
        health: Health,
        kept: Kept,
        channels: Mapping[str, Outbound],
        make: Render,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._health = health
        self._kept = kept
        self._channels = channels
        self._make = make
        self._zone = zone
        self._clock = clock
        self._since: dict[str, datetime] = {}
        self._well_since: dict[str, datetime] = {}
        # Those that this process ends: its own, and those that it found when it started.
        self._told: dict[str, datetime] | None = None
        self._reached: Sequence[Reached] = ()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
                beat("incidents")
            except Exception:  # the next look may succeed; one that ends is silent for good
                _log.exception("the look for troubles had a bad moment")

    async def look(self) -> None:
        """Tells of what has lasted, and of what is over."""
        now, found = self._clock(), await self._health.problems()
        problems = {
            part: told for part, told in found.items() if not told.endswith(_TOLD_OTHERWISE)
        }
        if DATABASE not in problems:
            self._reached = await self._kept.administrators()
            if self._told is None:
                self._told = dict.fromkeys(await self._kept.open(), now)
        self._since = {part: self._since.get(part, now) for part in problems}
        told = self._told = self._told or {}
        for part, since in self._since.items():
            if now - since >= LASTS and part not in told:
                await self._begin(part, since, problems, now)
        self._well_since = {p: self._well_since.get(p, now) for p in told if p not in problems}
        for part, since in list(self._well_since.items()):
            if now - since >= LASTS:
                await self._end(part, told.pop(part), problems, now)

    async def _begin(
        self, part: str, since: datetime, problems: Mapping[str, str], now: datetime
    ) -> None:
        assert self._told is not None
        notice = self._notice("incident", part, since)
        if part == DATABASE:
            if not await self._say(notice, problems, now):
                return  # perhaps another channel works soon
        elif DATABASE in problems:
            return  # it is told when it can be, if it lasts
        elif not await self._kept.begin(part, notice, now) and part not in await self._kept.open():
            return  # there was enough of it today; if it lasts it is told later
        _log.error("incident: %s %s", part, problems[part])
        self._told[part] = since

    async def _end(
        self, part: str, since: datetime, problems: Mapping[str, str], now: datetime
    ) -> None:
        _log.warning("incident over: %s", part)
        notice = self._notice("incident-over", part, since)
        if part == DATABASE:
            await self._say(notice, problems, now)
        else:
            await self._kept.end(part, notice, now)

    def _notice(self, name: str, part: str, since: datetime) -> Parcel:
        local = since.astimezone(self._zone)
        return Parcel("notice", (f"{local:%H:%M}",), label=f"{name}:{part}", day=local.date())

    async def _say(self, notice: Parcel, problems: Mapping[str, str], now: datetime) -> bool:
        """To each at the first address whose channel works and pushes; whether any was told."""
        over: set[int] = set()
        for one in self._reached:
            channel = self._channels.get(one.address.channel)
            is_out = channel is None or channel.waits_for_receipt or channel.name in problems
            if channel is None or is_out or one.person_id in over:
                continue
            reply = self._make(notice, one.language, now.astimezone(self._zone).date())
            if reply is None:
                continue
            try:
                await channel.say(Pending(0, one.address_id, one.address, reply))
                over.add(one.person_id)
            except (SendError, ChannelDown) as error:
                _log.warning("an administrator could not be told: %s", type(error).__name__)
        return bool(over)
