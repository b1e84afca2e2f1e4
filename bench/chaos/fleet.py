"""Processes that send a campaign and are killed meanwhile, and what is wrong with it afterwards."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import Connection, func, select, update

from bot.broadcast import AT_ONCE
from bot.campaigns import SCHEDULED, Campaign, Words
from bot.store import Seal, Store, schema
from tests.campaigning import MESSAGE, add_members
from tests.conftest import make_ready
from tests.fakes.faults import Fault
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.processes import Process, few_articles

_ARTICLE = "union-founding-day"
SECRET, HOOK = "the same in every process", "hook-secret"
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
        self.store = Store(database_url, Seal(SECRET))
        self.audience: Sequence[int] = ()
        self.asked, self.in_flight = list[int](), list[int]()
        self.patience = 0.0  # the share of leases that are left to end by themselves
        self.counts = Counter[str]()
        self.processes: list[Process] = []
        # Slow enough that a kill finds some who wait for their turn: those never get it.
        more = {"SECRET_KEY": SECRET, "TELEGRAM_PER_SECOND": "80"}
        more["CONTENT_DIR"] = few_articles(_ARTICLE)
        for number in range(count):
            (own := folder / f"process-{number}").mkdir(parents=True)
            self.processes.append(Process(own, database_url, telegram.base, HOOK, more))

    async def begin(self, people: int) -> None:
        self.telegram.webhook = {"secret_token": HOOK}
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
        if holds(victim, holder):
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
        senders = [process for process in self.processes if holds(process, holder)]
        return self.chance.choice(senders * 5 + self.processes)

    async def _ask(self) -> None:
        """Only a tap that was acknowledged must be answered."""
        chat = _FIRST_CHATTER + self.counts["taps"]
        self.counts["taps"] += 1
        tap = self.telegram.tap(chat, f"article:{_ARTICLE}")
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


def holds(process: Process, holder: str) -> bool:
    return holder.startswith(f"{process.number}-")
