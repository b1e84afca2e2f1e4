"""Fits the weights of bot/matching/weights.py on the tuning part: `python -m bench.fit_matching`.

Logistic regression in a few lines (Newton's method). It prints the weights to be pasted, and what
they would do on checks that they were not fitted on: five times a fifth of the checks is left out.

The thesaurus was written beside the tuning part, so it knows its words too well. Therefore nearly
half of the words of the trade are forgotten, each time others: so it will be with new checks.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from bench.labelled import Label, labels, published
from bot.matching import Matcher
from bot.matching.evidence import NAMES, Evidence
from bot.matching.thesaurus import Thesaurus, thesaurus
from bot.matching.wording import read_claim

_NAMES = ("bias", *NAMES)
_NEAR_COUNTS = 6  # a text that must not be answered with this check, though it looks like it
_CANDIDATES, _RIDGE, _ROUNDS, _PARTS = 10, 2.0, 6, 5
_FORGOTTEN, _LEARNT_FROM, _TRIED_ON = 0.45, 2, 5
# A text with its label and the evidence for each check.
Seen = tuple[Label, list[tuple[str, Evidence]]]
Scored = tuple[Label, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Sample:
    """The evidence for a check beside a text, whether it is the right one, and how it counts."""

    numbers: tuple[float, ...]
    is_right: bool
    counts: int


def read(texts: Sequence[Label], seed: int = 0) -> list[Seen]:
    """The evidence; with a seed, as if that many words of the trade were not known."""
    thesaurus.cache_clear()
    read_claim.cache_clear()
    if seed:
        _forget(thesaurus(), seed)
    matcher = Matcher(published())
    return [(label, matcher.evidence(label.text)) for label in texts]


def _forget(words: Thesaurus, seed: int) -> None:
    """Names and things; how people affirm, deny and ask does not change with the subject."""
    for start, phrases in words.phrases.items():
        words.phrases[start] = [
            phrase
            for phrase in phrases
            if not any(
                words.weighs_as_subject(m.name) or m.name in words.slot for m in phrase.meanings
            )
            or crc32(f"{seed} {' '.join(w.spelt for w in phrase.words)}".encode()) % 100
            >= 100 * _FORGOTTEN
        ]


def samples_of(seen: Iterable[Seen]) -> Iterator[Sample]:
    for label, found in seen:
        for check, evidence in found[:_CANDIDATES]:
            is_near = label.match is None and label.near == check
            numbers = _numbers(evidence)
            yield Sample(numbers, check == label.match, _NEAR_COUNTS if is_near else 1)


def _numbers(evidence: Evidence) -> tuple[float, ...]:
    return (1.0, *(evidence[name] for name in NAMES))


def fitted(samples: Sequence[Sample]) -> list[float]:
    """Weights that make the samples likeliest, none larger than it need be."""
    size = len(_NAMES)
    weights = [0.0] * size
    for _ in range(_ROUNDS):
        slope = [-_RIDGE * weight for weight in weights]
        bend = [[_RIDGE * (row == column) for column in range(size)] for row in range(size)]
        slope[0], bend[0][0] = 0.0, 1e-6
        for sample in samples:
            _add(sample, weights, slope, bend)
        weights = [old + step for old, step in zip(weights, _solved(bend, slope), strict=True)]
    return weights


def _add(
    sample: Sample, weights: Sequence[float], slope: list[float], bend: list[list[float]]
) -> None:
    likely = likelihood(sample.numbers, weights)
    error = sample.counts * (sample.is_right - likely)
    spread = sample.counts * likely * (1 - likely)
    filled = [place for place, number in enumerate(sample.numbers) if number]
    for row in filled:
        slope[row] += error * sample.numbers[row]
        for column in filled:
            bend[row][column] += spread * sample.numbers[row] * sample.numbers[column]


def likelihood(numbers: Sequence[float], weights: Sequence[float]) -> float:
    total = sum(n * w for n, w in zip(numbers, weights, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _solved(matrix: Sequence[Sequence[float]], wanted: Sequence[float]) -> list[float]:
    """Gauss and Jordan's way."""
    rows = [[*row, value] for row, value in zip(matrix, wanted, strict=True)]
    for place in range(len(rows)):
        largest = max(range(place, len(rows)), key=lambda row: abs(rows[row][place]))
        rows[place], rows[largest] = rows[largest], rows[place]
        for row in range(len(rows)):
            if row != place:
                factor = rows[row][place] / rows[place][place]
                pairs = zip(rows[row], rows[place], strict=True)
                rows[row] = [own - factor * other for own, other in pairs]
    return [row[-1] / row[place] for place, row in enumerate(rows)]


def _left_out(learnt: Sequence[Seen], tried: Sequence[Seen]) -> Iterator[Scored]:
    """Each text with the likelihoods of checks, by weights that have not seen its check."""
    groups = sorted({label.group for label, _ in learnt})
    random.Random(1).shuffle(groups)
    for part in range(_PARTS):
        out = set(groups[part::_PARTS])
        weights = fitted(list(samples_of(one for one in learnt if one[0].group not in out)))
        for label, found in (one for one in tried if one[0].group in out):
            numbers = {check: _numbers(evidence) for check, evidence in found}
            yield label, {check: likelihood(own, weights) for check, own in numbers.items()}


def _main() -> None:
    texts = [label for label in labels() if label.part == "tuning"]
    whole = read(texts)
    forgetful = [read(texts, seed) for seed in range(1, _TRIED_ON + 1)]
    learnt = [*whole, *(one for seen in forgetful[:_LEARNT_FROM] for one in seen)]
    for name, weight in zip(_NAMES, fitted(list(samples_of(learnt))), strict=True):
        print(f'    "{name}": {weight:.2f},')
    for title, tried in (("all words", whole), ("forgetful", [o for s in forgetful for o in s])):
        scored = list(_left_out(learnt, tried))
        for possible in (0.1, 0.14, 0.18, 0.22, 0.26, 0.3):
            print(f"{title}, possible {possible}: {_shown(scored, possible)}")
        for sure in (0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
            print(f"{title}, sure {sure}: {_answered(scored, sure)}")


def _shown(scored: Iterable[Scored], possible: float) -> str:
    found = matching = shown = others = 0
    for label, likely in scored:
        best = sorted(likely, key=lambda check: -likely[check])[:3]
        offered = [check for check in best if likely[check] >= possible]
        matching += label.match is not None
        others += label.match is None
        found += label.match in offered
        shown += label.match is None and bool(offered)
    return f"recall@3 {found / matching:.3f}, suggestions on others {shown / others:.2f}"


def _answered(scored: Iterable[Scored], sure: float) -> str:
    right = wrong = matching = texts = 0
    for label, likely in scored:
        best, second, *_ = (*sorted(likely.items(), key=lambda item: -item[1]), ("", 0), ("", 0))
        is_sure = best[1] >= sure and best[1] - second[1] >= 0.15
        texts += 1
        matching += label.match is not None
        right += is_sure and best[0] == label.match
        wrong += is_sure and best[0] != label.match
    return f"answered rightly {right / matching:.2f}, wrongly {wrong / texts:.3f}"


if __name__ == "__main__":
    _main()
