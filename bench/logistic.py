"""Logistic regression in a few lines (Newton's method), so that no library is needed for it.

A weight can be held at zero or above, or at zero or below, where the sense demands it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_RIDGE, _ROUNDS, _MORE_ROUNDS = 2.0, 12, 5


@dataclass(frozen=True, slots=True)
class Sample:
    """Numbers of which the first is 1, whether they are of the right one, and how it counts."""

    numbers: tuple[float, ...]
    is_right: bool
    counts: int


def fitted(
    samples: Sequence[Sample], signs: Sequence[int], start: Sequence[float] = ()
) -> list[float]:
    """Weights that make the samples likeliest, none larger than it need be.

    `signs`: 1 for a weight that may not be below 0, -1 for one that may not be above, else 0.
    From weights that are nearly right few rounds are enough.
    """
    size = len(signs)
    weights = list(start) or [0.0] * size
    for _ in range(_MORE_ROUNDS if start else _ROUNDS):
        slope = [-_RIDGE * weight for weight in weights]
        bend = [[_RIDGE * (row == column) for column in range(size)] for row in range(size)]
        slope[0], bend[0][0] = 0.0, 1e-6
        for sample in samples:
            _add(sample, weights, slope, bend)
        for row in range(size):
            bend[row][row + 1 :] = [bend[column][row] for column in range(row + 1, size)]
        weights = _stepped(weights, slope, bend, signs)
    return weights


def _stepped(
    weights: Sequence[float],
    slope: Sequence[float],
    bend: Sequence[Sequence[float]],
    signs: Sequence[int],
) -> list[float]:
    """One step; weights that would go beyond zero are held there, and the step taken anew."""
    free = [place for place, sign in enumerate(signs) if weights[place] or sign * slope[place] >= 0]
    while True:
        part = [[bend[row][column] for column in free] for row in free]
        step = _solved(part, [slope[row] for row in free])
        new = [0.0] * len(weights)
        for place, change in zip(free, step, strict=True):
            new[place] = weights[place] + change
        beyond = {place for place in free if signs[place] * new[place] < 0}
        if not beyond:
            return new
        free = [place for place in free if place not in beyond]


def _add(
    sample: Sample, weights: Sequence[float], slope: list[float], bend: list[list[float]]
) -> None:
    """Its part of the slope and of the lower half of the bend, which is the same on both sides."""
    likely = likelihood(sample.numbers, weights)
    error = sample.counts * (sample.is_right - likely)
    spread = sample.counts * likely * (1 - likely)
    filled = [(place, number) for place, number in enumerate(sample.numbers) if number]
    for count, (row, number) in enumerate(filled):
        slope[row] += error * number
        own, part = bend[row], spread * number
        for column, other in filled[: count + 1]:
            own[column] += part * other


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
