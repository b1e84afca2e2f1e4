"""How long reporters wait and how many are answered at once, by month; never too few of them."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.organisation import SMALLEST


@dataclass(frozen=True, slots=True)
class Span:
    """True median and 90th percentile of so many waits, in hours; None where they are too few."""

    count: int
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One month on one channel, or on all of them (`channel` empty). None: fewer than five."""

    month: date
    channel: str
    asked: int | None
    at_once: float | None
    looked: Span
    verdict: Span
    corrected: float | None


def figures_of(counts: Iterable[Any], times: Iterable[Any]) -> tuple[Figures, ...]:
    """By month, all channels first. `counts` are rows of month, channel, what and count; `times`
    of month, channel, looked, verdict (minutes) and is_correction.

    A channel with few reports is hidden, and so is the only other one then: else it could be
    computed from the whole.
    """
    said: dict[tuple[date, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in counts:
        for channel in (row.channel, ""):
            said[row.month, channel][row.what] += row.count
    waited: dict[tuple[date, str], list[Any]] = defaultdict(list)
    for row in times:
        for channel in (row.channel, ""):
            waited[row.month, channel].append(row)
    keys = sorted({*said, *waited})
    made = [_figures(key, said[key], waited[key]) for key in keys]
    return tuple(one for one in made if one.channel == "" or _may_be_seen(one, made))


def _figures(key: tuple[date, str], said: dict[str, int], waited: list[Any]) -> Figures:
    asked = said.get("sure", 0) + said.get("possible", 0) + said.get("none", 0)
    first = [row for row in waited if not row.is_correction]
    corrections = len(waited) - len(first)
    return Figures(
        month=key[0],
        channel=key[1],
        asked=asked if asked >= SMALLEST else None,
        at_once=said.get("answered", 0) / asked if asked >= SMALLEST else None,
        looked=_span([row.looked for row in first if row.looked is not None]),
        verdict=_span([row.verdict for row in first]),
        corrected=corrections / len(first) if len(first) >= SMALLEST else None,
    )


def _span(minutes: list[int]) -> Span:
    if len(minutes) < SMALLEST:
        return Span(len(minutes))
    hours = [one / 60 for one in minutes]
    p90 = statistics.quantiles(hours, n=10, method="inclusive")[8]
    return Span(len(hours), statistics.median(hours), p90)


def _may_be_seen(one: Figures, made: list[Figures]) -> bool:
    """Shown where none of the month's channels is too small to be shown itself."""
    others = [other for other in made if other.month == one.month and other.channel]
    return all(other.asked is not None or other.verdict.count >= SMALLEST for other in others)
