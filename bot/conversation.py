"""The way of one event: written down, locked, answered, saved, said."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Protocol
from weakref import WeakValueDictionary

from bot import logs, metrics
from bot.model import Answer, Event, Parcel, Person, Reply, Session
from bot.routing import Context, Route, Router, Services, cleaned
from bot.store import AlreadyDone, Pending, Store, Stored, Work
from bot.turns import Turns

_log = logging.getLogger(__name__)
_RETRY_SECONDS = (0.5, 2.0, 10.0)
# An event that was being answered at so many crashes is taken for their cause.
MAX_STARTS = 10
_RECOVERED_AT_ONCE = 8
# How many of the messages that waited for somebody they are given at their next contact.
HANDED_AT_MOST = 5

# Makes the reply for a parcel in a language, or None when it is not to be sent any more.
Render = Callable[[Parcel, str | None, date], Reply | None]
Waited = tuple[tuple[int, Reply | None], ...]


class Speaker(Protocol):
    """Who carries replies to where people are."""

    def dispatch(self, replies: tuple[Pending, ...]) -> None: ...


def utc_now() -> datetime:
    return datetime.now(UTC)


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
        self._render = render
        self._router = Router(routes, services.languages)
        self._services = services
        self._speaker = speaker
        self._clock = clock
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._unanswered = Counter[int]()
        self._holding: set[int] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._turns = Turns()
        self._being_answered = 0

    @property
    def is_busy(self) -> bool:
        """Whether anything is being written down or answered just now."""
        return self._being_answered > 0

    @contextlib.contextmanager
    def _busy(self) -> Iterator[None]:
        self._being_answered += 1
        try:
            yield
        finally:
            self._being_answered -= 1

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
                async with self._lock(stored):
                    return await self._answer_patiently(stored)
        return await self._store.replies_to_say(event=event)

    async def recover(self) -> None:
        """Answers what a crash left open and says what it left unsaid. Call once, at the start."""
        self._speaker.dispatch(await self._store.replies_to_say())
        few = asyncio.Semaphore(_RECOVERED_AT_ONCE)
        for stored in await self._store.unfinished():
            self._start(self._recover(stored, few))

    async def drain(self, seconds: float) -> None:
        """Waits for the answers under way; the others are given at the next start."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def _write_down(self, event: Event) -> Stored | None:
        with self._busy():
            stored = await self._store.write_down(cleaned(event), self._clock())
        if stored is not None:
            metrics.EVENTS.labels(event.address.channel).inc()
        return stored

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _recover(self, stored: Stored, few: asyncio.Semaphore) -> None:
        """Answers an event of before; only few at once, so that few are suspected of a crash.

        The person's lock comes first: what they write now must wait for what they wrote then.
        """
        async with self._lock(stored), few:
            await self._store.count_start(stored)
            replies = await self._answer_patiently(stored)
        self._speaker.dispatch(replies)

    async def _answer_and_say(self, stored: Stored) -> None:
        with self._waiting(stored):
            async with self._lock(stored), self._turns:
                self._holding.add(stored.id)
                try:
                    replies = await self._answer_patiently(stored)
                finally:
                    self._holding.discard(stored.id)
        self._speaker.dispatch(replies)

    async def _more_follow(self, stored: Stored, seconds: float) -> bool:
        """Whether more of that person waits for an answer; others are answered while we listen."""
        if self._unanswered[stored.person_id] > 1:
            return True
        if stored.id in self._holding:  # a web page waits for its answer and has no turn
            await self._turns.step_aside(seconds)
        return self._unanswered[stored.person_id] > 1

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
        """Tries again when the store fails (a locked database); then leaves it for a restart."""
        with logs.about(stored.id):
            return await self._try_to_answer(stored)

    async def _try_to_answer(self, stored: Stored) -> tuple[Pending, ...]:
        for pause in (*_RETRY_SECONDS, None):
            try:
                with (
                    self._busy(),
                    metrics.ANSWER_SECONDS.labels(stored.event.address.channel).time(),
                ):
                    return await self._answer(stored)
            except AlreadyDone:
                return await self._store.replies_to_say(event=stored.event)
            except Exception:
                _log.exception("event %d could not be answered", stored.id)
            if pause is not None:
                await asyncio.sleep(pause)
        return ()

    def _lock(self, stored: Stored) -> asyncio.Lock:
        """The person's lock: waiting for it is first come, first served."""
        return self._locks.setdefault(stored.person_id, asyncio.Lock())

    async def _answer(self, stored: Stored) -> tuple[Pending, ...]:
        person, session, waits = await self._store.load(stored)
        if await self._is_silent(stored, session):
            return ()
        context = self._context(stored, person, session)
        context.more_follow = partial(self._more_follow, stored)
        answer = await self._choose(stored, context)
        kept, work = _with_list(answer, self._clock()), context.work
        waited: Waited = ()
        # Nothing comes between the questions of a dialogue, nor to who is just leaving.
        if waits and not (kept.state or work.ends or work.erases):
            answer, waited = await self._hand_over(answer, context, stored)
        return await self._store.finish(stored, work, kept, answer.replies, self._clock(), waited)

    async def _is_silent(self, stored: Stored, session: Session) -> bool:
        """Finishes what asks for no answer: a leaving, or what was undone since."""
        event = stored.event
        is_leaving = event.blocked
        is_following = event.contact is not None and event.contact.kind == "follow"
        if not (is_leaving or is_following):
            return False
        is_overtaken = await self._store.is_overtaken(stored)
        if is_following and not is_overtaken:
            return False
        await self._store.finish(stored, Work(), session, (), self._clock())
        if is_leaving and not is_overtaken:
            await self._store.mark_unreachable(event.address)
        return True

    async def _hand_over(
        self, answer: Answer, context: Context, stored: Stored
    ) -> tuple[Answer, Waited]:
        """What waited for this contact, newest first; the expired and the too many are dropped."""
        found = await self._store.waiting(context.person, stored.address_id)
        alive: list[tuple[int, Reply | None]] = []
        dropped: list[tuple[int, Reply | None]] = []
        for number, parcel in found:
            made = self._render(parcel, context.say.tag, context.today) if parcel else None
            kept = alive if made and len(alive) < HANDED_AT_MOST else dropped
            kept.append((number, made if kept is alive else None))
        if not alive:
            return answer, tuple(dropped)
        said = context.say.count(
            "{number} message came while you were away:",
            "{number} messages came while you were away. The newest comes first:",
            len(alive),
        )
        replies = (*answer.replies, context.reply(said))
        return replace(answer, replies=replies), (*alive, *dropped)

    def _context(self, stored: Stored, person: Person, session: Session) -> Context:
        say = self._services.languages.voice(person.language or stored.event.language)
        now = self._clock()
        services, heard_at = self._services, min(stored.received_at, now)
        return Context(person, session, "", say, services, self._store, now, heard_at)

    async def _choose(self, stored: Stored, context: Context) -> Answer:
        """The handler's answer; where it fails, one sorry-sentence and none of its effects."""
        if stored.starts >= MAX_STARTS:
            _log.error("event %d was open at %d crashes and is given up", stored.id, stored.starts)
            return Answer((_sorry(context),), context.session.rested())
        try:
            handler, argument = self._router.find(stored.event, context.session, context.now)
            context.argument = argument
            return await handler(stored.event, context)
        except Exception:
            # The traceback holds lines of code, never what the person wrote.
            _log.exception("the handler of event %d failed", stored.id)
            metrics.FAILURES.labels(stored.event.address.channel).inc()
            context.work = Work()
            return Answer((_sorry(context),), context.session.rested())


def _sorry(context: Context) -> Reply:
    return context.reply(
        context.say("Sorry, something went wrong here. Please try again, or write: menu")
    )


def _with_list(answer: Answer, now: datetime) -> Session:
    """The session remembers the last list shown, so that its numbers can be typed."""
    shown = next((reply.choices for reply in reversed(answer.replies) if reply.choices), None)
    if shown is None:
        return answer.session
    return replace(answer.session, choices=shown, shown_at=now)
