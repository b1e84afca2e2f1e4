"""When each background job last did its work: one that fails again and again is found out.

A job says `beat` after each look that succeeded. Whose process it is stands in the context, which
every task of a bot is started with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar

from bot import metrics

# Seconds between two looks. Those that may have nothing to look at are left out by who starts them.
JOBS: Mapping[str, float] = {
    "changes": 5,
    "upkeep": 3600,
    "scheduler": 15,
    "scheduled messages": 2,
    "broadcasts": 5,
    "answers to reporters": 5,
    "promises of the desk": 60,
    "following messages": 5,
    "rounds": 60,
    "approvals": 60,
    "marked days": 300,
    "award": 60,
    "plan": 300,
    "incidents": 30,
}
_MISSED = 3
_AT_LEAST = 60.0  # a busy machine is no trouble


class Pulse:
    """Of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}

    def begin(self, but: Collection[str] = ()) -> None:
        """From now on all jobs are expected, and tasks that are started beat here."""
        self._last = {job: self._clock() for job in JOBS if job not in but}
        _CURRENT.set(self)

    def beat(self, job: str) -> None:
        self._last[job] = self._clock()
        metrics.JOB_DONE.labels(job).set_to_current_time()

    def late(self) -> Mapping[str, int]:
        """Jobs that have missed their time thrice, and for how many seconds they did nothing."""
        now = self._clock()
        silent = {job: now - last for job, last in self._last.items()}
        return {
            job: int(seconds)
            for job, seconds in silent.items()
            if seconds > max(_AT_LEAST, _MISSED * JOBS[job])
        }


_CURRENT: ContextVar[Pulse | None] = ContextVar("pulse", default=None)


def beat(job: str) -> None:
    """The job has just done its work; without a process around it (in a test) nothing is noted."""
    if (pulse := _CURRENT.get()) is not None:
        pulse.beat(job)
