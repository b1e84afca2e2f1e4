"""Reminds officers, once, of a message that waits for their approval; never at night."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.delivery import House
from bot.pulse import beat
from bot.schedule import allowed_from
from bot.store import Approvals

AFTER = timedelta(hours=4)
_LOOK_SECONDS = 60.0


async def remind(approvals: Approvals, house: House, now: datetime) -> int:
    """Reminds those who have had a request for four hours; how many."""
    reminded = 0
    for one in await approvals.unanswered():
        zone, quiet = house.zone_of(one.zone), house.quiet_of(one.quiet)
        # What was asked at night is said in the morning: the hours count from there.
        is_late = allowed_from(one.asked_at, zone, quiet) + AFTER <= now
        if is_late and allowed_from(now, zone, quiet) <= now:
            await approvals.remind(one, now, house.today(now))
            reminded += 1
    return reminded


async def run(approvals: Approvals, house: House, clock: Callable[[], datetime]) -> None:
    """Looks every minute, until it is cancelled."""
    while True:
        with contextlib.suppress(Exception):  # the next look may succeed; health tells of it
            await remind(approvals, house, clock())
            beat("approvals")
        await asyncio.sleep(_LOOK_SECONDS)
