"""Which published check answers a text that somebody sent: surely, perhaps, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import regex

from bot.library import FactCheck
from bot.matching.evidence import Evidence, compared, weigh
from bot.matching.index import Index
from bot.matching.letters import Alphabet
from bot.matching.pair import Claim, Pair
from bot.matching.weights import (
    DOUBTED,
    MARGIN,
    POSSIBLE,
    SURE,
    SURE_IF_SAME,
    contradicts,
    likelihood,
    says_the_same,
)
from bot.matching.wording import Sentence, read_claim, read_text, together

SUGGESTED = 3
_CANDIDATES = 12
_SCRIPTS = {
    "Latin": regex.compile(r"\p{Latin}"),
    "Han": regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]"),
    "Hangul": regex.compile(r"\p{Hangul}"),
    "Khmer": regex.compile(r"\p{Khmer}"),
    "Thai": regex.compile(r"\p{Thai}"),
}
_FITTED = frozenset({"vi", "en"})
_WINDOW = 3  # sentences in a row in which a claim is told


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which a check's claim goes around.

    `answer` says in that language what is so; it is empty when the claim itself is right.
    """

    check: str
    language: str
    text: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A check, and how likely it is, from 0 to 1, that it answers the text."""

    check: str
    score: float
    is_contradicted: bool = False
    is_same: bool = False  # the text says just that and hardly more


@dataclass(frozen=True, slots=True)
class Match:
    """`sure` is answered at once, `possible` are shown, the best first; neither: the desk."""

    sure: str | None
    possible: tuple[Hit, ...]


class Thresholds(NamedTuple):
    """What the names in weights.py mean; the fitting tries others."""

    sure: float
    margin: float
    possible: float
    doubted: float


class Matcher:
    """All published checks; wordings of one check stand together."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        self._wordings = [tuple(own) for _, own in groupby(wordings, key=lambda one: one.check)]
        self._index = Index(_terms(own) for own in self._wordings)
        spread = self._wordings[:: max(1, len(self._wordings) // 1000)]
        # The weights were fitted on these two: letters of another language would shift them.
        self._alphabet = Alphabet(
            read_claim(one.text).plain for own in spread for one in own if one.language in _FITTED
        )

    def match(self, text: str) -> Match:
        """Any text may be asked; one without a word that a check has finds nothing.

        Nobody has measured how often a likely check is the wrong one in other scripts: there it
        is asked about, and only a wording that is there word for word is answered at once.
        """
        hits = self.rank(text)
        found = decided(hits, Thresholds(SURE, MARGIN, POSSIBLE, DOUBTED))
        is_measured = _script(text) == "Latin" or (hits and hits[0].is_same)
        return found if is_measured else replace(found, sure=None)

    def rank(self, text: str) -> list[Hit]:
        """The checks that share words with the text, the likeliest first."""
        hits = [
            Hit(check, likelihood(evidence), contradicts(evidence), says_the_same(evidence))
            for check, evidence in self.evidence(text)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.check))

    def evidence(self, text: str) -> list[tuple[str, Evidence]]:
        """Checks that share words with the text, and what speaks for and against each."""
        sentences = read_text(text)
        whole = together(sentences)
        if len(whole.terms) < 2:  # one word is no claim
            return []
        script = _script(text)
        near = [
            own
            for number in self._index.nearest(whole.terms, _CANDIDATES)
            if (own := [one for one in self._wordings[number] if _script(one.text) == script])
        ]
        found = [self._weigh(_claim(own), sentences) for own in near]
        return list(zip([own[0].check for own in near], compared(found), strict=True))

    def _weigh(self, claim: Claim, sentences: Sequence[Sentence]) -> Evidence:
        return weigh(
            Pair(self._part_about(claim, sentences), claim, self._index.weight, self._alphabet)
        )

    def _part_about(self, claim: Claim, sentences: Sequence[Sentence]) -> Sentence:
        """The few sentences in a row that say most of the claim and least beside it."""
        known = claim.terms
        gains = [self._gain(one, known) for one in sentences]
        spans = (
            (first, last)
            for first in range(len(sentences))
            if gains[first][0]
            for last in range(first + 1, min(first + _WINDOW, len(sentences)) + 1)
        )
        whole = (0, len(sentences))
        first, last = max(
            spans, key=lambda span: self._span_gain(gains[slice(*span)]), default=whole
        )
        return together(sentences[first:last])

    def _gain(self, sentence: Sentence, known: frozenset[str]) -> tuple[dict[str, float], float]:
        weight = self._index.weight
        shared = {t: weight(t) for t in sentence.terms if t in known}
        return shared, sum(weight(t) for t in sentence.terms if t not in known)

    def _span_gain(self, gains: Sequence[tuple[dict[str, float], float]]) -> float:
        shared: dict[str, float] = {}
        for own, _ in gains:
            shared |= own
        return sum(shared.values()) - 0.3 * sum(beside for _, beside in gains)


def decided(hits: Sequence[Hit], least: Thresholds) -> Match:
    """What to do with these checks, the likeliest first."""
    best = hits[:SUGGESTED]
    possible = tuple(
        hit
        for hit in best
        if hit.score >= (least.doubted if hit.is_contradicted else least.possible)
    )
    if not possible or possible[0] is not best[0] or best[0].is_contradicted:
        return Match(None, possible)
    second = best[1].score if len(best) > 1 else 0.0
    sure = min(least.sure, SURE_IF_SAME) if best[0].is_same else least.sure
    is_sure = best[0].score >= sure and best[0].score - second >= least.margin
    return Match(best[0].check if is_sure else None, possible)


@lru_cache(maxsize=4096)
def _script(text: str) -> str:
    """The script of most of its letters. Of a wording in another one only numbers could be the
    same, and a wording of which little but numbers can be read would be found in any text."""
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    return max(counts, key=counts.__getitem__)


def _terms(own: Sequence[Wording]) -> set[str]:
    return {term for wording in own for term in read_claim(wording.text).terms}


def _claim(own: Sequence[Wording]) -> Claim:
    answers = dict.fromkeys(wording.answer for wording in own if wording.answer)
    return Claim(
        tuple(read_claim(wording.text) for wording in own),
        tuple(sentence for answer in answers for sentence in _read_answer(answer)),
    )


@lru_cache(maxsize=256)
def _read_answer(text: str) -> tuple[Sentence, ...]:
    return read_text(text)


def wordings_of(check: FactCheck) -> Iterator[Wording]:
    """A check's claim and variants in each language."""
    for tag in check.claim.keys() | check.variants.keys():
        answer = "" if check.verdict == "correct" else check.summary.get(tag, "")
        for text in check.wordings(tag):
            yield Wording(check.id, tag, text, answer)
