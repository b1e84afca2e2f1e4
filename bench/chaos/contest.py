"""A contest under way: people who go on answering, and whether each answer that was acknowledged
counts once in the result."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bench.contest_house import LENGTH, OPTIONS, Player, code_of, frozen, letters, seat
from bot.contests import CLOSED, UNANSWERED, Round
from bot.store import Store
from bot.store.contest_records import NewRound
from bot.store.contests import Result
from tests.fakes.telegram import FakeTelegram

# The clock of a fault may jump an hour back and more than a day on.
_OPEN_FOR = (timedelta(hours=3), timedelta(days=8))
_CLOSED_WITHIN = 60.0


class Play:
    """One person's answers so far, as they were acknowledged."""

    def __init__(self, one: Player) -> None:
        self.one = one
        self.given = [UNANSWERED] * LENGTH
        self.taps = 0
        self._next = 0

    def tap(self, chance: random.Random) -> str:
        """The next question in turn, again and again: two taps that are on their way at once
        concern two questions, so that it is known which answer is the last."""
        self._next += 1
        return self.one.value(self._next % LENGTH, chance.randrange(OPTIONS))

    def note(self, value: str) -> None:
        """That tap was acknowledged."""
        _, _, _, at, option = value.split(":")
        self.given[int(at)] = option
        self.taps += 1


async def begin_round(store: Store, players: int) -> tuple[Round, Sequence[Play]]:
    """An open round, and so many people inside an attempt. Nobody else is in the store yet."""
    now = datetime.now(UTC)
    span = (now - _OPEN_FOR[0], now + _OPEN_FOR[1])
    assert await store.contests.open(NewRound("bench", "week-1", *span, frozen()))
    one = await store.contests.named("bench", "week-1")
    assert one is not None
    return one, [Play(each) for each in await seat(store, one, players)]


async def faults_of_round(
    store: Store, telegram: FakeTelegram, one: Round, plays: Sequence[Play]
) -> list[str]:
    """What is wrong with the answers, with what came back, and with the result; closes the round.

    The process must be serving: it closes and ranks by itself.
    """
    kept = await letters(store)
    found = [
        f"attempt {play.one.number}: {kept[play.one.number]} instead of {''.join(play.given)}"
        for play in plays
        if kept[play.one.number] != "".join(play.given)
    ]
    found += _unheard(telegram, plays)
    if not await store.contests.move_end(one, datetime.now(UTC)):
        return [*found, "the round's end could not be moved"]
    if not await _until_closed(store, one):
        return [*found, "the round was not closed"]
    return found + _compared(one, plays, await store.contests.results(one))


def _unheard(telegram: FakeTelegram, plays: Sequence[Play]) -> list[str]:
    """Each tap on Telegram has its answer: a message, or another text in its place."""
    heard = Counter(str(sent.chat) for sent in (*telegram.sent, *telegram.edits))
    return [
        f"player {play.one.number} got {heard[play.one.address]} answers to {play.taps} taps"
        for play in plays
        if play.one.channel == "telegram" and heard[play.one.address] < play.taps
    ]


async def _until_closed(store: Store, one: Round) -> bool:
    for _ in range(int(_CLOSED_WITHIN / 0.1)):
        found = await store.contests.round(one.id)
        if found is not None and found.state == CLOSED:
            return True
        await asyncio.sleep(0.1)
    return False


def _compared(one: Round, plays: Sequence[Play], results: Sequence[Result]) -> list[str]:
    """Points are counted here by the bank itself, not by what ranks."""
    given = {code_of(play.one.number): play.given for play in plays}
    wanted = {}
    for each in results:
        right = [str(one.frozen.questions[index].answer) for index in each.drawn]
        pairs = zip(given.get(each.code, ()), right, strict=False)
        wanted[each.code] = sum(had == want for had, want in pairs)
    found = []
    if sorted(given) != sorted(each.code for each in results):
        found.append(f"{len(results)} entries of {len(plays)}")
    if wrong := [each.code for each in results if each.points != wanted[each.code]]:
        found.append(f"other points than the taps say: {wrong}")
    return found
