"""How like two texts are letter by letter: it finds what no thesaurus has foreseen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

_SIZES = (3, 4, 5)
# How rare some letters are is learnt from so many wordings; more would tell nothing new.
_SAMPLE = 3000
_MOST_LETTERS = 1200
# The letters in a row that a text has, and what they weigh together.
Letters = tuple[frozenset[str], float]


class Alphabet:
    """What letters in a row count for: those that few wordings have count for more."""

    def __init__(self, wordings: Iterable[str]) -> None:
        sample = [_grams(text) for text in islice(wordings, _SAMPLE)]
        held = Counter(gram for grams in sample for gram in grams)
        self._rarest = (math.log(1 + len(sample)) + 1) ** 2
        self._weights = {
            gram: (math.log((1 + len(sample)) / (1 + count)) + 1) ** 2
            for gram, count in held.items()
        }
        self.read = lru_cache(maxsize=2048)(self._read)

    def _read(self, text: str) -> Letters:
        grams = _grams(text[:_MOST_LETTERS])
        return grams, self._sum(grams)

    def _sum(self, grams: Iterable[str]) -> float:
        weights, rarest = self._weights, self._rarest
        return sum([weights.get(gram, rarest) for gram in grams])

    def held(self, text: str, wording: str) -> float:
        """How much of the wording the text has, from 0 to 1."""
        (own, _), (told, told_sum) = self.read(text), self.read(wording)
        return self._sum(own & told) / told_sum if told_sum else 0.0


def _grams(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(
        padded[start : start + size] for size in _SIZES for start in range(len(padded) - size + 1)
    )
