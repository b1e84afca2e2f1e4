"""One recipient of a campaign: the message in their language, said, and what became of it."""

from __future__ import annotations

import contextlib
import logging
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from bot import metrics
from bot.campaigns import Campaign
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
MAX_TRIES = 3
BANNED = "banned"  # the platform wants nothing in bulk until then
_RETRY = timedelta(seconds=20)

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


class Sender:
    """Says campaigns to single people. Each message is made once for a language and a day."""

    def __init__(self, campaigns: Campaigns, house: House, render: Render, clock: Clock) -> None:
        self._campaigns = campaigns
        self._house = house
        self._render = render
        self._clock = clock
        self._made: dict[tuple[int, str, date], Reply | None] = {}

    async def send(self, channel: Outbound, campaign: Campaign, one: Recipient) -> Outcome | None:
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
            reason = BANNED if error.is_of_all else None
            later = now + timedelta(seconds=error.seconds)
            return Outcome(one.id, "queued", reason, not_before=later)
        except Unsent:
            if one.tries + 1 >= MAX_TRIES:
                return Outcome(one.id, "failed", "no-connection")
            later = now + _RETRY * (0.5 + random.random())  # noqa: S311  # nosec B311  # spreads tries
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
