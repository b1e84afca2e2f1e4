"""A text as the matcher reads it: what it speaks of, which amounts it names, what it denies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.matching.amounts import BARE, COUNTED, amount_at
from bot.matching.spelling import Token, tokens_of
from bot.matching.thesaurus import Meaning, thesaurus
from bot.matching.typos import corrected

LONGEST_TEXT = 4000
SAID, DENIED = 1, 2
_STOPS = frozenset(".!?…;\n。！？។၊")
_PAUSES = frozenset(",:、")
# A sentence without stops is cut at a comma, or after so many words.
_LONG_SENTENCE, _LONGEST_SENTENCE = 26, 45
_NEGATORS = frozenset(
    token.spelt
    for token in tokens_of(
        "không chưa chẳng chả đừng khỏi not never no don't doesn't didn't isn't aren't won't can't "
        "cannot without khong chua chang dung khoi neither nobody wasn't shouldn't"
    )
)
# What is denied ends here: "không làm thì bị đuổi" does not deny that somebody is dismissed.
_ENDS_DENIAL = frozenset(
    token.spelt
    for token in tokens_of(
        "mà nhưng thì là nên vì nếu do để ma nhung thi la nen vi neu de and but so because if when"
    )
)
_THEN = frozenset({"la", "thi"})
_DENIED_WORDS, _DENIED_REACH = 2, 7


@dataclass(frozen=True, slots=True)
class Sentence:
    """`terms`: a meaning, an amount or a plain word, and whether it is said, denied or both."""

    terms: Mapping[str, int] = field(default_factory=dict)
    cues: frozenset[str] = frozenset()
    plain: str = ""


def read_text(text: str) -> tuple[Sentence, ...]:
    """Its sentences in order; what is beyond 4,000 characters is not read."""
    given = tokens_of(text[:LONGEST_TEXT])
    tokens = corrected(_in_full(given))
    letters = [token for token in given if token.folded.isalpha()]
    is_marked = 4 * sum(token.is_marked for token in letters) >= len(letters) > 0
    return tuple(_read_sentence(part, is_marked=is_marked) for part in _sentences(tokens))


@lru_cache(maxsize=2048)
def read_claim(text: str) -> Sentence:
    """A claim is short: all its sentences are one."""
    return together(read_text(text))


def together(sentences: Iterable[Sentence]) -> Sentence:
    terms: dict[str, int] = {}
    cues: frozenset[str] = frozenset()
    plain = []
    for sentence in sentences:
        cues |= sentence.cues
        plain.append(sentence.plain)
        for term, how in sentence.terms.items():
            terms[term] = terms.get(term, 0) | how
    return Sentence(terms, cues, " ".join(plain))


def _in_full(tokens: Sequence[Token]) -> list[Token]:
    """Short forms of chats written out."""
    short = thesaurus().short
    full: list[Token] = []
    place = 0
    while place < len(tokens):
        size = 1
        # "120k" is money, not "120 không".
        after_number = place > 0 and tokens[place - 1].folded[0].isdecimal()
        for key, whole in short.get(tokens[place].spelt, ()):
            is_unit = after_number and key[0].spelt in {"k", "h"}
            if key == tuple(tokens[place : place + len(key)]) and not is_unit:
                full += whole
                size = len(key)
                break
        else:
            full.append(tokens[place])
        place += size
    return full


def _sentences(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        is_pause = token.folded in _PAUSES and len(part) >= _LONG_SENTENCE
        if token.folded in _STOPS or is_pause or len(part) >= _LONGEST_SENTENCE:
            if part:
                yield part
            part = []
        if token.folded not in _STOPS:
            part.append(token)
    if part:
        yield part


@dataclass(slots=True)
class _Reader:
    """Reads one sentence from left to right; `denied` counts what a negation still reaches."""

    terms: dict[str, int] = field(default_factory=dict)
    cues: set[str] = field(default_factory=set)
    denied: int = 0
    reach: int = 0
    # What the last negation denied: "không trả là sai" says after all that it must be paid.
    undone: list[str] = field(default_factory=list)
    in_clause: set[str] = field(default_factory=set)
    last_word: str = ""
    since_then: int = 9  # words since "là" or "thì"

    def deny(self) -> None:
        self.denied, self.reach, self.undone = _DENIED_WORDS, _DENIED_REACH, []
        self.since_then = 9

    def step(self, size: int = 1) -> None:
        self.since_then += size
        self.reach -= size
        if self.reach <= 0:
            self.denied = 0

    def spend(self) -> None:
        self.denied = max(0, self.denied - 1)

    def note(self, name: str, *, is_denied: bool = False, is_name: bool = False) -> None:
        # "không được cho thuê mượn bán": what was denied stays so while it is being named.
        reached = not is_name and (self.denied > 0 or name in self.in_clause)
        if reached:
            self.undone.append(name)
            self.in_clause.add(name)
        how = DENIED if is_denied != reached else SAID
        self.terms[name] = self.terms.get(name, 0) | how

    def undo(self) -> None:
        for name in self.undone:
            self.terms[name] = SAID
        self.undone = []


def _read_sentence(tokens: Sequence[Token], *, is_marked: bool) -> Sentence:
    reader = _Reader()
    read = 0  # tokens before this one are read
    for place in range(len(tokens)):
        read = max(read, _read_at(reader, tokens, place, read, is_marked=is_marked))
    plain = " ".join(token.folded for token in tokens)
    return Sentence(reader.terms, frozenset(reader.cues), plain)


def _read_at(
    reader: _Reader, tokens: Sequence[Token], place: int, read: int, *, is_marked: bool
) -> int:
    """Reads what begins at that token; the end of what is read then.

    A phrase may begin within another one and go beyond it: "sinh con thứ hai".
    """
    words = thesaurus()
    phrase = words.phrase_at(tokens, place, is_marked=is_marked)
    if place < read and (phrase is None or place + len(phrase.words) <= read):
        return read
    terms, size = amount_at(tokens, place) if place >= read else ((), 0)
    if phrase or size:
        reader.last_word = ""
    if phrase and len(phrase.words) >= size:
        for term in terms:  # "2/9" is a holiday, and a date all the same
            if not term.startswith((BARE, COUNTED)):
                reader.note(term)
        _say_all(reader, phrase.meanings)
        reader.step(place + len(phrase.words) - max(place, read))
        return place + len(phrase.words)
    if size and (counted := _with_noun(terms, tokens, place + size, is_marked=is_marked)):
        for term in counted:
            reader.note(term)
        reader.spend()
        reader.step(size)
        return place + size
    _read_word(reader, tokens[place], is_marked=is_marked)
    return place + 1


def _with_noun(
    terms: tuple[str, ...], tokens: Sequence[Token], after: int, *, is_marked: bool
) -> tuple[str, ...]:
    """A bare number counts what follows: "193 nước" is not "193 xã"."""
    if not terms or not terms[0].startswith((BARE, COUNTED)):
        return terms
    unit, _, number = terms[0].partition(":")
    words = thesaurus()
    phrase = words.phrase_at(tokens, after, is_marked=is_marked) if after < len(tokens) else None
    if phrase and phrase.meanings[0].name not in words.cues:
        return (f"#{phrase.meanings[0].name}:{number}",)
    return () if f"{unit}:" == COUNTED else terms


def _read_word(reader: _Reader, token: Token, *, is_marked: bool) -> None:
    """A word that stands in no phrase."""
    if token.spelt in _NEGATORS:
        reader.deny()
        return
    if token.spelt in _ENDS_DENIAL or token.folded in _PAUSES:
        reader.denied = 0
        reader.in_clause.clear()
        reader.since_then = -1 if token.folded in _THEN else 9
    elif token.folded[0].isalpha() and not thesaurus().is_idle(token, is_marked=is_marked):
        reader.note(token.folded)
        # Vietnamese words are mostly two syllables, each of which alone means many things.
        if reader.last_word:
            reader.note(f"{reader.last_word} {token.folded}")
        else:
            reader.spend()
        reader.last_word = token.folded
        reader.step()
        return
    reader.last_word = ""
    reader.step()


def _say_all(reader: _Reader, meanings: Iterable[Meaning]) -> None:
    words = thesaurus()
    does_forbid = False
    for meaning in meanings:
        if meaning.name in words.cues:
            reader.cues.add(meaning.name)
            reader.denied = 0
            does_forbid |= meaning.name == "forbids"
            continue
        is_wrong = meaning.name == "allowed" and meaning.is_denied
        if is_wrong and reader.since_then <= 3 and reader.undone:
            reader.undo()
            reader.note("must")
            continue
        is_name = meaning.name in words.slot
        reader.note(meaning.name, is_denied=meaning.is_denied, is_name=is_name)
    if does_forbid:  # "cấm rút" is "không được rút"
        reader.deny()
    elif any(words.weighs_as_subject(meaning.name) for meaning in meanings):
        reader.spend()
