"""The things of which a template names the parts: a number, a table, a chart, a task, an activity.

Parts have Vietnamese names without marks, for the officers who edit the template.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Chart
from bot.planreport.report import LACKS, Table


@dataclass(frozen=True, slots=True)
class Number:
    """A figure; written as it is, it is told with its unit and its reference."""

    ten: str
    gia_tri: str
    don_vi: str
    ma: str
    so: str
    tra_cuu: str

    def __str__(self) -> str:
        if self.gia_tri in LACKS.values():
            return f"{self.gia_tri}{self.tra_cuu}"
        unit = self.don_vi if self.don_vi.startswith("%") else f" {self.don_vi}"
        return f"{self.gia_tri}{unit}".rstrip() + self.tra_cuu


@dataclass(frozen=True, slots=True)
class Picture:
    """A place for a chart."""

    chart: Chart


@dataclass(frozen=True, slots=True)
class Grid:
    """A place for a ruled table."""

    table: Table


@dataclass(frozen=True, slots=True)
class TableFields:
    """A table with the number of its caption."""

    so: int
    ten: str
    tra_cuu: str
    ma: str
    chu_thich: str
    dai: bool
    noi_dung: Grid


@dataclass(frozen=True, slots=True)
class ChartFields:
    so: int
    ten: str
    hinh: Picture


@dataclass(frozen=True, slots=True)
class TaskFields:
    ten: str
    nguoi: str
    han: str
    chi_so: str
    chi_tieu: str
    ket_qua: Number
    danh_gia: str
    con_thieu: str


@dataclass(frozen=True, slots=True)
class SectionFields:
    so: int
    ten: str
    nhiem_vu: tuple[TaskFields, ...]


@dataclass(frozen=True, slots=True)
class ActivityFields:
    don_vi: str
    hinh_thuc: str
    ten: str
    noi: str
    ngay: str
    so_nguoi: str
    nguon: str


ITEMS = (Number, TableFields, ChartFields, TaskFields, SectionFields, ActivityFields)
