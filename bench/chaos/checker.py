"""What is wrong after a fault: the database beside what the platforms have got."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select, update

from bench.chaos.contest import faults_of_round
from bench.chaos.crowd import TITLE_PART, Talk
from bench.chaos.fleet import arrived, faults_of
from bench.chaos.scene import FIRST_REPORTER, Scene
from bot.store import schema
from tests.desking import REASONS
from tests.fakes.telegram import TOKEN
from tests.fakes.zalo_oa import APP_SECRET, OA_SECRET

_ANSWERED_WITHIN = 150.0


async def check(scene: Scene, *, may_double: bool, keeps_order: bool) -> list[str]:
    """What was promised and not kept; fills the scene's figures."""
    found = list(scene.found)
    if not await _nothing_is_open(scene):
        found.append(f"still open: {await _left(scene)}")
    talks = [talk for talk in scene.crowd.talks if talk.play is None]
    found += [fault for talk in talks for fault in _of_talk(scene, talk, keeps_order)]
    found += await _effects(scene)
    for one in scene.campaigns:
        found += await faults_of(scene.store, scene.telegram, one)
        tally = await scene.store.campaigns.tally(one.number)
        scene.figures["campaign uncertain"] = tally["uncertain"]
    found += await _of_desk(scene)
    found += await faults_of_round(scene.store, scene.telegram, scene.round, scene.plays)
    found += await _of_process(scene)
    _count(scene)
    if scene.figures["doubled"] and not may_double:
        found.append(f"{scene.figures['doubled']:.0f} answers were said twice")
    return found


async def _nothing_is_open(scene: Scene) -> bool:
    end = time.monotonic() + _ANSWERED_WITHIN
    while any(await _left(scene)):
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.1)
    return True


async def _left(scene: Scene) -> tuple[int, int]:
    """Events not answered, and answers not said. What pages have seen is forgotten."""

    def read(connection: Connection) -> tuple[int, int]:
        events = select(func.count()).where(schema.event.c.done_at.is_(None))
        replies = select(func.count()).select_from(schema.reply)
        return connection.execute(events).scalar_one(), connection.execute(replies).scalar_one()

    return await scene.store._reads.run(read)


def heard_by(scene: Scene, talk: Talk) -> list[tuple[float, str]]:
    """What one person got, with the moment of each."""
    if talk.channel == "telegram":
        return [(sent.at, sent.text) for sent in scene.telegram.to(int(talk.who))]
    if talk.channel == "zalo-oa":
        return [(sent.at, sent.text) for sent in scene.zalo.to(talk.who)]
    return talk.heard


def _of_talk(scene: Scene, talk: Talk, keeps_order: bool) -> list[str]:
    """Every acknowledged word was answered, in the order in which they were acknowledged."""
    heard = [text for _, text in heard_by(scene, talk)]
    firsts = {w: next((n for n, t in enumerate(heard) if w in t), -1) for w in talk.words}
    found = []
    if lost := [word for word, first in firsts.items() if first < 0]:
        found.append(f"{talk.channel} {talk.who} had no answer to {lost}")
    elif keeps_order and sorted(firsts.values()) != list(firsts.values()):
        found.append(f"{talk.channel} {talk.who} was answered out of order")
    articles = sum(TITLE_PART in text for text in heard)
    if articles < talk.taps:
        found.append(f"{talk.channel} {talk.who} got {articles} of {talk.taps} articles")
    return found


async def _effects(scene: Scene) -> list[str]:
    """Each tap counts as one reading, however often it came."""
    reading = select(func.coalesce(func.sum(schema.reading.c.count), 0))
    counted = await scene.store._reads.run(lambda c: c.execute(reading).scalar_one())
    taps = scene.extra_taps + sum(talk.taps for talk in scene.crowd.talks)
    return [] if counted == taps else [f"{counted} readings of {taps} taps"]


async def _of_desk(scene: Scene) -> list[str]:
    """Who reported was told once; who may have been told is uncertain."""
    states = await _settled(scene)
    reporters = range(FIRST_REPORTER, FIRST_REPORTER + scene.size.reporters)
    chats = [s.chat for s in scene.telegram.sent if REASONS["vi"] in s.text]
    told = Counter(chat for chat in chats if chat in reporters)
    faults = {
        "told twice": any(copies > 1 for copies in told.values()),
        "not told": len(told) < states["sent"],
        "too uncertain at the desk": states["uncertain"] > scene.campaigns[0].may_be_uncertain,
        "missing at the desk": states.total() != len(reporters),
        "not settled at the desk": bool(states["queued"] + states["sending"]),
    }
    scene.figures["desk uncertain"] = states["uncertain"]
    return [f"{name}: {dict(states)}" for name, is_so in faults.items() if is_so]


async def _settled(scene: Scene) -> Counter[str]:
    """What was going out when the process ended has a lease of minutes: they are over here."""
    states = Counter[str]()
    for number in range(600):
        states = await _states(scene)
        if not states["queued"] + states["sending"]:
            break
        if number == 100:
            await _end_leases(scene)
        await asyncio.sleep(0.1)
    return states


async def _end_leases(scene: Scene) -> None:
    message = schema.report_message.c
    late = update(schema.report_message).where(message.state == "sending")
    over = late.values(lease_until=datetime(2020, 1, 1, tzinfo=UTC))
    await scene.store._writes.run(lambda c: c.execute(over).rowcount)


async def _states(scene: Scene) -> Counter[str]:
    message = schema.report_message.c
    query = select(message.state, func.count()).group_by(message.state)
    rows = await scene.store._reads.run(lambda c: c.execute(query).all())
    return Counter({row[0]: row[1] for row in rows})


async def _of_process(scene: Scene) -> list[str]:
    """It lives, says that it is well, ends in time, and its log holds no secret."""
    ready = ""
    for _ in range(200):
        ready = await scene.ready()
        if ready.startswith("200"):
            break
        await asyncio.sleep(0.1)
    found = [] if ready.startswith("200") else [f"not ready: {ready}"]
    began = time.monotonic()
    code = await scene.process.stop()
    if code or time.monotonic() - began > 10:
        found.append(f"it ended with {code} after {time.monotonic() - began:.1f} s")
    log = scene.process.log.read_text() if scene.process.log.exists() else ""
    if any(secret in log for secret in (TOKEN, OA_SECRET, APP_SECRET)):
        found.append("a secret stands in the log")
    return found


def _count(scene: Scene) -> None:
    """The figures of the table."""
    doubled, slowest, asked = 0, 0.0, 0
    for talk in scene.crowd.talks:
        heard = heard_by(scene, talk)
        asked += len(talk.words) + talk.taps + (talk.play.taps if talk.play else 0)
        for word in talk.words:
            moments = [at for at, text in heard if word in text]
            doubled += len(moments) > 1
            if moments:
                slowest = max(slowest, moments[0] - talk.acknowledged_at[word])
    twice = [n for one in scene.campaigns for n in arrived(scene.telegram, one).values() if n > 1]
    refused = scene.crowd.statuses.total() - scene.crowd.statuses["200"]
    scene.figures |= {"acknowledged": asked, "not at once": refused, "slowest": slowest}
    scene.figures |= {"doubled": doubled, "campaign doubled": len(twice)}
