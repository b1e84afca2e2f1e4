"""What a platform calls a picture that was uploaded to it before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot.store import schema
from bot.store.groups import Groups
from bot.store.rows import upsert

_HANDLE = schema.media_handle


class MediaHandles:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups) -> None:
        self._writes = writes
        self._reads = reads

    async def find(self, channel: str, digest: str, now: datetime | None = None) -> str | None:
        """The channel's own name for a picture, as long as it lives there."""
        one = _HANDLE.c
        query = select(one.handle).where(one.channel == channel, one.digest == digest)
        if now is not None:
            query = query.where(one.expires_at > now)
        return await self._reads.run(lambda c: c.execute(query).scalar_one_or_none())

    async def keep(
        self, channel: str, digest: str, handle: str, expires_at: datetime | None = None
    ) -> None:
        values = {"handle": handle, "expires_at": expires_at}

        def change(connection: Connection) -> None:
            statement = upsert(connection, _HANDLE).values(channel=channel, digest=digest, **values)
            connection.execute(
                statement.on_conflict_do_update(index_elements=_HANDLE.primary_key, set_=values)
            )

        await self._writes.run(change)
