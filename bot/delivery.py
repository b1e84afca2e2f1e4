"""The way of one scheduled message: due, queued, claimed, made in its language, sent, settled."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot import metrics
from bot.channels import NotNow, Outbound, Refused, Throttled, Unknown, Unreachable, Unsent
from bot.library import Library
from bot.model import Parcel, Reply
from bot.pulse import beat
from bot.schedule import (
    Published,
    Quiet,
    allowed_from,
    choose,
    next_due,
    next_time,
    read_zone,
    with_numbers,
)
from bot.store import Delivery, Due, Pending, Queue, surely

_log = logging.getLogger(__name__)
_DUE_AT_ONCE = 1000  # about 80 ms of the writer, for which an answer may have to wait
_SEND_AT_ONCE = 16
_LOOK_SECONDS = 15.0  # for what is due
_SEND_SECONDS = 2.0  # for what is queued: found at once by its index
_RETRY = timedelta(seconds=30)
# The topic of what tells the days of the calendar.
CALENDAR_TOPIC = "events"

Clock = Callable[[], datetime]
# Makes the reply for a parcel in a language, or None when it is not to be sent any more.
Render = Callable[[Parcel, str | None, date], Reply | None]


@dataclass(frozen=True)
class House:
    """What holds for everybody who has not chosen otherwise."""

    zone: str
    quiet: str

    def zone_of(self, own: str | None) -> ZoneInfo:
        try:
            return read_zone(own or self.zone)
        except ValueError:  # a zone that was abolished since it was chosen
            return read_zone(self.zone)

    def quiet_of(self, own: str | None) -> Quiet:
        return _quiet(own or self.quiet)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone_of(None)).date()


_quiet = lru_cache(maxsize=1024)(Quiet.read)


class Scheduler:
    """Finds what is due and queues it. Any number of processes may run one."""

    def __init__(
        self,
        queue: Queue,
        library: Library,
        house: House,
        marked_days: Callable[[date], bool],
    ) -> None:
        self._queue = queue
        self._library = library
        self._house = house
        self._marked = marked_days
        self._looked_on: date | None = None
        self._numbers: Mapping[str, int] = {}

    async def tick(self, now: datetime) -> int:
        """Queues all that is due now; how many people were looked at."""
        today = now.astimezone(read_zone(self._house.zone)).date()
        if today != self._looked_on:
            self._numbers = await self._queue.number_articles(sorted(self._library.articles))
            await self._queue.wake_every(now)
            self._looked_on = today
        articles = self._published(today)
        looked = await self._queue.queue_notices(today, now)
        for calendar in (False, True):
            while taken := await self._queue_some(now, articles, calendar=calendar):
                looked += taken
        return looked

    async def _queue_some(
        self, now: datetime, articles: Sequence[Published], *, calendar: bool
    ) -> int:
        plan = self._plan_calendar if calendar else self._plan_articles
        return await self._queue.queue_due(
            now, _DUE_AT_ONCE, lambda due: plan(due, now, articles), calendar=calendar
        )

    def _published(self, today: date) -> tuple[Published, ...]:
        """Newest first."""
        return tuple(
            Published(self._numbers[a.id], a.id, a.topic, a.published)
            for a in self._library.newest(today)
            if a.published is not None and a.id in self._numbers
        )

    def _plan_articles(
        self, due: Due, now: datetime, articles: Sequence[Published]
    ) -> tuple[list[tuple[Parcel, datetime, str]], bytes, datetime | None]:
        zone, quiet = self._house.zone_of(due.zone), self._house.quiet_of(due.quiet)
        today = now.astimezone(zone).date()
        chosen = choose(due.wish, due.delivered, articles, today)
        at = allowed_from(now, zone, quiet)
        parcels = [(Parcel("article", (one.id,)), at, one.topic) for one in chosen]
        if due.wish.frequency == "weekly" and chosen:
            topics = {one.topic for one in chosen}
            digest = Parcel("digest", tuple(one.id for one in chosen))
            parcels = [(digest, at, topics.pop() if len(topics) == 1 else "")]
        delivered = with_numbers(due.delivered, [article.number for article in chosen])
        return parcels, delivered, next_due(due.wish, zone, quiet, now)

    def _plan_calendar(
        self, due: Due, now: datetime, _articles: Sequence[Published]
    ) -> tuple[list[tuple[Parcel, datetime, str]], bytes, datetime | None]:
        if not due.wish.wants_calendar:
            return [], due.delivered, None
        zone, quiet = self._house.zone_of(due.zone), self._house.quiet_of(due.quiet)
        today = now.astimezone(zone).date()
        following = next_time(due.wish, zone, quiet, now)
        if not self._marked(today):
            return [], due.delivered, following
        at = allowed_from(now, zone, quiet)
        return [(Parcel("calendar", day=today), at, CALENDAR_TOPIC)], due.delivered, following


class Senders:
    """Sends what is queued, a few at once; what may have arrived is never sent again."""

    def __init__(
        self,
        queue: Queue,
        channels: Mapping[str, Outbound],
        house: House,
        render: Render,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """`leads`: whether this process is the one that sends in bulk."""
        self._queue = queue
        self._channels = channels
        self._house = house
        self._render = render
        self._leads = leads
        self._made: dict[tuple[Parcel, str | None, date], Reply | None] = {}
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._turn = asyncio.Lock()

    async def send_ripe(self, clock: Clock) -> int:
        """Sends until nothing is ripe any more; how many were taken.

        The clock is read again for each few: a large sending may run into somebody's night.
        """
        async with self._turn:
            return await self._send_ripe(clock)

    async def _send_ripe(self, clock: Clock) -> int:
        await self._queue.give_up_leases(clock())
        taken = 0
        # Made once for all who read it in the same language, and forgotten after this sending.
        self._made = {}
        while self._leads() and (
            claimed := await self._queue.claim(self._name, clock(), _SEND_AT_ONCE)
        ):
            taken += len(claimed)
            beat("scheduled messages")  # a large sending takes hours
            sending = (self._send(delivery, clock()) for delivery in claimed)
            arrived = await asyncio.gather(*sending)
            there = [one for one in arrived if one is not None]
            await self._settle("sent", *there, now=clock())
        self._made = {}
        return taken

    async def _send(self, delivery: Delivery, now: datetime) -> Delivery | None:
        """The delivery if it has arrived; else it is settled or put back here."""
        zone = self._house.zone_of(delivery.zone)
        allowed = allowed_from(now, zone, self._house.quiet_of(delivery.quiet))
        if allowed > now:  # it was queued at a better hour, or its person's hours have changed
            await self._queue.put_back(delivery, allowed, counts=False)
            return None
        reply = self._reply(delivery, now.astimezone(zone).date())
        if reply is None:
            await self._settle("dropped", delivery)
            return None
        channel = self._channels.get(delivery.address.channel)
        if channel is None:  # switched off; perhaps on again later
            await self._queue.put_back(delivery, now + timedelta(hours=1), counts=False)
            return None
        return delivery if await self._say(channel, delivery, reply, now) else None

    def _reply(self, delivery: Delivery, today: date) -> Reply | None:
        key = (delivery.parcel, delivery.language, today)
        if key not in self._made:
            self._made[key] = self._render(*key)
        return self._made[key]

    async def _say(
        self, channel: Outbound, delivery: Delivery, reply: Reply, now: datetime
    ) -> bool:
        """Whether it has arrived; what became of it otherwise is settled here."""
        try:
            if channel.waits_for_receipt:
                number = await self._queue.keep_for_page(delivery, reply, now)
                to = (delivery.address_id, delivery.address)
                await channel.say(Pending(number, *to, reply, delivery.id))
                return False
            pending = Pending(0, delivery.address_id, delivery.address, reply, delivery.id)
            await channel.say(pending, in_bulk=True)
            return True
        except Throttled as error:
            wait = timedelta(seconds=error.seconds)
            await self._queue.put_back(delivery, now + wait, counts=False)
        except Unsent:
            await self._queue.put_back(delivery, now + _RETRY, counts=True)
        except NotNow:
            await self._queue.let_wait(delivery)
        except Unreachable:
            await surely(lambda: self._queue.settle_unreachable(delivery))
        except Refused:
            _log.error("delivery %d was refused by the platform", delivery.id)
            await self._settle("failed", delivery)
        except Unknown:
            await self._settle("uncertain", delivery)
        return False

    async def _settle(self, state: str, *deliveries: Delivery, now: datetime | None = None) -> None:
        ids = tuple(delivery.id for delivery in deliveries)
        await surely(lambda: self._queue.settle(state, *ids, now=now))
        for delivery in deliveries:
            metrics.DELIVERIES.labels(delivery.address.channel, state).inc()


async def run(scheduler: Scheduler, senders: Senders, clock: Clock) -> None:
    """Looks every few seconds, until it is cancelled; queueing does not wait for sending."""
    await asyncio.gather(
        _again_and_again(lambda: scheduler.tick(clock()), _LOOK_SECONDS, "scheduler"),
        _again_and_again(lambda: senders.send_ripe(clock), _SEND_SECONDS, "scheduled messages"),
    )


async def _again_and_again(look: Callable[[], Awaitable[int]], pause: float, job: str) -> None:
    while True:
        try:
            await look()
            beat(job)
        except Exception:  # the next look may succeed; one that ends is silent for good
            _log.exception("the scheduled messages had a bad moment")
        await asyncio.sleep(pause)
