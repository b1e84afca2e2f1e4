"""What became of the plan's tasks by the end of a period, with the shortfall in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil

from bot.library import Indicator, Library, Plan, Task
from bot.library.plan import FOREIGN
from bot.planreport.counted import Counted
from bot.planreport.measured import Measured, topic_word
from bot.planreport.measures import measured
from bot.planreport.names import KIND_WORDS
from bot.planreport.periods import Period
from bot.planreport.report import Figure, Result, State, in_vietnamese
from bot.planreport.words import (
    CHANNEL_WORDS,
    HARM_WORDS,
    MEASURE_WORDS,
    VERDICT_WORDS,
    language_word,
)

_DAYS_OF_A_QUARTER = 91


@dataclass(frozen=True, slots=True)
class Looked:
    """Up to when tasks are looked at: the period's end, or today where it is not over yet."""

    on: date
    is_over: bool


def results_of(
    plan: Plan,
    library: Library,
    counted: Counted,
    year: Counted,
    looked: Looked,
    refs: Iterator[str],
) -> tuple[Result, ...]:
    """One for each task, in the plan's order.

    What is wanted each quarter is measured in the period, what is wanted in the year from the
    year's first day on (`year`).
    """
    return tuple(_result(task, library, counted, year, looked, next(refs)) for task in plan.tasks)


def _result(
    task: Task, library: Library, counted: Counted, year: Counted, looked: Looked, ref: str
) -> Result:
    is_yearly = task.each == "year"
    of = year if is_yearly else counted
    found = measured(of, library, task.indicator.measure, task.indicator.narrowed)
    target = task.target if is_yearly or task.most else _share(task.target, of.period)
    label, unit = MEASURE_WORDS[task.indicator.measure]
    figure = Figure(
        ref, f"nhiem_vu_{task.id}", task.title["vi"], found.amount, unit, found.lack, found.rows
    )
    ends = task.until or (date(of.period.last.year, 12, 31) if is_yearly else of.period.last)
    state = _state(task, found, target, looked, ends)
    bound = "không quá " if task.most else ""
    return Result(
        title=task.title["vi"],
        section=task.section,
        who=task.who,
        until=f"hạn {ends:%d/%m/%Y}",
        indicator=_narrowed(label, task.indicator, library),
        target=f"{bound}{in_vietnamese(target)} {unit}",
        figure=figure,
        state=state,
        shortfall=_shortfall(task, found, target, unit, state, ends),
    )


def _share(target: int, period: Period) -> int:
    """Of a target for a quarter, as much as the period is of quarters."""
    if period.is_of_months:
        return ceil(target * sum(1 for _ in period.months()) / 3)
    return ceil(target * period.days / _DAYS_OF_A_QUARTER)


def _state(task: Task, found: Measured, target: int, looked: Looked, ends: date) -> State:
    is_past = looked.on > ends or (looked.is_over and looked.on >= ends)
    if found.amount is None:
        return "no-figure"
    if task.most:
        return "done" if found.amount <= target else ("late" if is_past else "under-way")
    if found.amount >= target:
        return "done"
    if not is_past:
        return "under-way"
    return "late" if found.amount else "missing"


def _shortfall(
    task: Task, found: Measured, target: int, unit: str, state: State, ends: date
) -> str:
    if state == "done":
        return ""
    if found.amount is None:
        return "không tính được kết quả"
    missing = in_vietnamese(round(abs(target - found.amount), 1))
    if task.most:
        return f"vượt {missing} {unit} so với mức tối đa"
    how = "chưa có kết quả, còn thiếu" if found.amount == 0 else "còn thiếu"
    when = (
        f"hạn đến ngày {ends:%d/%m/%Y}" if state == "under-way" else f"đã quá hạn {ends:%d/%m/%Y}"
    )
    return f"{how} {missing} {unit}, {when}"


def _narrowed(label: str, indicator: Indicator, library: Library) -> str:
    """ "Bài đã đăng: Biển, đảo"."""
    words = {
        "topic": lambda value: topic_word(library, value),
        "language": lambda value: "tiếng nước ngoài" if value == FOREIGN else language_word(value),
        "channel": lambda value: CHANNEL_WORDS.get(value, value),
        "harm": lambda value: HARM_WORDS.get(value, value),
        "verdict": lambda value: VERDICT_WORDS.get(value, value),
        "kind": lambda value: KIND_WORDS.get(value, value),
    }
    told = [words[name](value) for name, value in indicator.narrowed.items() if name in words]
    return f"{label}: {', '.join(told)}" if told else label
