"""All that looks at the clock to remind somebody of a day: the award, the plan, marked days."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot import award_reminders, day_reminders, plan_reminders
from bot.accounts import is_reached
from bot.library import Library
from bot.store import Store


def jobs_without(library: Library) -> tuple[str, ...]:
    """The jobs for which this content has no days."""
    return tuple(
        name for name, kept in (("award", library.award), ("plan", library.plan)) if not kept
    )


def reminders(
    store: Store, library: Library, zone: str, clock: Callable[[], datetime]
) -> Iterator[Coroutine[Any, Any, None]]:
    """What this content has days for; each runs until it is cancelled."""
    yield day_reminders.run(store, library, zone, clock)
    if library.award:
        yield award_reminders.run(store, library.award, zone, clock)
    if library.plan:
        reached = partial(is_reached, store, library, library.plan, ZoneInfo(zone))
        yield plan_reminders.run(store, library.plan, zone, clock, reached)
