"""Events that wait for their answer, and those whose process is no more."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from bot.store import schema
from bot.store.codec import Codecs
from bot.store.events import Stored, open_of
from bot.store.groups import Groups
from bot.store.pending import Pending
from bot.store.processes import Processes, alive
from bot.store.ready import ready
from bot.store.replies import PAGES, opened, replies_to_say
from bot.store.rows import in_utc
from bot.store.seal import Unsealable

_log = logging.getLogger(__name__)
_MANY = 10_000  # so many values fit into one statement


class OpenEvents:
    """Sentences about events not answered yet; `processes` knows which process this is."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs, processes: Processes) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs
        self._processes = processes

    async def take_up(self) -> tuple[tuple[Stored, ...], tuple[Pending, ...]]:
        """What no living process has: events not answered, oldest first, and answers not said."""
        ids = await self._writes.run(lambda c: _take_up(c, self._processes.mine))
        left, unsaid = list[Stored](), list[Pending]()
        for some in (ids[first : first + _MANY] for first in range(0, len(ids), _MANY)):
            left += await self.unfinished(some)
            rows = await self._reads.run(
                lambda c, some=some: replies_to_say(c, None, None, some)  # type: ignore[misc]
            )
            unsaid += opened(rows, self._codecs)
        return tuple(left), tuple(unsaid)

    async def unfinished(self, ids: Sequence[int] | None = None) -> tuple[Stored, ...]:
        """Events not answered yet, oldest first; one under another secret is given up."""
        found = []
        for row in await self._reads.run(lambda c: _unfinished(c, ids)):
            try:
                event = self._codecs.event.read(row.sealed)
            except Unsealable:
                _log.error("event %d was sealed under another SECRET_KEY and is given up", row.id)
                await self._writes.run(lambda c, i=row.id: _give_up(c, i))  # type: ignore[misc]
                continue
            heard_at = in_utc(row.received_at) or row.received_at
            found.append(Stored(row.id, row.address_id, row.person_id, event, heard_at, row.starts))
        return tuple(found)

    async def more_follow(self, stored: Stored) -> bool:
        """Whether the person has said more since, which waits for its answer."""
        return await self._reads.glance(lambda c: _more_follow(c, stored))

    async def count_start(self, stored: Stored) -> None:
        """Notes that an event left open is being tried again, before it is."""
        await self._writes.run(lambda c: _count_start(c, stored.id))


def _take_up(connection: Connection, holder: int | None) -> Sequence[int]:
    """What nobody alive has, from now on `holder` has: events not answered, and answers not said.

    Their ids. Who finishes one first stands: `finish`.
    """
    table, reply, address = schema.event, schema.reply, schema.address
    is_left = or_(table.c.held_by.is_(None), table.c.held_by.not_in(alive(connection)))
    is_open = select(table.c.id).where(table.c.done_at.is_(None))
    # A page asks for its answers itself when it comes back.
    is_unsaid = (
        select(reply.c.event_id)
        .join(address, address.c.id == reply.c.address_id)
        .where(reply.c.event_id.is_not(None), address.c.channel != PAGES)
    )
    theirs = table.c.id.in_(is_open.union(is_unsaid)) & is_left
    taken = update(table).where(theirs).values(held_by=holder).returning(table.c.id)
    return connection.execute(taken).scalars().all()


def _unfinished(connection: Connection, ids: Sequence[int] | None) -> Sequence[Any]:
    """Those not answered yet, oldest first; of all, or of these."""
    event, address = schema.event, schema.address
    query = (
        select(
            event.c.id,
            event.c.address_id,
            event.c.sealed,
            event.c.received_at,
            event.c.starts,
            address.c.person_id,
        )
        .join(address)
        .where(event.c.done_at.is_(None))
        .order_by(event.c.id)
    )
    if ids is not None:
        query = query.where(event.c.id.in_(ids))
    return connection.execute(query).all()


_LATER = ready(
    open_of(bindparam("person_id")).where(schema.event.c.id > bindparam("event_id")).limit(1)
)


def _more_follow(connection: Connection, stored: Stored) -> bool:
    """Whether the person has said more since, which waits for its answer."""
    values = {"person_id": stored.person_id, "event_id": stored.id}
    return _LATER.first(connection, values) is not None


def _count_start(connection: Connection, identifier: int) -> None:
    event = schema.event
    statement = update(event).where(event.c.id == identifier)
    connection.execute(statement.values(starts=event.c.starts + 1))


def _give_up(connection: Connection, identifier: int) -> None:
    event = schema.event
    statement = update(event).where(event.c.id == identifier)
    connection.execute(statement.values(done_at=func.now(), sealed=None))
