"""The pace that a platform allows: answers first, bulk evenly, nothing inside a ban.

Platforms tell their limit only by refusing (HTTP 429 with the seconds to wait), so what was taken
in the second before a refusal is believed to be the limit, and more is tried gently later.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence

from bot.channels import NotNow, Refused, SendError, Throttled, Unknown, Unsent

# Of what the platform takes; the rest is for answers, which find room at any moment.
_BULK_SHARE = 0.94
_CATCH_UP = 0.02  # timers are coarse: so many seconds of bulk may be made up for at once
# In a longer ban bulk goes back to its queue.
_LONG_BAN = 20.0
_SAME_CHAT = 2.0  # a refusal so soon after another message may mean that chat alone
_FEWEST_TO_LEARN_FROM = 5
_LOWERED, _RAISED = 0.95, 1.03
_FIRST_PROBE, _LAST_PROBE = 60.0, 1800.0
_LATE = 0.05  # what began a moment later may have arrived before
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)

Part = Callable[[], Awaitable[None]]


class PartlyRefused(Refused):
    """A part has arrived and the rest will not: sending it all again would double that part."""


class Limit:
    """How many calls a second the platform is believed to take: at most what was set."""

    def __init__(self, most: float) -> None:
        self._most = most
        self.per_second = most
        self._before = most
        self._changed_at = 0.0
        self._probe_after = _FIRST_PROBE
        # On the loop's clock.
        self.banned_until = 0.0

    @property
    def is_found(self) -> bool:
        """Whether the platform takes less than what was set."""
        return self.per_second < self._most

    @property
    def ban_left(self) -> float:
        """Seconds until the platform takes anything again."""
        return max(0.0, self.banned_until - _now())

    def ban(self, seconds: float) -> None:
        """Another process was told that nothing is taken for so long."""
        self.banned_until = max(self.banned_until, _now() + seconds)

    def remember(self, per_second: float) -> None:
        """What was found before this process began; more is tried gently, as ever."""
        self.per_second = self._before = max(1.0, min(self._most, per_second))
        self._changed_at = _now()

    def lower(self, taken: int, now: float) -> None:
        """After a refusal, before which so many calls were taken within a second."""
        was_probe = self._before < self.per_second and now - self._changed_at < _FIRST_PROBE
        if was_probe:
            self.per_second = self._before
            self._probe_after = min(2 * self._probe_after, _LAST_PROBE)
        elif taken >= _FEWEST_TO_LEARN_FROM:
            self.per_second = max(1.0, min(taken, _LOWERED * self.per_second))
        self._before = self.per_second
        self._changed_at = now

    def probe(self, now: float) -> None:
        """A little more, when all has gone well for long enough."""
        if self.per_second < self._most and now - self._changed_at > self._probe_after:
            self._before = self.per_second
            self.per_second = min(self._most, _RAISED * self.per_second)
            self._changed_at = now


class Pace:
    """At most `per_second` calls in any second. Bulk gives way to answers."""

    def __init__(self, per_second: float) -> None:
        self.limit = Limit(max(1.0, per_second))
        self._begun: deque[float] = deque()  # calls of the last second
        self._taken: deque[float] = deque()  # those that succeeded, a few seconds back
        self._last_to: OrderedDict[str, float] = OrderedDict()
        self._shut: dict[str, float] = {}
        self._refused_at: float | None = None
        self._answering = 0
        self._turn = asyncio.Lock()
        self._next = 0.0

    async def wait(self, *, in_bulk: bool) -> float:
        """Returns when one call may be made: at which moment, on the loop's clock.

        Inside a ban nothing is sent at all. Answers wait for its end; bulk raises Throttled when
        that is far.
        """
        now = await (self._wait_in_bulk() if in_bulk else self._wait_to_answer())
        self._begun.append(now)
        return now

    async def _wait_to_answer(self) -> float:
        self._answering += 1
        try:
            while (left := self._left(self.limit.per_second)) > 0:
                await asyncio.sleep(left)
        finally:
            self._answering -= 1
        return _now()

    async def _wait_in_bulk(self) -> float:
        async with self._turn:
            while True:
                rate = _BULK_SHARE * self.limit.per_second
                left = max(self._left(rate), self._next - _now())
                if self._answering:
                    left = max(left, 1 / rate)
                if left > _LONG_BAN:
                    raise Throttled(left, is_of_all=True)
                if left <= 0:
                    break
                await asyncio.sleep(left)
            now = _now()
            self.limit.probe(now)
            self._next = max(self._next, now - _CATCH_UP) + 1 / rate
            return now

    def _left(self, most: float) -> float:
        """Seconds until another call fits into the last second, outside of a ban."""
        now = _now()
        if now < self.limit.banned_until:
            return self.limit.banned_until - now
        if self._refused_at is not None:
            self._learn(self._refused_at, now)
        while self._begun and self._begun[0] <= now - 1:
            self._begun.popleft()
        excess = len(self._begun) - int(most)
        return self._begun[excess] + 1 - now if excess >= 0 and most >= 1 else 0.0

    def _learn(self, refused_at: float, now: float) -> None:
        """Only when the ban is over: by then it is known of all calls what became of them."""
        taken = sum(refused_at - 1 < one <= refused_at + _LATE for one in self._taken)
        self.limit.lower(taken, now)
        self._refused_at = None
        self._next = max(self._next, now)

    async def say_all(self, parts: Sequence[Part], *, to: str = "", in_bulk: bool) -> None:
        """Says the parts of one message to somebody in order. Raises SendError.

        Once a part has arrived the message is not put back, or that part would come twice: what
        is too fast or did not go out is tried again here.
        """
        for index, part in enumerate(parts):
            if index == 0:
                await self._say(part, to, in_bulk=in_bulk)
            else:
                await self._say_again_and_again(part, to)

    async def _say(self, part: Part, to: str, *, in_bulk: bool) -> None:
        began = await self.wait(in_bulk=in_bulk)
        try:
            await part()
        except SendError as error:
            raise self.noted(error, to, began) from None
        self._taken.append(began)
        while self._taken[0] < began - 2 * _SAME_CHAT:
            self._taken.popleft()
        if to:
            self._remember(to, began)

    def _remember(self, to: str, now: float) -> None:
        self._last_to[to] = now
        self._last_to.move_to_end(to)
        while next(iter(self._last_to.values())) < now - _SAME_CHAT:
            self._last_to.popitem(last=False)

    async def _say_again_and_again(self, part: Part, to: str) -> None:
        for pause in _PAUSES:
            try:
                await self._say(part, to, in_bulk=False)
            except Throttled as error:
                await asyncio.sleep(error.seconds)
            except Unsent:
                await asyncio.sleep(pause)
            except (Refused, NotNow) as error:
                raise PartlyRefused(str(error)) from None
            else:
                return
        raise Unknown("only a part of the message has arrived")

    def noted(self, error: SendError, to: str = "", began: float | None = None) -> SendError:
        """The same error; a ban that it tells of is kept from now on.

        Platforms do not say whether they mean the chat or the bot. A chat that has just had a
        message is meant alone, unless another chat is refused meanwhile.
        """
        if not isinstance(error, Throttled):
            return error
        now = _now()
        until = now + error.seconds
        self._shut = {chat: end for chat, end in self._shut.items() if end > now}
        is_of_chat = now - self._last_to.get(to, -_SAME_CHAT) < _SAME_CHAT
        if is_of_chat and self.limit.banned_until <= now and not set(self._shut) - {to}:
            self._shut[to] = until
            return error
        if self._refused_at is None:
            self._refused_at = now if began is None else began
        self.limit.banned_until = max(self.limit.banned_until, until)
        return error


def _now() -> float:
    return asyncio.get_running_loop().time()
