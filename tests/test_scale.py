"""docs/scale.md tells what the simulation gives; a glance at the database is never an old one."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.scale import live_through, table
from bot.model import Address, Event, Session
from bot.store import Seal, Store, Work
from tests.conftest import ROOT, make_ready

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_the_page_holds_the_table_that_the_simulation_prints() -> None:
    assert table() in (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_platforms_limit_a_message_to_all_and_more_processes_do_not_help() -> None:
    one, many = (live_through(1_000_000, processes) for processes in (1, 8))
    assert one.telegram_hours == many.telegram_hours > 5
    assert many.busiest < one.busiest


async def test_a_glance_sees_what_was_committed_a_moment_ago(database_url: str) -> None:
    store = Store(database_url, Seal("secret"))
    await make_ready(store)
    try:
        address = Address("telegram", "5")
        for said in range(3):
            stored = await store.write_down(Event(id=str(said), address=address, text="x"), NOW)
            assert stored is not None
            _, session, _ = await store.load(stored)
            assert session.data == ({"said": str(said - 1)} if said else {})
            kept = Session().at("talk", said=str(said))
            await store.finish(stored, Work(), kept, (), NOW)
            assert await store.officers.offices((await store.load(stored))[0], NOW.date()) == ()
        # Nothing that glanced holds an old state of the file, in which erased bytes would live on.
        await store._database.scrub()
    finally:
        await store.close()
