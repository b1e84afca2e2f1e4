"""A database of each earlier schema, with a row in every table, comes to today's and is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from bot.app import App
from bot.settings import Settings
from bot.store import Seal, Store
from bot.store.engine import open_database
from bot.store.upgrade import newest, upgrade_to
from tests.conftest import LANGUAGES, LIBRARY
from tests.people import Visitor
from tests.planting import Rows, plant, read

NO_PLATFORMS = {
    "telegram_bot_token": SecretStr(""),
    "zalo_bot_token": SecretStr(""),
    "zalo_oa_app_id": "",
}
REVISIONS = [f"{number:04}" for number in range(1, int(newest()))]
# A unit's code in an office became the number of that unit (tests/test_store.py).
CHANGED = frozenset({"officer.unit"})


@pytest.mark.parametrize("revision", REVISIONS)
async def test_nothing_is_lost_on_the_way_to_todays_schema(
    revision: str, database_url: str
) -> None:
    database = open_database(database_url)
    await database.run(lambda c: upgrade_to(c, revision))
    planted = await database.run(plant)
    before = await database.run(read)
    assert before.keys() - {"alembic_version"} == planted.keys()
    await database.close()
    store = Store(database_url, Seal("secret"))
    assert await store.upgrade() == newest()
    after = await store._reads.run(read)
    await store.close()
    assert _missing(before, after) == {}


@pytest.mark.parametrize("revision", REVISIONS)
async def test_the_bot_starts_on_it_and_answers(
    revision: str, settings: Settings, tmp_path: Path, session: ClientSession
) -> None:
    """Also with rows that were sealed under another key, as after a lost one."""
    database = open_database(f"sqlite:///{tmp_path}/old.db")
    await database.run(lambda c: upgrade_to(c, revision))
    await database.run(plant)
    await database.close()
    old = {"database_url": f"sqlite:///{tmp_path}/old.db", **NO_PLATFORMS}
    app = App(settings.model_copy(update=old), LIBRARY, LANGUAGES)
    await app.start()
    try:
        visitor = Visitor(f"http://127.0.0.1:{app.port}", session)
        assert "Cầu Nối" in (await visitor.says("/start")).text
        assert await app.health() == {}
    finally:
        await app.stop()


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
