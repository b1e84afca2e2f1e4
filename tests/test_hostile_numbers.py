"""Numbers in buttons and commands that nobody was ever shown: each is answered, none by a fault."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from bot.row_numbers import is_number, page_number, row_number
from bot.store import Seal, Store
from tests.conftest import ROOT, make_ready
from tests.hostile import INPUTS
from tests.walk_holding import Walker
from tests.walk_parts import Clock, Visits
from tests.walk_world import begin, bot_in, furnish
from tests.walking import ACTIONS, COMMANDS, Walk

LARGEST, BEYOND, ENDLESS = "9" * 18, "9" * 20, "1" * 5000
READ = {
    "0": 0, "7": 7, LARGEST: int(LARGEST), "9" * 19: 0, BEYOND: 0, ENDLESS: 0, "-1": 0, "": 0,
    "²": 0, "x": 0, "1 ": 0, "٣": 3, "1.5": 0, "0x10": 0,
}  # fmt: skip


@pytest.mark.parametrize("text", READ, ids=range(len(READ)))
def test_a_number_is_what_every_database_can_hold(text: str) -> None:
    assert row_number(text) == READ[text]
    assert page_number(text) == (READ[text] if len(text) < 6 else 0)
    assert is_number(text) is (READ[text] > 0 or text == "0")


@cache
def _forms() -> Sequence[str]:
    """Every kind of button that the handlers make, with {} where something is filled in."""
    found = set()
    for path in sorted(Path(ROOT / "handlers").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
                found.add("".join(map(str, parts)))
    shaped = (form for form in found if re.match(r"[a-z]+:\S*{}", form))
    return sorted(form for form in shaped if form.partition(":")[0] in ACTIONS)


async def test_no_number_in_a_button_or_a_command_ends_in_a_fault(
    database_url: str, tmp_path: Path
) -> None:
    """By an administrator, who may do all; a third of all on one database, in `make fuzz` all."""
    forms = _forms()
    assert len(forms) > 100
    store = Store(database_url, Seal("not used"))
    await make_ready(store)
    await store.close()
    clock = Clock(datetime.now(UTC).replace(microsecond=0))
    async with bot_in(tmp_path, database_url, clock) as bot:
        walk = Walk(bot, clock, 1, Visits(), b"")
        await begin(walk)
        await furnish(walk)
        one, dice = walk.walkers[0], walk.dice
        await walk.says(one, text="/broadcast")
        await walk.says(one, text="Lịch nghỉ\nVăn phòng nghỉ thứ bảy.")
        half = int(database_url.startswith("sqlite"))
        for at, form in enumerate(forms):
            if INPUTS or at % 2 == half:
                await _try(walk, one, form, None if INPUTS else at // 2 % 3)
        for name in COMMANDS:
            if name != "stop":
                await walk.says(one, text=f"/{name} {dice.choice((LARGEST, ENDLESS))}")


async def _try(walk: Walk, one: Walker, form: str, only: int | None) -> None:
    """With numbers beyond all in each gap; with a row that may be there, and beyond it; typed."""
    gaps = form.count("{}")
    beyond, largest = [BEYOND] * gaps, [*["1"] * (gaps > 1), *[LARGEST] * (gaps - 1 or 1)]
    typed = "#" + form.format(*[ENDLESS] * gaps)
    said = ({"choice": form.format(*beyond)[:64]}, {"choice": form.format(*largest)[:64]},
            {"text": typed})  # fmt: skip
    for what in said if only is None else said[only : only + 1]:
        if form.startswith("activity:"):
            await walk.says(one, text="/activity")
        await walk.says(one, **what)
