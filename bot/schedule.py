"""When a message may come: a person's own zone, quiet hours and wishes. Has no clock itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model import Subscription

WEEKLY_AT_MOST = 5
# What is older is history: found by search, but not brought to anybody by itself.
NEW_FOR = timedelta(days=365)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,40}(?:/[A-Za-z][A-Za-z0-9_+-]{0,40}){0,2}")
_TIME = re.compile(r"(\d{1,2})\s*(?:[:hH.giờ]+\s*(\d{2})?\s*)?")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing is sent unasked, from `begin` until `end`; over midnight too."""

    begin: time
    end: time

    @classmethod
    def read(cls, text: str) -> Quiet:
        """From `21:30-06:30`. Raises ValueError."""
        begin, _, end = text.partition("-")
        quiet = cls(read_time(begin), read_time(end))
        if quiet.begin == quiet.end:
            raise ValueError("quiet hours of nothing or of the whole day")
        return quiet

    def holds(self, moment: time) -> bool:
        if self.begin < self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


def read_time(text: str) -> time:
    """From `6:45`, `18`, `18h`, `18h30`, `18 giờ 30`. Raises ValueError for 25:61."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"no time of day: {text}")
    return time(int(match[1]), int(match[2] or 0))


@lru_cache(maxsize=512)
def read_zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises ValueError when there is none."""
    if not _ZONE.fullmatch(name):  # it becomes the name of a file and of a module
        raise ValueError(f"there is no time zone {name!r}")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}") from error


def allowed_from(moment: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """`moment` itself, or the end of the quiet hours it lies in, in UTC."""
    local = moment.astimezone(zone)
    if not quiet.holds(local.time()):
        return moment.astimezone(UTC)
    day = local.date()
    if local.time() >= quiet.end:
        day += timedelta(days=1)
    return _moment(day, quiet.end, zone, quiet)


def next_due(wish: Subscription, zone: ZoneInfo, quiet: Quiet, after: datetime) -> datetime | None:
    """The next time of `daily` or `weekly` strictly after `after`; None for other wishes."""
    if wish.frequency not in {"daily", "weekly"}:
        return None
    return next_time(wish, zone, quiet, after, wish.weekday if wish.frequency == "weekly" else None)


def next_time(
    wish: Subscription,
    zone: ZoneInfo,
    quiet: Quiet,
    after: datetime,
    weekday: int | None = None,
) -> datetime:
    """The next day's (or weekday's) time of that wish, moved out of the quiet hours."""
    day = after.astimezone(zone).date()
    for _ in range(15):
        if weekday is None or day.weekday() == weekday:
            moment = _moment(day, wish.at, zone, quiet)
            if moment > after:
                return moment
        day += timedelta(days=1)
    raise AssertionError("every weekday comes within a week")


def _moment(day: date, at: time, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """That time of that day in UTC; one that a clock change leaves out comes an hour later."""
    moment = datetime.combine(day, at, zone).astimezone(UTC)
    while quiet.holds(moment.astimezone(zone).time()):
        # A clock that jumps may land inside the quiet hours, and a wish may lie there itself.
        local = moment.astimezone(zone)
        day = local.date() + timedelta(days=1) if local.time() >= quiet.end else local.date()
        later = datetime.combine(day, quiet.end, zone).astimezone(UTC)
        moment = later if later > moment else moment + timedelta(minutes=15)
    return moment


@dataclass(frozen=True, slots=True)
class Published:
    """An article as the schedule sees it; `number` is its place in a person's bitmap."""

    number: int
    id: str
    topic: str
    day: date


def choose(
    wish: Subscription, delivered: bytes, articles: Sequence[Published], today: date
) -> tuple[Published, ...]:
    """What is due to somebody: `articles` come newest first and are out today.

    `every` gives what was published after they subscribed, oldest first; `daily` the newest they
    have not been sent; `weekly` up to five of those.
    """
    fresh = (  # taken one by one: of a long list somebody daily needs only the first
        article
        for article in articles
        if article.topic in wish.topics
        and today - article.day <= NEW_FOR
        and not has(delivered, article.number)
    )
    if wish.frequency == "every":
        return tuple(reversed([article for article in fresh if article.day > wish.since]))
    most: Mapping[str, int] = {"daily": 1, "weekly": WEEKLY_AT_MOST}
    return tuple(islice(fresh, most.get(wish.frequency, 0)))


def has(delivered: bytes, number: int) -> bool:
    """Whether the bitmap holds that number."""
    place, bit = divmod(number, 8)
    return place < len(delivered) and bool(delivered[place] >> bit & 1)


def with_numbers(delivered: bytes, numbers: Sequence[int]) -> bytes:
    """The bitmap with these numbers added."""
    if not numbers:
        return delivered
    bits = bytearray(delivered.ljust(max(numbers) // 8 + 1, b"\0"))
    for number in numbers:
        bits[number // 8] |= 1 << number % 8
    return bytes(bits)
