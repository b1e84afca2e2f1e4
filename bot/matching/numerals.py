"""Numbers in digits and in Vietnamese and English words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.matching.spelling import Token, tokens_of

# Vietnamese syllables and English words, without marks. Six and four have marks in mind: with
# others, or none, they are other words: "sau" is after, "từ" is since.
ONES: Mapping[str, int] = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "#4": 4, "nam": 5, "lam": 5, "#6": 6, "bay": 7,
    "tam": 8, "chin": 9, "muoi": 10, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "ninety": 90,
}  # fmt: skip
_SPELT: Mapping[str, str] = {
    tokens_of(spelt)[0].spelt: plain
    for spelt, plain in {
        "một": "mot", "mốt": "mot", "hai": "hai", "ba": "ba", "bốn": "bon", "tư": "#4",
        "năm": "nam", "lăm": "lam", "sáu": "#6", "bảy": "bay", "bẩy": "bay", "tám": "tam",
        "chín": "chin", "mười": "muoi", "mươi": "muoi",
    }.items()
}  # fmt: skip
HUNDREDS = frozenset({"tram", "hundred"})
# "năm" is a year more often than five.
_AFTER_FIVE = frozenset({"trieu", "tram", "muoi", "phan", "nam", "ngay", "bua", "hom", "lam"})


def plain(token: Token) -> str:
    """Without marks; a word whose marks make it another than a number keeps them."""
    if token.is_marked and token.folded in ONES:
        return _SPELT.get(token.spelt, token.spelt)
    return _SPELT.get(token.spelt, token.folded)


def number_at(words: Sequence[str]) -> tuple[float, int]:
    """The number that these plain words begin with, and how many words it takes, or 0."""
    if not words:
        return 0, 0
    if words[0][0].isdecimal():
        if words[1:2] == ["tram"]:  # "2 trăm ngàn"
            return _in_digits(words[0]) * 100, 2
        return _in_digits(words[0]), 1
    return _in_words(words)


def _in_digits(word: str) -> float:
    """1.500.000 and 1,500,000 are groups of three; 1,5 and 0.5 are fractions."""
    head, *groups = word.partition("/")[0].replace(",", ".").split(".")
    try:
        if groups and all(len(group) == 3 for group in groups) and head != "0":
            return float(head + "".join(groups))
        return float(".".join((head, *groups[:1])))
    except ValueError:  # a sign of another kind among them, such as ½
        return 0


def _in_words(words: Sequence[str]) -> tuple[float, int]:
    """ "hai mươi bốn", "hai trăm", "mười một", "ninety"."""
    total = current = used = 0
    is_year = words[0] == "nam" and not _AFTER_FIVE.intersection(words[1:2])
    if is_year or words[0] == "lam":  # "lăm" stands after tens only, and "làm" is to do
        return 0, 0
    for word, after in zip(words[:6], [*words[1:7], ""], strict=False):
        if (word, after) == ("hai", "ly"):  # nautical miles
            break
        if word == "nam" and used and after not in _AFTER_FIVE:  # "hai mươi năm" is 20 years
            break
        if word in {"muoi", "chuc"} and current:
            current *= 10
        elif word == "lam" and used and 1 < current < 10:  # "bảy lăm" is 75
            current = current * 10 + 5
        elif word in ONES and current % 10 == 0:
            current += ONES[word]
        elif word in HUNDREDS and current:
            total, current = current * 100, 0
        else:
            break
        used += 1
    return total + current, used
