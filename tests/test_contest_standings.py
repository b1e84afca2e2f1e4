"""A closed round: places, boards and units; how questions went; in the store and in the chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot import contest_alike
from bot.app import App
from bot.consents import CONTEST
from bot.contest_units import Took
from bot.contests import Quota, Round
from bot.model import Address
from bot.store import Store, schema
from tests.contesting import closed, enter, opened, rules
from tests.organisation import add_people, appoint, load_units, prepare
from tests.people import Talker
from tests.test_permissions import _last_address

# --- the queries, on both databases ---------------------------------------------------------------


async def test_places_best_entries_and_units_are_of_the_entries_that_count(store: Store) -> None:
    await load_units(store)
    one, other = await opened(store), await opened(store, name="week-2")
    ids = {unit.code: unit.id for unit in (await store.organisation.tree()).by_id.values()}
    await enter(
        store,
        one,
        [
            {"code": "aaa", "right": 5},
            {"code": "bbb", "right": 4, "league": "abroad", "unit_id": ids["BN-01"]},
            {"code": "ccc", "right": 3, "unit_id": ids["BN-01"]},
            {"code": "ddd", "right": 2, "league": "abroad", "unit_id": ids["BN-02"]},
        ],
    )
    await enter(store, other, [{"code": "zzz", "right": 5}])
    standings = store.contests.standings
    assert await standings.best(one) == []  # nothing before it is closed
    shut = await closed(store, one)
    assert [(b.rank, b.code, b.points) for b in await standings.best(shut)] == [
        (1, "aaa", 5), (2, "bbb", 4), (3, "ccc", 3), (4, "ddd", 2),
    ]  # fmt: skip
    assert [(b.rank, b.code) for b in await standings.best(shut, "abroad")] == [
        (1, "bbb"),
        (2, "ddd"),
    ]
    assert len(await standings.best(shut, most=2)) == 2
    assert await standings.leagues(shut) == {"vn": 2, "abroad": 2}
    assert await standings.units(shut) == {
        None: Took(1, 5), ids["BN-01"]: Took(2, 7), ids["BN-02"]: Took(1, 2),
    }  # fmt: skip
    await store.close()


async def test_what_questions_tell_is_made_once_and_again_when_it_has_changed(
    store: Store,
) -> None:
    one = await opened(store)
    standings = store.contests.standings
    await enter(store, one, ({"right": number % 6} for number in range(50)))
    seen = await standings.so_far(one, one.opens_at)
    assert sum(item.asked for item in seen) == 250
    assert {item.right for item in seen} == {None}
    shut = await closed(store, one)
    found = await standings.study(shut)
    assert found is not None
    assert (found.entries, found.seconds) == (50, 10)
    assert sum(item.asked for item in found.items) == 250
    assert await standings.study(shut) is found
    assert await store.contests.void(shut, shut.frozen.questions[0].id, datetime.now(UTC))
    void = await store.contests.round(one.id)
    assert void is not None
    assert await standings.study(void) is not found
    # When the answers are forgotten, so is what was made of them.
    gone = {"answers": "", "drawn": b"", "seconds": b""}
    await store._writes.run(lambda c: c.execute(schema.attempt.update().values(gone)))
    last = await standings.study(void)
    assert last is not None
    assert (last.entries, {item.asked for item in last.items}) == (0, {0})
    await store.close()


# --- in the chat ----------------------------------------------------------------------------------


@pytest.fixture(params=["visitor", "chatter"])
def talker(request: pytest.FixtureRequest) -> Talker:
    found: Talker = request.getfixturevalue(request.param)
    return found


async def _ready(bot: App, talker: Talker) -> tuple[Round, Address]:
    await prepare(bot)
    await talker.says("/start")
    await talker.taps("English")
    await talker.taps("I agree")
    return await opened(bot.store), await _last_address(bot)


def _unit(bot: App, code: str) -> int:
    unit = bot.structure.tree.find(code)
    assert unit is not None
    return unit.id


async def test_boards_tell_codes_and_large_units_in_pictures_and_words(
    bot: App, talker: Talker
) -> None:
    one, _ = await _ready(bot, talker)
    await talker.taps_value(f"round:{one.id}:{CONTEST}:vn")
    await add_people(bot.store, "BN-01", 8)
    await add_people(bot.store, "BN-02", 6)
    rows = [{"code": f"may-{n}", "right": 5, "unit_id": _unit(bot, "BN-01")} for n in range(6)]
    rows += [{"code": f"giay-{n}", "right": 1, "unit_id": _unit(bot, "BN-02")} for n in range(3)]
    rows += [
        {"code": f"go-{n}", "right": 2, "unit_id": _unit(bot, "TN-01"), "league": "abroad"}
        for n in range(5)
    ]
    await enter(bot.store, one, rows)
    await closed(bot.store, one)
    page = await talker.taps_value(f"result:{one.id}")
    assert "Your place in your group: 10 of 10" in page
    assert "Your rank: 15" in page
    best = await talker.taps("Best entries")
    assert best.pictures == 1
    assert "1. may-0 – 5 points" in best
    assert "7. go-0 – 2 points" in best
    assert "giay-0" not in best  # the tenth is another
    league = await talker.taps("Lao động nước ngoài")
    assert "1. go-0 – 2 points" in league
    assert "may-0" not in league
    assert "All groups" in league.buttons
    units = await talker.taps("Units")
    assert units.pictures == 1
    assert "1. Công ty May – 75% · 6/8" in units
    for small in ("Giày", "Gỗ", "Khu công nghiệp", "Tỉnh"):  # few took part, or few are known
        assert small not in units
    means = await talker.taps("Points on average")
    assert "1. Công ty May – 5\n2. Công ty Gỗ – 2" in means
    assert "Khu công nghiệp" not in means  # less May, it would be Giày's three


async def test_values_that_nobody_showed_lead_to_a_page_and_to_no_error(
    bot: App, talker: Talker
) -> None:
    one, address = await _ready(bot, talker)
    for word in ("best", "units", "means"):
        assert "not over yet" in await talker.taps_value(f"result:{one.id}:{word}")
    await closed(bot.store, one)
    for word in ("best:xyz", "units:vn", "means:1:2", "worst", "best:vn:vn", "-1"):
        assert "Took part: 0" in await talker.taps_value(f"result:{one.id}:{word}")
    assert "Nobody took part." in await talker.taps_value(f"result:{one.id}:best:")
    assert "Nobody took part." in await talker.taps_value(f"result:{one.id}:best")
    assert "too few of any took part" in await talker.taps_value(f"result:{one.id}:units")
    assert "not over yet" in await talker.taps_value("result:99:best")
    await appoint(bot, address, "federation-officer", "LD")
    for word in ("0", "999", "99999999999999999999", "-1", "x", "entries", "entries:9", ""):
        assert "nobody took part" in await talker.taps_value(f"rounds:{one.id}:items:{word}")
    assert "no such round" in await talker.taps_value("rounds:99:items:0")


async def test_officers_see_how_questions_went_once_the_round_is_closed_and_nobody_else(
    bot: App, talker: Talker
) -> None:
    one, address = await _ready(bot, talker)
    await enter(bot.store, one, ({"code": f"e-{n:03}", "right": 0} for n in range(200)))
    first = f"rounds:{one.id}:items:0"
    for value in (first, f"rounds:{one.id}:items:entries"):
        said = (await talker.taps_value(value)).text
        assert any(text in said for text in ("do not know this", "from an older message"))
    await appoint(bot, address, "federation-officer", "LD")
    await talker.taps_value(f"rounds:{one.id}")
    while_open = await talker.taps("Questions: how they went")
    assert "Asked: " in while_open
    assert "Half took at most: 10 seconds" in while_open
    for hidden in ("Right:", "Tells apart", "⚠", "Option", "Entries to look at"):
        assert hidden not in while_open.text
        assert hidden not in while_open.buttons
    assert "verdicts" not in await talker.taps_value(f"rounds:{one.id}:items:entries")
    await closed(bot.store, one)
    page = await talker.taps_value(first)
    assert "16 questions to look at come first" in page
    assert "⚠ A wrong option is chosen more often than the right one" in page
    assert "Right: 0%, left open: 0%" in page
    assert page.text.count("Asked: ") == 6
    # To the page where this question can be made void.
    second = (await talker.taps("Next")).buttons
    for label, value in (*page.buttons.items(), *second.items()):
        if label.startswith("Void: "):
            voidable = await talker.taps_value(value)
            assert "A void question counts as right" in voidable
            assert label in voidable.buttons
    last = await talker.taps_value(f"rounds:{one.id}:items:999")
    assert last.text.count("Asked: ") == 4
    assert "Next" not in last.buttons
    entries = await talker.taps("Entries to look at")
    assert "These are questions, not verdicts" in entries
    assert "Nothing stands out." in entries


async def test_a_group_that_is_wrong_in_the_same_way_is_told_by_code(
    bot: App, talker: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, address = await _ready(bot, talker)
    all_of_them = replace(rules(), quotas=(Quota("union", 8), Quota("award", 8)))
    one = await opened(bot.store, all_of_them, name="week-2")
    rows = [{"code": f"e-{n:03}", "right": 10 + n % 5} for n in range(60)]
    rows += [{"code": f"twin{n:02}", "right": 0, "shift": 2} for n in range(10)]
    await enter(bot.store, one, rows)
    await closed(bot.store, one)
    await appoint(bot, address, "federation-officer", "LD")
    monkeypatch.setattr(contest_alike, "WORK", 10)  # so that it must say that some may be missing
    said = await talker.taps_value(f"rounds:{one.id}:items:entries")
    assert "Wrong in the same way" in said
    codes = ", ".join(f"twin{n:02}" for n in range(8))
    assert f"{codes}, +2: 16 wrong answers in common on 16 questions of both" in said
    assert "e-0" not in said
    assert "some may be missing" in said


async def test_entries_to_look_at_are_told_by_code_without_a_verdict(
    bot: App, talker: Talker
) -> None:
    one, address = await _ready(bot, talker)
    await enter(bot.store, one, ({"code": f"e-{n:03}", "right": 5} for n in range(40)))
    fast = schema.attempt.update().where(schema.attempt.c.code < "e-012")
    await bot.store._writes.run(lambda c: c.execute(fast.values(seconds=bytes([1] * 5))))
    await closed(bot.store, one)
    await appoint(bot, address, "federation-officer", "LD")
    said = await talker.taps_value(f"rounds:{one.id}:items:entries")
    assert "people who learn together" in said
    assert "e-000: 5 of 5 right, half of the answers in at most 1 second" in said
    assert "… and 2 more" in said
    assert "e-020" not in said


async def test_what_takes_long_is_told_later(
    bot: App, chatter: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, address = await _ready(bot, chatter)
    await enter(bot.store, one, ({"right": 3} for _ in range(40)))
    await closed(bot.store, one)
    await appoint(bot, address, "federation-officer", "LD")
    standings = bot.store.contests.standings
    original = standings.study

    async def impatient(one: Round, patience: float | None = 0) -> object:
        return await original(one, 0)

    monkeypatch.setattr(standings, "study", impatient)
    assert "ask again in a minute" in await chatter.taps_value(f"rounds:{one.id}:items:0")
    monkeypatch.setattr(standings, "study", original)
    assert "Asked: " in await chatter.taps("Look again")
