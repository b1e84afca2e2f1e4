"""`make bench`: runs every measurement, or those named, and prints each with its goal.

With `--quick` those that have a small form run in that.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import partial

import uvloop

from bench.broadcast import QUICK as QUICK_BROADCAST
from bench.broadcast import measure_broadcast
from bench.contest import QUICK as QUICK_CONTEST
from bench.contest import measure_contest
from bench.due import measure_due
from bench.index import measure_index
from bench.matching import measure_matching
from bench.organisation import measure_organisation
from bench.reports import QUICK as QUICK_REPORTS
from bench.reports import measure_reports
from bench.scale import measure_scale
from bench.soak import QUICK as QUICK_SOAK
from bench.soak import measure_soak
from bench.start import measure_start
from bench.stored import QUICK as QUICK_STORED
from bench.stored import measure_stored
from bench.updates import QUICK as QUICK_UPDATES
from bench.updates import measure_updates
from bench.web import measure_web
from bench.zalo import measure_zalo

MEASUREMENTS: dict[str, Callable[[], Awaitable[str]]] = {
    "index": measure_index,
    "start": measure_start,
    "web": measure_web,
    "due": measure_due,
    "zalo": measure_zalo,
    "organisation": measure_organisation,
    "broadcast": measure_broadcast,
    "contest": measure_contest,
    "matching": measure_matching,
    "reports": measure_reports,
    "updates": measure_updates,
    "soak": measure_soak,
    "stored": measure_stored,
    "scale": measure_scale,
}
QUICK: dict[str, Callable[[], Awaitable[str]]] = {
    "broadcast": partial(measure_broadcast, QUICK_BROADCAST),
    "contest": partial(measure_contest, QUICK_CONTEST),
    "reports": partial(measure_reports, QUICK_REPORTS),
    "updates": partial(measure_updates, QUICK_UPDATES),
    "soak": partial(measure_soak, QUICK_SOAK),
    "stored": partial(measure_stored, QUICK_STORED),
}


async def _main(names: list[str], *, is_quick: bool) -> None:
    measurements = {**MEASUREMENTS, **QUICK} if is_quick else MEASUREMENTS
    for name in names or measurements:
        print(f"{name}: {await measurements[name]()}", flush=True)


_named = [name for name in sys.argv[1:] if name != "--quick"]
uvloop.run(_main(_named, is_quick="--quick" in sys.argv))
