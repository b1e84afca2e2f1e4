"""What a template can ask for: the fields of a report, by Vietnamese names without marks.

The names are for officers who edit the template in Word; docs/template.md lists them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta

from bot.official import CAPITAL, HEAD_WIDTHS, SMALL, TEXT_WIDTH, balanced
from bot.official.writing import plain
from bot.planreport.items import (
    ITEMS,
    ActivityFields,
    ChartFields,
    Grid,
    Number,
    Picture,
    SectionFields,
    TableFields,
    TaskFields,
)
from bot.planreport.names import FIGURE_NAMES, KIND_WORDS, STATE_NAMES
from bot.planreport.report import LACKS, Figure, OwnActivity, Report, Result, State, Table

# Around what is to be set small, and where a line goes that is as long as the words above it.
SMALL_FROM, SMALL_TO, RULE = "\ue000", "\ue001", "\ue002"
_MARKS = str.maketrans("", "", SMALL_FROM + SMALL_TO + RULE)
_LONG = 15  # rows: a longer table stands in the annex
_FEWEST = 5  # people


Fields = Mapping[str, object]


def fields_of(report: Report) -> dict[str, object]:
    """All that a template may name."""
    tasks = {id(one): _task(one) for one in report.results}
    states: dict[State, list[TaskFields]] = {state: [] for state in STATE_NAMES}
    for one in report.results:
        states[one.state].append(tasks[id(one)])
    tables = _tables(report.tables)
    return {
        **_frame(report),
        "so": _numbers(report),
        "tat_ca_so": [_number(one) for one in every_figure(report)],
        "bang": tables,
        "cac_bang": sorted(tables.values(), key=lambda one: one.so),
        "bieu_do": [
            ChartFields(at, _line(chart.title), Picture(chart))
            for at, chart in enumerate(report.charts, start=1)
        ],
        "cac_muc": [
            SectionFields(
                at,
                _line(section.title),
                tuple(tasks[id(one)] for one in report.section(section.id)),
            )
            for at, section in enumerate(report.plan.sections, start=1)
        ],
        "hoan_thanh": states["done"],
        "dang_lam": states["under-way"],
        "cham": states["late"],
        "chua_lam": states["missing"],
        "thieu_so_lieu": states["no-figure"],
        "dem": _counts(report, states),
        "hoat_dong": [_activity(one) for one in report.activities],
        "phuong_huong": [_line(one) for one in report.ahead],
    }


def every_figure(report: Report) -> list[Figure]:
    """Those of the report and of its tasks, each once, as their numbers follow."""
    found = {one.ref: one for one in report.figures.values()}
    for result in report.results:
        found.setdefault(result.figure.ref, result.figure)
    return sorted(found.values(), key=lambda one: (len(one.number), one.number))


def vocabulary(known: Fields) -> set[str]:
    """Every word that may stand behind a dot."""
    words = {field.name for item in ITEMS for field in fields(item)}
    for value in known.values():
        if isinstance(value, Mapping):
            words |= set(value)
    return words


def told_days(days: Sequence[date]) -> str:
    """ "từ ngày 28/9/2026 đến ngày 30/9/2026; ngày 02/10/2026"."""
    spans: list[tuple[date, date]] = []
    for day in sorted(days):
        if spans and spans[-1][1] + timedelta(days=1) == day:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return "; ".join(
        f"ngày {first:%d/%m/%Y}"
        if first == last
        else f"từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"
        for first, last in spans
    )


def _frame(report: Report) -> dict[str, object]:
    """Whose document it is, about what, to whom."""
    plan, head = report.plan, report.plan.letterhead
    after = report.period.last + timedelta(days=1)
    return {
        "gach": RULE,
        "co_quan": {
            "cap_tren": balanced(_line(head.superior).upper(), HEAD_WIDTHS[0] - 4, CAPITAL),
            "ten": balanced(_line(head.issuer).upper(), HEAD_WIDTHS[0] - 4, CAPITAL),
            "ky_hieu": _line(head.symbol),
            "dia_danh": _line(head.place),
        },
        "bao_cao": {
            "chu_de": balanced(_line(report.subject), TEXT_WIDTH, SMALL),
            "ten": _line(report.title),
            "ky": report.period.title,
            "tu_ngay": f"{report.period.first:%d/%m/%Y}",
            "den_ngay": f"{report.period.last:%d/%m/%Y}",
            "nam": str(report.period.last.year),
            "nam_ky": str(after.year),  # it can be signed from the day after on
            "ma": report.period.code,
        },
        "ke_hoach": {"ten": _line(plan.title), "so": _line(plan.number), "nam": str(plan.year)},
        "can_cu": _listed(plan.bases, "", "."),
        "kinh_gui": _addressed(head.addressees),
        "noi_nhan": _recipients(report),
        "chuc_vu": [_line(post).upper() for post in head.posts],
        "nguoi_ky": _line(head.signer),
        "ngay_chua_chot": told_days(report.open_days),
    }


def _addressed(names: Sequence[str]) -> list[str]:
    if len(names) == 1:
        return [f"Kính gửi: {_line(names[0])}."]
    return ["Kính gửi:", *_listed(names, "- ", ".")] if names else []


def _recipients(report: Report) -> list[str]:
    head = report.plan.letterhead
    names = [name for name in head.recipients if name.casefold() != "như trên"]
    if head.addressees:
        names.insert(0, "Như trên")
    return [*_listed(names, "- ", ";"), f"- Lưu: {_line(head.archive)}."]


def _listed(texts: Sequence[str], dash: str, end: str) -> list[str]:
    last = len(texts) - 1
    lines = [_line(text).rstrip(";.") for text in texts]
    return [f"{dash}{line}{end if at == last else ';'}" for at, line in enumerate(lines)]


def _numbers(report: Report) -> dict[str, Number]:
    """Those of the report, and those that it might have had."""
    lacking = Number("", LACKS["none"], "", "", "", "")
    known = dict.fromkeys(FIGURE_NAMES.values(), lacking)
    return known | {name: _number(figure) for name, figure in report.figures.items()}


def _number(figure: Figure) -> Number:
    return Number(
        _line(figure.label),
        figure.told,
        _line(figure.unit),
        figure.ref,
        figure.number,
        _small(figure.number),
    )


def _counts(report: Report, states: Mapping[State, Sequence[object]]) -> dict[str, object]:
    """How many tasks came to what; with a reference where the report has such a figure."""
    counts: dict[str, object] = {"tong": len(report.results)}
    for state, name in STATE_NAMES.items():
        figure = report.figures.get(name)
        told = str(len(states[state])) if figure is None else str(_number(figure))
        counts[name.removeprefix("nhiem_vu_")] = told
    return counts


def _tables(tables: Mapping[str, Table]) -> dict[str, TableFields]:
    """Numbered as they follow in the document: short ones in the text, long ones in the annex."""
    order = sorted(tables.items(), key=lambda one: len(one[1].rows) > _LONG)
    return {
        name: TableFields(
            at,
            _line(table.title),
            _small(table.ref.rpartition("-")[2]),
            table.ref,
            _line(table.note),
            len(table.rows) > _LONG,
            Grid(table),
        )
        for at, (name, table) in enumerate(order, start=1)
    }


def _task(result: Result) -> TaskFields:
    return TaskFields(
        ten=_line(result.title),
        nguoi=_line(result.who),
        han=_line(result.until),
        chi_so=_line(result.indicator),
        chi_tieu=_line(result.target),
        ket_qua=_number(result.figure),
        danh_gia=result.told_state,
        con_thieu=_line(result.shortfall),
    )


def _activity(one: OwnActivity) -> ActivityFields:
    return ActivityFields(
        _line(one.unit),
        KIND_WORDS.get(one.kind, _line(one.kind)),
        _line(one.title),
        _line(one.place),
        f"{one.held_on:%d/%m/%Y}",
        _people(one.people),
        _line(one.source),
    )


def _people(count: int | None) -> str:
    if count is None:
        return "không có số liệu"
    return "dưới 5" if count < _FEWEST else f"{count:,}".replace(",", ".")


def _small(number: str) -> str:
    # The space is one at which no line ends.
    return f"{SMALL_FROM}\u00a0[{number}]{SMALL_TO}" if number else ""


def _line(text: str) -> str:
    """One line that every office file can hold, and none of the marks used here."""
    return " ".join(plain(text).translate(_MARKS).split())
