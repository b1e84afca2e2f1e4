"""Two usual ways to match texts, tuned on the same texts: rapidfuzz, and TF-IDF of letters."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from bench.labelled import Figures, Label, figures
from bot.matching import Hit, Match, Wording
from bot.search import fold

Ranking = Callable[[str], list[Hit]]
SHOWN, MARGIN = 3, 0.02


def token_set(wordings: Iterable[Wording]) -> Ranking:
    """rapidfuzz's token_set_ratio of folded words with the nearest wording."""
    known = [(one.check, fold(one.text)) for one in wordings]

    def rank(text: str) -> list[Hit]:
        asked = fold(text)
        return _best((check, fuzz.token_set_ratio(asked, told) / 100) for check, told in known)

    return rank


def letters(wordings: Iterable[Wording]) -> Ranking:
    """The cosine of 3 to 5 letters in a row, weighed by how few wordings have them."""
    known = [(one.check, _grams(one.text)) for one in wordings]
    held = Counter(gram for _, grams in known for gram in grams)
    rarity = {gram: math.log((1 + len(known)) / (1 + count)) + 1 for gram, count in held.items()}
    vectors = [(check, _vector(grams, rarity)) for check, grams in known]

    def rank(text: str) -> list[Hit]:
        asked = _vector(_grams(text), rarity)
        return _best(
            (check, sum(weight * asked.get(gram, 0.0) for gram, weight in vector.items()))
            for check, vector in vectors
        )

    return rank


def tuned(rank: Ranking, texts: Sequence[Label], goal: Figures) -> Callable[[str], Match]:
    """Shows from the highest score that finds enough, answers from the lowest that errs little."""
    ranked = [(label, rank(label.text)) for label in texts]
    steps = [step / 100 for step in range(1, 101)]

    def reached(sure: float, possible: float) -> Figures:
        return figures((label, _decided(hits, sure, possible)) for label, hits in ranked)

    possible = max((s for s in steps if reached(2, s).recall >= goal.recall), default=0.01)
    sure = min((s for s in steps if reached(s, possible).wrong <= goal.wrong), default=2)
    return lambda text: _decided(rank(text), sure, possible)


def _decided(hits: Sequence[Hit], sure: float, possible: float) -> Match:
    shown = tuple(hit for hit in hits[:SHOWN] if hit.score >= possible)
    is_sure = hits[0].score >= sure and hits[0].score - hits[1].score >= MARGIN
    return Match(hits[0].check if is_sure else None, shown)


def _best(scores: Iterable[tuple[str, float]]) -> list[Hit]:
    best: dict[str, float] = {}
    for check, score in scores:
        best[check] = max(score, best.get(check, 0.0))
    return sorted((Hit(*one) for one in best.items()), key=lambda hit: -hit.score)


def _grams(text: str) -> Counter[str]:
    plain = f" {' '.join(fold(text).split())} "
    return Counter(plain[i : i + size] for size in (3, 4, 5) for i in range(len(plain) - size + 1))


def _vector(grams: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    weights = {
        gram: (1 + math.log(count)) * rarity[gram]
        for gram, count in grams.items()
        if gram in rarity
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {gram: weight / length for gram, weight in weights.items()}
