"""The tree of units in both databases: loaded, merged, moved, and every past figure as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audience import read_audience
from bot.library import load_library
from bot.loading import plan_loading
from bot.model import Address
from bot.organisation import SMALLEST, Structure, Tree, Unit, told_totals, totals
from bot.planner import Planner, Terms
from bot.store import Officer, Seal, Store, UnitFault, schema
from bot.unit_lists import from_content
from tests.conftest import ROOT, make_ready
from tests.organisation import UNITS, add_people, load_units, wanted

NOW = datetime.now(UTC) + timedelta(hours=1)  # after the first import
DAY = timedelta(days=1)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url, Seal("secret"))
    await make_ready(store)
    await load_units(store)
    yield store
    await store.close()


def _drawn(tree: Tree) -> str:
    return " ".join(f"{'.' * depth}{unit.code}" for unit, depth in tree.walk())


WHOLE = "LD .BN ..BN-KCN ...BN-01 ...BN-02 .TN ..TN-01"


async def test_the_tree_is_loaded_and_another_list_changes_only_what_it_names(
    store: Store,
) -> None:
    assert _drawn(await store.organisation.tree()) == WHOLE
    more = wanted(
        ("bn-02", "Công ty Giày Mới", "TN", "grassroots"),  # codes in small letters too
        ("TN-02", "Công ty Nhựa", "tn", "grassroots"),
        ("TN-01", "Công ty Gỗ", "TN", "grassroots"),
    )
    rehearsed = await store.organisation.load(more, NOW, is_rehearsal=True)
    assert _drawn(await store.organisation.tree()) == WHOLE
    loaded = await store.organisation.load(more, NOW)
    assert loaded == rehearsed
    assert [unit.code for unit in loaded.added] == ["TN-02"]
    assert [(a.title, b.title) for a, b in loaded.changed] == [("Công ty Giày", "Công ty Giày Mới")]
    assert loaded.untouched == 1
    tree = await store.organisation.tree()
    assert _drawn(tree) == "LD .BN ..BN-KCN ...BN-01 .TN ..BN-02 ..TN-01 ..TN-02"


async def test_optional_columns_stay_as_they_are_where_a_list_has_none(store: Store) -> None:
    from dataclasses import replace

    row = wanted(("TN-01", "Công ty Gỗ", "TN", "grassroots"))[0]
    fields = {"is_foreign_invested": True, "sector": "gỗ", "headcount": 1200}
    await store.organisation.load([replace(row, more=fields)], NOW)
    await store.organisation.load([replace(row, more={"headcount": 1300})], NOW + DAY)
    unit = (await store.organisation.tree()).find("TN-01")
    assert unit is not None
    assert (unit.is_foreign_invested, unit.sector, unit.headcount) == (True, "gỗ", 1300)
    before = (await store.organisation.tree(NOW + DAY / 2)).find("TN-01")
    assert before is not None
    assert before.headcount == 1200


FAULTY: dict[str, tuple[list[tuple[str, str, str | None, str]], str]] = {
    "no parent": ([("X", "x", "NOPE", "k")], "row 2: there is no parent nope"),
    "a circle": ([("X", "x", "Y", "k"), ("Y", "y", "X", "k")], "row 2: its parents lead back to x"),
    "a circle through what is kept": ([("BN", "b", "BN-01", "k")], "row 2: its parents lead back"),
    "a second top": ([("X", "x", None, "k")], "exactly one unit has no parent; here: ld, x"),
    "no top": ([("LD", "x", "TN", "k")], "row 2: its parents lead back to ld"),
}


@pytest.mark.parametrize("case", FAULTY)
async def test_a_list_with_a_fault_loads_nothing(store: Store, case: str) -> None:
    rows, fault = FAULTY[case]
    loaded = await store.organisation.load(wanted(*rows, ("OK-1", "gut", "LD", "k")), NOW)
    assert fault in "\n".join(loaded.faults)
    assert _drawn(await store.organisation.tree()) == WHOLE


async def test_all_faults_are_told_at_once(store: Store) -> None:
    rows = [(f"X{number}", "x", f"NO{number}", "k") for number in range(50)]
    loaded = await store.organisation.load(wanted(*rows), NOW)
    assert len(loaded.faults) == 50
    assert loaded.faults[49] == "row 51: there is no parent no49"


async def test_a_merger_keeps_people_offices_posters_and_past_figures(store: Store) -> None:
    await add_people(store, "BN-01", 6)
    await add_people(store, "BN", 5, "web")
    await add_people(store, "TN-01", 7)
    await store.officers.add(Officer(await _member(store, "BN"), "unit-officer", "BN"), NOW)
    await store.organisation.keep_counts(date(2026, 11, 23))
    before = await store.organisation.tree(), await store.organisation.count_people()
    gone, heir = await store.organisation.merge("bn", "TN", NOW)
    assert (gone.code, heir.code) == ("BN", "TN")
    tree = await store.organisation.tree()
    assert _drawn(tree) == "LD .TN ..BN-KCN ...BN-01 ...BN-02 ..TN-01"
    assert tree.find("BN") == tree.find("TN")
    whole = totals(tree, await store.organisation.count_people())
    assert {tree.by_id[i].code: n for i, n in whole.items()} == {
        "LD": 18, "TN": 18, "BN-KCN": 6, "BN-01": 6, "BN-02": 0, "TN-01": 7,
    }  # fmt: skip
    planner = Planner(store.allowances, Terms(), ZoneInfo("Asia/Ho_Chi_Minh"))
    for text, people in {"unit:TN": 18, "unit:bn-kcn": 6, "everyone -unit:BN-KCN": 12}.items():
        assert (await planner.forecast(read_audience(text), None, NOW)).people == people, text
    # A report on the time before reads as it did then.
    at = NOW - timedelta(seconds=1)
    past = (
        await store.organisation.tree(at),
        await store.organisation.count_people(date(2026, 11, 23)),
    )
    assert _drawn(past[0]) == WHOLE
    assert told_totals(*past) == told_totals(*before)
    assert [o.unit for o in await store.officers.list()] == ["BN"]
    (office,) = await store.officers.all()
    assert tree.is_within(tree.find("TN") or gone, office.unit_id)


async def test_an_audience_may_name_several_units_and_leave_some_out(store: Store) -> None:
    """Who is in no unit is in none of those that are left out."""
    for code, people in {"BN-01": 6, "BN-02": 7, "TN-01": 8}.items():
        await add_people(store, code, people)
    add = schema.person.insert().values(consent_version="v", consent_at=NOW, seen_on=NOW.date())
    at_home = schema.address.insert().values(person_id=22, channel="telegram", address="1")
    await store._writes.run(lambda c: c.execute(add) and c.execute(at_home))
    planner = Planner(store.allowances, Terms(), ZoneInfo("Asia/Ho_Chi_Minh"))
    audiences = {
        "unit:BN -unit:BN-02": 6,
        "unit:BN-01 unit:TN": 14,
        "everyone -unit:BN": 9,
        "everyone -unit:BN-01 -unit:BN-02": 9,
    }
    for text, people in audiences.items():
        assert (await planner.forecast(read_audience(text), None, NOW)).people == people, text


async def _member(store: Store, code: str) -> Address:
    from sqlalchemy import select

    query = (
        select(schema.address.c.channel, schema.address.c.address)
        .select_from(schema.address.join(schema.person).join(schema.unit))
        .where(schema.unit.c.code == code)
    )
    row = await store._reads.run(lambda c: c.execute(query).first())
    assert row is not None
    return Address(row.channel, row.address)


async def test_a_closed_unit_gives_its_people_up_and_ends_its_offices(store: Store) -> None:
    await add_people(store, "BN-KCN", 6)
    boss = await _member(store, "BN-KCN")
    await store.officers.add(Officer(boss, "unit-officer", "BN-KCN"), NOW)
    await store.officers.add(Officer(boss, "reader", "BN"), NOW)
    await store.organisation.close("BN-KCN", NOW)
    tree = await store.organisation.tree()
    assert _drawn(tree) == "LD .BN ..BN-01 ..BN-02 .TN ..TN-01"
    found = tree.find("BN-KCN")
    assert found is not None
    assert found.code == "BN"
    assert [(o.role, o.unit) for o in await store.officers.list()] == [("reader", "BN")]
    # Its heir goes too: people are led on.
    await store.organisation.merge("BN", "TN", NOW + DAY)
    tree = await store.organisation.tree()
    found = tree.find("BN-KCN")
    assert found is not None
    assert found.code == "TN"
    assert totals(tree, await store.organisation.count_people())[found.id] == 6
    assert _drawn(await store.organisation.tree(NOW + DAY / 2)) == (
        "LD .BN ..BN-01 ..BN-02 .TN ..TN-01"
    )


async def test_a_unit_is_moved_and_renamed_and_was_what_it_was(store: Store) -> None:
    await store.organisation.move("BN-KCN", "TN", NOW)
    await store.organisation.rename("TN", "  Tỉnh   Nam mới ", NOW + DAY)
    tree = await store.organisation.tree()
    assert _drawn(tree) == "LD .BN .TN ..BN-KCN ...BN-01 ...BN-02 ..TN-01"
    assert (tree.find("TN") or tree.top).title == "Tỉnh Nam mới"
    between = await store.organisation.tree(NOW + DAY / 2)
    assert (between.find("TN") or between.top).title == "Tỉnh Nam"
    assert between.is_within(between.find("BN-01") or between.top, between.find("TN").id)  # type: ignore[union-attr]
    assert _drawn(await store.organisation.tree(NOW - DAY)) == ""  # nothing was loaded then


REFUSED = {
    ("merge", "BN", "BN"): "into itself",
    ("merge", "BN", "BN-01"): "BN-01 lies below BN",
    ("merge", "NOPE", "BN"): "there is no unit NOPE",
    ("merge", "BN", "NOPE"): "there is no unit NOPE",
    ("move", "BN", "BN-01"): "BN-01 lies below BN",
    ("move", "BN", "BN"): "BN lies below BN",
    ("move", "LD", "BN"): "the top cannot be moved",
    ("rename", "BN", " "): "1 to 300 characters",
    ("rename", "BN", "x" * 301): "1 to 300 characters",
    ("close", "LD"): "the top cannot be closed",
    ("close", "NOPE"): "there is no unit NOPE",
}


@pytest.mark.parametrize("change", REFUSED, ids=str)
async def test_what_would_break_the_tree_is_refused_and_not_noted(
    store: Store, change: tuple[str, ...]
) -> None:
    noted = await store.officers.audit(10)
    verb, *arguments = change
    with pytest.raises(UnitFault, match=REFUSED[change]):
        await getattr(store.organisation, verb)(*arguments, NOW)
    assert _drawn(await store.organisation.tree()) == WHOLE
    assert await store.officers.audit(10) == noted


async def test_a_code_that_was_closed_is_not_used_again(store: Store) -> None:
    await store.organisation.merge("BN-01", "BN-02", NOW)
    for verb, *arguments in (
        ("merge", "BN-01", "TN"),
        ("rename", "BN-01", "x"),
        ("close", "BN-01"),
    ):
        with pytest.raises(UnitFault, match="closed or merged before"):
            await getattr(store.organisation, verb)(*arguments, NOW)
    loaded = await store.organisation.load(wanted(("BN-01", "x", "TN", "k")), NOW)
    assert loaded.faults == ("row 2: BN-01 was closed or merged; a new unit needs a new code",)


async def test_another_process_learns_of_a_change(store: Store) -> None:
    structure = Structure()
    assert await store.organisation.follow(structure)
    assert not await store.organisation.follow(structure)
    await store.organisation.rename("TN", "Nam", NOW)
    assert await store.organisation.follow(structure)
    assert (structure.tree.find("TN") or structure.tree.top).title == "Nam"
    await store.organisation.load(wanted(("Z", "z", "TN", "k")), NOW)
    assert await store.organisation.follow(structure)


async def test_the_first_import_happens_once(store: Store) -> None:
    listed = from_content(load_library(ROOT / "content").units.values())
    assert not await store.organisation.begin(listed, NOW)
    assert (await store.organisation.tree()).top.title == "Liên đoàn"


async def test_the_count_of_a_day_is_kept_as_it_was_first(store: Store) -> None:
    await add_people(store, "BN-01", 6)
    day = date(2026, 11, 23)
    await store.organisation.keep_counts(day)
    await add_people(store, "TN-01", 2)
    await store.organisation.keep_counts(day)
    tree = await store.organisation.tree()
    kept = {tree.by_id[i].code: n for i, n in (await store.organisation.count_people(day)).items()}
    assert kept == {"BN-01": 6}
    assert await store.organisation.count_people(day - DAY) == {}


# --- counts that give nobody away ----------------------------------------------------------------


def _random_tree(parents: list[int]) -> Tree:
    units = [Unit("U0", "", "k", None, 1)]
    for number, parent in enumerate(parents, 1):
        units.append(Unit(f"U{number}", "", "k", units[parent % number].id, number + 1))
    return Tree(units)


@given(
    st.lists(st.integers(0, 30), max_size=25),
    st.lists(st.integers(0, 9), min_size=26, max_size=26),
)
def test_no_small_group_is_told_or_left_over(parents: list[int], people: list[int]) -> None:
    tree = _random_tree(parents)
    direct = {unit.id: people[unit.id - 1] for unit, _ in tree.walk()}
    told, whole = told_totals(tree, direct), totals(tree, direct)
    assert whole[tree.top.id] == sum(direct.values())
    for unit, _ in tree.walk():
        shown = told[unit.id]
        assert shown is None or shown == whole[unit.id] >= SMALLEST
        known = [whole[c.id] for c in tree.children(unit) if told[c.id] is not None]
        assert not known or shown is not None  # what is hidden is hidden with all below it
        if shown is not None and known:
            left = shown - sum(known)
            assert left == 0 or left >= SMALLEST


def test_an_empty_list_changes_nothing() -> None:
    tree = _random_tree([0, 0])
    assert plan_loading(tree, []).untouched == 0
    assert plan_loading(tree, []).faults == ()
    assert len(tree) == 3
    assert len(UNITS) == 7
