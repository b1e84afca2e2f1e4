"""Reminds officers of the plan's reports and tasks: before the day, on it, once when it is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.library import Plan, Task
from bot.model import Parcel
from bot.planreport.duties import Duty, duties
from bot.pulse import beat
from bot.store import Store

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 300.0
REPORT_STEPS = (7, 2, 0)
TASK_STEPS = (14, 3)
# What is late is said once; but nobody is told of what was over long before the bot came.
_LATE_DAYS = 14

# Whether the target of a task is reached by then.
Reached = Callable[[Task, datetime], Awaitable[bool]]


async def never(_task: Task, _now: datetime) -> bool:
    return False


async def remind(
    store: Store, plan: Plan, today: date, now: datetime, is_reached: Reached = never
) -> int:
    """Queues what is due today; how many messages. At night the senders let them wait."""
    queued = 0
    for duty in duties(plan, today):
        queued += await _remind_of_report(store, duty, today, now)
    for task in plan.tasks:
        queued += await _remind_of_task(store, task, today, now, is_reached)
    return queued


def step_due(day: date, today: date, steps: Sequence[int]) -> str:
    """The step whose reminder is due, the nearest one only: "7", "late", or nothing."""
    left = (day - today).days
    if left < 0:
        return "late" if -left <= _LATE_DAYS else ""
    return str(min((step for step in steps if left <= step), default=""))


async def run(
    store: Store,
    plan: Plan,
    zone: str,
    clock: Callable[[], datetime],
    is_reached: Reached = never,
) -> None:
    """Looks every few minutes, until it is cancelled; not at once, a start has enough to do."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            now = clock()
            await remind(store, plan, now.astimezone(ZoneInfo(zone)).date(), now, is_reached)
            beat("plan")
        except Exception:  # the next look may succeed; one that ends is silent for good
            _log.exception("the reminders of the plan had a bad moment")


async def _remind_of_report(store: Store, duty: Duty, today: date, now: datetime) -> int:
    step = step_due(duty.due, today, REPORT_STEPS)
    subject = f"report:{duty.report.id}:{duty.period.code}"
    about = f"{subject}:{duty.due:%y%m%d}:{step}"
    if not step or await store.plan.was_told(about):
        return 0
    parcel = Parcel("plan", day=duty.due, label=subject)
    return await store.plan.remind(about, parcel, now, unless=duty.period.code)


async def _remind_of_task(
    store: Store, task: Task, today: date, now: datetime, is_reached: Reached
) -> int:
    if task.until is None:
        return 0
    step = step_due(task.until, today, TASK_STEPS)
    about = f"task:{task.id}:{task.until:%y%m%d}:{step}"
    if not step or await store.plan.was_told(about) or await is_reached(task, now):
        return 0
    parcel = Parcel("plan", day=task.until, label=f"task:{task.id}")
    return await store.plan.remind(about, parcel, now, with_units=task.is_of_units)
