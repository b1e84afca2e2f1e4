"""The way of one campaign: launched, claimed, sent, settled; one sender for each channel."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from bot.campaigns import RUNNING, SCHEDULED, Campaign
from bot.channels import Outbound
from bot.crew import Crew
from bot.delivery import House
from bot.pulse import beat
from bot.schedule import allowed_from
from bot.sending import BANNED, Clock, Render, Sender
from bot.store import Outcome, Recipient
from bot.store.campaigns import Campaigns

_log = logging.getLogger(__name__)
# At most so many are under way on a channel: so many are uncertain after a kill. Where the pace
# is slow they are no more than half a second's.
AT_ONCE = 64
_FEWEST_AT_ONCE = 4
_SLICE_SECONDS = 10.0
_LOOK_SECONDS = 1.0
_BEAT_SECONDS = 5.0  # well within a lease, which is renewed although nothing is over yet
# Ripe now, and by a clock that is set back later too.
_AT_ONCE_FROM = datetime(2000, 1, 1, tzinfo=UTC)
# Of the last so many, such a share of failures pauses a campaign.
_LOOKED_BACK = 100


@dataclass
class Errors:
    """The share of failures among the last recipients of a campaign, no word among them."""

    share: float
    last: list[bool]

    def add(self, state: str) -> bool:
        """Whether there are too many now. On a line that is cut again and again a campaign would
        else run to its end, and leave everybody uncertain."""
        self.last = [*self.last, state in {"failed", "uncertain"}][-_LOOKED_BACK:]
        return len(self.last) >= _LOOKED_BACK // 5 and sum(self.last) > self.share * len(self.last)


class Bulk:
    """Starts what is scheduled and sends what runs. Any number of processes may have one."""

    def __init__(
        self,
        campaigns: Campaigns,
        channels: Mapping[str, Outbound],
        house: House,
        render: Render,
        known: dict[int, Campaign],
        clock: Clock,
        error_share: float = 0.2,
        launch: Callable[..., Awaitable[int]] | None = None,
        is_busy: Callable[[], bool] = lambda: False,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """`is_busy`: whether somebody is being answered just now. `leads`: whether this process
        is the one that sends in bulk."""
        self._campaigns = campaigns
        self._channels = channels
        self._house = house
        self._sender = Sender(campaigns, house, render, clock)
        self._known = known
        self._clock = clock
        self._error_share = error_share
        self._launch = launch or campaigns.launch
        self._is_busy = is_busy
        self._leads = leads
        self._shut_until: dict[str, datetime] = {}
        self._is_ending = False
        self._slices = {name: asyncio.Lock() for name in channels}
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"

    async def run(self) -> None:
        """Until it is cancelled; a channel that is slow holds up no other."""
        looks: list[Callable[[], Awaitable[int]]] = [
            self.launch_due,
            *(partial(self.send_on, name) for name in self._channels),
        ]
        await asyncio.gather(*(self._again_and_again(look) for look in looks))

    async def stop(self, seconds: float = 5.0) -> None:
        """Claims nothing more, settles what is being sent, and lets another process begin."""
        self._is_ending = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for lock in self._slices.values():
                    async with lock:
                        pass
                await self._campaigns.release(self.name, self._clock())

    async def launch_due(self) -> int:
        """Opens the ledgers of campaigns whose time has come, and ends those that are done."""
        now, launched = self._clock(), 0
        for campaign in await self._campaigns.due(now):
            if campaign.state == SCHEDULED:
                launched += await self._launch(campaign, now, self._allowed(campaign))
            else:
                await self._campaigns.finish(campaign.id, now)
        return launched

    def _allowed(self, campaign: Campaign) -> Callable[[str | None, str | None], datetime]:
        """From when on somebody with that zone and those quiet hours may be written to."""
        now = self._clock()

        def allowed(zone: str | None, quiet: str | None) -> datetime:
            if campaign.is_urgent:
                return _AT_ONCE_FROM
            at = allowed_from(now, self._house.zone_of(zone), self._house.quiet_of(quiet))
            return at if at > now else _AT_ONCE_FROM

        return allowed

    async def send_on(self, name: str) -> int:
        """Sends all that is ripe on a channel, if this process is the one to; how many."""
        now = self._clock()
        if now < self._shut_until.get(name, now) or not self._leads():
            return 0
        if not await self._campaigns.hold(name, self.name, now, is_idle=True):
            return 0
        sent = 0
        running = await self._campaigns.find(RUNNING)
        for campaign in sorted(running, key=lambda one: (not one.is_urgent, one.id)):
            async with self._slices[name]:
                sent += await self._send_slice(name, campaign)
        return sent

    async def _send_slice(self, name: str, campaign: Campaign) -> int:
        """Some of one campaign, so that a later and more urgent one need not wait for its end."""
        self._known[campaign.id] = campaign
        channel, taken = self._channels[name], 0
        most = int(max(_FEWEST_AT_ONCE, min(AT_ONCE, channel.per_second / 2)))
        ends_at = asyncio.get_running_loop().time() + _SLICE_SECONDS
        errors = Errors(self._error_share, [])
        outcomes: list[Outcome] = []
        is_open = not self._is_ending
        send = partial(self._sender.send, channel, campaign)
        async with Crew(send, most, self._is_busy) as crew:
            while is_open or crew.going or outcomes:
                room = most - crew.going if is_open else 0
                claimed, looked = await self._exchange(name, campaign, outcomes, room)
                crew.take(claimed)
                taken += looked
                is_open = is_open and (looked > 0 or room == 0)
                is_open = is_open and asyncio.get_running_loop().time() < ends_at
                outcomes = await crew.some(most // 2, _BEAT_SECONDS)
                is_open = is_open and not self._shuts(name, outcomes) and not self._is_ending
                is_open = is_open and not await self._pauses(campaign, errors, outcomes)
        return taken

    def _shuts(self, name: str, outcomes: Sequence[Outcome]) -> bool:
        """Whether the platform wants nothing in bulk for long: nothing is claimed until then."""
        ends = [one.not_before for one in outcomes if one.reason == BANNED and one.not_before]
        if ends:
            self._shut_until[name] = max(*ends, self._shut_until.get(name, ends[0]))
        return bool(ends)

    async def _exchange(
        self, name: str, campaign: Campaign, outcomes: list[Outcome], room: int
    ) -> tuple[tuple[Recipient, ...], int]:
        """Settles and claims; tries again for as long as the database fails, since what has
        become of the messages is known here only."""
        while True:
            try:
                exchanged = await self._campaigns.exchange(
                    campaign.id, name, self.name, self._clock(), outcomes, room
                )
                beat("broadcasts")  # one takes hours
                return exchanged
            except Exception:
                _log.exception("campaign %d cannot be settled just now", campaign.id)
                await asyncio.sleep(_LOOK_SECONDS)

    async def _pauses(self, campaign: Campaign, errors: Errors, outcomes: list[Outcome]) -> bool:
        """Pauses a campaign that mostly fails: something is wrong with it or with the platform."""
        are_too_many = [errors.add(outcome.state) for outcome in outcomes]
        if not any(are_too_many):
            return False
        _log.warning("campaign %d is paused: too many of its messages fail", campaign.id)
        now = self._clock()
        try:
            return await self._campaigns.move(campaign.id, "pause", now, by=0, reason="errors")
        except Exception:  # the next failures try again; those that are going must be settled
            _log.exception("campaign %d could not be paused", campaign.id)
            return False

    async def _again_and_again(self, look: Callable[[], Awaitable[int]]) -> None:
        while not self._is_ending:
            found = 0
            try:
                found = await look()
                beat("broadcasts")
            except Exception:  # the next look may succeed; one that ends is silent for good
                _log.exception("the broadcasts had a bad moment")
            if not found:
                await asyncio.sleep(_LOOK_SECONDS)
