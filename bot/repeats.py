"""How often a campaign goes out: a rule as RFC 5545 writes it, checked, and the dates it gives.

Dates are those of the house's clock, always counted from the first one: what goes out at eight on
the 31st does so at eight on the last day of shorter months, whatever the clocks do. On the lunar
calendar a rule is written as in RFC 7529, with RSCALE=VIETNAMESE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrule, rruleset, rrulestr

from bot.campaigns import Campaign
from bot.lunar import LAST_DAY, Lunar, day_in, lunar_of

LONGEST_TEXT = 200
# What went by longer ago is not made up for.
FRESH_FOR = timedelta(days=1)
_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_MONTH_DAY, _MONTH, _PLACE = r"-?(?:[1-9]|[12]\d|3[01])", "(?:0?[1-9]|1[0-2])", r"-?[1-9]\d{0,2}"
# What may stand in a rule, and how. Hours and minutes may not: nothing goes out twice a day.
_SHAPES: Mapping[str, re.Pattern[str]] = {
    key: re.compile(shape)
    for key, shape in {
        "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
        "INTERVAL": r"[1-9]\d{0,2}",
        "COUNT": r"[1-9]\d{0,3}",
        "UNTIL": r"\d{8}(?:T\d{6}Z?)?",
        "BYDAY": rf"(?:[+-]?[1-5])?{_DAY}(?:,(?:[+-]?[1-5])?{_DAY})*",
        "BYMONTHDAY": rf"{_MONTH_DAY}(?:,{_MONTH_DAY})*",
        "BYMONTH": f"{_MONTH}(?:,{_MONTH})*",
        "BYSETPOS": f"{_PLACE}(?:,{_PLACE})*",
        "WKST": _DAY,
        "RSCALE": "GREGORIAN|VIETNAMESE",
        "SKIP": "BACKWARD",
    }.items()
}
_LUNAR_KEYS = frozenset({"RSCALE", "FREQ", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "SKIP"})
_SHORTEST_MONTH = 28

Parts = Mapping[str, str]


class RepeatFault(ValueError):
    """The rule cannot be kept; the text says why."""


def read_repeat(text: str, first: datetime, zone: ZoneInfo, lunar: Lunar | None = None) -> str:
    """The rule with an end, a year after `first` if it names none. Raises RepeatFault.

    With `lunar`, the lunar day that `first` was given as, what comes each year comes on that day.
    """
    parts = dict(_read(text))
    local = first.astimezone(zone)
    if lunar and parts["FREQ"] == "YEARLY" and not set(parts) - {"FREQ", "COUNT"}:
        parts["RSCALE"] = "VIETNAMESE"
    if parts.get("RSCALE") == "VIETNAMESE":
        parts = _with_lunar_day(parts, lunar or lunar_of(local.date())[0])
    if not {"COUNT", "UNTIL"} & set(parts):
        parts["UNTIL"] = f"{_last_allowed(parts, local.date()):%Y%m%d}"
    rule = ";".join(f"{key}={value}" for key, value in parts.items())
    _check_end(parts, dates_of(rule, first, zone), local, zone)
    return rule


def dates_of(rule: str, first: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """All dates of a rule from `first` on, in order, at the time of day of `first` in that zone.

    At most those of a year. Raises RepeatFault for what is no rule.
    """
    parts = _read(rule)
    start = first.astimezone(zone).replace(tzinfo=None)
    ends = datetime.combine(_last_allowed(parts, start.date()), time.max)
    is_lunar = parts.get("RSCALE") == "VIETNAMESE"
    local = _lunar_dates(parts, start) if is_lunar else _dates(parts, start, ends)
    # An hour that the clocks leave out comes an hour later, one that comes twice counts once.
    found = [one.replace(tzinfo=zone) for one in local if one <= ends]
    if "UNTIL" in parts:
        until = _until(parts["UNTIL"], zone)
        found = [one for one in found if one <= until]
    return tuple(found[: int(parts.get("COUNT", len(found)))])


def planned(campaign: Campaign, zone: ZoneInfo) -> tuple[datetime, ...]:
    """All dates of a campaign that is repeated, until its message expires. Raises RepeatFault."""
    first = campaign.began_at or campaign.at
    if not campaign.repeat or first is None:
        return ()
    expires = campaign.message.expires or date.max
    return tuple(one for one in dates_of(campaign.repeat, first, zone) if one.date() <= expires)


def simple_rule(freq: str, first: date, length: str = "") -> str:
    """What is tapped together: `weekly` or `monthly` for `4w`, `3m` or `1y`; `yearly` and `lunar`,
    the day of the lunar calendar, are for this year and the next.
    """
    if freq == "lunar":
        parts = _with_lunar_day({"COUNT": "2"}, lunar_of(first)[0])
        return ";".join(f"{key}={value}" for key, value in parts.items())
    if not length:
        return "FREQ=YEARLY;COUNT=2"
    number = int(length[:-1])
    lengths = {
        "w": relativedelta(weeks=number),
        "m": relativedelta(months=number),
        "y": relativedelta(years=number),
    }
    last = first + lengths[length[-1]] - timedelta(days=1)
    return f"FREQ={freq.upper()};UNTIL={last:%Y%m%d}"


def turn_of(
    dates: Sequence[datetime], at: datetime, since: datetime, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """What is due of those dates now, and the one that comes after it.

    `at`, which is over, is the earliest that has not gone out. Of several that went by only the
    last is due, and only for a day; a day from `since` on, when it was approved, if that was later.
    """
    gone = [at, *(one for one in dates if at < one <= now)]
    coming = next((one for one in dates if one > max(now, at)), None)
    if now - max(gone[-1], since) <= FRESH_FOR:
        return gone[-1], coming
    return None, coming


def parts_of(rule: str) -> Parts:
    """The parts of a rule that is kept."""
    return dict(part.split("=") for part in rule.split(";"))


def _read(text: str) -> Parts:
    """The parts of a rule that can be kept. Raises RepeatFault."""
    rule = text.strip().upper().removeprefix("RRULE:")
    if len(text) > LONGEST_TEXT:
        raise RepeatFault(f"this rule is too long: {LONGEST_TEXT} letters at most")
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        key, value = _read_part(part)
        if key in parts:
            raise RepeatFault(f"{key}: stands there twice")
        parts[key] = value
    _check_parts(parts)
    return parts


def _read_part(part: str) -> tuple[str, str]:
    key, _, value = part.partition("=")
    if key == "FREQ" and value in {"SECONDLY", "MINUTELY", "HOURLY"}:
        raise RepeatFault(f"{part}: nothing goes out more often than daily")
    if key not in _SHAPES or not _SHAPES[key].fullmatch(value):
        known = ", ".join(_SHAPES)
        raise RepeatFault(f"{part}: not a part of a rule such as FREQ=WEEKLY;BYDAY=MO ({known})")
    return key, value


def _check_parts(parts: Parts) -> None:
    """Parts that do not go together."""
    freq = parts.get("FREQ")
    if freq is None:
        raise RepeatFault("FREQ is missing: DAILY, WEEKLY, MONTHLY or YEARLY")
    if {"COUNT", "UNTIL"} <= set(parts):
        raise RepeatFault("COUNT and UNTIL cannot both be there")
    if freq in {"DAILY", "WEEKLY"} and re.search(r"\d", parts.get("BYDAY", "")):
        raise RepeatFault("BYDAY: a number before a weekday goes with MONTHLY or YEARLY only")
    is_lunar = parts.get("RSCALE") == "VIETNAMESE"
    is_one_day = freq == "YEARLY" and not set(parts) - _LUNAR_KEYS
    if is_lunar and not (is_one_day and "," not in "".join(parts.values())):
        raise RepeatFault("on the lunar calendar: one day each year (FREQ=YEARLY)")
    if is_lunar and not 1 <= int(parts.get("BYMONTHDAY", "1")) <= LAST_DAY:
        raise RepeatFault(f"there is no lunar day {parts['BYMONTHDAY']}")


def _with_lunar_day(parts: Parts, lunar: Lunar) -> dict[str, str]:
    day = {"BYMONTH": str(lunar.month), "BYMONTHDAY": str(lunar.day)}
    return {"RSCALE": "VIETNAMESE", "FREQ": "YEARLY", **day, **parts}


def _last_allowed(parts: Parts, first: date) -> date:
    """A year after the first; on the lunar calendar a year may have thirteen months."""
    later = first + relativedelta(years=1)
    if parts.get("RSCALE") == "VIETNAMESE":
        _, year = lunar_of(first)
        return max(later, day_in(year + 1, _lunar_day(parts, first)))
    return later if parts["FREQ"] == "YEARLY" else later - timedelta(days=1)


def _check_end(parts: Parts, dates: Sequence[datetime], first: datetime, zone: ZoneInfo) -> None:
    """Raises RepeatFault for an end before the beginning, or later than in a year."""
    last = _last_allowed(parts, first.date())
    if "UNTIL" in parts:
        until = _until(parts["UNTIL"], zone)
        if until < first.astimezone(UTC):
            raise RepeatFault("UNTIL: it would end before it begins")
        if until.astimezone(zone).date() > last:
            raise RepeatFault(f"UNTIL: a year at most, until {last:%Y%m%d}")
    if not dates:
        raise RepeatFault("no day within a year fits that rule")
    if len(dates) < int(parts.get("COUNT", 0)):
        raise RepeatFault(f"COUNT: a year at most, {len(dates)} times")


def _until(text: str, zone: ZoneInfo) -> datetime:
    """A day's end, or a moment of the house's clock or (with Z) of UTC. Raises RepeatFault."""
    try:
        if len(text) == len("20270131"):
            day = datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  # the zone follows
            return datetime.combine(day, time.max, zone).astimezone(UTC)
        moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
        return moment.replace(tzinfo=UTC if text.endswith("Z") else zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RepeatFault(f"UNTIL={text}: there is no such day") from None


def _dates(parts: Parts, start: datetime, ends: datetime) -> Iterator[datetime]:
    rules = rruleset()
    for rule in _clamped(parts, start):
        kept = {key: value for key, value in rule.items() if key not in {"COUNT", "RSCALE", "SKIP"}}
        kept["UNTIL"] = f"{ends:%Y%m%dT%H%M%S}"
        text = ";".join(f"{key}={value}" for key, value in kept.items())
        read = rrulestr(text, dtstart=start)
        assert isinstance(read, rrule)  # one line gives one rule
        rules.rrule(read)
    return iter(rules)


def _clamped(parts: Parts, start: datetime) -> Iterator[Parts]:
    """The same rule, or several, in which the 29th to 31st mean a shorter month's last day."""
    freq = parts["FREQ"]
    if freq not in {"MONTHLY", "YEARLY"} or {"BYDAY", "BYSETPOS"} & set(parts):
        yield parts
        return
    months = parts.get("BYMONTH", "").split(",")
    if freq == "YEARLY" and not parts.get("BYMONTH"):
        is_of_one_month = "BYMONTHDAY" not in parts
        months = [str(start.month)] if is_of_one_month else [str(one) for one in range(1, 13)]
    for month in months:
        for day in map(int, parts.get("BYMONTHDAY", str(start.day)).split(",")):
            rule = {**parts, "BYMONTHDAY": str(day)} | ({"BYMONTH": month} if month else {})
            if day > _SHORTEST_MONTH:
                days = range(_SHORTEST_MONTH, day + 1)
                rule |= {"BYMONTHDAY": ",".join(map(str, days)), "BYSETPOS": "-1"}
            yield rule


def _lunar_day(parts: Parts, first: date) -> Lunar:
    own = lunar_of(first)[0]
    return Lunar(int(parts.get("BYMONTHDAY", own.day)), int(parts.get("BYMONTH", own.month)))


def _lunar_dates(parts: Parts, start: datetime) -> Iterator[datetime]:
    """The first itself, which may lie in a leap month, and that day of the years to come."""
    lunar, (own, year) = _lunar_day(parts, start.date()), lunar_of(start.date())
    if own.month == lunar.month:
        yield start
    for number in (year, year + 1):
        day = day_in(number, lunar)
        if day > start.date() and (number > year or own.month != lunar.month):
            yield datetime.combine(day, start.time())
