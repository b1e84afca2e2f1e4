"""The nouns of a report: a figure with its reference, a table, a task's result, the whole.

Official reports are Vietnamese whoever asks for them, so what is told here is Vietnamese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.library import Plan
from bot.model import Chart
from bot.planreport.periods import Period

# Why a figure has no amount: fewer than five people, nothing collected, or not for these days.
Lack = Literal["", "small", "none", "months"]
LACKS: Mapping[str, str] = {
    "small": "dưới 5 (không nêu)",
    "none": "không có số liệu",
    "months": "chỉ tính theo tháng trọn vẹn",
}
State = Literal["done", "under-way", "late", "missing", "no-figure"]
STATES: Mapping[str, str] = {
    "done": "Hoàn thành",
    "under-way": "Đang thực hiện",
    "late": "Chậm so với kế hoạch",
    "missing": "Chưa thực hiện",
    "no-figure": "Không có số liệu",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The aggregated rows behind a figure: what its columns are, and their cells as text."""

    columns: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report. `ref` ("2026Q3-7") leads to the rows behind it.

    `name` is by what a template names it; `unit` follows the number ("tin", "người", "%").
    """

    ref: str
    name: str
    label: str
    amount: float | None
    unit: str = ""
    lack: Lack = ""
    rows: Rows = field(default_factory=Rows)

    @property
    def number(self) -> str:
        """The last part of the reference, as it stands in brackets behind the number."""
        return self.ref.rpartition("-")[2]

    @property
    def told(self) -> str:
        """ "1.234", "12,5", or why there is none."""
        return in_vietnamese(self.amount) if self.amount is not None else LACKS[self.lack or "none"]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are texts; `is_number` tells for each column whether it is one. `ref` as a figure's,
    of the whole table."""

    ref: str
    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_number: tuple[bool, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one task of the plan, with the shortfall in words."""

    title: str
    section: str
    who: str
    until: str
    indicator: str
    target: str
    figure: Figure
    state: State
    shortfall: str = ""

    @property
    def told_state(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class OwnActivity:
    """What a unit reported of its own work."""

    unit: str
    kind: str
    title: str
    place: str
    held_on: date
    people: int | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report, ready to be written. `title` is that of the duty in the plan.

    `figures` and `tables` are by name. `open_days` are days of the period whose figures may still
    change, so that the document says so; `is_made_on` is left to be filled in by hand, since the
    same period must give the same file.
    """

    plan: Plan
    period: Period
    title: str
    figures: Mapping[str, Figure]
    tables: Mapping[str, Table]
    results: tuple[Result, ...]
    activities: tuple[OwnActivity, ...]
    charts: tuple[Chart, ...]
    ahead: tuple[str, ...]
    open_days: tuple[date, ...] = ()

    @property
    def subject(self) -> str:
        """What it is about: "Kết quả công tác thông tin đối ngoại quý III năm 2026"."""
        return f"Kết quả {self.title} {self.period.title}"

    def section(self, identifier: str) -> tuple[Result, ...]:
        """The results of one section of the plan."""
        return tuple(one for one in self.results if one.section == identifier)


def in_vietnamese(number: float) -> str:
    """ "1.234" and "12,5": dots between thousands, a comma before a decimal."""
    if number == int(number):
        return f"{int(number):,}".replace(",", ".")
    return f"{number:,.1f}".translate(str.maketrans(",.", ".,"))
