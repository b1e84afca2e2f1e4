"""How far the pack is: what is done, draft, missing or expired, by language and topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bot.editing.catalogues import Catalogues, Said
from bot.editing.items import Item, items, needed
from bot.library import Pack

# What a cell counts; `absent` ones lack too, but topics.yaml does not ask for them.
KINDS = ("done", "draft", "missing", "expired", "absent")
Matrix = Mapping[str, Mapping[str, Mapping[str, int]]]


def matrix(pack: Pack, catalogues: Catalogues, today: date) -> Matrix:
    """Counts by group (a topic, or what is no article), language and kind."""
    topics = [topic.slug for read in pack.topics for topic in read.topics]
    others = (
        "questions",
        "factchecks",
        "calendar.yaml",
        "award.yaml",
        "contacts.yaml",
        "topics.yaml",
    )
    found: dict[str, dict[str, Counter[str]]] = {
        group: {tag: Counter() for tag in catalogues.tags} for group in (*topics, *others)
    }
    for item in items(pack):
        asked = needed(pack, item.group)
        for tag, counts in found[item.group].items():
            counts[_kind(item, tag, asked, today)] += 1
    interface = {tag: Counter(map(_said, texts)) for tag, texts in catalogues.texts.items()}
    return {
        group: {tag: {kind: counts[kind] for kind in KINDS} for tag, counts in row.items()}
        for group, row in {**found, "interface": interface}.items()
    }


def missing(found: Matrix) -> int:
    """How many texts lack that are asked for."""
    return sum(cell["missing"] for row in found.values() for cell in row.values())


def table(found: Matrix) -> Iterable[str]:
    """The matrix in lines for a terminal."""
    rows: list[list[str]] = [["", *next(iter(found.values()))]]
    rows += [[group, *map(_cell, row.values())] for group, row in found.items()]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    yield "done/draft/missing/expired (-: not there, and not asked for)"
    for row in rows:
        first, *cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join([first.strip().ljust(widths[0]), *cells])


def _cell(counts: Mapping[str, Any]) -> str:
    told = [counts[kind] for kind in KINDS[:4]]
    return "/".join(map(str, told)) if any(told) else "-"


def _said(text: Said) -> str:
    return "done" if text.target else "missing"


def _kind(item: Item, tag: str, asked: tuple[str, ...], today: date) -> str:
    if tag not in item.states:
        return "missing" if tag in asked else "absent"
    return "expired" if item.is_expired(today) else item.states[tag]
