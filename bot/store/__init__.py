"""All that is kept, behind sentences: write an event down, load, finish, forget."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, text

from bot.model import Address, Event, Person, Reminder, Reply, Session, Subscription
from bot.store import events, own_data, reminders, replies, schema, subscriptions
from bot.store.codec import Codecs
from bot.store.deliveries import Delivery
from bot.store.engine import open_engine, scrub
from bot.store.events import AlreadyDone, Stored
from bot.store.groups import Groups
from bot.store.own_data import opened
from bot.store.queue import Queue
from bot.store.rows import upsert
from bot.store.seal import Seal, Unsealable, keep_secret
from bot.store.subscriptions import Due
from bot.store.upgrade import upgrade
from bot.store.work import Work

__all__ = [
    "AlreadyDone",
    "Delivery",
    "Due",
    "Pending",
    "Queue",
    "Seal",
    "Store",
    "Stored",
    "Work",
    "keep_secret",
]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pending:
    """A committed reply that has not been said yet."""

    id: int
    address_id: int
    address: Address
    reply: Reply


class Store:
    """The database. Every method is one transaction, gathered with those of its neighbours."""

    def __init__(self, database_url: str, seal: Seal) -> None:
        self._engine = open_engine(database_url)
        self._seal = seal
        self._codecs = Codecs(seal)
        self._writes = Groups(self._engine)
        self._reads = Groups(self._engine, is_reading=True)
        self.queue = Queue(self._writes, self._codecs)

    async def upgrade(self) -> str:
        """Brings the schema to the newest; returns its revision."""
        return await upgrade(self._engine)

    async def close(self) -> None:
        await self._writes.close()
        await self._reads.close()
        await self._engine.dispose()

    async def is_well(self) -> bool:
        """Whether the database answers; raises whatever it answers with instead."""
        return await self._reads.run(lambda c: c.execute(text("SELECT 1")).scalar_one() == 1)

    async def write_down(self, event: Event, now: datetime) -> Stored | None:
        """Keeps the event, sealed; None when one of that id has been written down before."""
        key = self._key(event)
        sealed = self._codecs.event.write(event)
        return await self._writes.run(lambda c: events.write_down(c, event, key, sealed, now))

    async def load(self, stored: Stored) -> tuple[Person, Session]:
        """The person and the session as they stand; a session that cannot be read is a new one."""
        person, sealed = await self._reads.run(lambda c: events.load(c, stored))
        try:
            return person, self._codecs.session.read(sealed) if sealed else Session()
        except Unsealable:
            return person, Session()

    async def finish(
        self, stored: Stored, work: Work, session: Session, said: tuple[Reply, ...], now: datetime
    ) -> tuple[Pending, ...]:
        """One transaction: effects, session, replies to say, event done.

        Raises AlreadyDone, and changes nothing, when the event was finished before.
        """
        kept = self._codecs.session.write(session)
        sealed = [self._codecs.reply.write(reply) for reply in said]
        codecs = self._codecs
        ids = await self._writes.run(
            lambda c: events.finish(c, stored, work, codecs, kept, sealed, now)
        )
        if work.erases:
            await scrub(self._engine)
        return tuple(
            Pending(number, stored.address_id, stored.event.address, reply)
            for number, reply in zip(ids, said, strict=True)
        )

    async def unfinished(self) -> tuple[Stored, ...]:
        """Events that a crash left open, oldest first; one under another secret is given up."""
        found = []
        for row in await self._reads.run(events.unfinished):
            try:
                event = self._codecs.event.read(row.sealed)
            except Unsealable:
                _log.error("event %d was sealed under another SECRET_KEY and is given up", row.id)
                await self._writes.run(lambda c, i=row.id: events.give_up(c, i))  # type: ignore[misc]
                continue
            found.append(Stored(row.id, row.address_id, row.person_id, event, row.starts))
        return tuple(found)

    async def count_start(self, stored: Stored) -> None:
        """Notes that an event left open is being tried again, before it is."""
        await self._writes.run(lambda c: events.count_start(c, stored.id))

    async def replies_to_say(
        self, *, address: Address | None = None, event: Event | None = None
    ) -> tuple[Pending, ...]:
        """Committed replies not yet said, in order: all, those to one address, or to one event."""
        key = self._key(event) if event else None
        rows = await self._reads.run(lambda c: replies.replies_to_say(c, address, key))
        found = []
        for row in rows:
            try:
                reply = self._codecs.reply.read(row.sealed)
            except Unsealable:
                continue
            to = Address(row.channel, row.address)
            found.append(Pending(row.id, row.address_id, to, reply))
        return tuple(found)

    async def forget_replies(self, *ids: int, to: Address | None = None) -> None:
        """Deletes replies that have been said; with `to`, only those meant for that address."""
        await self._writes.run(lambda c: replies.forget(c, ids, to))

    async def mark_unreachable(self, address: Address) -> None:
        """Nothing is sent there until it writes again; what waited for it is deleted."""
        await self._writes.run(lambda c: replies.mark_unreachable(c, address))

    async def media_handle(self, channel: str, digest: str) -> str | None:
        """The channel's own name for a picture that was uploaded before."""
        table = schema.media_handle
        query = select(table.c.handle).where(table.c.channel == channel, table.c.digest == digest)
        return await self._reads.run(lambda c: c.execute(query).scalar_one_or_none())

    async def keep_media_handle(self, channel: str, digest: str, handle: str) -> None:
        row = {"channel": channel, "digest": digest, "handle": handle}
        table = schema.media_handle

        def keep(connection: Connection) -> None:
            statement = upsert(connection, table).values(row)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=table.primary_key, set_={"handle": handle}
                )
            )

        await self._writes.run(keep)

    async def tidy(self, now: datetime) -> None:
        """Forgets what has had its time: old events, stale replies, visitors who never agreed."""
        await self._writes.run(lambda c: replies.tidy(c, now))

    async def subscription(self, person: Person) -> Subscription | None:
        return await self._reads.run(lambda c: subscriptions.read_subscription(c, person.id))

    async def reminders(self, person: Person) -> tuple[Reminder, ...]:
        """The person's own days, soonest first."""
        return await self._reads.run(lambda c: reminders.read(c, self._codecs, person.id))

    async def own_data(self, person: Person) -> Mapping[str, list[dict[str, Any]]]:
        """All that is kept about the person, by table, opened where it is sealed."""
        rows = await self._reads.run(lambda c: own_data.read_all(c, person.id))
        return opened(rows, self._codecs)

    def _key(self, event: Event) -> bytes:
        return self._seal.recognise(event.address.channel, event.address.address, event.id)
