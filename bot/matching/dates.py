"""Dates as they are written: `#dm:24/11` for day and month, `#my:7/2026`, `#y:1967`, `#m:11`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.matching.numerals import number_at

# The terms, and how many words they take.
Found = tuple[tuple[str, ...], int]
# "May" is left out: "may", "mấy" and "máy" are Vietnamese words of every day.
MONTHS: Mapping[str, int] = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "april": 4, "apr": 4, "june": 6,
    "july": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip


def date_at(words: Sequence[str]) -> Found | None:
    """The date that these plain words begin with."""
    first = words[0]
    if "/" in first:
        return _written(first)
    if first in {"thang", "t"} and len(words) > 1 and words[1] != "thu":
        return _of_month(words)
    if first == "nam" and len(words) > 1 and (year := _short_year(words[1:])):
        return (f"#y:{year}",), 2
    if first in MONTHS and len(words) > 1:
        return _english(MONTHS[first], words[1])
    day, size = number_at(words)
    rest = words[size:]
    if size and 1 <= day <= 31 and rest:
        if rest[0] == "thang" and len(rest) > 1:
            return _of_day(day, size, _of_month(rest))
        if rest[0] in MONTHS and first.isdecimal():
            month = MONTHS[rest[0]]
            terms, used = _year_of(month, rest[1]) if len(rest) > 1 else ((), 0)
            return (f"#dm:{day:g}/{month}", *terms), size + 1 + used
    return ((f"#y:{first}",), 1) if _is_year(first) else None


def _written(word: str) -> Found:
    """1/7/2025, 24/11 or 7/2026; anything else with a stroke is the number of a document."""
    parts = [int(part) for part in word.replace(".", "/").split("/") if part.isdecimal()]
    match parts:
        case [day, month, year] if day <= 31 and month <= 12:
            return (f"#dm:{day}/{month}", f"#my:{month}/{year}", f"#y:{year}"), 1
        case [day, month] if day <= 31 and month <= 12:
            return (f"#dm:{day}/{month}",), 1
        case [month, year] if month <= 12 and _is_year(str(year)):
            return (f"#my:{month}/{year}", f"#y:{year}"), 1
    return (), 1


def _of_month(words: Sequence[str]) -> Found | None:
    """ "tháng 7 năm 2026", "tháng 11", "tháng 7/2026"."""
    if words[1].count("/") == 1:
        terms, _ = _written(words[1])
        return (terms, 2) if terms else None
    month, size = number_at(words[1:])
    if not size or not 1 <= month <= 12:
        return None
    used = 1 + size
    if words[used : used + 1] == ["nam"] and len(words) > used + 1 and _is_year(words[used + 1]):
        return (f"#my:{month:g}/{words[used + 1]}", f"#y:{words[used + 1]}"), used + 2
    return (f"#m:{month:g}",), used


def _of_day(day: float, size: int, month: Found | None) -> Found | None:
    """ "24 tháng 11", "1 tháng 7 năm 2025": the month was read, the day stands before it."""
    if month is None or not month[0][0].startswith(("#m:", "#my:")):
        return None
    terms, used = month
    number = terms[0].partition(":")[2].partition("/")[0]
    rest = () if terms[0].startswith("#m:") else terms
    return (f"#dm:{day:g}/{number}", *rest), size + used


def _english(month: int, after: str) -> Found | None:
    """ "July 2025", "November 24"."""
    terms, used = _year_of(month, after)
    if used:
        return terms, 1 + used
    if after.isdecimal() and 1 <= int(after) <= 31:
        return (f"#dm:{int(after)}/{month}",), 2
    return None


def _year_of(month: int, word: str) -> Found:
    return ((f"#my:{month}/{word}", f"#y:{word}"), 1) if _is_year(word) else ((), 0)


def _short_year(words: Sequence[str]) -> int | None:
    """ "năm 75" is 1975; but "nam 60" are men, and "năm 45 tuổi" is an age."""
    word = words[0]
    is_short = word.isdecimal() and len(word) == 2 and (int(word) in {45, 54} or int(word) > 65)
    return 1900 + int(word) if is_short and words[1:2] != ["tuoi"] else None


def _is_year(word: str) -> bool:
    return word.isdecimal() and len(word) == 4 and 1900 <= int(word) <= 2099
