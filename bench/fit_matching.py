"""Fits the weights of bot/matching/weights.py on the tuning part: `python -m bench.fit_matching`.

Logistic regression in a few lines (Newton's method). It prints the weights to be pasted, and what
they would do on checks that they were not fitted on: five times a fifth of the checks is left out.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.labelled import Label, labels, published
from bot.matching import Matcher
from bot.matching.evidence import Evidence

_NAMES = ("bias", *Evidence.__slots__)
_NEAR_COUNTS = 3  # a text that must not be answered with this check, though it looks like it
_CANDIDATES, _RIDGE, _ROUNDS, _PARTS = 10, 1.0, 8, 5


@dataclass(frozen=True, slots=True)
class Sample:
    """The evidence for a check beside a text, whether it is the right one, and how it counts."""

    numbers: tuple[float, ...]
    is_right: bool
    counts: int


def samples_of(matcher: Matcher, texts: Iterable[Label]) -> Iterator[Sample]:
    for label in texts:
        for check, evidence in list(matcher.evidence(label.text))[:_CANDIDATES]:
            is_near = label.match is None and label.near == check
            numbers = (1.0, *evidence.numbers())
            yield Sample(numbers, check == label.match, _NEAR_COUNTS if is_near else 1)


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


def _left_out(matcher: Matcher, texts: Sequence[Label]) -> Iterator[tuple[Label, dict[str, float]]]:
    """Each text with the likelihoods of checks, by weights that have not seen its check."""
    groups = sorted({label.group for label in texts})
    random.Random(1).shuffle(groups)
    for part in range(_PARTS):
        out = set(groups[part::_PARTS])
        weights = fitted(list(samples_of(matcher, [t for t in texts if t.group not in out])))
        for label in (text for text in texts if text.group in out):
            yield (
                label,
                {
                    check: likelihood((1.0, *evidence.numbers()), weights)
                    for check, evidence in matcher.evidence(label.text)
                },
            )


def _main() -> None:
    matcher = Matcher(published())
    texts = [label for label in labels() if label.part == "tuning"]
    for name, weight in zip(_NAMES, fitted(list(samples_of(matcher, texts))), strict=True):
        print(f'    "{name}": {weight:.2f},')
    scored = list(_left_out(matcher, texts))
    for possible in (0.08, 0.1, 0.12, 0.14, 0.16, 0.2, 0.25, 0.3):
        print(f"possible {possible}: {_shown(scored, possible)}")
    for sure in (0.5, 0.55, 0.6, 0.65, 0.7, 0.75):
        print(f"sure {sure}: {_answered(scored, sure)}")


def _shown(scored: Iterable[tuple[Label, dict[str, float]]], possible: float) -> str:
    found = matching = shown = others = 0
    for label, likely in scored:
        best = sorted(likely, key=lambda check: -likely[check])[:3]
        offered = [check for check in best if likely[check] >= possible]
        matching += label.match is not None
        others += label.match is None
        found += label.match in offered
        shown += label.match is None and bool(offered)
    return f"recall@3 {found / matching:.3f}, suggestions on others {shown / others:.2f}"


def _answered(scored: Iterable[tuple[Label, dict[str, float]]], sure: float) -> str:
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
