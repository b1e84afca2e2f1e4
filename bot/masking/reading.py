"""A text as the finders of bot/masking read it: as written, in lower case, and without marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import regex

# What nobody sees between two letters, put there to get past filters.
_UNSEEN = regex.compile(
    r"(?<=[\p{Latin}\p{Nd}])[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+"
    r"(?=[\p{Latin}\p{Nd}])"
)
_WORD = regex.compile(r"[\p{L}\p{M}]+")


class Span(NamedTuple):
    """A part of the text to be hidden, and the kind of thing that it is."""

    start: int
    end: int
    kind: str


class Word(NamedTuple):
    """A run of letters: as written, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """The same text in three forms, letter for letter, so that a place in one is a place in all."""

    text: str

    @cached_property
    def lower(self) -> str:
        """In lower case, with its marks."""
        return "".join(map(_lowered, self.text))

    @cached_property
    def folded(self) -> str:
        """In lower case without marks, `đ` as `d`, digits of every script as 0–9."""
        return folded(self.text)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(self.text))


def folded(text: str) -> str:
    """The text in lower case without marks, letter for letter."""
    return "".join(map(_folded, text))


def tidied(text: str) -> str:
    """Composed letters, and nothing unseen between them."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))


def found(pattern: regex.Pattern[str], text: str, kind: str) -> Iterator[Span]:
    """Every match; where its group `who` took part, only that."""
    has_group = "who" in pattern.groupindex
    for match in pattern.finditer(text):
        start, end = match.span("who") if has_group else (-1, -1)
        if start < 0:
            start, end = match.span()
        if end > start:
            yield Span(start, end, kind)


@lru_cache(maxsize=4096)
def _lowered(letter: str) -> str:
    low = letter.lower()
    return low if len(low) == 1 else letter


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    plain = unicodedata.normalize("NFKD", letter).casefold().replace("đ", "d")
    bare = "".join(one for one in plain if not "\u0300" <= one <= "\u036f")
    return bare if len(bare) == 1 else letter
