"""Where a text strays from agreed words: a forbidden one stands in it, or the agreed one lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

# Where words are parted by spaces, a term is a whole word; English ones may be plural.
_SPACED = {"vi": "", "en": "(?:e?s)?", "id": ""}
_SAME_MARKS = str.maketrans("（）“”「」『』：，’", '()"""""":,\'')


class AgreedTerm(Protocol):
    """A thing with its words, as content/glossary.yaml has it."""

    @property
    def id(self) -> str: ...

    @property
    def forbidden(self) -> Mapping[str, Sequence[str]]: ...

    def agreed(self, tag: str) -> Sequence[str]: ...


@dataclass(frozen=True)
class AgreedWords:
    """The words of a glossary, to be looked for in texts of any language."""

    terms: Sequence[AgreedTerm]

    def forbidden_in(self, tag: str, text: str) -> Iterator[tuple[str, str]]:
        """Each forbidden word in the text, and what is agreed on instead."""
        pattern, instead = self._by_language.get(tag) or (None, {})
        if pattern is None:
            return
        for found in pattern.findall(_folded(text)):
            if agreed := instead.get(_bare(found, instead)):
                yield found, agreed

    def lacking_in(self, source: str, tag: str, text: str) -> Iterator[tuple[str, str]]:
        """Vietnamese terms of the source, and the agreed word that the text does not have."""
        folded = _folded(text)
        for found in set(self._vietnamese[0].findall(_folded(source))):
            term = self._vietnamese[1][found]
            agreed = term.agreed(tag)
            if agreed and not any(_folded(word) in folded for word in agreed):
                yield found, agreed[0]

    @cached_property
    def _by_language(self) -> Mapping[str, tuple[re.Pattern[str], Mapping[str, str]]]:
        """A pattern of all words by language, and the agreed word for each forbidden one.

        Longer words are found first, so a forbidden word within an agreed one goes unseen.
        """
        patterns = {}
        for tag in sorted({tag for term in self.terms for tag in term.forbidden}):
            instead = {
                _folded(word): "; ".join(term.agreed(tag)) or term.id
                for term in self.terms
                for word in term.forbidden.get(tag, ())
            }
            agreed = [_folded(word) for term in self.terms for word in term.agreed(tag)]
            patterns[tag] = (_pattern(tag, [*instead, *agreed]), instead)
        return patterns

    @cached_property
    def _vietnamese(self) -> tuple[re.Pattern[str], Mapping[str, AgreedTerm]]:
        words = {_folded(word): term for term in self.terms for word in term.agreed("vi")}
        return _pattern("vi", list(words)), words


def _pattern(tag: str, words: Sequence[str]) -> re.Pattern[str]:
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    if tag in _SPACED:
        return re.compile(rf"(?<!\w)(?:{either}){_SPACED[tag]}(?!\w)")
    return re.compile(either)


def _folded(text: str) -> str:
    return text.translate(_SAME_MARKS).casefold()


def _bare(found: str, words: Mapping[str, str]) -> str:
    """The word without the ending of an English plural."""
    return next((word for word in (found, found[:-1], found[:-2]) if word in words), found)
