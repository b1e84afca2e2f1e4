"""A database of each earlier schema, with a row in every table, comes to today's and is read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import bindparam, select, text

from bot.app import App
from bot.settings import Settings
from bot.store import Seal, Store, schema
from bot.store.engine import open_database
from bot.store.upgrade import newest, upgrade_to
from tests.any_schema import Rows, plant, read
from tests.conftest import LANGUAGES, LIBRARY, ROOT
from tests.people import Visitor

REVISIONS = [f"{number:04}" for number in range(1, int(newest()))]
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
# A unit's code in an office became the number of that unit (tests/test_store.py).
CHANGED = frozenset({"officer.unit"})


@pytest.mark.parametrize("revision", REVISIONS)
async def test_nothing_is_lost_on_the_way_to_todays_schema(
    revision: str, empty_url: str, tmp_path: Path, session: ClientSession
) -> None:
    database = open_database(empty_url)
    await database.run(lambda c: upgrade_to(c, revision))
    planted = await database.run(plant)
    before = await database.run(read)
    assert before.keys() - {"alembic_version"} == planted.keys()
    await database.close()
    store = Store(empty_url, Seal("secret"))
    assert await store.upgrade() == newest()
    after = await store._reads.run(read)
    await store.close()
    assert _missing(before, after) == {}
    if empty_url.startswith("sqlite"):
        await _starts_and_answers(_settings(empty_url, tmp_path), session)


async def _starts_and_answers(settings: Settings, session: ClientSession) -> None:
    """Also with rows that were sealed under another key, as after a lost one."""
    app = App(settings, LIBRARY, LANGUAGES)
    await app.start()
    try:
        visitor = Visitor(f"http://127.0.0.1:{app.port}", session)
        assert "Cầu Nối" in (await visitor.says("/start")).text
        assert await app.health() == {}
    finally:
        await app.stop()


def _settings(database_url: str, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        content_dir=ROOT / "content",
        locales_dir=ROOT / "locales",
        var_dir=folder / "var",
        http_port=0,
    )


def _missing(before: Rows, after: Rows) -> dict[str, Any]:
    """What is another value now, or is gone, by table and column."""
    found = {}
    for table, row in before.items():
        for column, value in row.items():
            name = f"{table}.{column}"
            now = after.get(table, {}).get(column, "(gone)")
            if table != "alembic_version" and now != value and name not in CHANGED:
                found[name] = (value, now)
    return found


@pytest.mark.parametrize(
    ("agreed", "practises"), [("2026-11-29", True), ("2026-11-25", False), (None, False)]
)
async def test_who_agreed_to_the_text_that_told_of_practice_has_agreed_to_it(
    agreed: str | None, practises: bool, empty_url: str
) -> None:
    database = open_database(empty_url)
    await database.run(lambda c: upgrade_to(c, "0018"))
    made = text(
        "INSERT INTO person (id, consent_version, consent_at, has_stopped, seen_on) "
        "VALUES (1, :agreed, :at, false, :day)"
    ).bindparams(bindparam("at", type_=schema.person.c.consent_at.type),
                 bindparam("day", type_=schema.person.c.seen_on.type))  # fmt: skip
    values = {"agreed": agreed, "at": NOW if agreed else None, "day": NOW.date()}
    await database.run(lambda c: c.execute(made, values))
    await database.close()
    store = Store(empty_url, Seal("secret"))
    await store.upgrade()
    row = await store._reads.run(lambda c: c.execute(select(schema.person)).one())
    await store.close()
    assert (row.practice_version is not None) is practises
    assert (row.practice_at is not None) is practises
