"""When a campaign goes out, as it is typed: a time, a day, a lunar day, a day of the calendar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.drafting import DraftFault, read_when
from bot.library import CalendarEntry
from bot.lunar import Lunar, has_leap, lunar_of, next_day
from bot.schedule import read_time

USUAL_HOURS = (time(8), time(11, 30), time(17, 30))
MOST_DAYS_BEFORE = 60
_LUNAR = re.compile(
    r"(?:âl|al|âm lịch|am lich|lunar)\s+(\d{1,2})/(\d{1,2})(\s+(?:nhuận|nhuan|leap))?(?:\s+(\S+))?",
    re.IGNORECASE,
)
_CALENDAR = re.compile(r"calendar:([a-z0-9-]{1,40})(?:\s+-(\d{1,2}))?(?:\s+(\S+))?", re.IGNORECASE)
_COMING = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time to come, in UTC; `lunar`: the day of the lunar calendar by which it was named."""

    at: datetime
    lunar: Lunar | None = None

    def is_clamped(self, zone: ZoneInfo) -> bool:
        """Whether a 30th was asked for in a month that has 29 days."""
        if self.lunar is None:
            return False
        return lunar_of(self.at.astimezone(zone).date())[0].day != self.lunar.day

    def has_leap_after(self, zone: ZoneInfo) -> bool:
        """Whether a second month of that number follows in that year."""
        if self.lunar is None or self.lunar.is_leap:
            return False
        return has_leap(lunar_of(self.at.astimezone(zone).date())[1], self.lunar.month)


def read_moment(
    text: str, now: datetime, zone: ZoneInfo, calendar: Iterable[CalendarEntry]
) -> Moment:
    """`18:00`, `30/11 18:00`, `âl 10/3 08:00`, `calendar:hung-kings -3 08:00`; eight by default.

    `-3`: so many days before. Raises DraftFault (`past`, `calendar`: there is no such day in it);
    ValueError for what is no time at all.
    """
    plain = " ".join(text.split())
    if match := _LUNAR.fullmatch(plain):
        lunar = Lunar(int(match[1]), int(match[2]), bool(match[3]))
        at = read_time(match[4] or "8:00")
        days = _lunar_days(lunar, now.astimezone(zone).date())
        return Moment(_first_of(days, at, now, zone), lunar)
    if match := _CALENDAR.fullmatch(plain):
        entry = next((one for one in calendar if one.id == match[1].lower()), None)
        if entry is None:
            raise DraftFault("calendar")
        return _of_calendar(entry, int(match[2] or 0), read_time(match[3] or "8:00"), now, zone)
    return Moment(read_when(text, now, zone).astimezone(UTC))


def offered_times(now: datetime, zone: ZoneInfo, most: int) -> list[datetime]:
    """The next sensible hours, of today as far as they are ahead, and of the days after."""
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(3))
    found = [datetime.combine(day, at, zone) for day in days for at in USUAL_HOURS]
    return [one for one in found if one > now + timedelta(minutes=5)][:most]


def coming_days(
    calendar: Iterable[CalendarEntry], today: date, most: int
) -> list[tuple[date, CalendarEntry]]:
    """The next days that are marked for more than relations with one country."""
    marked = [one for one in calendar if one.kind != "diplomatic"]
    ahead = (today + timedelta(days=number) for number in range(1, _COMING.days))
    return [(day, one) for day in ahead for one in marked if one.falls_on(day)][:most]


def _of_calendar(
    entry: CalendarEntry, before: int, at: time, now: datetime, zone: ZoneInfo
) -> Moment:
    if before > MOST_DAYS_BEFORE:
        raise ValueError(f"{MOST_DAYS_BEFORE} days before at most")
    first = now.astimezone(zone).date()
    ahead = (first + timedelta(days=number) for number in range(before, before + 800))
    days = (day - timedelta(days=before) for day in ahead if entry.falls_on(day))
    moment = _first_of(days, at, now, zone)
    day = lunar_of(moment.astimezone(zone).date())[0]
    return Moment(moment, day if entry.lunar and not before else None)


def _lunar_days(lunar: Lunar, today: date) -> Iterator[date]:
    """Today too, and for a leap month, which comes every nineteen years, the next one there is."""
    day = today - timedelta(days=1)
    for _ in range(40):
        day = next_day(lunar, day)
        if not lunar.is_leap or lunar_of(day)[0].is_leap:
            yield day


def _first_of(days: Iterable[date], at: time, now: datetime, zone: ZoneInfo) -> datetime:
    """The first of these days whose hour is ahead. Raises DraftFault if there is none."""
    for day in days:
        moment = datetime.combine(day, at, zone).astimezone(UTC)
        if moment > now:
            return moment
    raise DraftFault("past")
