"""Where each channel can be found by who is not in it yet, as the channels themselves told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, select

from bot.store import schema
from bot.store.groups import Groups
from bot.store.rows import upsert

_LINK = schema.channel_link.c


class Links:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups) -> None:
        self._writes = writes
        self._reads = reads

    async def keep(self, channel: str, url: str) -> None:
        """The address of the bot's page on that platform."""
        row = {"channel": channel, "url": url}

        def keep(connection: Connection) -> None:
            statement = upsert(connection, schema.channel_link).values(row)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["channel"], set_={"url": url})
            )

        await self._writes.run(keep)

    async def keep_only(self, channels: Iterable[str]) -> None:
        """Forgets the links of channels that are not served any more."""
        gone = delete(schema.channel_link).where(_LINK.channel.not_in(tuple(channels)))
        await self._writes.run(lambda c: c.execute(gone).rowcount)

    async def all(self) -> Mapping[str, str]:
        query = select(_LINK.channel, _LINK.url).order_by(_LINK.channel)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return {row.channel: row.url for row in rows}
