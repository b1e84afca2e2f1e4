"""Statements of every event: SQLite finds one person's rows without looking at everybody's."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.store import Seal, Store
from bot.store.events import _LOADING
from bot.store.open_events import _LATER
from bot.store.ready import Ready


def _text(statement: Ready) -> str:
    """As the driver was given it."""
    assert statement._plan is not None
    return statement._plan.text


@pytest.mark.parametrize("statement", [_LOADING, _LATER], ids=["load", "more follow"])
async def test_nothing_grows_with_what_others_have_open(tmp_path: Path, statement: Ready) -> None:
    """The busier the house, the dearer each answer would be, just when that hurts most."""
    store = Store(f"sqlite:///{tmp_path}/bot.db", Seal("a secret"))
    await store.upgrade()
    values = {"address_id": 1, "person_id": 1, "event_id": 1}

    def steps(connection: Connection) -> list[str]:
        statement.first(connection, values)
        text = f"EXPLAIN QUERY PLAN {_text(statement)}"
        given = (1,) * text.count("?")
        return [row[3] for row in connection.exec_driver_sql(text, given)]

    found = await store._reads.run(steps)
    await store.close()
    assert not [step for step in found if step.startswith("SCAN")]
    assert any("ix_event_open (address_id=?" in step for step in found)
    assert not [step for step in found if "done_at=?" in step]
    # Of somebody who has got messages for years only those that wait are looked at.
    delivery = [step for step in found if "delivery USING" in step]
    assert all("ix_delivery_waiting (person_id=?" in step for step in delivery)


async def test_a_statement_is_planned_once(tmp_path: Path) -> None:
    """A constant given as a value makes SQLite plan anew at each run, for a partial index may hang
    on it: that cost ten times what the run does."""
    store = Store(f"sqlite:///{tmp_path}/bot.db", Seal("a secret"))
    await store.upgrade()
    values = {"address_id": 1, "event_id": 1}

    def text(connection: Connection) -> str:
        _LOADING.first(connection, values)
        return _text(_LOADING)

    found = await store._reads.run(text)
    await store.close()
    assert found.count("?") == len(values)
    assert "state = 'waiting'" in found
