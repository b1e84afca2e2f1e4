"""What one event is answered: loaded, chosen by its handler, finished in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from bot import metrics
from bot.model import Answer, Parcel, Person, Reply, Session
from bot.routing import Context, Route, Router, Services
from bot.store import Pending, Store, Stored, Work, outage_of

_log = logging.getLogger(__name__)
# An event that was being answered at so many crashes is taken for their cause.
MAX_STARTS = 10
# How many of the messages that waited for somebody they are given at their next contact.
HANDED_AT_MOST = 5

# Makes the reply for a parcel in a language, or None when it is not to be sent any more.
Render = Callable[[Parcel, str | None, date], Reply | None]
# Whether more of that person waits for an answer, after listening for some seconds.
MoreFollow = Callable[[Stored, float], Awaitable[bool]]
Waited = tuple[tuple[int, Reply | None], ...]


class Choosing:
    """Answers one event; it sends nothing, and keeps no order."""

    def __init__(
        self,
        store: Store,
        routes: tuple[Route, ...],
        services: Services,
        render: Render,
        clock: Callable[[], datetime],
        more_follow: MoreFollow,
    ) -> None:
        self._store = store
        self._render = render
        self._router = Router(routes, services.languages)
        self._services = services
        self._clock = clock
        self._more_follow = more_follow

    async def answer(self, stored: Stored) -> tuple[Pending, ...]:
        """What is to be said now. Raises AlreadyDone, OthersFirst, and whatever the store does."""
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
        """What waited for this contact, newest first; the expired, the too many and what waited
        twice (at two chats that have been joined since) are dropped."""
        found = await self._store.waiting(context.person, stored.address_id)
        alive: list[tuple[int, Reply | None]] = []
        dropped: list[tuple[int, Reply | None]] = []
        met: set[Parcel | None] = {None}
        for number, parcel in found:
            is_new = parcel not in met
            met.add(parcel)
            made = (
                self._render(parcel, context.say.tag, context.today) if parcel and is_new else None
            )
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
        """The handler's answer; where it fails, one sorry-sentence and none of its effects.

        Raises what the database does.
        """
        if stored.starts >= MAX_STARTS:
            _log.error("event %d was open at %d crashes and is given up", stored.id, stored.starts)
            return Answer((_sorry(context),), context.session.rested())
        try:
            handler, argument = self._router.find(stored.event, context.session, context.now)
            context.argument = argument
            return await handler(stored.event, context)
        except Exception as error:
            if outage_of(error):  # it is answered when the database is well: what was
                raise  # acknowledged, such as an answer in a contest, must have its effect
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
