"""Measures of the officers' own work: the desk, what units held, reports that were written."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping

from bot.library import Library
from bot.organisation import SMALLEST
from bot.planreport.counted import Counted, Held, told_groups
from bot.planreport.measured import NONE, SMALL, Measured, Narrowed, enough
from bot.planreport.names import KIND_WORDS
from bot.planreport.report import Rows, in_vietnamese
from bot.planreport.words import HARM_WORDS, OTHERS, VERDICT_WORDS


def claims(counted: Counted, _library: Library, narrowed: Narrowed) -> Measured:
    return _of_desk(counted, "claim", HARM_WORDS, narrowed.get("harm"), "Lo ngại về")


def verdicts(counted: Counted, _library: Library, narrowed: Narrowed) -> Measured:
    return _of_desk(counted, "verdict", VERDICT_WORDS, narrowed.get("verdict"), "Kết luận")


def _of_desk(
    counted: Counted, kind: str, words: Mapping[str, str], wanted: str | None, column: str
) -> Measured:
    """Claims, never reports: but a claim has a reporter, so fewer than five are not told."""
    by = counted.sums(kind, lambda one: one.subject, lambda _: True)
    if wanted is not None:
        return enough(by[wanted])
    told, others = told_groups(by, by)
    cells = [(words.get(one, one), in_vietnamese(count)) for one, count in told]
    cells += [(OTHERS, in_vietnamese(others))] if others else []
    return enough(sum(by.values()), Rows((column, "Số lượng"), tuple(cells)))


def hours(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    """The true median of the times from report to verdict."""
    if counted.hours is None:
        return Measured(None, "months")
    if not counted.hours:
        return NONE
    if len(counted.hours) < SMALLEST:
        return SMALL
    rows = Rows(("Số lượt trả lời",), ((in_vietnamese(len(counted.hours)),),))
    return Measured(round(statistics.median(counted.hours), 1), "", rows)


def activities(counted: Counted, _library: Library, narrowed: Narrowed) -> Measured:
    """What units reported of their own work."""
    found = [one for one in counted.activities if _is_such(one, narrowed)]
    cells = tuple(
        (
            f"{one.told.held_on:%d/%m/%Y}",
            one.told.unit,
            KIND_WORDS.get(one.kind, one.kind),
            one.told.title,
        )
        for one in found
    )
    return Measured(len(found), "", Rows(("Ngày", "Đơn vị", "Hình thức", "Nội dung"), cells))


def _is_such(one: Held, narrowed: Narrowed) -> bool:
    return all(getattr(one, name) == value for name, value in narrowed.items())


def active_units(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    by = Counter(one.told.unit for one in counted.activities)
    cells = tuple((unit, in_vietnamese(count)) for unit, count in sorted(by.items()))
    return Measured(len(by), "", Rows(("Đơn vị", "Số hoạt động"), cells))


def reports(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    """Reports of the plan that were written on these days."""
    return Measured(counted.written)
