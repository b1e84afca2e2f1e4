"""The Vietnamese lunar calendar (UTC+7): which day a lunar day falls on, and the other way round.

The months are lunar-vn's. It gives day 30 of a month of 29 days as the next month's first, and
takes a leap month that a year does not have for the ordinary one: both are looked at here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import lunar_vn

LAST_DAY, LAST_MONTH = 30, 12
_A_MONTH = timedelta(days=29)


@dataclass(frozen=True, slots=True)
class Lunar:
    """A day of a lunar month, in any year; `is_leap`: of the second month of that number."""

    day: int
    month: int
    is_leap: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a day 31 or a month 13."""
        if not (1 <= self.day <= LAST_DAY and 1 <= self.month <= LAST_MONTH):
            raise ValueError(f"there is no lunar day {self.day}/{self.month}")

    def __str__(self) -> str:
        return f"{self.day}/{self.month}"


@lru_cache(maxsize=4096)
def lunar_of(day: date) -> tuple[Lunar, int]:
    """The lunar day and the lunar year of a day. Raises ValueError before 1900, after 2100."""
    found = lunar_vn.solar_to_lunar(day)
    return Lunar(found.day, found.month, found.leap), found.year


@lru_cache(maxsize=4096)
def day_in(year: int, lunar: Lunar) -> date:
    """On which day it falls in that lunar year.

    The 30th of a month of 29 days is its 29th; a leap month that the year does not have is the
    month of that number. Raises ValueError for years before 1900 or after 2100.
    """
    first = _first(year, lunar.month, is_leap=lunar.is_leap)
    last, _ = lunar_of(first + _A_MONTH)
    is_short = lunar.day == LAST_DAY and last.day == 1
    return first + timedelta(days=lunar.day - 1 - is_short)


def next_day(lunar: Lunar, after: date) -> date:
    """The first day after that one on which it falls. Raises ValueError near the year 2100."""
    _, year = lunar_of(after)
    days = (day_in(number, lunar) for number in (year, year + 1, year + 2))
    return next(day for day in days if day > after)


def has_leap(year: int, month: int) -> bool:
    """Whether there is a second month of that number in the lunar year."""
    return lunar_of(_first(year, month, is_leap=True))[0].is_leap


def _first(year: int, month: int, *, is_leap: bool) -> date:
    """The first day of that month, or of the ordinary one if the year has no such leap month."""
    try:
        return lunar_vn.lunar_to_solar(lunar_vn.LunarDate(1, month, year, is_leap))
    except ValueError:
        if not is_leap:
            raise
    return _first(year, month, is_leap=False)
