"""`caunoi contest items`: how the questions of a round went, and which entries to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bot.contest_items import REASONS, Item, Study
from bot.contests import CLOSED, Round
from bot.store import Store

_NOTE = "to look at, no verdicts: there may be good reasons, such as people who learn together"


async def print_items(store: Store, one: Round, *, is_json: bool) -> int:
    """Of an open round only how many were asked each question, and the median of the seconds."""
    if one.state != CLOSED:
        items = await store.contests.standings.so_far(one, datetime.now(UTC))
        rows = [{"id": each.id, "asked": each.asked, "seconds": each.seconds} for each in items]
        told: dict[str, Any] = {"questions": rows}
        lines = [_line(*row.values()) for row in rows]
    else:
        found = await store.contests.standings.study(one, patience=None)
        assert found is not None  # whoever waits for its end gets it
        told, lines = _told(one, found), list(_lines(one, found))
    name = f"{one.contest}/{one.name}"
    print(json.dumps({"round": name, **told}) if is_json else "\n".join(lines))
    return 0


def _told(one: Round, found: Study) -> dict[str, Any]:
    rows = [
        {**asdict(each), "void": each.id in one.voided, "enough": each.is_told}
        for each in found.flagged_first
    ]
    return {
        "entries": found.entries,
        "seconds": found.seconds,
        "questions": rows,
        "quick": [asdict(each) for each in found.quick],
        "alike": [asdict(each) for each in found.alike],
        "cut": found.is_cut,
        "note": _NOTE,
    }


def _lines(one: Round, found: Study) -> Iterator[str]:
    """Parted by tabs; what was asked of too few has only its number."""
    yield _line("question", "asked", "right", "discrimination", "open", "seconds", "look at")
    for each in found.flagged_first:
        void = ["void"] if each.id in one.voided else []
        yield _line(
            each.id, each.asked, each.right, each.discrimination, each.unanswered, each.seconds,
            "; ".join([*_reasons(each), *void]),
        )  # fmt: skip
    if found.quick or found.alike:
        yield f"# {_NOTE}"
    for quick in found.quick:
        yield _line("quick", quick.code, f"{quick.right}/{quick.of}", quick.seconds)
    for alike in found.alike:
        cells = (" ".join(alike.codes), alike.same, alike.shared, f"{alike.chance:.1e}")
        yield _line("alike", *cells)
    if found.is_cut:
        yield "# too many to compare them all: some may be missing"


def _reasons(each: Item) -> list[str]:
    return [REASONS[flag] for flag in each.flags] if each.is_told else ["too few to tell"]


def _line(*cells: object) -> str:
    return "\t".join(_cell(cell) for cell in cells)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
