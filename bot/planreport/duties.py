"""Which reports the plan asks for around a day: for which days, and when they are due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.library import Plan, PlanReport
from bot.planreport.periods import Period, quarter_of


@dataclass(frozen=True, slots=True)
class Duty:
    """A report that is to be written of these days, until that day."""

    report: PlanReport
    period: Period
    due: date


def duties(plan: Plan, today: date) -> tuple[Duty, ...]:
    """Those of this quarter and the one before it, and that of the plan's year; soonest first.

    The last quarter of the year before the plan's is still asked for, since it is due in it.
    """
    running = quarter_of(today)
    found = [
        duty
        for report in plan.reports
        for duty in (
            [_yearly(plan, report)]
            if report.every == "year"
            else _quarterly(plan, report, (running.before(), running))
        )
    ]
    return tuple(sorted(found, key=lambda duty: (duty.due, duty.report.id)))


def duty_holding(plan: Plan, day: date) -> Duty | None:
    """The first report in which what was recorded on that day will stand."""
    return next((duty for duty in duties(plan, day) if duty.period.holds(day)), None)


def _yearly(plan: Plan, report: PlanReport) -> Duty:
    first, last = (_on(plan, day) for day in (report.first, report.last))
    return Duty(report, Period(first, last), _on(plan, report.due or report.last))


def _quarterly(plan: Plan, report: PlanReport, quarters: tuple[Period, ...]) -> Iterator[Duty]:
    asked = (date(plan.year - 1, 10, 1), date(plan.year, 12, 31))
    for quarter in quarters:
        if asked[0] <= quarter.first <= asked[1]:
            yield Duty(report, quarter, quarter.last + timedelta(days=report.days_after or 0))


def _on(plan: Plan, month_day: str) -> date:
    return date.fromisoformat(f"{plan.year}-{month_day}")
