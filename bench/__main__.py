"""`make bench`: runs every measurement, or those named, and prints each with its goal."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

import uvloop

from bench.broadcast import measure_broadcast
from bench.due import measure_due
from bench.index import measure_index
from bench.organisation import measure_organisation
from bench.start import measure_start
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
}


async def _main(names: list[str]) -> None:
    for name in names or MEASUREMENTS:
        print(f"{name}: {await MEASUREMENTS[name]()}", flush=True)


uvloop.run(_main(sys.argv[1:]))
