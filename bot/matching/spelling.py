"""A text's words one by one, as they were written and without marks."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import regex

from bot.search import fold, parts_of

# Every branch is one class repeated, or such parts with a fixed letter between: linear.
_TOKEN = regex.compile(
    r"\p{N}+(?:[.,/]\p{N}+)*|[\p{L}\p{M}]+(?:['’][\p{L}]+)?|[%&.!?…;:,\n。！？、។၊]"
)
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}]+"
)
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
# Half of the country says them alike, so they are mixed up more often than any others.
_HOOK, _TILDE = "\u0309", "\u0303"
_ENDINGS = (".vn", ".com", ".net", ".org", ".info", ".xyz", ".top", ".example", ".shop", ".me")


@dataclass(frozen=True, slots=True)
class Token:
    """`folded` has no marks; `spelt` has them, the tone last: "khóa" and "khoá" are the same."""

    folded: str
    spelt: str

    @property
    def is_marked(self) -> bool:
        return self.folded != self.spelt

    def lacks_marks_of(self, other: Token) -> bool:
        """Whether it is the other with marks forgotten or mixed up: "viêc" for "việc"."""
        own, whole = Counter(_marks(self.spelt)), Counter(_marks(other.spelt))
        return self.folded == other.folded and own <= whole


def tokens_of(text: str) -> tuple[Token, ...]:
    """Words, numbers and stops. Scripts without spaces are given as pairs of characters."""
    words = _TOKEN.findall(_without_links(text).replace("=", " bằng ").casefold())
    tokens = (_token(part) for word in words for part in parts_of(word, _UNSPACED))
    return tuple(token for token in tokens if token.folded)  # not marks that stand alone


def _without_links(text: str) -> str:
    """A link says only that there is one; its address may name a person."""
    lines = unicodedata.normalize("NFC", text).split("\n")
    return "\n".join(
        " ".join("link" if _is_link(word) else word for word in line.split()) for line in lines
    )


def _is_link(word: str) -> bool:
    plain = word.casefold().rstrip(".,;:!?)")
    return "://" in plain or plain.startswith("www.") or plain.partition("/")[0].endswith(_ENDINGS)


def _singular(word: str) -> str:
    """English only: no Vietnamese syllable ends in s."""
    plain = word.removesuffix("'s").removesuffix("’s")
    if len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is")):
        return plain[:-1]
    return plain


def _marks(spelt: str) -> list[str]:
    letters = unicodedata.normalize("NFD", spelt)
    marks = [letter for letter in letters if letter == "đ" or "\u0300" <= letter <= "\u036f"]
    return [_HOOK if mark == _TILDE else mark for mark in marks]


@lru_cache(maxsize=65536)
def _token(word: str) -> Token:
    word = _singular(word)
    marks = unicodedata.normalize("NFD", word)
    tones = "".join(mark for mark in marks if mark in _TONES)
    letters = "".join(mark for mark in marks if mark not in _TONES)
    return Token(fold(word), unicodedata.normalize("NFC", letters) + tones)
