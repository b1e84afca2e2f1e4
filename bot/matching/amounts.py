"""Numbers as they are meant: "3 tháng" is 90 days, "1,5 lần" is 150 %, "8tr" is 8,000,000 đồng.

A term for an amount is `#UNIT:NUMBER`; for dates `#dm:24/11`, `#my:7/2026`, `#y:1967`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.matching.spelling import Token, tokens_of

DATES = ("#dm", "#my", "#y")
BARE = "#n:"  # a number in digits without a unit
COUNTED = "#word:"  # one in words, which is a number only where something follows to be counted
# Vietnamese syllables and English words, without marks.
_ONES: Mapping[str, int] = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "lam": 5, "#6": 6, "bay": 7, "#4": 4,
    "tam": 8, "chin": 9, "muoi": 10, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90,
}  # fmt: skip
# With other marks, or with none, these are other words: "sau" is after, "từ" is since.
_SPELT: Mapping[str, str] = {
    token.spelt: plain
    for token, plain in zip(
        tokens_of("một mốt hai ba bốn năm lăm bảy bẩy tám chín mười mươi sáu tư"),
        "mot mot hai ba bon nam lam bay bay tam chin muoi muoi #6 #4".split(),
        strict=True,
    )
}
_DAYS, _HOURS, _SHARE, _MONEY = "d", "h", "%", "vnd"
_UNITS: Mapping[tuple[str, ...], tuple[str, float]] = {
    ("phan", "tram"): (_SHARE, 1), ("per", "cent"): (_SHARE, 1), ("hai", "ly"): ("nm", 1), (tokens_of("hải")[0].spelt, "ly"): ("nm", 1),
    ("nautical", "mile"): ("nm", 1), ("%",): (_SHARE, 1), ("percent",): (_SHARE, 1),
    ("mile",): ("nm", 1), ("km",): ("km", 1), ("ngay",): (_DAYS, 1), ("day",): (_DAYS, 1),
    ("days",): (_DAYS, 1), ("tuan",): (_DAYS, 7), ("week",): (_DAYS, 7), ("weeks",): (_DAYS, 7),
    ("thang",): (_DAYS, 30), ("month",): (_DAYS, 30), ("months",): (_DAYS, 30),
    ("month's",): (_DAYS, 30), ("nam",): (_DAYS, 360), ("year",): (_DAYS, 360),
    ("years",): (_DAYS, 360), ("gio",): (_HOURS, 1), ("tieng",): (_HOURS, 1), ("h",): (_HOURS, 1),
    ("hour",): (_HOURS, 1), ("hours",): (_HOURS, 1), ("tuoi",): ("age", 1),
    ("trieu",): (_MONEY, 1e6), ("million",): (_MONEY, 1e6), ("nghin",): (_MONEY, 1e3),
    ("ngan",): (_MONEY, 1e3), ("k",): (_MONEY, 1e3), ("ty",): (_MONEY, 1e9),
    ("ti",): (_MONEY, 1e9), ("billion",): (_MONEY, 1e9), ("dong",): (_MONEY, 1),
    ("d",): (_MONEY, 1), ("vnd",): (_MONEY, 1),
}  # fmt: skip
_SAID: Mapping[tuple[str, ...], str] = {
    ("nua", "phan", "tram"): "#%:0.5", ("half", "a", "percent"): "#%:0.5",
    ("half", "a", "per", "cent"): "#%:0.5", ("gap", "doi"): "#%:200", ("nhan", "doi"): "#%:200",
    ("x", "2"): "#%:200", ("double", "pay"): "#%:200", ("double", "time"): "#%:200",
    ("gap", "ba"): "#%:300", ("x", "3"): "#%:300", ("triple", "pay"): "#%:300",
    ("mot", "ruoi"): "#%:150", ("time", "and", "a", "half"): "#%:150",
    ("nua", "thang"): "#d:15", ("two", "decade"): "#d:7200", ("hai", "thap", "ky"): "#d:7200", ("nua", "nam"): "#d:180", ("nua", "ngay"): "#h:4",
}  # fmt: skip
_ORDINALS: Mapping[str, int] = {
    **{"i": 1, "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10},
    **{"xi": 11, "xii": 12, "xiii": 13, "xiv": 14, "xv": 15, "xvi": 16},
    **{"nhat": 1, "nhi": 2, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5},
    **{"tenth": 10, "eleventh": 11, "twelfth": 12},
}
# "từ 0h đến 2h" is a time of day, "trong 2 giờ" a length of time.
_CLOCK = frozenset({"tu", "den", "luc", "toi", "at", "till"})
_MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march", "april apr", "", "june", "july",
         "august aug", "september sept", "october oct", "november nov", "december dec"), 1
    )
    for name in names.split()
}  # fmt: skip

_STARTS = frozenset(
    {said[0] for said in _SAID}
    | {*_ONES, *_ORDINALS, *_MONTHS, "sau", "tu", "thang", "t", "lan", "thu", "edition"}
)
# No typing errors: the words that this file reads.
NUMBER_WORDS = frozenset(word for said in (*_UNITS, *_SAID) for word in said) | frozenset(
    {*_ONES, *_ORDINALS, *_MONTHS, "tram", "hundred", "muoi", "ruoi", "sau", "tu"}
)


def amount_at(tokens: Sequence[Token], place: int) -> tuple[tuple[str, ...], int]:
    """The terms of an amount or date that begins there, and how many tokens it takes, or 0."""
    first = tokens[place].folded
    if not first[0].isdecimal() and first not in _STARTS:
        return (), 0
    words = [_plain(token) for token in tokens[place : place + 9]]
    for size in (4, 3, 2):
        if said := _SAID.get(tuple(words[:size])):
            return (said,), size
    found = _date(words) or _ordinal(words) or _counted(words) or ((), 0)
    is_clock = place > 0 and tokens[place - 1].folded in _CLOCK and found[0][:1] != ()
    if is_clock and found[0][0].startswith(f"#{_HOURS}:"):
        return (), found[1]
    return found


def _plain(token: Token) -> str:
    if token.is_marked and token.folded in _ONES:
        return _SPELT.get(token.spelt, token.spelt)
    return _SPELT.get(token.spelt, token.folded)


def _date(words: list[str]) -> tuple[tuple[str, ...], int] | None:
    first = words[0]
    if "/" in first:
        return _written_date(first)
    if first in {"thang", "t"} and len(words) > 1 and words[1] != "thu":
        return _month_date(words, ())
    day, size = _number(words)
    rest = words[size:]
    if size and len(rest) > 1 and rest[0] == "thang" and day <= 31:
        found = _month_date(rest, (day,))
        return (found[0], found[1] + size) if found else None
    if first in _MONTHS and len(words) > 1 and words[1].isdigit():
        return _english_date(_MONTHS[first], words[1:], 1)
    if size and rest and rest[0] in _MONTHS and first.isdigit() and day <= 31:
        found = _english_date(_MONTHS[rest[0]], rest[1:2], size + 1)
        return ((f"#dm:{day:g}/{_MONTHS[rest[0]]}", *found[0]), found[1])
    if first.isdigit() and len(first) == 4 and 1900 <= int(first) <= 2099:
        return (f"#y:{first}",), 1
    return None


def _written_date(word: str) -> tuple[tuple[str, ...], int] | None:
    """1/7/2025, 24/11 or 7/2026; anything else with a stroke is a number of a document."""
    parts = [int(part) for part in word.replace(".", "/").split("/") if part.isdecimal()]
    if len(parts) == 3 and parts[0] <= 31 and parts[1] <= 12:
        return (f"#dm:{parts[0]}/{parts[1]}", f"#my:{parts[1]}/{parts[2]}", f"#y:{parts[2]}"), 1
    if len(parts) == 2 and parts[0] <= 31 and parts[1] <= 12:
        return (f"#dm:{parts[0]}/{parts[1]}",), 1
    if len(parts) == 2 and parts[0] <= 12 and 1900 <= parts[1] <= 2099:
        return (f"#my:{parts[0]}/{parts[1]}", f"#y:{parts[1]}"), 1
    return (), 1


def _month_date(words: list[str], day: tuple[float, ...]) -> tuple[tuple[str, ...], int] | None:
    """ "tháng 7 năm 2026", "tháng 11", "tháng 7/2026", after the day if one was said."""
    if words[1].count("/") == 1 and not day:
        found = _written_date(words[1])
        return (found[0], 2) if found and found[0] else None
    month, size = _number(words[1:])
    if not size or not 1 <= month <= 12:
        return None
    used = 1 + size
    terms = tuple(f"#dm:{one:g}/{month:g}" for one in day)
    year = words[used + 1] if words[used : used + 1] == ["nam"] and len(words) > used + 1 else ""
    if year.isdigit() and len(year) == 4:
        return (*terms, f"#my:{month:g}/{year}", f"#y:{year}"), used + 2
    return (*terms, *(() if day else (f"#m:{month:g}",))), used


def _english_date(month: int, rest: list[str], used: int) -> tuple[tuple[str, ...], int]:
    number = rest[0] if rest and rest[0].isdigit() else ""
    if len(number) == 4:
        return (f"#my:{month}/{number}", f"#y:{number}"), used + 1
    if number and used == 1 and int(number) <= 31:
        return (f"#dm:{number}/{month}",), used + 1
    return (), used


def _ordinal(words: list[str]) -> tuple[tuple[str, ...], int] | None:
    """ "lần thứ XI", "lần 11", "11th", "eleventh"; "tháng thứ ba" is 90 days."""
    if words[:2] == ["thang", "thu"]:
        number, size = _number(words[2:])
        return ((f"#d:{number * 30:g}",), size + 2) if size else None
    if words[0] in {"lan", "thu", "edition"} and len(words) > 1:
        used = 2 if words[:2] in (["lan", "thu"], ["dot", "thu"]) else 1
        rest = words[used : used + 2]
        if rest and rest[0] in _ORDINALS:
            return (f"#nth:{_ORDINALS[rest[0]]}",), used + 1
        number, size = _number(rest)
        return ((f"#nth:{number:g}",), used + size) if size else None
    if words[0].isdigit() and words[1:2] and words[1] in {"th", "st", "nd", "rd"}:
        return (f"#nth:{words[0]}",), 2
    if words[0] in _ORDINALS and len(words[0]) > 4:
        return (f"#nth:{_ORDINALS[words[0]]}",), 1
    return None


def _counted(words: list[str]) -> tuple[tuple[str, ...], int] | None:
    """A number with its unit; one in digits counts without a unit too."""
    number, size = _number(words)
    if not size:
        return None
    rest = words[size:]
    for length in (2, 1):
        if unit := _UNITS.get(tuple(rest[:length])):
            name, factor = unit
            used = size + length
            if rest[length : length + 1] == ["ruoi"]:
                number, used = number + 0.5, used + 1
            return (f"#{name}:{number * factor:g}",), used
    if not words[0][0].isdigit():
        return ((f"{COUNTED}{number:g}",), size) if number > 1 else None
    return (_bare(number, rest),), size + (1 if rest[:1] == ["lan"] else 0)


def _bare(number: float, rest: list[str]) -> str:
    """1.5 is a rate of pay, 1.500.000 is money; others are just numbers."""
    if 1 < number < 5 and (number % 1 or rest[:1] == ["lan"]):
        return f"#%:{number * 100:g}"
    return f"#vnd:{number:g}" if number >= 100_000 else f"{BARE}{number:g}"


def _number(words: Sequence[str]) -> tuple[float, int]:
    """A number in digits or words, and how many words it takes, or 0."""
    if not words:
        return 0, 0
    first = words[0]
    if first[0].isdecimal():
        return _digits(first), 1
    return _in_words(words)


def _digits(word: str) -> float:
    """1.500.000 and 1,500,000 are groups of three; 1,5 and 0.5 are fractions."""
    plain = word.partition("/")[0].replace(",", ".")
    head, *groups = plain.split(".")
    try:
        if groups and all(len(group) == 3 for group in groups) and head != "0":
            return float(head + "".join(groups))
        return float(".".join((head, *groups[:1])))
    except ValueError:  # a digit of another kind, such as ½
        return 0


def _in_words(words: Sequence[str]) -> tuple[float, int]:
    """ "hai mươi bốn", "hai trăm", "mười một", "ninety"."""
    total, current, used = 0, 0, 0
    # "năm" is a year more often than five.
    if words[0] == "nam" and list(words[1:2]) not in (["trieu"], ["tram"], ["muoi"], ["phan"]):
        return 0, 0
    for word, after in zip(words[:6], [*words[1:7], ""], strict=False):
        if (word, after) == ("hai", "ly"):
            break
        if word == "muoi" and current:
            current *= 10
        elif word in _ONES and current % 10 == 0:
            current += _ONES[word]
        elif word in {"tram", "hundred"} and current:
            total, current = current * 100, 0
        else:
            break
        used += 1
    return total + current, used
