"""Rules as RFC 5545 writes them, and the Vietnamese lunar calendar: right days, or a clear no."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.drafting import DraftFault
from bot.lunar import Lunar, day_in, has_leap, lunar_of, next_day
from bot.repeats import RepeatFault, dates_of, read_repeat, turn_of
from bot.timing import coming_days, offered_times, read_moment
from tests.conftest import LIBRARY

HOME, BERLIN = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 29, 13, 46, tzinfo=UTC)


def _at(text: str, zone: ZoneInfo = HOME) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def _days(rule: str, first: str, zone: ZoneInfo = HOME, lunar: Lunar | None = None) -> list[str]:
    begin = _at(first, zone)
    kept = read_repeat(rule, begin, zone, lunar)
    return [f"{day:%Y-%m-%d}" for day in dates_of(kept, begin, zone)]


# --- rules ---------------------------------------------------------------------------------------

#    rule, the first time                                    the days that begin it, how many
RULES = {
    ("FREQ=WEEKLY;BYDAY=MO", "2027-01-31 08:00"): (["2027-02-01", "2027-02-08"], 52),
    ("FREQ=WEEKLY;COUNT=2", "2027-01-31 08:00"): (["2027-01-31", "2027-02-07"], 2),
    ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20270301", "2027-02-01 08:00"): (
        ["2027-02-01", "2027-02-15", "2027-03-01"], 3),
    ("rrule:freq=daily;until=20270203", "2027-02-01 08:00"): (
        ["2027-02-01", "2027-02-02", "2027-02-03"], 3),
    # Eight in the morning here is one o'clock in UTC: the last day's time has gone by.
    ("FREQ=DAILY;UNTIL=20270203T005959Z", "2027-02-01 08:00"): (["2027-02-01", "2027-02-02"], 2),
    ("FREQ=MONTHLY", "2027-01-31 08:00"): (
        ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"], 12),
    ("FREQ=MONTHLY", "2027-12-30 08:00"): (["2027-12-30", "2028-01-30", "2028-02-29"], 12),
    ("FREQ=MONTHLY;BYMONTHDAY=15,31", "2027-01-31 08:00"): (
        ["2027-01-31", "2027-02-15", "2027-02-28", "2027-03-15", "2027-03-31"], 24),
    ("FREQ=MONTHLY;BYDAY=-1FR", "2027-01-01 08:00"): (["2027-01-29", "2027-02-26"], 12),
    ("FREQ=YEARLY", "2028-02-29 08:00"): (["2028-02-29", "2029-02-28"], 2),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2027-01-31 08:00"): (["2027-02-28"], 1),
    ("FREQ=YEARLY;INTERVAL=2", "2027-01-31 08:00"): (["2027-01-31"], 1),
}  # fmt: skip


@pytest.mark.parametrize("case", RULES, ids=" ".join)
def test_a_rule_gives_its_days_and_short_months_their_last(case: tuple[str, str]) -> None:
    begins, count = RULES[case]
    days = _days(*case)
    assert days[: len(begins)] == begins
    assert len(days) == count


BAD = {
    "": "not a part of a rule",
    "nonsense": "NONSENSE: not a part of a rule such as FREQ=WEEKLY;BYDAY=MO",
    "FREQ=SECONDLY": "nothing goes out more often than daily",
    "FREQ=HOURLY;COUNT=3": "nothing goes out more often than daily",
    "FREQ=DAILY;BYHOUR=8,9": "BYHOUR=8,9: not a part of a rule",
    "FREQ=WEEKLY;INTERVAL=0": "INTERVAL=0",
    "FREQ=WEEKLY;INTERVAL=-1": "INTERVAL=-1",
    "FREQ=WEEKLY;COUNT=0": "COUNT=0",
    "FREQ=WEEKLY;BYDAY=XX": "BYDAY=XX",
    "FREQ=WEEKLY;BYDAY=1MO": "goes with MONTHLY or YEARLY only",
    "FREQ=MONTHLY;BYDAY=99MO": "BYDAY=99MO",
    "FREQ=MONTHLY;BYMONTHDAY=32": "BYMONTHDAY=32",
    "FREQ=YEARLY;BYMONTH=13": "BYMONTH=13",
    "FREQ=WEEKLY;COUNT=2;UNTIL=20270301": "cannot both be there",
    "FREQ=WEEKLY;FREQ=DAILY": "stands there twice",
    "COUNT=3": "FREQ is missing",
    "FREQ=WEEKLY;UNTIL=20270101": "end before it begins",
    "FREQ=WEEKLY;UNTIL=20270230": "there is no such day",
    "FREQ=WEEKLY;UNTIL=20990101": "a year at most, until 20280130",
    "FREQ=DAILY;COUNT=400": "a year at most, 365 times",
    "FREQ=DAILY;BYMONTH=1;BYMONTHDAY=1;BYDAY=TU": "no day within a year fits",
    "FREQ=WEEKLY\nDTSTART:20270101": "not a part of a rule",
    "FREQ=WEEKLY;" + "BYDAY=MO," * 550: "too long",
    "RSCALE=VIETNAMESE;FREQ=MONTHLY": "on the lunar calendar: one day each year",
    "RSCALE=VIETNAMESE;FREQ=YEARLY;COUNT=3": "a year at most, 2 times",
    "RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTHDAY=31": "there is no lunar day 31",
    "RSCALE=HEBREW;FREQ=YEARLY": "RSCALE=HEBREW",
}


@pytest.mark.parametrize("rule", BAD, ids=lambda rule: rule[:30])
def test_a_rule_that_cannot_be_kept_is_told_why(rule: str) -> None:
    with pytest.raises(RepeatFault) as told:
        read_repeat(rule, _at("2027-01-31 08:00"), HOME)
    assert BAD[rule] in str(told.value)


@given(st.text(max_size=40) | st.from_regex(r"FREQ=[A-Z]{4,8}(;[A-Z]{2,10}=[-+0-9A-Z,]{0,9}){0,4}"))
def test_whatever_is_written_is_a_rule_or_a_fault(text: str) -> None:
    first = _at("2027-01-31 08:00")
    try:
        rule = read_repeat(text, first, HOME)
    except RepeatFault:
        return
    days = dates_of(rule, first, HOME)
    assert 1 <= len(days) <= 366
    assert sorted({day.date() for day in days}) == [day.date() for day in days]  # once a day


def test_the_clock_of_the_wall_is_kept_when_clocks_change() -> None:
    spring = dates_of("FREQ=DAILY;COUNT=3", _at("2027-03-27 08:00", BERLIN), BERLIN)
    assert [f"{day.astimezone(UTC):%d %H}" for day in spring] == ["27 07", "28 06", "29 06"]
    # 02:30 is left out on the 28th, and comes twice on 31 October: once each, all the same.
    left_out = dates_of("FREQ=DAILY;COUNT=3", _at("2027-03-27 02:30", BERLIN), BERLIN)
    assert [f"{day.astimezone(UTC):%d %H:%M}" for day in left_out] == [
        "27 01:30", "28 01:30", "29 00:30"]  # fmt: skip
    twice = dates_of("FREQ=DAILY;COUNT=3", _at("2027-10-30 02:30", BERLIN), BERLIN)
    assert [f"{day.astimezone(UTC):%d %H:%M}" for day in twice] == [
        "30 00:30", "31 00:30", "01 01:30"]  # fmt: skip


def test_of_what_went_by_only_the_last_is_due_and_only_while_it_is_fresh() -> None:
    dates = [datetime(2027, 1, day, 1, tzinfo=UTC) for day in (4, 11, 18, 25)]
    before = dates[0] - timedelta(days=3)
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert turn_of(dates, dates[0], before, dates[0]) == (dates[0], dates[1])
    assert turn_of(dates, dates[0], before, dates[2] + hour) == (dates[2], dates[3])
    assert turn_of(dates, dates[0], before, dates[2] + 2 * day) == (None, dates[3])
    assert turn_of(dates, dates[3], before, dates[3] + 2 * day) == (None, None)
    # Approved only now: it was not late, and the next one is not brought forward.
    assert turn_of(dates, dates[0], dates[1] - day, dates[1] - day + hour) == (dates[0], dates[1])


# --- the lunar calendar --------------------------------------------------------------------------

# First days of the year; 1968, 1985, 2007 and 2030 are other days in China (30 January,
# 20 February, 18, 3).
NEW_YEARS = (
    date(1968, 1, 29), date(1985, 1, 21), date(2007, 2, 17), date(2025, 1, 29), date(2026, 2, 17),
    date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 2),
)  # fmt: skip
LUNAR_DAYS = {
    (2026, Lunar(10, 3)): date(2026, 4, 26),
    (2027, Lunar(10, 3)): date(2027, 4, 16),
    (2026, Lunar(15, 8)): date(2026, 9, 25),
    (2027, Lunar(15, 8)): date(2027, 9, 15),
    (2025, Lunar(1, 6)): date(2025, 6, 25),
    (2025, Lunar(1, 6, is_leap=True)): date(2025, 7, 25),
    (2026, Lunar(1, 6, is_leap=True)): date(2026, 7, 14),  # no leap month: the month itself
    (2026, Lunar(30, 2)): date(2026, 4, 16),  # of 29 days: its 29th
    (2026, Lunar(30, 12)): date(2027, 2, 5),
}


@pytest.mark.parametrize("day", NEW_YEARS, ids=str)
def test_the_year_begins_as_in_viet_nam(day: date) -> None:
    assert lunar_of(day) == (Lunar(1, 1), day.year)
    assert day_in(day.year, Lunar(1, 1)) == day


@pytest.mark.parametrize("case", LUNAR_DAYS, ids=str)
def test_a_lunar_day_is_found_with_leap_months_and_short_ones(case: tuple[int, Lunar]) -> None:
    assert day_in(*case) == LUNAR_DAYS[case]


def test_leap_months_are_those_of_the_calendar() -> None:
    found = [(year, month) for year in range(2020, 2040) for month in range(1, 13)
             if has_leap(year, month)]  # fmt: skip
    assert found == [(2020, 4), (2023, 2), (2025, 6), (2028, 5), (2031, 3), (2033, 11), (2036, 6),
                     (2039, 5)]  # fmt: skip


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_there_and_back_is_the_same_day(day: date) -> None:
    lunar, year = lunar_of(day)
    assert day_in(year, lunar) == day
    assert next_day(lunar, day) > day


def test_what_comes_each_year_by_the_moon_has_another_date_each_year() -> None:
    lunar = Lunar(10, 3)
    assert _days("FREQ=YEARLY", "2026-04-26 08:00", lunar=lunar) == ["2026-04-26", "2027-04-16"]
    assert _days("FREQ=YEARLY", "2031-04-01 08:00", lunar=lunar) == ["2031-04-01", "2032-04-19"]
    rule = "RSCALE=VIETNAMESE;FREQ=YEARLY;SKIP=BACKWARD"
    assert _days(rule, "2025-07-25 08:00") == ["2025-07-25", "2026-07-14"]  # from a leap month on
    assert _days("FREQ=YEARLY", "2026-04-16 08:00", lunar=Lunar(30, 2)) == [
        "2026-04-16", "2027-04-06"]  # fmt: skip


def test_marked_days_that_move_need_no_list() -> None:
    moving = {one.id for one in LIBRARY.calendar if one.lunar}
    assert moving == {"lunar-new-year", "hung-kings", "mid-autumn"}
    for day, name in ((date(2026, 9, 25), "mid-autumn"), (date(2028, 4, 4), "hung-kings"),
                      (date(2030, 2, 2), "lunar-new-year")):  # fmt: skip
        assert name in {one.id for one in LIBRARY.marked(day)}
        assert name not in {one.id for one in LIBRARY.marked(day + timedelta(days=1))}


# --- when, as it is typed ------------------------------------------------------------------------

TYPED = {
    "18:00": "2026-11-30 18:00",
    "30/12 18h30": "2026-12-30 18:30",
    "âl 10/3 08:00": "2027-04-16 08:00",
    " AL  10/3 ": "2027-04-16 08:00",
    "âm lịch 15/8 17h30": "2027-09-15 17:30",
    "âl 10/5 nhuận 9h": "2028-07-02 09:00",
    "calendar:hung-kings": "2027-04-16 08:00",
    "calendar:hung-kings -3 11:30": "2027-04-13 11:30",
    "calendar:new-year -30": "2026-12-02 08:00",
    "calendar:new-year -33": "2027-11-29 08:00",  # this year's hour has gone by
}


@pytest.mark.parametrize("text", TYPED)
def test_a_time_is_read(text: str) -> None:
    moment = read_moment(text, NOW, HOME, LIBRARY.calendar)
    assert moment.at.utcoffset() == timedelta()
    assert f"{moment.at.astimezone(HOME):%Y-%m-%d %H:%M}" == TYPED[text]


@pytest.mark.parametrize(
    "text", ["30/2 08:00", "âl 31/1", "âl 1/13 08:00", "âl 0/1", "al", "tomorrow", "",
             "calendar:new-year -61", "calendar:", "âl 10/3 25:00"]
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_moment(text, NOW, HOME, LIBRARY.calendar)


@pytest.mark.parametrize(("text", "kind"), [("calendar:nope", "calendar"), ("29/11 08:00", "past")])
def test_a_day_that_there_is_not_is_told(text: str, kind: str) -> None:
    with pytest.raises(DraftFault) as told:
        read_moment(text, NOW, HOME, LIBRARY.calendar)
    assert told.value.kind == kind


def test_a_short_month_and_one_that_comes_twice_are_noticed() -> None:
    spring = datetime(2026, 4, 1, tzinfo=UTC)  # the second month of 2026 has 29 days
    short = read_moment("âl 30/2 08:00", spring, HOME, ())
    assert (short.is_clamped(HOME), f"{short.at:%m-%d}") == (True, "04-16")
    assert not read_moment("âl 29/2 08:00", spring, HOME, ()).is_clamped(HOME)
    assert not read_moment("âl 30/2 08:00", NOW, HOME, ()).is_clamped(HOME)
    later = datetime(2027, 12, 1, tzinfo=UTC)  # 2028 has a second fifth month
    assert read_moment("âl 5/5 08:00", later, HOME, ()).has_leap_after(HOME)
    assert not read_moment("âl 5/5 leap 08:00", later, HOME, ()).has_leap_after(HOME)


def test_sensible_hours_and_marked_days_are_offered() -> None:
    morning = datetime(2026, 11, 29, 2, tzinfo=UTC)  # nine o'clock at home
    assert [f"{at:%d %H:%M}" for at in offered_times(morning, HOME, 3)] == [
        "29 11:30", "29 17:30", "30 08:00"]  # fmt: skip
    days = [
        (f"{day}", entry.id) for day, entry in coming_days(LIBRARY.calendar, date(2027, 4, 1), 2)
    ]
    assert days == [("2027-04-16", "hung-kings"), ("2027-04-28", "safety-day")]
