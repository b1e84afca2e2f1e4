"""Tells who may write to all of a marked day a week before it, so that a message can be ready."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.library import Library
from bot.model import Parcel
from bot.pulse import beat
from bot.store import Store

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 300.0
# A bot that stood still on the day catches up on the days after it.
AHEAD = (7, 6, 5)


async def remind(store: Store, library: Library, today: date, now: datetime) -> int:
    """Queues one message for each marked day that is a week ahead, once; how many messages."""
    queued = 0
    for days in AHEAD:
        day = today + timedelta(days=days)
        about = f"day:{day:%y%m%d}"
        marked = library.marked(day)
        if marked and not await store.plan.was_told(about):
            queued += await store.plan.remind(
                about, Parcel("days", day=day), now, verb="broadcast", topic=marked[0].topic
            )
    return queued


async def run(store: Store, library: Library, zone: str, clock: Callable[[], datetime]) -> None:
    """Looks every few minutes, until it is cancelled; not at once, a start has enough to do."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            now = clock()
            await remind(store, library, now.astimezone(ZoneInfo(zone)).date(), now)
            beat("marked days")
        except Exception:  # the next look may succeed; one that ends is silent for good
            _log.exception("the reminders of marked days had a bad moment")
