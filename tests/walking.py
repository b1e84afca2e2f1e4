"""Somebody who walks through the bot at random."""

from __future__ import annotations

from datetime import timedelta

from bot.model import Attachment, Choice, Contact
from handlers import ROUTES
from tests import walk_words
from tests.walk_holding import Walker, Watch
from tests.walk_parts import gives_up, kind_of, shape_of

COMMANDS = tuple(route.name for route in ROUTES if route.kind == "command")
ACTIONS = tuple(route.name for route in ROUTES if route.kind == "action")


class Walk(Watch):
    """Several walkers in one bot. Each step asserts what must hold."""

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
            (self._leave, 0.3), (self._office, 0.7), (self._wait, 2), (self._errand, 14),
        )  # fmt: skip
        if one.session.state and self.dice.random() < 0.92:  # else no dialogue comes to its end
            ways = (self._fitting, self._go_on, self._tap, self._picture)
            is_asked = walk_words.is_asked_in_words(one.session.state)
            await self.dice.choices(ways, (64, 18, 4, 8) if is_asked else (12, 76, 4, 8))[0](one)
            return
        if one.errand and self.dice.random() < 0.85:
            await self._follow(one)
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
            chosen = min(one.choices, key=lambda c: self.visits.taps[shape_of(c.value)])
        await self._taps(one, chosen)

    async def _taps(self, one: Walker, chosen: Choice) -> None:
        self.visits.taps[shape_of(chosen.value)] += 1
        heard = await self.says(one, choice=chosen.value)
        told = [reply.body for reply in heard if reply.body in self.unknown]
        assert not told, f"a choice just shown is not known: {chosen}"

    async def _errand(self, one: Walker) -> None:
        """They set out for something that lies deep, as if by a button kept from before."""
        taps, is_held = self.visits.taps, one.holds_office
        value, one.errand = walk_words.errand(taps, self.dice, holds_office=is_held)
        if value.startswith("/"):
            await self.says(one, text=value)
        else:
            await self.says(one, choice=value)

    async def _follow(self, one: Walker) -> None:
        """A button of the errand's kind if there is one; now and then they have had enough."""
        kinds = one.errand
        leads = any(kind_of(choice.value) in kinds.split() for choice in one.choices)
        if not leads or self.dice.random() < 0.06:
            one.errand = ""
        await (self.tap_of(one, kinds) if leads else self._tap(one))

    async def _go_on(self, one: Walker) -> None:
        """A button of the dialogue that is open, but for those that end it."""
        kind = one.session.state.partition(".")[0]
        if any(kind_of(choice.value) == kind for choice in one.choices):
            await self.tap_of(one, kind)
        else:
            await self._fitting(one)

    async def tap_of(self, one: Walker, kinds: str, most: int = 1) -> None:
        """So many times the seldomest button of those kinds; what gives up comes last."""
        for _ in range(most):
            fitting = [choice for choice in one.choices if kind_of(choice.value) in kinds.split()]
            if not fitting:
                return
            is_last = self.dice.random() < 0.9
            seldom = min(fitting, key=lambda choice: (
                is_last and gives_up(choice.value), self.visits.taps[shape_of(choice.value)]
            ))  # fmt: skip
            await self._taps(one, seldom)

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
        shown = self.dice.choice(self.values) if self.values else ""
        if any(letter.isdigit() for letter in shown) and self.dice.random() < 0.5:
            await self.says(one, choice=walk_words.with_another_number(shown, self.dice))
        else:
            await self.says(one, choice=walk_words.odd_value(ACTIONS, self.dice))

    async def _menu(self, one: Walker) -> None:
        """From wherever they are the menu gets them out."""
        heard = await self.says(one, text="/menu")
        assert heard[0].title in self.menus, "the menu does not open"
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

    def ended(self) -> None:
        for one in self.walkers:
            if one is not self.walking:
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
        self.hold()
