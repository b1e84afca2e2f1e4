"""Whether two languages of one text give the same numbers, days, documents and telephones.

What is written in digits in one language must be written in the other, in digits or, from one to
twelve, in words. Words alone ask for nothing: languages count differently ("a", "both").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from bot.wording.number_words import MONTHS, UNITS, WORDS

# Where a dot parts thousands and a comma begins the decimals.
_DOTTED = {"vi", "id"}
# Where words are written without spaces, a number's word may stand anywhere.
_UNSPACED = {"zh-Hans", "zh-Hant", "ja", "km", "th", "ko"}
_DIGIT = re.compile(r"\d")
# Spaces and digits of all scripts as ASCII has them.
_PLAIN = dict.fromkeys(map(ord, "\u00a0\u2009\u202f"), " ") | {
    first + digit: str(digit) for first in (0x0E50, 0x17E0, 0xFF10) for digit in range(10)
}
_ELSEWHERE = re.compile(
    r"https?://[!-~]+|[\w.+-]+@[\w.-]+|(?<![\w.])(?:[a-z][a-z0-9-]*\.)+[a-z]{2,}"
)
_DOCUMENT = re.compile(
    r"(?<![0-9A-Za-z])[0-9]{1,6}(?:/[0-9]{4})?[/-][A-ZĐ]{2}[A-ZĐƯa-z0-9]*"
    r"(?:[-/.][A-ZĐƯ0-9][A-ZĐƯa-z0-9]*)*"
)
_TELEPHONE = re.compile(
    r"(?<![0-9/.,])(?:\+84|0|1[89]00)[ .-]?[0-9]{2,4}(?:[ .-]?[0-9]{2,4}){1,3}(?![0-9/])"
)
_ALWAYS_OPEN = re.compile(r"(?<![0-9/])24/7(?![0-9/])")  # other languages say "day and night"
_PARAGRAPH = re.compile(r"(?<=Article )([0-9]+)\.([0-9]+)")  # Article 112.2: khoản 2 Điều 112
_BUDDHIST = re.compile(r"(?:พ\.ศ\.|ព\.ស\.) ?([0-9]{4})")
_AFTERNOON = re.compile(r"([0-9]{1,2})(:[0-9]{2})? ?p\.?m\b", re.IGNORECASE)
_LATER_HOUR = re.compile(r"(?:下午|晚上|午後|오후|저녁) ?([0-9]{1,2})")
_DOTTED_CLOCK = re.compile(
    r"(?<![0-9])([0-9]{1,2})\.([0-9]{2})(?= ?น\.)|(?<=pukul )([0-9]{1,2})\.([0-9]{2})"
)
_FULL_HOUR = re.compile(r"(?<![0-9])([0-9]{1,2})[:h]00(?![0-9])")
_NUMBER = r"[0-9]{1,3}(?: [0-9]{3})+(?![0-9])|[0-9]+(?:[.,][0-9]+)*"
# Words that only sometimes multiply the number before them.
_SOMETIMES = {"조": "조(?= ?(?:동|원|달러))", "พัน": "พัน(?!ธ)"}
# In Korean these syllables stand in many words: only before what is counted are they numbers.
_COUNTED = (
    r"(?<![가-힣])(첫|하루|이틀|사흘|나흘|닷새|열흘|(?:{})(?=\s|$|[.,)]|명|번|개|가지|곳|살|차례|째|주|달|배|부|시|분|해|장|종|편|단계|군데"
    r"|사람|년|일|회|차|위|급|천|만))"
)
_EACH = re.compile(r"[^\W\d_]/(?=[^\W\d_])")  # đồng/giờ: for one hour
_ROMAN = re.compile(r"(?<![A-Za-z0-9À-ỹ])[IVX]{1,6}(?![A-Za-z0-9À-ỹ])")
_DAYS = (  # a day, then its month
    re.compile(r"(?<![0-9/])([0-9]{1,2})/([0-9]{1,2})(?:/[0-9]{4})?(?![0-9/])"),
    re.compile(r"(?<![0-9])([0-9]{1,2}) tháng ([0-9]{1,2})(?![0-9])"),
    re.compile(r"(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[^0-9<\n]{0,8}<([0-9]+)>"),
)
_MONTH_FIRST = (
    re.compile(r"<([0-9]+)> ([0-9]{1,2})(?![0-9])"),
    re.compile(r"(?<![0-9])([0-9]{1,2})[月월] ?([0-9]{1,2})[日일号號]"),
)


@dataclass(frozen=True)
class _Numbers:
    """What a text gives in digits (also documents, telephones), days as (day, month), its words."""

    written: Counter[str]
    days: frozenset[tuple[int, int]]
    rest: str


def number_difference(source_tag: str, source: str, tag: str, text: str) -> str:
    """What `text` gives otherwise than `source`, in words for an editor; empty if nothing."""
    if not (_DIGIT.search(source) or _DIGIT.search(text)):
        return ""
    ours, theirs = _numbers(source_tag, source), _numbers(tag, text)
    lacks, adds = ours.written - theirs.written, theirs.written - ours.written
    # Words are looked for only where digits differ: most texts need no more than that.
    lacks = lacks - _worded(tag, theirs.rest) if lacks else lacks
    adds = adds - _worded(source_tag, ours.rest) if adds else adds
    parts = []
    if lacks:
        parts.append(f"lacks {_listed(lacks)}")
    if adds:
        parts.append(f"has {_listed(adds)} instead" if lacks else f"adds {_listed(adds)}")
    for day, month in sorted(ours.days - theirs.days):
        if (month, day) in theirs.days - ours.days:
            parts.append(f"has day and month of {day}/{month} the other way round")
    return ", ".join(parts)


def _listed(numbers: Counter[str]) -> str:
    return ", ".join(sorted(numbers.elements(), key=lambda one: (len(one), one)))


@lru_cache(maxsize=64)  # the source is compared with each language in turn
def _numbers(tag: str, text: str) -> _Numbers:
    text = _ELSEWHERE.sub(" ", text.translate(_PLAIN))
    written: Counter[str] = Counter()
    for pattern, bare in ((_DOCUMENT, ""), (_TELEPHONE, " .-")):
        if found := pattern.findall(text):
            written.update(one.translate(str.maketrans("", "", bare)) for one in found)
            text = pattern.sub(" ; ", text)
    text = _in_own_way(tag, text)
    if tag in MONTHS:
        text = _month_patterns(tag)[0].sub(lambda month: f"<{MONTHS[tag][month[0]]}>", text)
    days = {(int(day), int(month)) for one in _DAYS for day, month in one.findall(text)}
    days |= {(int(day), int(month)) for one in _MONTH_FIRST for month, day in one.findall(text)}
    written.update(_amounts(tag, text))
    return _Numbers(written, frozenset(days), text)


def _in_own_way(tag: str, text: str) -> str:
    """The text with what some languages count differently written one way."""
    text = _FULL_HOUR.sub(r"\1", _ALWAYS_OPEN.sub("24", text))
    if tag == "en":
        text = _PARAGRAPH.sub(r"\1 ; \2", text)
        return _AFTERNOON.sub(lambda hour: f"{int(hour[1]) % 12 + 12}{hour[2] or ''}", text)
    text = _LATER_HOUR.sub(lambda hour: str(int(hour[1]) % 12 + 12), text)
    text = _DOTTED_CLOCK.sub(lambda clock: ":".join(filter(None, clock.groups())), text)
    text = _FULL_HOUR.sub(r"\1", text)
    if tag in {"th", "km"}:
        return _BUDDHIST.sub(lambda year: str(int(year[1]) - 543), text)
    return text


@lru_cache(maxsize=16)
def _worded(tag: str, text: str) -> Counter[str]:
    """What a text gives in words: one to twelve and some more, months, Roman numerals."""
    found = Counter(_words(tag, text))
    if tag in MONTHS:
        found.update(str(MONTHS[tag][month]) for month in _month_patterns(tag)[1].findall(text))
    return found


@cache
def _month_patterns(tag: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A month's name within a few letters of a number, and one anywhere."""
    names = "|".join(sorted(MONTHS[tag], key=len, reverse=True))
    name = names if tag in _UNSPACED else rf"\b(?:{names})\b"
    before = "|".join(rf"(?<=[0-9]{between})" for between in ("", " ", "th ", "st ", " ខែ", "ខែ"))
    after = r"[ ,]{0,2}(?:ឆ្នាំ|ปี|ค\.ศ\.)? ?[0-9]"
    return re.compile(rf"(?:{before})(?:{name})|(?:{name})(?={after})"), re.compile(name)


def _amounts(tag: str, text: str) -> Iterator[str]:
    """Every number in digits, thousands and millions multiplied out: 5,31 triệu is 5310000."""
    pattern, following = _amount_patterns(tag)
    for found in pattern.finditer(text):
        numbers = _plain(tag, found["number"])
        if len(numbers) > 1 or not found["units"]:
            yield from numbers
            yield from _amounts(tag, found["rest"]) if found["rest"] else ()
            continue
        power = _power(tag, found["units"])
        if found["low"]:  # "3–5 triệu": both are millions
            yield _shown(Decimal(_plain(tag, found["low"])[0]) * power)
        total = Decimal(numbers[0]) * power
        for more, units in following.findall(found["rest"] or ""):
            total += Decimal(more) * _power(tag, units)
        yield _shown(total)


@cache
def _amount_patterns(tag: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A number with its units, and what may follow them where scripts have no spaces."""
    longest = sorted(UNITS[tag], key=len, reverse=True)
    units = "|".join(_SOMETIMES.get(word, word) for word in longest)
    word = f"(?:{units})" if tag in _UNSPACED else rf"(?:(?:{units})\b)"
    rest = (
        rf"(?:(?: ?[0-9]+ ?{word}+)+| ?[0-9]{{3,4}}(?![0-9.,년年])|[0-9]+)?"
        if tag in _UNSPACED
        else ""
    )
    until = "(?:–|-|đến|to|hingga|sampai|ถึง|ដល់)"
    low = rf"(?:(?P<low>{_NUMBER}) ?{until} ?(?=(?:{_NUMBER}) ?{word}))?"
    number = rf"{low}(?P<number>{_NUMBER})(?P<units>(?: ?{word})*)(?P<rest>{rest})"
    return re.compile(number), re.compile(rf"([0-9]+) ?({word}*)")


def _power(tag: str, units: str) -> Decimal:
    """What those words multiply by: 2 nghìn tỷ is 2 times 10^12."""
    longest = sorted(UNITS[tag], key=len, reverse=True)
    return Decimal(10) ** sum(UNITS[tag][word] for word in re.findall("|".join(longest), units))


def _plain(tag: str, raw: str) -> list[str]:
    """A number without marks between thousands and with a point; several if it was a list."""
    if raw.isdigit():
        return [raw.lstrip("0") or "0"]
    raw = raw.replace(" ", "")
    group, point = (".", ",") if tag in _DOTTED else (",", ".")
    mark, dot = re.escape(group), re.escape(point)
    if re.fullmatch(rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{dot}[0-9]+)?", raw):
        raw = raw.replace(group, "")
    if re.fullmatch(rf"[0-9]+{dot}[0-9]+", raw):
        return [_shown(Decimal(raw.replace(point, ".")))]
    if re.fullmatch(r"[0-9]+\.[0-9]+", raw):  # the number of a paragraph: 18.65
        return [_shown(Decimal(raw))]
    return [_shown(Decimal(one)) for one in re.split(r"[.,]", raw)]


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _words(tag: str, text: str) -> Iterator[str]:
    for found in _word_pattern(tag).findall(text.casefold().replace("’", "'")):
        yield str(WORDS[tag][found])
    yield from ("1" for _ in _EACH.findall(text))
    for numeral in _ROMAN.findall(text):
        yield str(_roman(numeral))


@cache
def _word_pattern(tag: str) -> re.Pattern[str]:
    words = "|".join(sorted(WORDS[tag], key=len, reverse=True))
    if tag == "ko":
        return re.compile(_COUNTED.format(words))
    return re.compile(words if tag in _UNSPACED else rf"(?<!\w)(?:{words})(?!\w)")


def _roman(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-v if v < n else v for v, n in zip(values, following, strict=True))
