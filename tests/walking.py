"""Somebody who walks through the bot at random, and what must hold at each of their steps."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sqlalchemy import select

from bot.app import App
from bot.model import Address, Attachment, Choice, Contact, Event, Reply, Session
from bot.store import Officer, Pending, schema
from handlers import ROUTES
from tests import walk_words
from tests.walk_parts import Clock, Faults, Platform, Visits, Watched, fits

_SORRY = "Sorry, something went wrong here. Please try again, or write: menu"
_UNKNOWN = (
    "I do not know this command. Here is what I can do.",
    "That button is from an older message. Here is what I can do now.",
    "There is no such number in the last list. Here is the menu.",
)
COMMANDS = tuple(route.name for route in ROUTES if route.kind == "command")
ACTIONS = tuple(route.name for route in ROUTES if route.kind == "action")


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


class Walk:
    """Several walkers in one bot. Each step asserts what must hold; `trace` tells how it came."""

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
            channels[name] = Platform(name, self.dice, self.languages)
            bot.bulk._slices[name] = asyncio.Lock()
        self.values: deque[str] = deque(maxlen=400)
        self.codes: deque[str] = deque(maxlen=60)
        self.trace: deque[str] = deque(maxlen=60)
        self.faults = Faults()
        self._sorry = self._in_all(_SORRY)
        self._unknown = set[str]().union(*(self._in_all(one) for one in _UNKNOWN))
        self._menus = self._in_all("Menu")
        self._erased = self._in_all("Erased")
        self._events = 0

    def _in_all(self, text: str) -> set[str]:
        return {self.languages.voice(tag)(text) for tag in self.languages.tags}

    def begin(self, walkers: list[Walker]) -> None:
        self.walkers = walkers
        self.walking = walkers[0]

    async def step(self) -> None:
        """One thing done by one of the walkers, or by the time that passes."""
        self.visits.steps += 1
        if self.dice.random() < 0.15:
            self.walking = self.dice.choice(self.walkers)
        one = self.walking
        kinds = (
            (self._tap, 70), (self._number, 6), (self._slash, 8), (self._plain, 4),
            (self._fitting, 18), (self._odd, 4), (self._picture, 1.5), (self._forward, 1),
            (self._old, 5), (self._made_up, 3), (self._menu, 2), (self._again, 1),
            (self._leave, 0.3), (self._office, 0.7), (self._wait, 3),
        )  # fmt: skip
        if one.session.state and self.dice.random() < 0.7:  # else no dialogue would come to its end
            ways = (self._fitting, self._tap, self._picture)
            await self.dice.choices(ways, (64, 30, 6))[0](one)
            return
        chosen = self.dice.choices([kind for kind, _ in kinds], [share for _, share in kinds])[0]
        await chosen(one)

    # What they do ---------------------------------------------------------------------------------

    async def _tap(self, one: Walker) -> None:
        """A choice of those just shown, mostly one that was seldom tapped; it must be known."""
        if not one.choices:
            await self._menu(one)
            return
        chosen = self.dice.choice(one.choices)
        if self.dice.random() < 0.8:
            chosen = min(one.choices, key=lambda c: self.visits.taps[_shape(c.value)])
        self.visits.taps[_shape(chosen.value)] += 1
        heard = await self.says(one, choice=chosen.value)
        told = [reply.body for reply in heard if reply.body in self._unknown]
        assert not told, f"a choice just shown is not known: {chosen}"

    async def _number(self, one: Walker) -> None:
        await self.says(one, text=str(self.dice.randrange(0, 10)))

    async def _slash(self, one: Walker) -> None:
        if self.codes and self.dice.random() < 0.2:
            await self.says(one, text=self.dice.choice(self.codes))
        else:
            await self.says(one, text=walk_words.slash_word(COMMANDS, self.dice))

    async def _plain(self, one: Walker) -> None:
        await self.says(one, text=self.dice.choice(walk_words.PLAIN))

    async def _fitting(self, one: Walker) -> None:
        if one.session.state == "draft.picture":
            await self._picture(one)
            return
        day = self.clock().date()
        await self.says(one, text=walk_words.words_for(one.session.state, self.dice, day))

    async def _odd(self, one: Walker) -> None:
        await self.says(one, text=walk_words.odd_words(self.dice))

    async def _picture(self, one: Walker) -> None:
        kinds = (Attachment("picture", handle="walk"), Attachment("picture", handle="gone"),
                 Attachment("file"), Attachment("picture", problem="too-large"))  # fmt: skip
        sent = self.dice.choice(kinds)
        await self.says(one, text=self.dice.choice(("", "xem")), attachment=sent)

    async def _forward(self, one: Walker) -> None:
        await self.says(one, text="Tin chuyển tiếp: nghỉ việc mất bảo hiểm", is_forwarded=True)

    async def _old(self, one: Walker) -> None:
        """Any button that anybody was ever shown, tapped or typed."""
        if self.values:
            value = self.dice.choice(self.values)
            if self.dice.random() < 0.5:
                await self.says(one, choice=value, tapped=self.dice.choice((0, 1, 77)))
            else:
                await self.says(one, text=f"#{value}")

    async def _made_up(self, one: Walker) -> None:
        await self.says(one, choice=walk_words.odd_value(ACTIONS, self.dice))

    async def _menu(self, one: Walker) -> None:
        """From wherever they are the menu gets them out."""
        heard = await self.says(one, text="/menu")
        assert heard[0].title in self._menus, "the menu does not open"
        assert not one.session.state, "the menu does not end the dialogue"
        assert one.choices

    async def _again(self, one: Walker) -> None:
        """The platform says it once more: nothing is said a second time that was said."""
        if one.last is not None:
            assert await self.bot.conversation.converse(one.last) == ()

    async def _leave(self, one: Walker) -> None:
        """They block the bot, which is answered by silence, and come back."""
        assert await self.bot.conversation.converse(self._event(one, blocked=True)) == ()
        await self.says(one, contact=Contact(self.clock(), "follow"))

    async def _office(self, one: Walker) -> None:
        """The right is taken away while they are in the middle, and given again later."""
        if one.office is None:
            return
        if one.holds_office:
            await self.bot.store.officers.remove(one.address, self.clock())
            one.holds_office = False
        else:
            one.holds_office = await self.bot.store.officers.add(one.office, self.clock())
        one.choices = ()

    async def _wait(self, _: Walker) -> None:
        """Time passes, and what runs by itself has its turn."""
        minutes = self.dice.choice((1, 6, 20, 70, 300, 1500))
        self.clock.now += timedelta(minutes=minutes)
        self.trace.append(f"… {minutes} minutes")
        await self.live()

    async def live(self) -> None:
        bot, now = self.bot, self.clock()
        await bot.rounds.look(now)
        await bot.bulk.launch_due()
        for name in bot.outbox.channels:
            await bot.bulk.send_on(name)
        await bot.bulk.launch_due()
        await bot.scheduler.tick(now)
        await bot.senders.send_ripe(self.clock)
        await bot.answering.keep_promises()
        await bot.answering.send_ripe()
        await bot.store.tidy(now)
        await bot.store.organisation.follow(bot.structure)
        await bot.store.campaigns.follow(bot._services.campaigns)
        await bot.upkeep._follow_checks()
        for one in self.walkers:  # an old list, and perhaps a button of what is over
            one.choices = ()
        self._hold()

    # What must hold -------------------------------------------------------------------------------

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
        self._hold()
        await self.bot.store.forget_replies(*(each.id for each in pending))
        await self._remember(one, event, replies)
        if replies[0].title in self._erased:  # whoever they were, nothing is known of them
            one.holds_office, one.last = False, None
        else:
            assert one.choices or one.session.state, "a dead end"
        return replies

    def _look_at(self, pending: Pending) -> None:
        reply = pending.reply
        assert reply.body not in self._sorry, "something went wrong"
        fits(reply, self.languages, is_unasked=pending.is_unasked)

    def _hold(self) -> None:
        assert not self.faults.found, self.faults.found[0]

    async def _remember(self, one: Walker, event: Event, replies: list[Reply]) -> None:
        asking = [reply.choices for reply in replies if reply.choices]
        one.choices = asking[-1] if asking else ()
        self.values.extend(choice.value for choice in one.choices)
        for reply in replies:
            self.codes.extend(re.findall(r"\b(?:[uil]_[A-Za-z0-9_.-]{4,40})", reply.body))
            self.codes.extend(re.findall(r"/case [A-Z0-9-]{14}", reply.body))
        one.session = await self._session(one)

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


def _shape(value: str) -> str:
    """A choice's value without the numbers and codes in it."""
    return re.sub(r"[A-Z0-9]{2,}[-A-Z0-9]*|\d+", "#", value)
