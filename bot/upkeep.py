"""What a process does again and again: takes up what others changed, and forgets what is old."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.accounts import count_days
from bot.library import Library
from bot.paces import Paces
from bot.pulse import beat
from bot.routing import Services
from bot.store import Store
from bot.unit_lists import from_content

_log = logging.getLogger(__name__)
_TIDY_SECONDS = 3600.0
_BEFORE_TIDYING = 20.0  # a start has more urgent things to do
_FOLLOW_SECONDS = 5.0


class Upkeep:
    """Any number of processes may run one."""

    def __init__(
        self,
        store: Store,
        library: Library,
        services: Services,
        paces: Paces,
        clock: Callable[[], datetime],
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """`leads`: whether this process is the one that tidies."""
        self._store = store
        self._library = library
        self._services = services
        self._paces = paces
        self._clock = clock
        self._leads = leads
        self._checks: tuple[int, str] | None = None

    async def begin(self) -> None:
        """All that must be known before anybody is heard."""
        numbers = await self._store.queue.number_articles(sorted(self._library.articles))
        self._services.numbers.update(numbers)
        if self._library.questions:
            await self._store.practice.keep_only(self._library.questions)
        await self._begin_structure()
        await self._paces.recall()

    async def run(self) -> None:
        """Until it is cancelled."""
        await asyncio.gather(self._tidy(), self._follow_changes())

    async def _begin_structure(self) -> None:
        """Imports content/units.yaml where there is no tree yet; then the tree that is kept."""
        listed = from_content(self._library.units.values())
        if not await self._store.organisation.begin(listed, self._clock()):
            loading = await self._store.organisation.load(listed, self._clock(), is_rehearsal=True)
            if loading.added or loading.changed or loading.faults:
                _log.info("content/units.yaml is only the first import: the units kept differ")
        await self._store.organisation.follow(self._services.structure)

    async def _follow_changes(self) -> None:
        """A change by the command line or another process is known within seconds."""
        while True:
            with contextlib.suppress(Exception):  # the next look may succeed; health tells of it
                await self._store.organisation.follow(self._services.structure)
                await self._store.campaigns.follow(self._services.campaigns)
                await self._follow_checks()
                await self._paces.keep()
                beat("changes")
            await asyncio.sleep(_FOLLOW_SECONDS)

    async def _follow_checks(self) -> None:
        """What the desk made public, and what comes out on a new day."""
        version, known = await self._store.claims.version(), self._services.factchecks
        today = self._clock().astimezone(self._services.zone).date()
        if version != self._checks or not known.is_of(today):
            told = await self._store.claims.published()
            await asyncio.to_thread(known.prepare, told, today)
            self._checks = version

    async def _tidy(self) -> None:
        await asyncio.sleep(_BEFORE_TIDYING)
        while True:
            while not self._leads():
                beat("upkeep")
                await asyncio.sleep(_FOLLOW_SECONDS)
            now, zone = self._clock(), self._services.zone
            # Counted first, before people are forgotten; each is done although another fails.
            are_done = [
                await _tried(count_days(self._store, self._library, zone, now)),
                await _tried(self._store.tidy(now)),
                await _tried(self._store.organisation.keep_counts(now.astimezone(zone).date())),
            ]
            if all(are_done):
                beat("upkeep")
            await asyncio.sleep(_TIDY_SECONDS)


async def _tried(task: Awaitable[None]) -> bool:
    try:
        await task
    except Exception:  # the next hour tries again; health tells of it
        _log.exception("the upkeep of the hour had a bad moment")
        return False
    return True
