"""The way of one event: written down, locked, answered, saved, said."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

from bot import logs, metrics
from bot.choosing import Choosing, Render
from bot.cleaning import cleaned
from bot.model import Event
from bot.routing import Route, Services
from bot.store import AlreadyDone, OthersFirst, Pending, Store, Stored
from bot.turns import Turns

_log = logging.getLogger(__name__)
_RETRY_SECONDS = (0.5, 2.0, 10.0)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
_RECOVERED_AT_ONCE = 8

# Looked up once for each channel: that costs as much as to count.
_heard = cache(metrics.EVENTS.labels)
_seconds = cache(metrics.ANSWER_SECONDS.labels)

T = TypeVar("T")


class Speaker(Protocol):
    """Who carries replies to where people are."""

    def dispatch(self, replies: tuple[Pending, ...]) -> None: ...


def utc_now() -> datetime:
    return datetime.now(UTC)


class _Count:
    """How many are inside."""

    def __init__(self) -> None:
        self.number = 0

    def __enter__(self) -> None:
        self.number += 1

    def __exit__(self, *_: object) -> None:
        self.number -= 1


class Conversation:
    """Answers events one person at a time, each exactly once, also after a crash."""

    def __init__(
        self,
        store: Store,
        routes: tuple[Route, ...],
        services: Services,
        speaker: Speaker,
        render: Render,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._choosing = Choosing(store, routes, services, render, clock, self._more_follow)
        self._speaker = speaker
        self._clock = clock
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._unanswered = Counter[int]()
        self._holding: set[int] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._few = asyncio.Semaphore(_RECOVERED_AT_ONCE)
        # What could not be answered, since the store failed for long.
        self._left: dict[int, Stored] = {}
        # Those of before whose new start is noted.
        self._counted: set[int] = set()
        self._turns = Turns()
        self._busy = _Count()

    @property
    def is_busy(self) -> bool:
        """Whether anything is being written down or answered just now."""
        return self._busy.number > 0

    async def receive(self, event: Event) -> bool:
        """Writes the event down; when this returns it may be acknowledged. False: seen before.

        It is answered afterwards, in the background; events of one person in order.
        """
        stored = await self._write_down(event)
        if stored is not None:
            self._start(self._answer_and_say(stored))
        return stored is not None

    async def converse(self, event: Event) -> tuple[Pending, ...]:
        """Writes the event down, answers it and returns the replies, for who waits for them.

        An event seen before is not handled again: what it was answered is returned, if that
        has not been said yet.
        """
        stored = await self._write_down(event)
        if stored is not None:
            with self._waiting(stored):
                if replies := await _in_turn(stored, self._answer_page):
                    return replies
        return await self._store.replies_to_say(event=event)

    async def recover(self) -> None:
        """Answers what a crash left open and says what it left unsaid: at the start, and whenever
        another process has died."""
        left, unsaid = await self._store.open_events.take_up()
        self._speaker.dispatch(unsaid)
        for stored in left:
            self._start(self._recover(stored))

    def retry(self) -> None:
        """Begins anew with what could not be answered while the store failed."""
        for identifier in sorted(self._left):
            stored = self._left.pop(identifier)
            self._start(self._recover(replace(stored, starts=stored.starts + 1)))

    async def drain(self, seconds: float) -> None:
        """Waits for the answers under way; the others are given at the next start."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def _write_down(self, event: Event) -> Stored | None:
        with self._busy:
            stored = await self._store.write_down(cleaned(event), self._clock())
        if stored is not None:
            _heard(event.address.channel).inc()
        return stored

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _recover(self, stored: Stored) -> None:
        with self._kept_on_failure(stored):
            await _in_turn(stored, self._answer_again)
        self._counted.discard(stored.id)

    async def _answer_again(self, stored: Stored) -> None:
        """Answers an event of before; only few at once, so that few are suspected of a crash.

        The person's lock comes first: what they write now must wait for what they wrote then.
        """
        async with self._lock(stored), self._few:
            if stored.id not in self._counted:
                await self._store.open_events.count_start(stored)
                self._counted.add(stored.id)
            replies = await self._answer_patiently(stored)
        self._speaker.dispatch(replies)

    async def _answer_and_say(self, stored: Stored) -> None:
        with self._waiting(stored), self._kept_on_failure(stored):
            await _in_turn(stored, self._answer_at_its_turn)

    async def _answer_at_its_turn(self, stored: Stored) -> None:
        async with self._lock(stored), self._turns:
            self._holding.add(stored.id)
            try:
                replies = await self._answer_patiently(stored)
            finally:
                self._holding.discard(stored.id)
        self._speaker.dispatch(replies)

    async def _answer_page(self, stored: Stored) -> tuple[Pending, ...]:
        async with self._lock(stored):
            return await self._answer_patiently(stored)

    async def _more_follow(self, stored: Stored, seconds: float) -> bool:
        """Whether more of that person waits for an answer; others are answered while we listen."""
        if self._unanswered[stored.person_id] > 1:
            return True
        if stored.id in self._holding:  # a web page waits for its answer and has no turn
            await self._turns.step_aside(seconds)
        # Another process may have heard it.
        is_followed = self._unanswered[stored.person_id] > 1
        return is_followed or await self._store.open_events.more_follow(stored)

    @contextlib.contextmanager
    def _waiting(self, stored: Stored) -> Iterator[None]:
        """Counts what one person has said and what is not answered yet."""
        self._unanswered[stored.person_id] += 1
        try:
            yield
        finally:
            self._unanswered[stored.person_id] -= 1
            if not self._unanswered[stored.person_id]:
                del self._unanswered[stored.person_id]

    async def _answer_patiently(self, stored: Stored) -> tuple[Pending, ...]:
        """Tries again when the store fails (a locked database); then leaves it for later.

        Raises OthersFirst. What another process has finished is said by that one.
        """
        with logs.about(stored.id):
            return await self._try_to_answer(stored)

    async def _try_to_answer(self, stored: Stored) -> tuple[Pending, ...]:
        for pause in (*_RETRY_SECONDS, None):
            try:
                with (
                    self._busy,
                    _seconds(stored.event.address.channel).time(),
                ):
                    return await self._choosing.answer(stored)
            except OthersFirst:
                raise
            except AlreadyDone:
                return await self._store.replies_to_say(event=stored.event, is_own=True)
            except Exception:
                _log.exception("event %d could not be answered", stored.id)
            if pause is not None:
                await asyncio.sleep(pause)
        self._left[stored.id] = stored
        return ()

    @contextlib.contextmanager
    def _kept_on_failure(self, stored: Stored) -> Iterator[None]:
        """What was acknowledged is answered, however long the store fails: `retry`."""
        try:
            yield
        except Exception:
            _log.exception("event %d waits until the database is well", stored.id)
            self._left[stored.id] = stored

    def _lock(self, stored: Stored) -> asyncio.Lock:
        """The person's lock: waiting for it is first come, first served."""
        return self._locks.setdefault(stored.person_id, asyncio.Lock())


async def _in_turn(stored: Stored, answer: Callable[[Stored], Awaitable[T]]) -> T:
    """What `answer` gives, once all that the person said before is answered.

    What another process heard is answered there; where that has died, another takes it up.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            return await answer(stored)
        except OthersFirst:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
