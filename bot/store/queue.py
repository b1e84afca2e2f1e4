"""Scheduled messages, as sentences: queue what is due, claim, put back, settle."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from bot.model import Address, Parcel, Reply
from bot.store import deliveries, reminders, subscriptions
from bot.store.codec import Codecs
from bot.store.deliveries import Delivery
from bot.store.groups import Groups
from bot.store.replies import mark_unreachable
from bot.store.seal import Unsealable
from bot.store.subscriptions import Due, Planned

_log = logging.getLogger(__name__)

# What to send somebody whose time has come: parcels with their times and topics, new bitmap, next
# time.
Plan = Callable[[Due], tuple[Sequence[tuple[Parcel, datetime, str]], bytes, datetime | None]]


class Queue:
    """The queue of the scheduler and its senders; each method is one transaction."""

    def __init__(self, writes: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._codecs = codecs

    async def number_articles(self, articles: Sequence[str]) -> Mapping[str, int]:
        """The lasting number of each article, by which a person's bitmap names it."""
        return await self._writes.run(lambda c: subscriptions.number_articles(c, articles))

    async def wake_every(self, now: datetime) -> None:
        """Whoever wants every message is looked at now."""
        await self._writes.run(lambda c: subscriptions.wake_every(c, now))

    async def queue_due(self, now: datetime, limit: int, plan: Plan, *, calendar: bool) -> int:
        """Queues what is due to at most `limit` people; how many they were."""

        def decide(due: Due) -> Planned:
            parcels, delivered, due_at = plan(due)
            sealed = tuple(
                (self._codecs.parcel.write(parcel), at, topic) for parcel, at, topic in parcels
            )
            return Planned(sealed, delivered, due_at)

        return await self._writes.run(
            lambda c: subscriptions.queue_due(c, now, limit, calendar, decide)
        )

    async def queue_notices(self, today: date, now: datetime) -> int:
        """Queues the reminders of personal days that are due; how many."""
        return await self._writes.run(
            lambda c: reminders.queue_notices(c, self._codecs, today, now)
        )

    async def claim(self, holder: str, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """Takes what is ripe, under a lease, in the name of `holder`."""
        rows = await self._writes.run(lambda c: deliveries.claim(c, holder, now, limit))
        claimed, broken = [], []
        for row in rows:
            try:
                parcel = self._codecs.parcel.read(row.sealed)
            except Unsealable:
                broken.append(row.id)
                continue
            to = Address(row.channel, row.address)
            claimed.append(
                Delivery(
                    row.id,
                    row.person_id,
                    row.address_id,
                    to,
                    row.language,
                    row.zone,
                    row.quiet,
                    parcel,
                )
            )
        await self.settle("dropped", *broken)
        return tuple(claimed)

    async def settle(self, state: str, *ids: int, now: datetime | None = None) -> None:
        """`now` is when they arrived, if they did."""
        if ids:
            await self._writes.run(lambda c: deliveries.settle(c, ids, state, now))

    async def put_back(self, delivery: Delivery, not_before: datetime, *, counts: bool) -> None:
        """Queues it again for later; `counts` says whether that was a try."""
        await self._writes.run(
            lambda c: deliveries.put_back(c, delivery.id, not_before, counts=counts)
        )

    async def settle_unreachable(self, delivery: Delivery) -> None:
        """Neither this nor anything else is sent to that address until its person writes."""

        def settle(connection: Connection) -> None:
            deliveries.settle(connection, (delivery.id,), "unreachable")
            mark_unreachable(connection, delivery.address)

        await self._writes.run(settle)

    async def let_wait(self, delivery: Delivery) -> None:
        """Keeps it for the person's next contact."""
        await self._writes.run(lambda c: deliveries.let_wait(c, delivery.id))

    async def keep_for_page(self, delivery: Delivery, reply: Reply, now: datetime) -> int:
        """The message waits for a web page; the id under which the page acknowledges it."""
        sealed = self._codecs.reply.write(reply)
        return await self._writes.run(lambda c: deliveries.keep_for_page(c, delivery, sealed, now))

    async def give_up_leases(self, now: datetime) -> None:
        """What a dead process was sending is uncertain from now on."""
        if lost := await self._writes.run(lambda c: deliveries.give_up_leases(c, now)):
            _log.warning("%d scheduled messages may or may not have arrived", lost)

    async def count_states(self) -> dict[str, int]:
        return await self._writes.run(deliveries.count_states)
