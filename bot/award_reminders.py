"""Queues the reminders of the award's deadline on their days, each once; none without a date."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.award import forget_on, step_due
from bot.library import Award
from bot.pulse import beat
from bot.store import Store

_LOOK_SECONDS = 60.0


async def remind(store: Store, award: Award, today: date, now: datetime) -> int:
    """Queues what is due today; how many. Nobody is written to at night: the senders look at it."""
    edition = award.edition
    results, deadline = edition.days["results"], edition.days["deadline"]
    if results is not None:
        # Counted from the results, so that each look finds the same day.
        await store.awards.shorten(edition.ids, forget_on(results, results))
    step = step_due(deadline, today)
    if step is None or deadline is None:
        return 0
    return await store.awards.remind(edition.ids, deadline, step, now)


async def run(store: Store, award: Award, zone: str, clock: Callable[[], datetime]) -> None:
    """Looks every minute, until it is cancelled."""
    while True:
        with contextlib.suppress(Exception):  # the next look may succeed; health tells of it
            now = clock()
            await remind(store, award, now.astimezone(ZoneInfo(zone)).date(), now)
            beat("award")
        await asyncio.sleep(_LOOK_SECONDS)
