"""The pictures of messages: sealed in the database, so that every process can send them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select

from bot.campaigns import AWAITING, DRAFT, PICTURE_KEPT, SCHEDULED
from bot.store import schema
from bot.store.groups import Groups
from bot.store.rows import upsert
from bot.store.seal import Seal, Unsealable

_PURPOSE = "picture"
_PICTURE, _CAMPAIGN = schema.picture.c, schema.campaign.c
_A_DAY = timedelta(days=1)  # what was taken in and has no campaign yet; zones differ, too


class Pictures:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, seal: Seal) -> None:
        self._writes = writes
        self._reads = reads
        self._seal = seal

    async def keep(self, file: str, content: bytes, now: datetime) -> None:
        await self._writes.run(lambda c: keep(c, self._seal, file, content, now))

    async def read(self, file: str) -> bytes | None:
        """What it holds; None when it is not kept (any more)."""
        query = select(_PICTURE.content).where(_PICTURE.file == file)
        sealed = await self._reads.run(lambda c: c.execute(query).scalar_one_or_none())
        try:
            return self._seal.open(sealed, _PURPOSE) if sealed else None
        except Unsealable:
            return None


def keep(connection: Connection, seal: Seal, file: str, content: bytes, now: datetime) -> None:
    """The same picture is kept once; from now on it is as good as new."""
    row = {"file": file, "content": seal.seal(content, _PURPOSE), "made_at": now}
    statement = upsert(connection, schema.picture).values(row)
    again = {"made_at": now}
    connection.execute(statement.on_conflict_do_update(index_elements=["file"], set_=again))


def tidy(connection: Connection, now: datetime) -> None:
    """Deletes what is neither in a message to come nor in one of the last month."""
    is_shown = or_(
        _CAMPAIGN.state.in_((DRAFT, AWAITING, SCHEDULED)),
        _CAMPAIGN.launched_at > now - PICTURE_KEPT - _A_DAY,
    )
    used = select(_CAMPAIGN.id).where(_CAMPAIGN.picture == _PICTURE.file, is_shown)
    old = delete(schema.picture).where(_PICTURE.made_at < now - _A_DAY, ~used.exists())
    connection.execute(old)
