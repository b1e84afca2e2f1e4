"""A report at a glance, as a chart for the chat: main figures, tasks, messages by topic."""

from __future__ import annotations

from collections.abc import Iterator

from bot.model import Bar, Chart, Section
from bot.planreport.names import BY_TOPIC, STATE_NAMES
from bot.planreport.report import STATES, Figure, Report, Table
from bot.planreport.workbook import read_number

# What an officer asks for first; others have their place in the document.
_MAIN = (
    "nguoi_dang_ky", "nguoi_nhan_tin", "tin_da_gui", "luot_doc", "luot_du_thi", "tang_hieu_biet",
    "tin_duoc_bao", "tin_kiem_chung", "tac_pham", "hoat_dong",
)  # fmt: skip
_MOST_TOPICS = 8  # a phone's screen


def summary(report: Report) -> Chart:
    """One picture, to be drawn by bot/charts.py; `alt` tells the same in lines."""
    sections = [Section("Số liệu chính", tuple(_figures(report)))]
    if report.results:
        sections.append(_tasks(report))
    if table := report.tables.get(BY_TOPIC):
        sections.append(Section("Tin theo chủ đề", tuple(_topics(table))))
    sections = [one for one in sections if one.bars]
    title = f"{report.title[:1].upper()}{report.title[1:]}"
    period = Section(_upper(report.period.title), ())
    return Chart(title, (period, *sections), alt=_alt(title, (period, *sections)))


def told(figure: Figure) -> str:
    """The number with its unit, or why there is none."""
    return figure.told if figure.amount is None else f"{figure.told} {figure.unit}".strip()


def _figures(report: Report) -> Iterator[Bar]:
    for name in _MAIN:
        if figure := report.figures.get(name):
            yield Bar(figure.label, (), told(figure))


def _tasks(report: Report) -> Section:
    """How many came to what, each measured by all of them."""
    total = len(report.results)
    states = [one.state for one in report.results]
    bars = [
        Bar(STATES[state], (states.count(state),), f"{states.count(state)} / {total}")
        for state in STATE_NAMES
        if state in states or state in {"done", "late", "missing"}
    ]
    return Section("Nhiệm vụ của kế hoạch", tuple(bars), whole=total)


def _topics(table: Table) -> Iterator[Bar]:
    for name, number, *_ in table.rows[:_MOST_TOPICS]:
        amount = read_number(number)
        yield Bar(name, (int(amount),) if not isinstance(amount, str) else (), number)


def _alt(title: str, sections: tuple[Section, ...]) -> str:
    lines = [title]
    for section in sections:
        lines += [section.title, *(f"{bar.label}: {bar.told}" for bar in section.bars)]
    return "\n".join(lines)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
