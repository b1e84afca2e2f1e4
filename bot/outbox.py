"""Says committed replies: in order for each address, again when it is safe, then forgets them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from bot import metrics
from bot.channels import (
    Changing,
    ChannelDown,
    NotNow,
    Outbound,
    Refused,
    Said,
    Throttled,
    Unchangeable,
    Unreachable,
    Unsent,
)
from bot.store import Pending, Store, surely

_log = logging.getLogger(__name__)
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
# What may have arrived is said again so often and after so long: a gateway that is broken for an
# hour must not cost anybody their answer, and one that only loses its own must not flood them.
_UNKNOWN_PAUSES = (1.0, 5.0, 60.0, 3600.0)
_HANDING_PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)  # together well within a lease


class Outbox:
    """One queue for each address that something waits for."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Outbound],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._clock = clock
        self.channels = channels
        self._queues: dict[int, deque[Pending]] = {}
        self._running: set[asyncio.Task[None]] = set()
        # Set when a channel has taken something: who waits there for a better time tries at once.
        self._works: dict[str, asyncio.Event] = {name: asyncio.Event() for name in channels}

    def dispatch(self, replies: tuple[Pending, ...]) -> None:
        """Takes replies over; returns at once. Those of a channel that is off wait in the store."""
        for pending in replies:
            if pending.address.channel not in self.channels:
                continue
            if pending.address_id in self._queues:
                self._queues[pending.address_id].append(pending)
            else:
                self._serve(pending.address_id, deque([pending]))

    async def drain(self, seconds: float) -> None:
        """Waits for what is being said; the rest stays in the store for the next start."""
        if self._running:
            _, left = await asyncio.wait(self._running, timeout=seconds)
            for task in left:
                task.cancel()

    def _serve(self, address_id: int, queue: deque[Pending]) -> None:
        self._queues[address_id] = queue
        task = asyncio.create_task(self._say_all(address_id, queue))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _say_all(self, address_id: int, queue: deque[Pending]) -> None:
        try:
            while queue:
                await self._say(queue[0])
                queue.popleft()
        except Unreachable:
            await surely(lambda: self._store.mark_unreachable(queue[0].address))
        except Exception:
            # What is left stays in the store and is said after the next start.
            _log.exception("reply %d could not be said", queue[0].id)
        finally:
            del self._queues[address_id]

    async def _say(self, pending: Pending) -> None:
        channel = self.channels[pending.address.channel]
        if pending.delivery_id and not channel.waits_for_receipt:
            await self._hand_over(channel, pending)
            return
        outcome = await self._say_surely(channel, pending)
        if outcome != "shown":  # its receipt will come
            await surely(lambda: self._store.forget_replies(pending.id))
            metrics.REPLIES.labels(pending.address.channel, outcome).inc()

    async def _say_surely(self, channel: Outbound, pending: Pending) -> str:
        """Until it is said or given up. An answer is rather said twice than never."""
        unknown, pause = list(_UNKNOWN_PAUSES), _FIRST_PAUSE
        while True:
            try:
                said = await _say_in_place(channel, pending)
                self._tell_waiting(channel.name)
                await self._note(pending, said)
                return "said" if said.has_arrived else "shown"
            except Throttled as error:
                await asyncio.sleep(error.seconds)
                continue
            except (Refused, NotNow):
                _log.error("reply %d was refused by the platform", pending.id)
                return "refused"
            except Unsent:
                await self._wait(channel.name, pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            except (Unreachable, ChannelDown):
                raise
            except Exception as error:  # Unknown, or the database failed the channel
                _log.warning("reply %d: no word whether it arrived: %s", pending.id, _kind(error))
                if not unknown:
                    _log.error("reply %d is given up", pending.id)
                    return "uncertain"
                await self._wait(channel.name, unknown.pop(0))

    async def _wait(self, channel: str, seconds: float) -> None:
        """For so long, or until the channel takes something; at least a moment."""
        works = self._works[channel]  # what it takes during that moment counts too
        await asyncio.sleep(min(seconds, _FIRST_PAUSE))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds - min(seconds, _FIRST_PAUSE)):
                await works.wait()

    def _tell_waiting(self, channel: str) -> None:
        self._works[channel].set()
        self._works[channel] = asyncio.Event()

    async def _note(self, pending: Pending, said: Said) -> None:
        """Which message follows a campaign; without the note it just stays as it is."""
        if said.number is not None:
            with contextlib.suppress(Exception):
                await self._store.statuses.keep(pending, said.number)

    async def _hand_over(self, channel: Outbound, pending: Pending) -> None:
        """A message that had waited for this contact: not an answer, so it is never said twice."""
        outcome = "sent"
        try:
            if not await surely(lambda: self._store.begin_saying(pending, self._clock())):
                return
            await _until_on_the_wire(channel, pending)
            await surely(lambda: self._store.forget_replies(pending.id))
        except NotNow:
            outcome = "waiting"
            await surely(lambda: self._store.wait_again(pending))
        except Refused:
            outcome = "failed"
            await surely(lambda: self._store.end_saying(pending, "failed"))
        except (Unreachable, ChannelDown):
            raise
        except Exception as error:  # Unknown, or the database failed the channel
            _log.warning("reply %d may have arrived: %s", pending.id, _kind(error))
            outcome = "uncertain"
            await surely(lambda: self._store.end_saying(pending, "uncertain"))
        metrics.DELIVERIES.labels(pending.address.channel, outcome).inc()


def _kind(error: Exception) -> str:
    return type(error).__name__


async def _say_in_place(channel: Outbound, pending: Pending) -> Said:
    """In the place of the message whose button was tapped, where that is wished and possible."""
    number = pending.reply.replaces
    if number and isinstance(channel, Changing) and not channel.waits_for_receipt:
        with contextlib.suppress(Unchangeable):
            await channel.change(pending.address, number, pending.reply)
            return Said(numbers=(number,))
    return await channel.say(pending)


async def _until_on_the_wire(channel: Outbound, pending: Pending) -> None:
    """Tries again what certainly did not go out, within its lease. Raises the other SendErrors.

    What takes longer (a dead grant, a platform that is down) waits for another contact: NotNow.
    """
    for pause in _HANDING_PAUSES:
        try:
            await channel.say(pending)
            return
        except Throttled as error:
            if error.seconds > max(_HANDING_PAUSES):
                break
            await asyncio.sleep(error.seconds)
        except Unsent:
            await asyncio.sleep(pause)
    raise NotNow("not for the moment")
