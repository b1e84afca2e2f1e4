"""What must hold of each answer that the bot gives to somebody who walks through it at random."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import select

from bot.app import App
from bot.model import Address, Choice, Event, Reply, Session
from bot.store import Officer, Pending, schema
from tests.walk_parts import Clock, Faults, Platform, Visits, Watched, fits

_SORRY = "Sorry, something went wrong here. Please try again, or write: menu"
_UNKNOWN = (
    "I do not know this command. Here is what I can do.",
    "That button is from an older message. Here is what I can do now.",
    "There is no such number in the last list. Here is the menu.",
)


@dataclass
class Walker:
    """One address with what was last shown there. `office` may be taken away meanwhile."""

    address: Address
    office: Officer | None = None
    holds_office: bool = False
    language: str = "vi"
    choices: tuple[Choice, ...] = ()
    session: Session = field(default_factory=Session)
    last: Event | None = None
    errand: str = ""  # the kinds of buttons that they follow for a while


class Watch:
    """A bot that is asked, and what must hold of its answers; `trace` tells how it came."""

    def __init__(self, bot: App, clock: Clock, seed: int, visits: Visits, picture: bytes) -> None:
        self.bot = bot
        self.clock = clock
        self.dice = Random(seed)
        self.visits = visits
        self.languages = bot._services.languages
        self.router = Watched(self.languages, visits)
        bot.conversation._choosing._router = self.router
        bot._web._sent_along["walk"] = picture
        channels = bot.outbox.channels
        assert isinstance(channels, dict)
        for name in ("telegram", "zalo-bot", "zalo-oa"):
            channels[name] = Platform(name, self.dice, self.languages, picture)
            setattr(bot, f"_{name.replace('-', '_')}", channels[name])
            bot.bulk._slices[name] = asyncio.Lock()
        self.values: deque[str] = deque(maxlen=400)
        self.codes: deque[str] = deque(maxlen=60)
        self.trace: deque[str] = deque(maxlen=60)
        self.faults = Faults()
        self._sorry = self._in_all(_SORRY)
        self.unknown = set[str]().union(*(self._in_all(one) for one in _UNKNOWN))
        self.menus = self._in_all("Menu")
        self._erased = self._in_all("Erased")
        self._events = 0

    def _in_all(self, text: str) -> set[str]:
        return {self.languages.voice(tag)(text) for tag in self.languages.tags}

    async def says(self, one: Walker, **what: object) -> list[Reply]:
        """The answer to it, for which all that must hold of an answer holds."""
        event = self._event(one, **what)
        shown = event.choice or event.text or str(event.attachment or event.contact)
        before, is_held = one.session, one.holds_office
        self.trace.append(f"{one.address.channel}{' *' if is_held else ''} {before.state}: {shown}")
        pending = await self.bot.conversation.converse(event)
        one.last = event
        replies = [each.reply for each in pending]
        self.trace.append(f"    {self.router.taken.kind} {self.router.taken.name} -> "
                          f"{[(r.title or r.body)[:60] for r in replies]}")  # fmt: skip
        assert replies, "silence"
        for each in pending:
            self._look_at(each)
        self.hold()
        await self.bot.store.forget_replies(*(each.id for each in pending))
        await self._remember(one, event, replies)
        if replies[0].title in self._erased:  # whoever they were, nothing is known of them
            one.holds_office, one.last = False, None
        else:
            assert one.choices or one.session.state, "a dead end"
        return replies

    def ended(self) -> None:
        """An office is gone from a chat: what was shown there before may be known no more."""

    def _look_at(self, pending: Pending) -> None:
        reply = pending.reply
        assert reply.body not in self._sorry, "something went wrong"
        fits(reply, self.languages, is_unasked=pending.is_unasked)

    def hold(self) -> None:
        assert not self.faults.found, self.faults.found[0]

    async def _remember(self, one: Walker, event: Event, replies: list[Reply]) -> None:
        asking = [reply.choices for reply in replies if reply.choices]
        one.choices = asking[-1] if asking else ()
        self.values.extend(choice.value for choice in one.choices)
        for reply in replies:
            self.codes.extend(re.findall(r"\b(?:[uil]_[A-Za-z0-9_.-]{4,40})", reply.body))
            self.codes.extend(re.findall(r"/case [A-Z0-9-]{14}", reply.body))
        one.session = await self._session(one)
        if re.match(r"office:.*:end|unlink:|link:|erase:", event.choice or event.text.lstrip("#")):
            self.ended()

    async def _session(self, one: Walker) -> Session:
        """The session as the next event will find it."""
        table, address = schema.session, schema.address.c
        query = select(table.c.sealed).join(schema.address, address.id == table.c.address_id)
        query = query.where(address.channel == one.address.channel)
        query = query.where(address.address == one.address.address)
        sealed = await self.bot.store._reads.run(lambda c: c.execute(query).scalar_one_or_none())
        return self.bot.store._codecs.session.read(sealed) if sealed else Session()

    def _event(self, one: Walker, **what: object) -> Event:
        self._events += 1
        given = {"language": one.language, **what}
        return Event(f"walk-{self._events}", one.address, **given)  # type: ignore[arg-type]
