"""What is wrong, by part, in plain words for the operator; docs/operations.md says what to do."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from bot import metrics
from bot.pulse import Pulse
from bot.store import Store

# With one of these the process cannot serve; with others it serves all but one channel.
SERVING = frozenset({"database", "disk", "background", "clock"})
PASSING_SECONDS = 60.0
Troubles = Callable[[], Mapping[str, str]]
_LEAST_FREE = 200 * 2**20
_FURTHEST_CLOCK = 30.0  # leases of 15 seconds go by it
_MEASURED_FOR = 10.0


class Health:
    """Of one process. `troubles` tells what is wrong with its channels and content; what is
    `passing`, such as a network that flickers, counts only after a minute."""

    def __init__(
        self,
        store: Store,
        pulse: Pulse,
        places: Mapping[str, Path],
        troubles: Troubles,
        passing: Troubles,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._pulse = pulse
        self._places = places
        self._troubles = troubles
        self._passing = passing
        self._since: dict[str, float] = {}
        self._known = set(SERVING)
        self._clock = clock
        self._measured = 0.0

    async def problems(self) -> Mapping[str, str]:
        """By part; empty when all is well."""
        found = {**self._lasting(), **self._troubles()}
        found |= await self._database()
        found |= self._disk()
        if late := self._pulse.late():
            found["background"] = "; ".join(
                f"{job}: nothing done for {seconds} s" for job, seconds in sorted(late.items())
            )
        self._known |= found.keys()
        for part in self._known:
            metrics.PROBLEM.labels(part).set(part in found)
        return found

    def _lasting(self) -> Mapping[str, str]:
        now, passing = time.monotonic(), self._passing()
        self._since = {part: self._since.get(part, now) for part in passing}
        return {
            part: told
            for part, told in passing.items()
            if now - self._since[part] > PASSING_SECONDS
        }

    async def measure(self) -> None:
        """Brings the figures of what waits up to date, at most every few seconds."""
        if time.monotonic() - self._measured < _MEASURED_FOR:
            return
        self._measured = time.monotonic()
        await self.problems()
        try:
            load = await self._store.loads.now()
        except Exception:  # that the database does not answer is a figure of its own
            return
        metrics.OLDEST_EVENT.set(load.oldest_event)
        metrics.UNCERTAIN.set(load.uncertain)
        for gauge, values in (
            (metrics.QUEUED, load.queued),
            (metrics.LEASES, load.leases),
            (metrics.TOKEN_EXPIRY, load.tokens),
        ):
            for name, value in values.items():
                gauge.labels(name).set(value)

    async def _database(self) -> Mapping[str, str]:
        try:
            await self._store.is_well()
            theirs = await self._store.loads.database_clock()
        except Exception as error:  # whatever it is, the operator wants to read it
            return {"database": f"does not answer ({type(error).__name__})"}
        apart = abs((theirs - self._clock()).total_seconds()) if theirs else 0.0
        if apart > _FURTHEST_CLOCK:
            return {"clock": f"{apart:.0f} s away from the clock of the database's machine"}
        return {}

    def _disk(self) -> Mapping[str, str]:
        found = []
        for name, path in self._places.items():
            try:
                free = shutil.disk_usage(_there(path)).free
            except OSError as error:
                found.append(f"{name}: {error.strerror}")
                continue
            metrics.DISK_FREE.labels(name).set(free)
            if free < _LEAST_FREE:
                found.append(f"{name}: nearly full, {free // 2**20} MB left")
        return {"disk": "; ".join(found)} if found else {}


def _there(path: Path) -> Path:
    """The folder, or the nearest one above that is there already."""
    whole = path.absolute()
    return next((one for one in (whole, *whole.parents) if one.exists()), whole)


def places_of(database_url: str, var: Path) -> Mapping[str, Path]:
    """The folders whose disks must not be full."""
    name = database_url.removeprefix("sqlite:///")
    places = {"var": var}
    if name != database_url:
        places["database"] = Path(name).parent
    return places
