"""What platforms allow, as sentences: windows of contact, money and messages in a month, people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.audience import Audience
from bot.model import Parcel
from bot.store import audiences, notices, usage, windows
from bot.store.audiences import Openings, Reach
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.windows import Window


class Allowances:
    """Each method is one transaction, gathered with those of its neighbours."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def window(self, address_id: int) -> Window | None:
        """When that address was last in contact; None: never, as far as we were told."""
        found = await self._reads.run(lambda c: windows.read(c, [address_id]))
        return found.get(address_id)

    async def use_welcome(self, address_id: int, messages: int) -> None:
        await self._writes.run(lambda c: windows.use_welcome(c, address_id, messages))

    async def reach(
        self, audience: Audience, topic: str | None, openings: Openings
    ) -> tuple[Reach, ...]:
        """How many of the audience are reached now, at a price, or later, by channel."""
        return await self._reads.run(lambda c: audiences.count_reach(c, audience, topic, openings))

    async def used(self, channel: str, period: str, what: str) -> int:
        return await self._reads.run(lambda c: usage.read(c, channel, period, what))

    async def use(self, channel: str, period: str, what: str, amount: int) -> int:
        """The new sum; a negative amount gives back."""
        return await self._writes.run(lambda c: usage.add(c, channel, period, what, amount))

    async def keep(self, channel: str, period: str, what: str, amount: int) -> None:
        """The amount is that from now on."""
        await self._writes.run(lambda c: usage.keep(c, channel, period, what, amount))

    async def spend(self, channel: str, period: str, what: str, amount: int, limit: int) -> bool:
        """Whether the amount was still within the limit; only then it is spent."""
        return await self._writes.run(
            lambda c: usage.spend(c, channel, period, what, amount, limit)
        )

    async def tell_once(
        self, channel: str, period: str, what: str, notice: Parcel, now: datetime
    ) -> bool:
        """Tells the administrators unless it was told in that period before; whether it was now."""

        def tell(connection: Connection) -> bool:
            is_first = usage.spend(connection, channel, period, what, 1, 1)
            if is_first:
                notices.tell_administrators(connection, self._codecs, notice, now)
            return is_first

        return await self._writes.run(tell)
