"""Leaderboards of a contest, as charts with a twin in words: the best entries, the best units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.holder import tidy_name
from bot.language import Voice
from bot.model import Bar, Chart, Section
from bot.organisation import SMALLEST

SHOWN = 10
_PARTS = 1000  # a bar's whole, where it shows a share


class TooSmall(ValueError):
    """A unit of which too few took part to be told; who calls hides it or adds it to another."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with its place; `name` only of a winner who agreed, else empty."""

    place: int
    code: str
    points: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class UnitResult:
    """How many of a unit's members took part, and their points on average."""

    name: str
    people: int
    members: int
    mean: float
    is_too_small: bool = False

    @property
    def share(self) -> float:
        """From 0 to 1; a register that is behind makes it no more than 1."""
        return min(1.0, self.people / self.members) if self.members > 0 else 0.0


def best_entries(say: Voice, title: str, entries: Sequence[Placed], most: int) -> Chart:
    """The ten best; `most` is how many points there are to get."""
    bars = tuple(
        Bar(
            f"{say.number(one.place)}. {tidy_name(one.name) or one.code}",
            (max(0, min(one.points, most)),),
            say.count("{number} point", "{number} points", one.points),
        )
        for one in sorted(entries, key=lambda each: each.place)[:SHOWN]
    )
    return _chart(say, title, bars, most)


def units_by_share(say: Voice, title: str, units: Sequence[UnitResult]) -> Chart:
    """The ten units of which the largest part took part. Raises TooSmall."""
    told = [
        (unit, unit.share, f"{_percent(say, unit.share)} · {_of(say, unit)}")
        for unit in _tellable(units)
    ]
    return _chart(say, title, _ranked(say, told, _PARTS, 1.0), _PARTS)


def units_by_mean(say: Voice, title: str, units: Sequence[UnitResult], most: int) -> Chart:
    """The ten units with the most points on average. Raises TooSmall."""
    told = [(unit, unit.mean, say.number(round(unit.mean, 2))) for unit in _tellable(units)]
    return _chart(say, title, _ranked(say, told, _PARTS, most), _PARTS)


def _tellable(units: Sequence[UnitResult]) -> Sequence[UnitResult]:
    for unit in units:
        if unit.is_too_small or unit.people < SMALLEST:
            raise TooSmall(f"{unit.name}: fewer than {SMALLEST} people")
    return units


def _ranked(
    say: Voice, told: list[tuple[UnitResult, float, str]], parts: int, whole: float
) -> tuple[Bar, ...]:
    """Who is equal has the same place."""
    order = sorted(told, key=lambda row: (-row[1], row[0].name))[:SHOWN]
    return tuple(
        Bar(
            f"{say.number(1 + sum(other > value for _, other, _ in told))}. {_plain(unit.name)}",
            (round(parts * min(1.0, max(0.0, value / whole))) if whole else 0,),
            text,
        )
        for unit, value, text in order
    )


def _chart(say: Voice, title: str, bars: tuple[Bar, ...], whole: int) -> Chart:
    lines = [title, *(f"{bar.label} – {bar.told}" for bar in bars)]
    alt = "\n".join(lines)
    return Chart(_plain(title), (Section("", bars, whole),), alt=alt, language=say.tag)


def _percent(say: Voice, share: float) -> str:
    return f"{say.number(round(100 * share, 1))}%"


def _of(say: Voice, unit: UnitResult) -> str:
    return f"{say.number(unit.people)}/{say.number(unit.members)}"


def _plain(text: str) -> str:
    """Without what XML does not take."""
    return "".join(letter for letter in text if letter.isprintable())
