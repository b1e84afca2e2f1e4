"""The pace that a platform allows: answers first, bulk with a share of it, nothing inside a ban."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiolimiter import AsyncLimiter

from bot.channels import NotNow, Refused, SendError, Throttled, Unknown, Unsent

_BULK_SHARE = 0.7
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)


class PartlyRefused(Refused):
    """A part has arrived and the rest will not: sending it all again would double that part."""


class Pace:
    """At most `per_second` calls a second, of which bulk takes seven tenths at most."""

    def __init__(self, per_second: float) -> None:
        self._all = AsyncLimiter(max(1.0, per_second), 1)
        # Bulk takes a share of the rate, so that an answer never queues behind it.
        self._bulk = AsyncLimiter(max(1.0, per_second * _BULK_SHARE), 1)
        self._banned_until = 0.0

    async def wait(self, *, in_bulk: bool) -> None:
        """Returns when one call may be made. Inside a ban nothing is sent at all.

        Answers wait for its end; bulk goes back to its queue (raises Throttled), so that answers
        go first then.
        """
        if in_bulk:
            await self._bulk.acquire()
        await self._all.acquire()
        while (left := self._banned_until - asyncio.get_running_loop().time()) > 0:
            if in_bulk:
                raise Throttled(left)
            await asyncio.sleep(left)

    async def say_all(
        self, parts: Sequence[Callable[[], Awaitable[None]]], *, in_bulk: bool
    ) -> None:
        """Says the parts of one message in order. Raises SendError.

        Once a part has arrived the message is not put back, or that part would come twice: what
        is too fast or did not go out is tried again here.
        """
        for index, part in enumerate(parts):
            if index == 0:
                await self._say(part, in_bulk=in_bulk)
            else:
                await self._say_again_and_again(part)

    async def _say(self, part: Callable[[], Awaitable[None]], *, in_bulk: bool) -> None:
        await self.wait(in_bulk=in_bulk)
        try:
            await part()
        except SendError as error:
            raise self.noted(error) from None

    async def _say_again_and_again(self, part: Callable[[], Awaitable[None]]) -> None:
        for pause in _PAUSES:
            try:
                await self._say(part, in_bulk=False)
            except Throttled:  # the next wait lasts until its end
                pass
            except Unsent:
                await asyncio.sleep(pause)
            except (Refused, NotNow) as error:
                raise PartlyRefused(str(error)) from None
            else:
                return
        raise Unknown("only a part of the message has arrived")

    def noted(self, error: SendError) -> SendError:
        """The same error; a ban that it tells of is kept from now on."""
        if isinstance(error, Throttled):
            until = asyncio.get_running_loop().time() + error.seconds
            self._banned_until = max(self._banned_until, until)
        return error
