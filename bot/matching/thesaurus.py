"""The language of the trade: words that mean the same, exclude each other, or say nothing.

It is read from `words/*.txt`, which editors can read too:

    [caller: one of]              names in this section exclude each other: police is not bank
    police: công an, police       a meaning, then the words for it in any language
    union-dues < union: đoàn phí  said of union dues, it is said of the union as well
    pay: trả lương, -unpaid       a minus: this word says the opposite
    [light] [modal]               meanings that nearly every claim has, and weigh little
    [cue: denies]                 says how somebody speaks, not what about
    [idle]                        words that say nothing, parted by spaces

Nothing here may be about one particular check: new ones are published every day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise

from bot.matching.amounts import NUMBER_WORDS
from bot.matching.spelling import Token, tokens_of

_TRADE = ("labour", "insurance", "public", "scams", "speech")
# What a word counts for by the section it stands in; one that stands in none has PLAIN.
_PRIORS = {"light": 0.3, "modal": 0.5, "one of": 1.2, "plain": 1.0}
PLAIN = 0.6
UNKNOWN = 0.3  # neither here nor in any check: names, fillers, other subjects


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase says; `is_denied` when it says the opposite."""

    name: str
    is_denied: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row and all that they mean."""

    words: tuple[Token, ...]
    meanings: tuple[Meaning, ...]


@dataclass(slots=True)
class Thesaurus:
    """`phrases` by their words without marks, `sizes` of those that begin with one or two words.

    `slot` is of names that exclude each other, `prior` what a meaning counts for.
    """

    phrases: dict[tuple[str, ...], list[Phrase]] = field(default_factory=dict)
    sizes: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    slot: dict[str, str] = field(default_factory=dict)
    prior: dict[str, float] = field(default_factory=dict)
    contraries: set[str] = field(default_factory=set)  # have words that say the opposite
    cues: set[str] = field(default_factory=set)
    idle: set[str] = field(default_factory=set)
    idle_folded: set[str] = field(default_factory=set)
    # Every word of a phrase as it is spelt, and which stand side by side: for typing errors.
    known: dict[str, Token] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    short: dict[str, list[tuple[tuple[Token, ...], tuple[Token, ...]]]] = field(
        default_factory=dict
    )

    def phrase_at(self, tokens: Sequence[Token], place: int, *, is_marked: bool) -> Phrase | None:
        """The longest phrase that begins there.

        Of several that look alike without marks the one that is spelt so, else of words the first
        in the files, of single syllables all.
        """
        start = tuple([token.folded for token in tokens[place : place + 2]])
        for size in (*self.sizes.get(start, ()), *self.sizes.get(start[:1], ())):
            given = tokens[place : place + size]
            alike = self.phrases.get(tuple([token.folded for token in given]), ())
            found = [phrase for phrase in alike if self._fits(phrase.words, given, is_marked)]
            if found:
                return self._meant(found, given, is_marked)
        return None

    def _meant(self, found: list[Phrase], given: Sequence[Token], is_marked: bool) -> Phrase:
        if len(found) == 1:
            return found[0]
        exact = [phrase for phrase in found if phrase.words == tuple(given)]
        if (exact and is_marked) or len(given) > 1:
            return (exact or found)[0]
        meanings = dict.fromkeys(meaning for one in found for meaning in one.meanings)
        return Phrase(found[0].words, tuple(meanings))

    def weighs_as_subject(self, name: str) -> bool:
        """Neither a name, which is not denied itself, nor a word such as "must"."""
        return name not in self.slot and self.prior.get(name, PLAIN) > _PRIORS["modal"]

    def knows(self, folded: str) -> bool:
        return (
            folded in self.known
            or folded in self.idle_folded
            or folded in self.short
            or folded in NUMBER_WORDS
        )

    def is_idle(self, token: Token, *, is_marked: bool) -> bool:
        if is_marked and token.is_marked:
            return token.spelt in self.idle
        return token.folded in self.idle_folded

    def _fits(self, words: tuple[Token, ...], tokens: Sequence[Token], is_marked: bool) -> bool:
        """Whether the tokens are these words, with their marks or without any.

        One syllable without marks may be many words ("ban": to sell, a friend, a board), so a
        single word must carry its marks, or be none that people use for nothing in particular.
        """
        if len(words) == 1 and not is_marked and words[0].folded in self.idle_folded:
            return False
        if words == tuple(tokens):
            return True
        if len(words) == 1:
            return not is_marked and not tokens[0].is_marked
        pairs = zip(words, tokens, strict=True)
        return all(self._may_be(word, token, is_marked) for word, token in pairs)

    def _may_be(self, word: Token, token: Token, is_marked: bool) -> bool:
        """Whether the token is that word with some marks forgotten, and no other word."""
        if word.spelt == token.spelt or not (is_marked or token.is_marked):
            return True
        return token.lacks_marks_of(word) and token.spelt not in self.idle


@cache
def thesaurus() -> Thesaurus:
    """Read once, when first asked for."""
    found = Thesaurus()
    meanings: dict[tuple[Token, ...], list[Meaning]] = defaultdict(list)
    for part in _TRADE:
        for words, meaning in _entries(part, found):
            meanings[words].append(meaning)
    for words, known in meanings.items():
        key = tuple(word.folded for word in words)
        found.phrases.setdefault(key, []).append(Phrase(words, tuple(known)))
        for word in words:
            found.known.setdefault(word.folded, word)
        found.pairs.update(pairwise(word.folded for word in words))
    for size, start in sorted({(-len(key), key[:2]) for key in found.phrases}):
        found.sizes.setdefault(start, []).append(-size)
    _read_short_forms(found)
    return found


def _entries(part: str, found: Thesaurus) -> Iterator[tuple[tuple[Token, ...], Meaning]]:
    section = kind = ""
    for line in _lines(part):
        if line.startswith("["):
            section, _, kind = line.strip("[]").partition(": ")
        elif section == "idle":
            found.idle |= {token.spelt for token in tokens_of(line)}
            found.idle_folded |= {token.folded for token in tokens_of(line)}
        else:
            yield from _entry(line, section, kind, found)


def _entry(
    line: str, section: str, kind: str, found: Thesaurus
) -> Iterator[tuple[tuple[Token, ...], Meaning]]:
    head, _, phrases = line.partition(": ")
    name, _, broader = head.partition(" < ")
    if section == "cue":
        found.cues.add(name)
    found.prior[name] = _PRIORS.get(kind or section, _PRIORS["plain"])
    if kind == "one of":
        found.slot[name] = section
    if section == "modal" or ", -" in phrases:
        found.contraries.add(name)
    for phrase in phrases.split(", "):
        words = tokens_of(phrase.removeprefix("-"))
        yield words, Meaning(name, phrase.startswith("-"))
        if broader:
            yield words, Meaning(broader, phrase.startswith("-"))


def _read_short_forms(found: Thesaurus) -> None:
    for line in _lines("chat"):
        whole, _, shorts = line.partition(": ")
        for short in shorts.split(", "):
            key = tokens_of(short)
            found.short.setdefault(key[0].spelt, []).append((key, tokens_of(whole)))
    for same_start in found.short.values():
        same_start.sort(key=lambda entry: -len(entry[0]))


def _lines(part: str) -> Iterator[str]:
    text = files("bot.matching").joinpath("words", f"{part}.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line
