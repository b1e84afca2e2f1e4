"""The days that a report covers: a month, a quarter, a year, or any two days."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_QUARTER = re.compile(r"(\d{4})\s*-?\s*[qQ]([1-4])|[qQ]([1-4])\s*[/-]?\s*(\d{4})")
_MONTH = re.compile(r"(\d{4})-?[mM](\d{1,2})|(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_DAYS = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})\s*(?:\.\.|-|–|,|\s)\s*(\d{4})-?(\d{2})-?(\d{2})")
_SPOKEN = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})\s*(?:\.\.|-|–|,|\s|đến|den|to)\s*(\d{1,2})/(\d{1,2})/(\d{4})"
)
# Before there was a federation's plan and after all of them the calendar itself ends.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_ROMAN = ("I", "II", "III", "IV")


class PeriodFault(ValueError):
    """These are no days that a report can cover; `reason` is what, `unread` or `backwards`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodFault("backwards")

    @property
    def code(self) -> str:
        """ "2026Q3", "2026M07", "2026", or "20260101-20261031"; `read_period` takes it back."""
        year = self.first.year
        if self == whole_year(year):
            return str(year)
        quarter = (self.first.month + 2) // 3
        if self == whole_quarter(year, quarter):
            return f"{year}Q{quarter}"
        if self == whole_month(year, self.first.month):
            return f"{year}M{self.first.month:02d}"
        return f"{self.first:%Y%m%d}-{self.last:%Y%m%d}"

    @property
    def title(self) -> str:
        """As it stands in a document: "quý III năm 2026"."""
        year = self.first.year
        if self == whole_year(year):
            return f"năm {year}"
        quarter = (self.first.month + 2) // 3
        if self == whole_quarter(year, quarter):
            return f"quý {_ROMAN[quarter - 1]} năm {year}"
        if self == whole_month(year, self.first.month):
            return f"tháng {self.first.month} năm {year}"
        return f"từ ngày {self.first:%d/%m/%Y} đến ngày {self.last:%d/%m/%Y}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: Period) -> bool:
        """Whether they share days although neither lies within the other."""
        if self.first > other.last or other.first > self.last:
            return False
        is_within = self.first <= other.first and other.last <= self.last
        return not (is_within or (other.first <= self.first and self.last <= other.last))

    def months(self) -> Iterator[Period]:
        """The whole calendar months in it."""
        day = self.first if self.first.day == 1 else _next_month(self.first)
        while (month := whole_month(day.year, day.month)).last <= self.last:
            yield month
            day = _next_month(day)

    @property
    def is_of_months(self) -> bool:
        """Whether it is made of whole calendar months."""
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1

    def before(self) -> Period:
        """The one of the same length before it: the quarter before a quarter, and so on."""
        last = self.first - timedelta(days=1)
        if not self.is_of_months:
            return Period(last - timedelta(days=self.days - 1), last)
        first = self.first
        for _ in self.months():
            first = (first - timedelta(days=1)).replace(day=1)
        return Period(first, last)


def whole_year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def whole_quarter(year: int, quarter: int) -> Period:
    month = 3 * quarter
    return Period(date(year, month - 2, 1), date(year, month, monthrange(year, month)[1]))


def whole_month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def quarter_of(day: date) -> Period:
    return whole_quarter(day.year, (day.month + 2) // 3)


def read_period(text: str) -> Period:
    """What an officer types or a reference names: "2026Q3", "Q3/2026", "2026-07", "2026",
    "2026-01-01 2026-10-31", "1/1/2026 - 31/10/2026". Raises PeriodFault."""
    try:
        period = _read(" ".join(text.split()))
    except PeriodFault:
        raise
    except ValueError:
        raise PeriodFault("unread") from None
    if not _FIRST_YEAR <= period.first.year <= period.last.year <= _LAST_YEAR:
        raise PeriodFault("unread")
    return period


def _read(said: str) -> Period:
    if found := _QUARTER.fullmatch(said):
        return whole_quarter(int(found[1] or found[4]), int(found[2] or found[3]))
    if found := _MONTH.fullmatch(said):
        return whole_month(int(found[1] or found[3]), int(found[2] or found[4]))
    if _YEAR.fullmatch(said):
        return whole_year(int(said))
    if found := _DAYS.fullmatch(said):
        numbers = [int(part) for part in found.groups()]
        return Period(date(*numbers[:3]), date(*numbers[3:]))
    if found := _SPOKEN.fullmatch(said):
        day, month, year, to_day, to_month, to_year = map(int, found.groups())
        return Period(date(year, month, day), date(to_year, to_month, to_day))
    raise PeriodFault("unread")


def _next_month(day: date) -> date:
    return whole_month(day.year, day.month).last + timedelta(days=1)
