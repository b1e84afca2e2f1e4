"""The table of faults: what is done to the bot under load, on which database, what is allowed."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.chaos import disk, postgres, standby
from bench.chaos.databases import lock_database
from bench.chaos.scene import Scene
from bot.broadcast import AT_ONCE
from tests.fakes.faults import Fault

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)
_MANY = 100_000


@dataclass(frozen=True)
class Hazard:
    """One line of the table. What is allowed: answers said twice, recipients uncertain, words
    answered in another order (where the platform itself posts them in another order)."""

    name: str
    what: str
    befalls: Callable[[Scene], Awaitable[None]]
    on: tuple[str, ...] = BOTH
    may_double: bool = False
    may_be_uncertain: int = 0
    keeps_order: bool = True
    # "disk": a small one of its own, "names": a name server to be broken, "clock", "standby"
    needs: str = ""


async def _terminated(scene: Scene) -> None:
    """Asked to stop with a platform that is quick, and again with one that does not answer."""
    slowest = 0.0
    for seconds in (0.05, 30.0):
        scene.befall([Fault(seconds=seconds, delivers=True)] * 500)
        await scene.lasts(3)
        began = time.monotonic()
        code = await scene.process.stop()
        slowest = max(slowest, time.monotonic() - began)
        if code:
            scene.found.append(f"asked to stop it ended with {code}")
        scene.spare()
        await scene.process.start()
        await scene.lasts(3)
    scene.figures["drained in"] = slowest
    if slowest > 10:
        scene.found.append(f"it needed {slowest:.1f} s to end")


async def _calm(scene: Scene) -> None:
    await scene.lasts(10)


async def _locked(scene: Scene) -> None:
    async with lock_database(scene.base):
        await scene.lasts(20)


async def _down(scene: Scene) -> None:
    """Nobody listens there, for longer than the longest pause between two tries."""
    ports = [int(fake.base.rpartition(":")[2]) for fake in (scene.telegram, scene.zalo)]
    await asyncio.gather(scene.telegram.stop(), scene.zalo.stop())
    scene.crowd.pause *= 4
    await scene.lasts(150)
    await scene.telegram.start(ports[0])
    await scene.zalo.start(ports[1])


async def _broken(scene: Scene) -> None:
    """A gateway says 502 for a while: nobody knows whether it took the message."""
    scene.befall([Fault(code=502, body="<html>Bad Gateway</html>")] * _MANY)
    scene.crowd.pause *= 4
    await scene.lasts(60)
    scene.spare()


async def _throttled(scene: Scene) -> None:
    chance = random.Random(4)
    scene.befall([Fault(retry_after=chance.randint(1, 3)) for _ in range(_MANY)])
    await scene.lasts(20)
    scene.spare()
    chance = random.Random(5)
    waits = chance.choices((0, 1, 2), (6, 3, 1), k=2000)  # it goes on with every third
    scene.befall([Fault(retry_after=wait) for wait in waits])
    await scene.lasts(15)
    scene.spare()


async def _cut(scene: Scene) -> None:
    """Cut before and after the message was taken, slow, and broken answers, all mixed."""
    bad = (
        Fault(cuts=True), Fault(cuts=True, delivers=True), Fault(seconds=2.0, delivers=True),
        Fault(code=502, body="<html>Bad Gateway</html>"), Fault(is_empty=True, delivers=True),
    )  # fmt: skip
    chance = random.Random(6)
    scene.befall(chance.choices((Fault(), *bad), (80, 3, 3, 10, 2, 2), k=4000))
    await scene.lasts(30)
    scene.spare()


async def _repeated(scene: Scene) -> None:
    scene.crowd.repeats = scene.crowd.swaps = True
    await scene.lasts(25)
    scene.crowd.repeats = scene.crowd.swaps = False
    await scene.lasts(5)


async def _reordered(scene: Scene) -> None:
    """What each said second is posted first, and all are held up for moments of different length:
    so the posts of different people change places too."""
    scene.crowd.lags = True
    await scene.lasts(30)
    scene.crowd.lags = False
    await scene.lasts(5)


async def _expired(scene: Scene) -> None:
    """Access tokens die under load, and the host that gives new ones is slow and at times ill."""
    scene.zalo.oauth_delay = 1.0
    for round_ in range(5):
        if round_ % 2:
            scene.zalo.faults["/v4/oa/access_token"].append(Fault(code=503, body="busy"))
        scene.zalo._access.clear()
        await scene.lasts(6)
    scene.zalo.oauth_delay = 0.0
    if len(scene.zalo.spent) != len(set(scene.zalo.spent)):
        scene.found.append("a refresh token was spent twice")
    scene.figures["refreshes"] = len(scene.zalo.spent)


async def _unnamed(scene: Scene) -> None:
    """The name server says that it cannot, then nothing at all; with a start meanwhile, so that no
    connection of before is left."""
    assert scene.names is not None
    scene.crowd.pause *= 2
    scene.names.mood = "ill"
    await scene.lasts(15)
    await scene.process.stop()
    await scene.process.start()
    await scene.lasts(10)
    scene.names.mood = "silent"  # the system's resolver gives up after ten seconds
    await scene.lasts(40)
    scene.names.mood = "well"


async def _jumped(scene: Scene) -> None:
    """An hour back, two hours on, a day on: the clock of the machine, not of the database."""
    clock = scene.process.clock  # type: ignore[attr-defined]
    for hours in (-1, 1, 25):
        clock.hours = hours
        await scene.write_to_all()
        await scene.lasts(6)


HAZARDS = {
    one.name: one
    for one in (
        Hazard("calm", "nothing, for comparison", _calm),
        Hazard("sigterm", "SIGTERM under load; the platform quick, then silent", _terminated,
               may_double=True, may_be_uncertain=2 * AT_ONCE),
        Hazard("locked", "another connection locks the database for 20 s", _locked),
        Hazard("down", "both platforms refuse connections for 150 s", _down,
               may_double=True, may_be_uncertain=AT_ONCE),
        Hazard("gateway", "both platforms answer 502 for 60 s", _broken, may_double=True,
               may_be_uncertain=_MANY),
        Hazard("throttled", "429 to everything for 20 s, then to every third", _throttled),
        Hazard("cut", "every fifth call cut before or after it was taken, slow, 502 or empty",
               _cut, may_double=True, may_be_uncertain=_MANY),
        Hazard("repeated", "webhooks twice at once, again later, in reversed order", _repeated,
               keeps_order=False),
        Hazard("reordered", "webhooks of one person and of many change places", _reordered),
        Hazard("postgres-restarted", "PostgreSQL restarted twice, all connections cut once",
               postgres.restarted, (POSTGRESQL,)),
        Hazard("postgres-killed", "PostgreSQL killed with kill -9, 5 s later started again",
               postgres.killed, (POSTGRESQL,)),
        Hazard("failover", "PostgreSQL hangs, dies, and its standby takes over under its address",
               standby.failed_over, (POSTGRESQL,), needs="standby"),
        Hazard("full", "the disk is full for 15 s", disk.full, (SQLITE,), needs="disk"),
        Hazard("read-only", "the database's files become read-only for 15 s", disk.read_only,
               (SQLITE,)),
        Hazard("token", "Zalo's access token dies five times; new ones come slowly", _expired),
        Hazard("clock", "the clock jumps an hour back, two on, a day on", _jumped, needs="clock"),
        Hazard("names", "DNS is ill for 25 s and silent for 40 s, with a start meanwhile", _unnamed,
               may_double=True, needs="names"),  # it is stopped while calls are under way
    )
}  # fmt: skip
