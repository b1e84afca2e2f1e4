"""Measures of what people do, of whom fewer than five are never told."""

from __future__ import annotations

import statistics

from bot.library import Library
from bot.library.plan import FOREIGN
from bot.organisation import SMALLEST
from bot.planreport.counted import Counted, told_groups
from bot.planreport.measured import NONE, NOTHING, SMALL, Measured, Narrowed, enough
from bot.planreport.report import Rows, in_vietnamese
from bot.planreport.words import OTHERS, language_word


def people(counted: Counted, _library: Library, narrowed: Narrowed) -> Measured:
    """Who agrees to messages, on the last day that was counted, in fives."""
    by = counted.sums("people", lambda one: one.language or "vi", lambda _: True)
    if not by:
        return NONE
    told, others = told_groups(by, by)
    if "language" in narrowed:
        wanted = narrowed["language"]
        if wanted == FOREIGN:
            return _in_fives(sum(by.values()) - by["vi"])
        return _in_fives(dict(told)[wanted]) if wanted in dict(told) else SMALL
    cells = [(language_word(tag), in_vietnamese(_fives(count))) for tag, count in told]
    cells += [(OTHERS, in_vietnamese(_fives(others)))] if others else []
    return _in_fives(sum(by.values()), Rows(("Ngôn ngữ", "Số người"), tuple(cells)))


def _fives(count: int) -> int:
    """Rounded down, so that no two days differ by a few people."""
    return count // SMALLEST * SMALLEST


def _in_fives(count: int, rows: Rows = NOTHING) -> Measured:
    found = enough(count, rows)
    return found if found.amount is None else Measured(_fives(count), "", rows)


def reached(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    """People to whom something arrived, each counted once.

    Known from the beginning of a month, quarter or year on, which is where counting begins anew.
    """
    first, last = counted.period.first, counted.period.last
    for since, months in (("month", 1), ("quarter", 3), ("year", 12)):
        begins = first.day == 1 and (first.month - 1) % months == 0
        if begins and (last.year, (last.month - 1) // months) == (
            first.year,
            (first.month - 1) // months,
        ):
            return _in_fives(counted.total(f"reached-{since}"))
    return Measured(None, "months")


def joined(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    return _of_people(counted, "joined")


def left(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    return _of_people(counted, "left")


def _of_people(counted: Counted, kind: str) -> Measured:
    if counted.told_people is None:
        return Measured(None, "months")
    told = counted.told_people.get(kind, 0)
    return SMALL if not told and counted.total(kind) else Measured(told)


def rounds(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    cells = sorted((_round(one.subject),) for one in counted.rows("round"))
    return Measured(len(cells), "", Rows(("Vòng thi",), tuple(cells)))


def entries(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    """Entries of the rounds that closed; of a round with fewer than five none are told."""
    by = counted.sums("entry", lambda one: one.subject, lambda _: True)
    told = {subject: count for subject, count in by.items() if count >= SMALLEST}
    if by and not told and sum(by.values()):
        return SMALL
    cells = tuple((_round(one), in_vietnamese(count)) for one, count in sorted(told.items()))
    return Measured(sum(told.values()), "", Rows(("Vòng thi", "Lượt dự thi"), cells))


def gain(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    """By how many percentage points the same people did better than the time before; the mean of
    the rounds, each with five such people or more."""
    by = counted.sums("gain", lambda one: one.subject, lambda _: True)
    if not by:
        return NONE
    cells = tuple((_round(one), in_vietnamese(count / 10)) for one, count in sorted(by.items()))
    mean = round(statistics.mean(by.values()) / 10, 1)
    return Measured(mean, "", Rows(("Vòng thi", "Điểm phần trăm"), cells))


def _round(subject: str) -> str:
    return subject.partition(":")[2]
