"""After a restore: what was due since the backup counts as sent, since it may have been.

The scheduler is run over the lost time. What it queues is then held back as uncertain, but its
articles are not chosen again, and nobody's next message comes before its time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import award_reminders, day_reminders, plan_reminders
from bot.delivery import House, Scheduler
from bot.library import Library
from bot.store import Store

_STEP = timedelta(hours=1)
_AT_MOST = timedelta(days=90)


async def catch_up(
    store: Store, library: Library, house: House, made_at: datetime, now: datetime
) -> None:
    """Queues all that was due from the backup until now."""
    scheduler = Scheduler(store.queue, library, house, lambda day: bool(library.marked(day)))
    moment = max(made_at, now - _AT_MOST)
    while moment < now:
        await scheduler.tick(moment)
        moment += _STEP
    await scheduler.tick(now)
    await _remind(store, library, ZoneInfo(house.zone), now)


async def _remind(store: Store, library: Library, zone: ZoneInfo, now: datetime) -> None:
    """Reminders are noted when they are queued, so those of today are not queued again."""
    today = now.astimezone(zone).date()
    await day_reminders.remind(store, library, today, now)
    if library.award:
        await award_reminders.remind(store, library.award, today, now)
    if library.plan:
        await plan_reminders.remind(store, library.plan, today, now)
