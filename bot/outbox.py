"""Says committed replies: in order for each address, again when it is safe, then forgets them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping

from bot import metrics
from bot.channels import Outbound, Refused, Throttled, Unknown, Unreachable, Unsent
from bot.store import Pending, Store

_log = logging.getLogger(__name__)
_MAX_UNKNOWN = 2
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


class Outbox:
    """One queue for each address that something waits for."""

    def __init__(self, store: Store, channels: Mapping[str, Outbound]) -> None:
        self._store = store
        self.channels = channels
        self._queues: dict[int, deque[Pending]] = {}
        self._running: set[asyncio.Task[None]] = set()

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
            await self._store.mark_unreachable(queue[0].address)
        except Exception:
            # What is left stays in the store and is said after the next start.
            _log.exception("reply %d could not be said", queue[0].id)
        finally:
            del self._queues[address_id]

    async def _say(self, pending: Pending) -> None:
        """Until it is said or given up. An answer is rather said twice than never."""
        unknown, pause, outcome = 0, _FIRST_PAUSE, "said"
        while True:
            try:
                if not await self.channels[pending.address.channel].say(pending):
                    return
                break
            except Throttled as error:
                await asyncio.sleep(error.seconds)
                continue
            except Refused:
                _log.error("reply %d was refused by the platform", pending.id)
                outcome = "refused"
                break
            except Unknown:
                unknown += 1
                if unknown > _MAX_UNKNOWN:
                    _log.error("reply %d: no word whether it arrived, given up", pending.id)
                    outcome = "uncertain"
                    break
            except Unsent:
                pass
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        await self._store.forget_replies(pending.id)
        metrics.REPLIES.labels(pending.address.channel, outcome).inc()
