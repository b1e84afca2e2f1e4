"""Which checks have a text's rarest words: an inverted index in flat arrays."""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Iterable, Sequence

from bot.matching.thesaurus import PLAIN, UNKNOWN, thesaurus

# So many entries of the index are looked at for one text, the rarest words first.
_MOST_ENTRIES = 60_000


class Index:
    """Terms to numbers of checks; `weight` of a term is 1 at most, for a rare one of the trade."""

    def __init__(self, checks: Iterable[Iterable[str]]) -> None:
        postings: dict[str, array[int]] = {}
        self.count = 0
        for number, terms in enumerate(checks):
            self.count = number + 1
            for term in terms:
                if term not in postings:
                    postings[term] = array("I")
                postings[term].append(number)
        self._postings = postings
        self._priors = thesaurus().prior
        self._weights = {term: self._weigh(term, len(own)) for term, own in postings.items()}

    def weight(self, term: str) -> float:
        known = self._weights.get(term)
        return self._prior(term, UNKNOWN) if known is None else known

    def _weigh(self, term: str, known: int) -> float:
        rarest = math.log((self.count + 1) / 1.5) or 1.0
        rarity = math.log((self.count + 1) / (known + 0.5)) / rarest
        return self._prior(term, PLAIN) * (0.4 + 0.6 * min(1.0, max(0.0, rarity)))

    def _prior(self, term: str, otherwise: float) -> float:
        return 1.0 if term[0] == "#" else self._priors.get(term, otherwise)

    def __contains__(self, term: str) -> bool:
        return term in self._postings

    def nearest(self, terms: Iterable[str], limit: int) -> Sequence[int]:
        """The checks that share the most weight with these terms."""
        known = [term for term in terms if term in self._postings]
        known.sort(key=lambda term: len(self._postings[term]))
        points = array("f", bytes(4 * self.count))
        looked_at = 0
        for term in known:
            numbers = self._postings[term]
            looked_at += len(numbers)
            if looked_at > _MOST_ENTRIES and looked_at > len(numbers):
                break
            gain = self.weight(term)
            for number in numbers:
                points[number] += gain
        best = heapq.nlargest(limit, range(self.count), key=points.__getitem__)
        return [number for number in best if points[number] > 0]
