"""People on three channels who go on asking, whatever happens; each word of theirs is one of its
kind, so that every answer is known by it.

What was not acknowledged comes again, as platforms and browsers do it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.chaos.contest import Play
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_oa import FakeZaloOA

ARTICLE = "union-founding-day"
TITLE_PART = "1929"
FIRST_CHATTER = 3_000_000  # beside who plays in the contest
_AGAIN_SECONDS = 0.25
_ASKING_SECONDS = 15.0


@dataclass
class Talk:
    """What one person has said, and what has come back; words in the order in which they were
    acknowledged."""

    channel: str
    who: str
    words: list[str] = field(default_factory=list)
    taps: int = 0
    play: Play | None = None  # who takes part in the contest does nothing else
    acknowledged_at: dict[str, float] = field(default_factory=dict)
    heard: list[tuple[float, str]] = field(default_factory=list)  # on the web only
    seen: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)

    def note(self, said: str) -> None:
        """That was acknowledged."""
        if self.play is not None:
            self.play.note(said)
        elif said.startswith("/"):
            word = said.rpartition(" ")[2]
            self.words.append(word)
            self.acknowledged_at[word] = time.monotonic()
        else:
            self.taps += 1


class Crowd:
    """So many people on each channel, `pause` seconds apart on average each."""

    def __init__(self, url: str, telegram: FakeTelegram, zalo: FakeZaloOA, seed: int = 1) -> None:
        self.url, self.telegram, self.zalo = url, telegram, zalo
        self.chance = random.Random(seed)
        self.pause = 2.0
        self.repeats = False  # whether platforms post everything twice and some of it much later
        self.swaps = False  # whether what was said second is posted first, both at once
        self.lags = False  # the same one after the other, each held up for a while
        self.statuses = Counter[str]()
        self.talks: list[Talk] = []
        self._numbers = itertools.count(1)
        self._tasks: list[asyncio.Task[None]] = []
        self._late = set[asyncio.Task[None]]()
        self._is_over = False

    def begin(self, people: tuple[int, int, int], plays: Sequence[Play] = ()) -> None:
        """So many on Telegram, Zalo and the web, and those who play in the contest."""
        for channel, count in zip(("telegram", "zalo-oa", "web"), people, strict=True):
            self.talks += [Talk(channel, str(FIRST_CHATTER + number)) for number in range(count)]
        self.talks += [Talk(one.one.channel, one.one.address, play=one) for one in plays]
        self._tasks = [asyncio.create_task(self._talk(talk)) for talk in self.talks]

    async def end(self) -> None:
        """Says no more; returns when the last word of each is acknowledged."""
        self._is_over = True
        await asyncio.gather(*self._tasks, *self._late)

    def stop(self) -> None:
        """Ends at once, whatever is still to be acknowledged."""
        for task in (*self._tasks, *self._late):
            task.cancel()

    async def _talk(self, talk: Talk) -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        cookies = {"visitor": talk.who} if talk.play else None
        async with aiohttp.ClientSession(cookie_jar=jar, cookies=cookies) as session:
            if talk.channel == "web":  # who is written to without a cookie would be two visitors
                await self._until_acknowledged(lambda: self._open_page(session))
            while not self._is_over:
                await asyncio.sleep(self.chance.uniform(0, 2 * self.pause))
                await self._say(talk, session)
            while talk.seen:
                await self._until_acknowledged(lambda: self._see(talk, session))

    async def _say(self, talk: Talk, session: aiohttp.ClientSession) -> None:
        """One thing; or two of which the one with the lower number is posted last."""
        steps = [self._step(talk, session) for _ in range(2 if self.swaps or self.lags else 1)]
        if self.swaps:
            await asyncio.gather(*(step() for step in reversed(steps)))
            return
        for step in reversed(steps):
            await asyncio.sleep(self.chance.uniform(0, 1) if self.lags else 0)
            await step()

    def _step(self, talk: Talk, session: aiohttp.ClientSession) -> Callable[[], Awaitable[None]]:
        """One thing said, one article opened, or one question answered; what comes back delivers
        it."""
        number = next(self._numbers)
        said = f"article:{ARTICLE}" if self.chance.random() < 0.3 else f"/search zq{number}xj"
        if talk.play is not None:
            said = talk.play.tap(self.chance)
        post = self._post(talk, session, said, number)

        async def deliver() -> None:
            await asyncio.gather(self._until_acknowledged(post), *self._twin(post))
            talk.note(said)

        return deliver

    def _twin(self, post: Callable[[], Awaitable[int]]) -> list[Awaitable[None]]:
        if not self.repeats:
            return []
        if self.chance.random() < 0.3:
            late = asyncio.create_task(self._later(post))
            self._late.add(late)
        return [self._until_acknowledged(post)]

    async def _later(self, post: Callable[[], Awaitable[int]]) -> None:
        await asyncio.sleep(self.chance.uniform(0.5, 4))
        await self._until_acknowledged(post)

    def _post(
        self, talk: Talk, session: aiohttp.ClientSession, said: str, number: int
    ) -> Callable[[], Awaitable[int]]:
        is_text = said.startswith("/")
        if talk.channel == "telegram":
            make = self.telegram.text if is_text else self.telegram.tap
            update = make(int(talk.who), said)
            return lambda: self.telegram.push(session, f"{self.url}/telegram", update)
        if talk.channel == "zalo-oa":
            event = self.zalo.text(talk.who, said if is_text else f"#{said}")
            return lambda: self.zalo.push(session, f"{self.url}/zalo-oa", event)
        asked = {"id": f"{talk.who}-{number}", "text" if is_text else "choice": said}
        return lambda: self._ask_page(talk, session, asked)

    async def _open_page(self, session: aiohttp.ClientSession) -> int:
        async with session.get(f"{self.url}/") as response:
            return response.status

    async def _ask_page(
        self, talk: Talk, session: aiohttp.ClientSession, asked: dict[str, Any]
    ) -> int:
        """A page is content when it has its answer, not when it is acknowledged."""
        seen, url = list(talk.seen), f"{self.url}/chat"
        async with session.post(url, json={**asked, "seen": seen}) as response:
            if response.status != 200:
                return response.status
            replies = (await response.json())["replies"]
        talk.seen = [one for one in talk.seen if one not in seen]
        if not replies:  # none is left of what the page has shown and has told that it did
            return 200 if asked["id"] in talk.answered else 204
        talk.answered.add(asked["id"])
        for reply in replies:
            if reply["id"] not in talk.seen:
                talk.seen.append(reply["id"])
                talk.heard.append((time.monotonic(), str(reply)))
        return 200

    async def _see(self, talk: Talk, session: aiohttp.ClientSession) -> int:
        async with session.post(f"{self.url}/chat", json={"seen": talk.seen}) as response:
            if response.status == 200:
                talk.seen = []
            return response.status

    async def _until_acknowledged(self, post: Callable[[], Awaitable[int]]) -> None:
        while True:
            try:
                status = str(await asyncio.wait_for(post(), _ASKING_SECONDS))
            except TimeoutError:
                status = "silence"
            except (aiohttp.ClientError, OSError):
                status = "cut"
            self.statuses[status] += 1
            if status == "200":
                return
            await asyncio.sleep(_AGAIN_SECONDS)
