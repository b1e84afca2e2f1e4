"""Reads what was counted in a period from the store, and makes the plan's report of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.activities import Activity
from bot.figures import DayFigure
from bot.library import Library, Plan, Task
from bot.organisation import Tree
from bot.planreport.composing import compose
from bot.planreport.counted import Counted, Held, Languages, released
from bot.planreport.periods import Period, PeriodFault, quarter_of, whole_year
from bot.planreport.report import OwnActivity, Report
from bot.store import Store
from bot.unit_months import ClosedMonth, closed_months, told_languages, told_units

_PEOPLE = ("joined", "left")
_TOLD = ("sent", "read")  # by unit and by language


async def count_days(store: Store, library: Library, zone: ZoneInfo, now: datetime) -> None:
    """Counts today anew and closes the days whose time has come."""
    topics = {article.id: article.topic for article in library.articles.values()}
    out: dict[date, list[DayFigure]] = defaultdict(list)
    for article in library.articles.values():
        if (day := article.published) is not None:
            named = f"article:{article.id}"
            out[day].append(DayFigure(day, "article", 1, named, article.topic))
    for check in library.factchecks.values():
        if (day := check.published) is not None:
            out[day].append(DayFigure(day, "check", 1, f"check:{check.id}"))
    await store.figures.roll_up(now, zone, topics, out)


async def report_of(
    store: Store, library: Library, plan: Plan, zone: ZoneInfo, period: Period, now: datetime
) -> Report:
    """The report of these days. Raises PeriodFault("future") for days that are still to come."""
    today = now.astimezone(zone).date()
    if period.first > today:
        raise PeriodFault("future")
    counted = await counted_in(store, zone, period, today)
    since = Period(date(period.last.year, 1, 1), period.last)
    year = counted if since == period else await counted_in(store, zone, since, today)
    return compose(plan, library, counted, year, today)


async def is_reached(
    store: Store, library: Library, plan: Plan, zone: ZoneInfo, task: Task, now: datetime
) -> bool:
    """Whether the task's target is reached by now: of this quarter, or of the year."""
    today = now.astimezone(zone).date()
    period = quarter_of(today) if task.each == "quarter" else whole_year(today.year)
    report = await report_of(store, library, plan, zone, period, now)
    found = zip(plan.tasks, report.results, strict=True)
    return any(one.id == task.id and result.state == "done" for one, result in found)


async def counted_in(store: Store, zone: ZoneInfo, period: Period, today: date) -> Counted:
    """All that was counted in these days; in days to come there is nothing."""
    last = min(period.last, today)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    tree = await store.organisation.tree(ends.astimezone(UTC))
    months = await closed_months(store, period, zone)
    # By the day of writing: one that is written later must not change the report of days before.
    reports = await store.plan.reports()
    written = {one.code for one in reports if period.holds(one.at.astimezone(zone).date())}
    return Counted(
        period,
        await store.figures.of(period.first, last),
        await _told_people(store, period, today),
        tree,
        _by_unit(tree, months),
        {kind: Languages(*told_languages(months, kind)) for kind in _TOLD},
        await _hours(store, period),
        tuple(_held(one, tree) for one in await store.activities.between(period.first, last)),
        len(written),
        await store.figures.open_days(period.first, last),
    )


def _by_unit(tree: Tree, months: Sequence[ClosedMonth]) -> Mapping[str, Mapping[int, int]]:
    """By kind what may be told of each unit and all below."""
    return {
        kind: {unit: sum(by.values()) for unit, by in told_units(tree, months, kind).items()}
        for kind in _TOLD
    }


def _held(one: Activity, tree: Tree) -> Held:
    unit = tree.get(one.unit_id)
    told = OwnActivity(
        unit.title if unit else "", one.kind, one.title, one.place, one.held_on, one.people,
        one.source,
    )  # fmt: skip
    return Held(one.unit_id, one.kind, one.topic, told)


async def _told_people(store: Store, period: Period, today: date) -> Mapping[str, int] | None:
    """Who joined and left in the period's whole months, so that no two reports tell of few."""
    if not period.is_of_months or period.last >= today:
        return None
    found = {}
    for kind in _PEOPLE:
        months = await store.figures.monthly(kind, period.last)
        told = released(months.items())
        found[kind] = sum(count for month, count in told.items() if month >= period.first)
    return found


async def _hours(store: Store, period: Period) -> tuple[float, ...] | None:
    """Times from a report to its verdict, which are kept by month."""
    if not period.is_of_months:
        return None
    rows = await store.claims.times(period.first, period.last)
    return tuple(row.verdict / 60 for row in rows if not row.is_correction)
