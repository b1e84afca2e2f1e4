"""Numbers as they are meant: "3 tháng" is 90 days, "1,5 lần" is 150 %, "8tr" is 8,000,000 đồng.

A term for an amount is `#UNIT:NUMBER`, such as `#d:90`; those for dates stand in `dates.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.matching.dates import MONTHS, Found, date_at
from bot.matching.numerals import HUNDREDS, ONES, number_at, plain
from bot.matching.spelling import Token, tokens_of

DATES = ("#dm", "#my", "#y")
BARE = "#n:"  # a number in digits without a unit
COUNTED = "#word:"  # one in words, which is a number only where something follows to be counted
_UNITS: Mapping[str, tuple[str, float]] = {
    "phan tram": ("%", 1), "per cent": ("%", 1), "percent": ("%", 1), "%": ("%", 1),
    "hai ly": ("nm", 1), f"{tokens_of('hải')[0].spelt} ly": ("nm", 1), "nautical mile": ("nm", 1),
    "mile": ("nm", 1), "km": ("km", 1), "tuoi": ("age", 1), "ngay": ("d", 1), "bua": ("d", 1),
    "hom": ("d", 1), "day": ("d", 1),
    "tuan": ("d", 7), "week": ("d", 7), "thang": ("d", 30), "month": ("d", 30), "nam": ("d", 360),
    "year": ("d", 360), "gio": ("h", 1), "tieng": ("h", 1), "h": ("h", 1), "hour": ("h", 1),
    "trieu": ("vnd", 1e6), "million": ("vnd", 1e6), "nghin": ("vnd", 1e3), "ngan": ("vnd", 1e3),
    "k": ("vnd", 1e3), "ty": ("vnd", 1e9), "ti": ("vnd", 1e9), "billion": ("vnd", 1e9),
    "dong": ("vnd", 1), "d": ("vnd", 1), "vnd": ("vnd", 1),
}  # fmt: skip
_SAID: Mapping[str, str] = {
    "nua phan tram": "#%:0.5", "half a percent": "#%:0.5", "half a per cent": "#%:0.5",
    "gap doi": "#%:200", "nhan doi": "#%:200", "x 2": "#%:200", "double pay": "#%:200",
    "double time": "#%:200", "nhan hai": "#%:200", "nhan 2": "#%:200", "gap 2": "#%:200",
    "twice the": "#%:200", "earns double": "#%:200", "nhan ba": "#%:300", "nhan 3": "#%:300",
    "gap 3": "#%:300", "gap ba": "#%:300", "x 3": "#%:300", "triple pay": "#%:300",
    "nhan ruoi": "#%:150", "half a decade": "#d:1800", "a decade": "#d:3600",
    "mot ruoi": "#%:150", "time and a half": "#%:150", "nua ngay": "#h:4", "nua thang": "#d:15",
    "nua nam": "#d:180", "hai thap ky": "#d:7200", "two decade": "#d:7200",
}  # fmt: skip
_ORDINALS: Mapping[str, int] = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11,
    "xii": 12, "xiii": 13, "xiv": 14, "xv": 15, "xvi": 16, "nhat": 1, "nhi": 2, "first": 1,
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
_RANKS = frozenset({"lan", "thu", "edition"})
# "từ 0h đến 2h" is a time of day, "trong 2 giờ" a length of time.
_CLOCK = frozenset({"tu", "den", "luc", "toi", "at", "till"})
_STARTS = frozenset(
    {said.partition(" ")[0] for said in _SAID}
    | {*ONES, *_ORDINALS, *MONTHS, *_RANKS, "sau", "tu", "thang", "t"}
)
UNIT_WORDS = frozenset(word for unit in _UNITS for word in unit.split())
# The words that are read here are no typing errors.
NUMBER_WORDS = frozenset(
    {word for said in (*_UNITS, *_SAID) for word in said.split()} | _STARTS | HUNDREDS | {"ruoi"}
)


def amount_at(tokens: Sequence[Token], place: int) -> Found:
    """The terms of an amount or date that begins there, and how many tokens it takes, or 0."""
    first = tokens[place].folded
    if not first[0].isdecimal() and first not in _STARTS:
        return (), 0
    words = [plain(token) for token in tokens[place : place + 9]]
    for size in (4, 3, 2):
        if said := _SAID.get(" ".join(words[:size])):
            return (said,), size
    terms, size = date_at(words) or _ordinal(words) or _counted(words) or ((), 0)
    if terms and terms[0].startswith("#h:") and place and tokens[place - 1].folded in _CLOCK:
        return (), size
    return terms, size


def _ordinal(words: Sequence[str]) -> Found | None:
    """ "lần thứ XI", "lần 11", "11th", "eleventh"; "tháng thứ ba" is 90 days."""
    if words[:2] == ["thang", "thu"]:
        number, size = number_at(words[2:])
        return ((f"#d:{number * 30:g}",), size + 2) if size else None
    if words[0] in _RANKS and len(words) > 1:
        return _ranked(words, 2 if words[:2] == ["lan", "thu"] else 1)
    if words[0].isdecimal() and words[1:2] and words[1] in {"th", "st", "nd", "rd"}:
        return (f"#nth:{words[0]}",), 2
    if words[0] in _ORDINALS and len(words[0]) > 4:
        return (f"#nth:{_ORDINALS[words[0]]}",), 1
    return None


def _ranked(words: Sequence[str], used: int) -> Found | None:
    rest = words[used : used + 2]
    if rest and rest[0] in _ORDINALS:
        return (f"#nth:{_ORDINALS[rest[0]]}",), used + 1
    number, size = number_at(rest)
    return ((f"#nth:{number:g}",), used + size) if size else None


def _counted(words: Sequence[str]) -> Found | None:
    """A number with its unit; one in digits counts without a unit too."""
    number, size = number_at(words)
    if not size:
        return None
    rest = words[size:]
    for length in (2, 1):
        is_man = rest[0:1] == ["nam"] and _is_number(rest[1:3])  # "nữ 55 nam 60"
        if not is_man and (unit := _UNITS.get(" ".join(rest[:length]))):
            name, factor = unit
            is_half = rest[length : length + 1] == ["ruoi"]
            more, used = _more_money(rest[length:], factor) if factor >= 1e3 else (0.0, 0)
            whole = (number + is_half / 2) * factor + more
            return (f"#{name}:{whole:.9g}",), size + length + is_half + used
    if words[0][0].isdecimal():
        return (_bare(number, rest),), size + (rest[:1] == ["lan"])
    return ((f"{COUNTED}{number:g}",), size) if number > 1 else None


def _more_money(words: Sequence[str], factor: float) -> tuple[float, int]:
    """What follows a million: "5tr3" is 5,300,000, "5 triệu 310 ngàn" is 5,310,000."""
    number, size = number_at(words)
    if not size or words[0] == "d":
        return 0, 0
    _, smaller = _UNITS.get("".join(words[size : size + 1]), ("", 0.0))
    if smaller in {1e3, 1e6} and smaller < factor:
        return number * smaller, size + 1
    is_short = words[0].isdecimal() and len(words[0]) <= 3 and not smaller
    return (number * factor / 10 ** len(words[0]), size) if is_short else (0, 0)


def _is_number(words: Sequence[str]) -> bool:
    return bool(words) and words[0].isdecimal() and words[1:] not in (["thang"], ["ngay"])


def _bare(number: float, rest: Sequence[str]) -> str:
    """1.5 is a rate of pay, 1.500.000 is money; others are just numbers."""
    if 1 < number < 5 and (number % 1 or rest[:1] == ["lan"]):
        return f"#%:{number * 100:g}"
    return f"#vnd:{number:.9g}" if number >= 100_000 else f"{BARE}{number:g}"
