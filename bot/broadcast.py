"""The way of one campaign: launched, claimed, sent, settled; one sender for each channel."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from bot import metrics
from bot.campaigns import RUNNING, SCHEDULED, Campaign
from bot.channels import (
    ChannelDown,
    NotNow,
    Outbound,
    Refused,
    Throttled,
    Unknown,
    Unreachable,
    Unsent,
)
from bot.corrections import correct, corrects_in_place
from bot.delivery import House
from bot.model import Parcel, Reply
from bot.schedule import allowed_from
from bot.store import Outcome, Pending, Recipient
from bot.store.campaigns import Campaigns

_log = logging.getLogger(__name__)
# At most so many are being sent at once on a channel: so many are uncertain after a kill.
AT_ONCE = 32
_CLAIMED_FROM = 8
_SLICE = 500
MAX_TRIES = 3
_RETRY = timedelta(seconds=20)
_LOOK_SECONDS = 1.0
_BEAT_SECONDS = 5.0  # well within a lease, which is renewed although nothing is over yet
# Ripe now, and by a clock that is set back later too.
_AT_ONCE_FROM = datetime(2000, 1, 1, tzinfo=UTC)
# Of the last so many, such a share of failures pauses a campaign.
_LOOKED_BACK = 100

Clock = Callable[[], datetime]
Render = Callable[[Parcel, str | None, date], Reply | None]


class _NotOnTheWire(Exception):
    """It failed before anything was sent, so it may be tried again."""


@contextlib.contextmanager
def _not_on_the_wire() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise _NotOnTheWire from error


@dataclass
class Errors:
    """The share of failures among the last recipients of a campaign."""

    share: float
    last: list[bool]

    def add(self, state: str) -> bool:
        """Whether there are too many now."""
        self.last = [*self.last, state == "failed"][-_LOOKED_BACK:]
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
    ) -> None:
        self._campaigns = campaigns
        self._channels = channels
        self._house = house
        self._render = render
        self._known = known
        self._clock = clock
        self._error_share = error_share
        self._made: dict[tuple[int, str, date], Reply | None] = {}
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
        for campaign in await self._campaigns.find(SCHEDULED, RUNNING):
            if campaign.state == SCHEDULED and (campaign.at is None or campaign.at <= now):
                launched += await self._campaigns.launch(campaign, now, self._allowed(campaign))
            elif campaign.state == RUNNING:
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
        if not await self._campaigns.hold(name, self.name, self._clock(), is_idle=True):
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
        going: set[asyncio.Task[Outcome | None]] = set()
        outcomes: list[Outcome] = []
        errors = Errors(self._error_share, [])
        is_open = not self._is_ending
        while going or is_open or outcomes:
            room = AT_ONCE - len(going) if is_open else 0
            claimed, looked = await self._exchange(name, campaign, outcomes, room)
            outcomes = []
            going |= {asyncio.create_task(self._send(channel, campaign, one)) for one in claimed}
            taken += looked
            is_open = is_open and (looked > 0 or room == 0) and taken < _SLICE
            is_open = is_open and not self._is_ending
            if going:
                outcomes = await self._some(going)
                is_open = is_open and not await self._pauses(campaign, errors, outcomes)
        return taken

    async def _exchange(
        self, name: str, campaign: Campaign, outcomes: list[Outcome], room: int
    ) -> tuple[tuple[Recipient, ...], int]:
        """Settles and claims; tries again for as long as the database fails, since what has
        become of the messages is known here only."""
        while True:
            try:
                return await self._campaigns.exchange(
                    campaign.id, name, self.name, self._clock(), outcomes, room
                )
            except Exception:
                _log.exception("campaign %d cannot be settled just now", campaign.id)
                await asyncio.sleep(_LOOK_SECONDS)

    async def _some(self, going: set[asyncio.Task[Outcome | None]]) -> list[Outcome]:
        """Waits until a few are over, so that each transaction settles and claims several.

        Not for ever: that transaction renews the lease too.
        """
        outcomes: list[Outcome] = []
        over = 0
        while going and over < _CLAIMED_FROM:
            done, _ = await asyncio.wait(
                going, timeout=_BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                break
            going -= done
            over += len(done)
            outcomes += [result for task in done if (result := task.result()) is not None]
        return outcomes

    async def _send(self, channel: Outbound, campaign: Campaign, one: Recipient) -> Outcome | None:
        """What became of it; None where it went over to what waits."""
        try:
            return await self._send_if_awake(channel, campaign, one)
        except _NotOnTheWire:
            _log.exception("recipient %d could not be kept waiting", one.id)
            return Outcome(one.id, "queued", not_before=self._clock() + _RETRY)
        except Exception:  # a fault of ours: it may have arrived
            _log.exception("recipient %d could not be written to", one.id)
            return Outcome(one.id, "uncertain", "fault")

    async def _send_if_awake(
        self, channel: Outbound, campaign: Campaign, one: Recipient
    ) -> Outcome | None:
        now = self._clock()
        zone = self._house.zone_of(one.zone)
        today = now.astimezone(zone).date()
        reply = self._reply(campaign, one.language, today)
        if corrects_in_place(campaign, one):  # at any hour: it wakes nobody
            return await correct(channel, campaign, one, reply, now)
        allowed = allowed_from(now, zone, self._house.quiet_of(one.quiet))
        if allowed > now and not campaign.is_urgent:
            return Outcome(one.id, "queued", not_before=allowed)
        if reply is None:
            return Outcome(one.id, "dropped", "expired")
        if channel.waits_for_receipt:
            with _not_on_the_wire():
                kept = await self._campaigns.keep_for_page(one, reply, now)
            if kept is not None:
                await channel.say(kept)
            return None
        outcome = await self._say(channel, campaign, one, reply, now)
        if outcome is not None:
            metrics.DELIVERIES.labels(channel.name, outcome.state).inc()
        return outcome

    async def _say(
        self, channel: Outbound, campaign: Campaign, one: Recipient, reply: Reply, now: datetime
    ) -> Outcome | None:
        try:
            said = await channel.say(Pending(0, one.address_id, one.address, reply), in_bulk=True)
            return Outcome(one.id, "sent", number=said.number)
        except Throttled as error:  # costs no try
            return Outcome(one.id, "queued", not_before=now + timedelta(seconds=error.seconds))
        except Unsent:
            if one.tries + 1 >= MAX_TRIES:
                return Outcome(one.id, "failed", "no-connection")
            later = now + _RETRY * (0.5 + random.random())  # noqa: S311  # spreads the tries
            return Outcome(one.id, "queued", not_before=later, counts=True)
        except NotNow:
            with _not_on_the_wire():
                await self._campaigns.let_wait(one, campaign.id, now)
            return None
        except Unreachable:
            with contextlib.suppress(Exception):  # the next message finds it out again
                await self._campaigns.mark_unreachable(one.address)
            return Outcome(one.id, "unreachable", "blocked")
        except Refused:
            return Outcome(one.id, "failed", "refused")
        except ChannelDown:  # nothing went out; so many of them pause the campaign
            return Outcome(one.id, "failed", "channel-down")
        except Unknown:
            return Outcome(one.id, "uncertain", "no-answer")

    def _reply(self, campaign: Campaign, language: str, today: date) -> Reply | None:
        """Made once for all who read it in the same language on the same day."""
        key = (campaign.id, language, today)
        if key not in self._made:
            parcel = Parcel("campaign", label=str(campaign.id))
            self._made[key] = self._render(parcel, language, today)
        return self._made[key]

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
            except Exception:  # the next look may succeed; one that ends is silent for good
                _log.exception("the broadcasts had a bad moment")
            if not found:
                await asyncio.sleep(_LOOK_SECONDS)
