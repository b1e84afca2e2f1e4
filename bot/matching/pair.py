"""A text beside a claim, and what every piece of evidence asks about the two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz

from bot.matching.letters import Alphabet
from bot.matching.thesaurus import thesaurus
from bot.matching.wording import DENIED, SAID, Sentence, together

# What a term counts for, at most about 1.
Weight = Callable[[str], float]
_NEARLY, _NEARLY_WRITTEN = 0.85, 0.9


@dataclass(frozen=True)
class Claim:
    """All wordings of one check, and its answer sentence by sentence: what is so.

    There is no answer where the claim itself is right.
    """

    wordings: tuple[Sentence, ...]
    answers: tuple[Sentence, ...] = ()

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(term for wording in self.wordings for term in wording.terms)

    @cached_property
    def answer_terms(self) -> frozenset[str]:
        return frozenset(together(self.answers).terms)

    @cached_property
    def shares(self) -> dict[str, float]:
        """In which share of the wordings a term stands; 1 for the one that stands in most."""
        counts = Counter(term for wording in self.wordings for term in wording.terms)
        most = max(counts.values(), default=1)
        return {term: count / most for term, count in counts.items()}

    def ways(self, term: str) -> list[int]:
        """How each wording with that term has it: said, denied, or both."""
        return [wording.terms[term] for wording in self.wordings if term in wording.terms]

    def has_cue(self, cue: str) -> bool:
        return any(cue in wording.cues for wording in self.wordings)


@dataclass(frozen=True)
class Pair:
    """A few sentences of a text, and a claim that they may make."""

    text: Sentence
    claim: Claim
    weight: Weight
    alphabet: Alphabet
    slots: dict[str, str] = field(default_factory=lambda: thesaurus().slot)

    def sum(self, terms: Iterable[str]) -> float:
        return sum(map(self.weight, terms))

    @cached_property
    def shared(self) -> tuple[str, ...]:
        return tuple(term for term in self.text.terms if term in self.claim.terms)

    @cached_property
    def common(self) -> float:
        return self.sum(self.shared)

    @cached_property
    def whole(self) -> float:
        return self.sum(self.text.terms)

    @cached_property
    def likeness(self) -> tuple[float, ...]:
        """Word by word, in any order, from 0 to 1: how like each wording the text is written."""
        plain = self.text.plain
        return tuple(fuzz.token_sort_ratio(plain, own.plain) / 100 for own in self.claim.wordings)

    @cached_property
    def letters(self) -> float:
        """Letter by letter: how much of the nearest wording it has, whatever it says beside."""
        held, plain = self.alphabet.held, self.text.plain
        return max((held(plain, own.plain) for own in self.claim.wordings), default=0.0)

    @cached_property
    def coverage(self) -> tuple[float, ...]:
        """How much of each wording the text says, from 0 to 1."""
        text = self.text.terms
        wholes = [self.sum(wording.terms) for wording in self.claim.wordings]
        return tuple(
            self.sum(t for t in wording.terms if t in text) / whole if whole else 0.0
            for wording, whole in zip(self.claim.wordings, wholes, strict=True)
        )

    @cached_property
    def nearest(self) -> tuple[Sentence, ...]:
        """The wordings of which the text says nearly as much as of the one it says most of."""
        least = _NEARLY * max(self.coverage, default=0.0)
        wordings = zip(self.claim.wordings, self.coverage, strict=True)
        return tuple(wording for wording, share in wordings if share >= least)

    @cached_property
    def models(self) -> list[tuple[Sentence, float]]:
        """The wordings that the text is written most like, and how like."""
        least = _NEARLY_WRITTEN * max(self.likeness, default=0.0)
        alike = zip(self.claim.wordings, self.likeness, strict=True)
        return [(wording, likeness) for wording, likeness in alike if likeness >= least]

    def turned(self) -> Iterator[tuple[str, float]]:
        """Each term that is not a name, and the share of wordings that say it the other way.

        None if one of the nearest has it the same way: then it is only another way to say it.
        """
        for term in self.shared:
            how = self.text.terms[term]
            if how not in {SAID, DENIED} or term in self.slots:
                continue
            if any(own.terms.get(term, 0) & how for own in self.nearest):
                continue
            ways = self.claim.ways(term)
            yield term, sum(way & how == 0 for way in ways) / len(ways)


def held(pair: Pair, sentences: Sequence[Sentence]) -> float:
    """How much of the text the one of the sentences has that has most of it."""
    return max(
        (pair.sum(t for t in pair.text.terms if t in own.terms) for own in sentences), default=0.0
    )
