"""Answers of a contest while the processes that take them are killed; what is kept is the judge.

Each person follows a script. What was not acknowledged comes again, as platforms and browsers do;
some things come twice, some long after. At the end each attempt must be what its script says.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select, update

from bench.contest_house import LENGTH, OPTIONS, Player, code_of, letters
from bench.contest_load import cookie_header, post, secret_header, tap
from bench.wire import Wire
from bot.contests import CLOSED, UNANSWERED, Round
from bot.store import Store, schema
from tests.processes import Process

_ATTEMPT, _EVENT, _REPLY, _ADDRESS = (
    schema.attempt.c, schema.event.c, schema.reply.c, schema.address.c,
)  # fmt: skip
Arrived = Callable[[], Awaitable[Counter[int]]]
_CHANGED, _TWICE, _REPLAYED = 0.15, 0.25, 0.2  # how often a person does so
_HANDED_EARLY, _LATE = 0.15, 0.1  # how many people hand in on the way, or come too late at all


@dataclass
class Script:
    """What one person does: values of buttons in order. `late`: from that step on too late."""

    one: Player
    values: list[str]
    late: int

    def expected(self) -> str:
        """The answers that must stand in the end: a letter a question, a dot for none."""
        given = [UNANSWERED] * LENGTH
        for value in self.values[: self.late]:
            _, _, _, at, option = value.split(":")
            given[int(at)] = option
        return "".join(given)


def scripts_for(players: Sequence[Player], seed: int) -> list[Script]:
    """Some change answers, some hand in on the way and go on, some begin when time is up."""
    chance, found = random.Random(seed), []
    for one in players:
        values = []
        for at in chance.sample(range(LENGTH), chance.randrange(6, LENGTH + 1)):
            times = 2 if chance.random() < _CHANGED else 1
            values += [one.value(at, option) for option in chance.sample(range(OPTIONS), times)]
        late = len(values)
        lot = chance.random()
        if lot < _LATE:
            late = 0
        elif lot < _LATE + _HANDED_EARLY:
            late = chance.randrange(3, len(values))
            values.insert(late, f"try:{one.number}:yes")
        found.append(Script(one, values, late))
    return found


@dataclass
class Crowd:
    """All who play, and what they have done so far."""

    processes: Sequence[Process]
    chance: random.Random
    sent: Counter[int] = field(default_factory=Counter)  # different events, by person
    counts: Counter[str] = field(default_factory=Counter)
    pause: float = 0.2  # seconds between two steps of a person, on average

    async def play(self, script: Script) -> None:
        """Step by step: what counts is what was acknowledged before the next one began."""
        one, past = script.one, list[tuple[str, bytes]]()
        for step, value in enumerate(script.values):
            await asyncio.sleep(self.chance.uniform(0, 2 * self.pause))
            requests = [self.request(one, step, value, "a")]
            if self.chance.random() < _TWICE:  # a double tap: two events of one mind
                requests.append(self.request(one, step, value, "b"))
            self.sent[one.number] += len(requests)
            self.counts["double taps"] += len(requests) - 1
            self.counts["too late"] += step >= script.late
            replays = [self.chance.choice(past)] if past and self._likes(_REPLAYED) else []
            self.counts["replays"] += len(replays)
            await asyncio.gather(*(self.deliver(one, *each) for each in requests + replays))
            past += requests

    def _likes(self, share: float) -> bool:
        return self.chance.random() < share

    def request(self, one: Player, step: int, value: str, sign: str) -> tuple[str, bytes]:
        if one.channel == "web":
            return "/chat", post(value, f"{one.number}-{step}-{sign}")
        number = one.number * 1000 + 2 * step + (sign == "b")
        return "/telegram", tap(one, value, number)

    async def deliver(self, one: Player, path: str, body: bytes) -> None:
        """Until it is acknowledged, a new connection each time that the server was gone."""
        headers = cookie_header(one) if one.channel == "web" else secret_header()
        process = self.processes[(one.number // 2) % len(self.processes)]
        while True:
            wire = Wire(process.url, 1)
            try:
                status, _ = await wire.post(path, body, headers)
            except OSError:
                status = 0
            finally:
                wire.close()
            if status == 200:
                self.counts["acknowledged"] += 1
                return
            self.counts["delivered again"] += 1
            await asyncio.sleep(self.chance.uniform(0.05, 0.3))


# The run ------------------------------------------------------------------------------------------


async def measure_kills(
    store: Store, one: Round, crowd: Crowd, scripts: Sequence[Script], arrived: Arrived, kills: int
) -> list[str]:
    """What is wrong in the end. The processes must be running; `crowd.counts` tells what was done.

    `arrived` tells how many messages each chat of Telegram has got.
    """
    await store._writes.run(lambda c: _end_time(c, scripts))
    began = time.monotonic()
    playing = asyncio.gather(*(crowd.play(script) for script in scripts))
    while crowd.counts["kills"] < kills and not playing.done():
        await asyncio.sleep(crowd.chance.uniform(0.3, 1.5))
        victim = crowd.chance.choice(crowd.processes)
        await victim.kill()
        crowd.counts["kills"] += 1
        await victim.start()
    await playing
    faults = await _until_settled(store) + _compared(scripts, await letters(store))
    await _close_round(store, one)
    await _knock_afterwards(crowd, scripts)
    faults += await _until_settled(store) + _compared(scripts, await letters(store))
    faults += await _totals(store, one, crowd, scripts) + _said(crowd, scripts, await arrived())
    crowd.counts["seconds"] = round(time.monotonic() - began)
    return faults


def _end_time(connection: Connection, scripts: Sequence[Script]) -> None:
    """For who is too late from the first step on."""
    late = [script.one.number for script in scripts if script.late == 0]
    past = datetime.now(UTC) - timedelta(minutes=1)
    mine = update(schema.attempt).where(_ATTEMPT.id.in_(late))
    connection.execute(mine.values(ends_at=past))


async def _until_settled(store: Store) -> list[str]:
    """Returns when nothing is open any more; the pages' replies wait for their receipt."""
    open_events = select(func.count()).where(_EVENT.done_at.is_(None))
    replies = select(func.count()).select_from(
        schema.reply.join(schema.address, _ADDRESS.id == _REPLY.address_id)
    )
    unsaid = replies.where(_ADDRESS.channel == "telegram")
    for _ in range(600):
        left = await store._reads.run(
            lambda c: c.execute(open_events).scalar_one() + c.execute(unsaid).scalar_one()
        )
        if not left:
            return []
        await asyncio.sleep(0.05)
    return [f"{left} events or replies are still open"]


def _compared(scripts: Sequence[Script], kept: Mapping[int, str]) -> list[str]:
    return [
        f"attempt {script.one.number}: {kept[script.one.number]} instead of {script.expected()}"
        for script in scripts
        if kept[script.one.number] != script.expected()
    ]


async def _close_round(store: Store, one: Round) -> None:
    """Its time is over; the processes close and rank it by themselves."""
    assert await store.contests.move_end(one, datetime.now(UTC))
    for _ in range(600):
        found = await store.contests.round(one.id)
        if found is not None and found.state == CLOSED:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the round was not closed")


async def _knock_afterwards(crowd: Crowd, scripts: Sequence[Script]) -> None:
    """When all is over everybody answers once more."""
    for script in scripts:
        path, body = crowd.request(script.one, len(script.values), script.one.value(0, 3), "a")
        crowd.sent[script.one.number] += 1
        crowd.counts["too late"] += 1
        await crowd.deliver(script.one, path, body)


async def _totals(store: Store, one: Round, crowd: Crowd, scripts: Sequence[Script]) -> list[str]:
    """Events, entries, answers, points and ranks, each beside what the scripts say."""
    query = select(func.count()).select_from(schema.event)
    events = await store._reads.run(lambda c: c.execute(query).scalar_one())
    results, turnout = await store.contests.results(one), await store.contests.turnout(one)
    wanted = {code_of(script.one.number): script.expected() for script in scripts}
    points = {each.code: _points(one, each.drawn, wanted[each.code]) for each in results}
    order = sorted((-points[each.code], each.handed_at) for each in results)
    kept = sum(LENGTH - each.answers.count(UNANSWERED) for each in results)
    given = sum(LENGTH - answers.count(UNANSWERED) for answers in wanted.values())
    crowd.counts["answers kept"] = kept
    ranks = [each.rank for each in results]
    pairs: dict[str, tuple[object, object]] = {
        "events": (events, crowd.sent.total()),
        "answers": (kept, given),
        "points": ({each.code: each.points for each in results}, points),
        "ranks": (ranks, [1 + order.index((-points[r.code], r.handed_at)) for r in results]),
        "entries": (len(results), len(scripts)),
        "turnout": ((turnout.handed, turnout.people), (len(scripts), len(scripts))),
    }
    return [
        f"{name}: {had} instead of {want}" for name, (had, want) in pairs.items() if had != want
    ]


def _points(one: Round, drawn: Sequence[int], answers: str) -> int:
    """Counted by the bank itself, not by what ranks."""
    right = [str(one.frozen.questions[index].answer) for index in drawn]
    return sum(had == want for had, want in zip(answers, right, strict=True))


def _said(crowd: Crowd, scripts: Sequence[Script], arrived: Counter[int]) -> list[str]:
    """On Telegram each event was answered, some twice: those that were being said at a kill."""
    faults = []
    for one in (script.one for script in scripts if script.one.channel == "telegram"):
        more = arrived[int(one.address)] - crowd.sent[one.number]
        crowd.counts["answers said twice"] += max(more, 0)
        if more < 0:
            faults.append(f"chat {one.address}: {-more} events without an answer")
    return faults
