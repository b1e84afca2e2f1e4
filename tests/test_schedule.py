"""When a message may come: quiet hours, zones with clock changes, wishes; a whole year of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Subscription
from bot.schedule import (
    Published,
    Quiet,
    allowed_from,
    choose,
    has,
    next_due,
    next_time,
    read_time,
    read_zone,
    with_numbers,
)

NIGHT = Quiet.read("21:30-06:30")
DAY = Quiet.read("07:00-15:00")
ALL = frozenset({"union", "events"})
WISH = Subscription(ALL, date(2026, 1, 1))

TIMES = {
    "6:45": time(6, 45),
    "06:45": time(6, 45),
    "18": time(18),
    "18h": time(18),
    "18h30": time(18, 30),
    "18 giờ": time(18),
    "18 giờ 30": time(18, 30),
    " 7.05 ": time(7, 5),
    "0:00": time(0),
}


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_read_as_people_write_it(text: str) -> None:
    assert read_time(text) == TIMES[text]


@pytest.mark.parametrize("text", ["25:61", "24:00", "12:60", "noon", "", "18:5", "1830", "-1:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_time(text)


@pytest.mark.parametrize("text", ["", "08:00", "08:00-08:00", "8-26", "a-b", "08:00-09:00-10:00"])
def test_what_are_no_quiet_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Quiet.read(text)


@pytest.mark.parametrize(
    "name", ["Asia/Saigon2", "Mars", "", "../../etc/passwd", "asia ho chi minh"]
)
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        read_zone(name)


def test_quiet_hours_hold_over_midnight_too() -> None:
    held = [f"{h:02}" for h in range(24) if NIGHT.holds(time(h, 30))]
    assert held == ["00", "01", "02", "03", "04", "05", "21", "22", "23"]
    assert [h for h in range(24) if DAY.holds(time(h))] == list(range(7, 15))


def test_a_message_of_the_night_waits_for_the_morning() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    evening = datetime(2026, 11, 23, 22, 0, tzinfo=zone)
    assert allowed_from(evening, zone, NIGHT) == datetime(2026, 11, 24, 6, 30, tzinfo=zone)
    morning = datetime(2026, 11, 23, 6, 0, tzinfo=zone)
    assert allowed_from(morning, zone, NIGHT) == datetime(2026, 11, 23, 6, 30, tzinfo=zone)
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=zone)
    assert allowed_from(noon, zone, NIGHT) == noon


def test_a_week_after_week_on_the_day_that_was_chosen() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    weekly = Subscription(ALL, date(2026, 1, 1), "weekly", time(18), weekday=6)
    due = datetime(2026, 11, 23, tzinfo=UTC)
    seen = []
    for _ in range(3):
        after = next_due(weekly, zone, NIGHT, due)
        assert after is not None
        due = after
        seen.append(f"{due.astimezone(zone):%a %d %H:%M}")
    assert seen == ["Sun 29 18:00", "Sun 06 18:00", "Sun 13 18:00"]


def test_every_message_has_no_time_of_its_own() -> None:
    every = Subscription(ALL, date(2026, 1, 1), "every")
    assert next_due(every, ZoneInfo("UTC"), NIGHT, datetime.now(UTC)) is None


ZONES = (
    "Asia/Ho_Chi_Minh",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Apia",
)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("quiet", ["21:30-06:30", "07:00-15:00", "00:00-03:00", "02:15-02:45"])
@pytest.mark.parametrize("at", ["02:30", "00:00", "06:29", "18:00", "23:59"])
def test_a_year_of_days_once_each_and_never_in_the_quiet_hours(
    name: str, quiet: str, at: str
) -> None:
    """A simulated year, with the days on which clocks are set forward and back among them."""
    zone, hours = ZoneInfo(name), Quiet.read(quiet)
    wish = Subscription(ALL, date(2026, 1, 1), "daily", read_time(at))
    moment, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    count = 0
    while moment < end:
        due = next_due(wish, zone, hours, moment)
        assert due is not None
        assert moment < due <= moment + timedelta(hours=49)
        assert not hours.holds(due.astimezone(zone).time())
        moment = due
        count += 1
    assert 364 <= count <= 367


@given(
    st.integers(0, 6 * 365 * 24 * 60).map(
        lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(ZONES),
    st.times(),
    st.times(),
)
def test_whatever_the_hours_what_is_allowed_lies_outside_them(
    moment: datetime, name: str, begin: time, end: time
) -> None:
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    if begin == end:
        return
    zone, quiet = ZoneInfo(name), Quiet(begin, end)
    allowed = allowed_from(moment, zone, quiet)
    assert allowed >= moment
    assert not quiet.holds(allowed.astimezone(zone).time())
    assert not quiet.holds(next_time(WISH, zone, quiet, moment).astimezone(zone).time())


# --- what is due ---------------------------------------------------------------------------------


def _article(number: int, day: str, topic: str = "union") -> Published:
    return Published(number, f"a{number}", topic, date.fromisoformat(day))


TODAY = date(2026, 11, 23)
ARTICLES = (
    _article(9, "2026-11-23", "award"),
    _article(7, "2026-11-22"),
    _article(6, "2026-11-21", "events"),
    _article(5, "2026-11-20"),
    _article(4, "2026-11-19"),
    _article(3, "2026-11-18"),
    _article(2, "2026-11-17"),
    _article(1, "2024-01-01"),
)


def _chosen(wish: Subscription, delivered: bytes = b"") -> list[int]:
    return [article.number for article in choose(wish, delivered, ARTICLES, TODAY)]


def test_daily_is_the_newest_that_was_not_sent() -> None:
    assert _chosen(WISH) == [7]
    assert _chosen(WISH, with_numbers(b"", [7, 6])) == [5]
    assert _chosen(WISH, with_numbers(b"", range(8))) == []


def test_weekly_is_a_digest_of_at_most_five() -> None:
    weekly = Subscription(ALL, date(2026, 1, 1), "weekly")
    assert _chosen(weekly) == [7, 6, 5, 4, 3]


def test_every_is_what_was_published_after_one_subscribed_oldest_first() -> None:
    every = Subscription(ALL, date(2026, 11, 20), "every")
    assert _chosen(every) == [6, 7]
    assert _chosen(Subscription(ALL, TODAY, "every")) == []


def test_only_chosen_topics_and_nothing_of_years_ago() -> None:
    assert _chosen(Subscription(frozenset({"events"}), TODAY)) == [6]
    assert _chosen(Subscription(frozenset(), TODAY)) == []
    assert 1 not in _chosen(Subscription(ALL, date(2020, 1, 1), "every"))


@given(st.sets(st.integers(0, 500)), st.sets(st.integers(0, 500)))
def test_a_bitmap_remembers_exactly_what_was_put_in(first: set[int], second: set[int]) -> None:
    bits = with_numbers(with_numbers(b"", sorted(first)), sorted(second))
    assert {number for number in range(520) if has(bits, number)} == first | second
