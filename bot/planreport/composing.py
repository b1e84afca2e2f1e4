"""Puts a report together: every figure with its reference, tables, charts, what lies ahead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from bot.library import Library, Plan
from bot.model import Bar, Chart, Section
from bot.planreport.counted import Counted, Languages
from bot.planreport.duties import duties
from bot.planreport.measured import topic_word
from bot.planreport.measures import measured
from bot.planreport.names import BY_CHANNEL, BY_LANGUAGE, BY_TOPIC, BY_UNIT, FIGURE_NAMES
from bot.planreport.periods import Period
from bot.planreport.report import STATES, Figure, Report, Result, Rows, Table, in_vietnamese
from bot.planreport.results import Looked, results_of
from bot.planreport.words import CHANNEL_WORDS, MEASURE_WORDS, OTHERS, language_word

# References: figures from 1 on, tables from 41, tasks from 61, whatever a template shows of them.
_TABLES, _TASKS = 41, 61
_SMALL = "dưới 5"


def compose(plan: Plan, library: Library, counted: Counted, year: Counted, today: date) -> Report:
    """The report of the period of `counted`; `year` is what was counted since the year's first day.

    The same for ever once the period's days are closed.
    """
    period = counted.period
    is_over = today > period.last
    looked = Looked(period.last if is_over else today, is_over)
    results = results_of(plan, library, counted, year, looked, _refs(period, _TASKS))
    tables = tuple(_tables(library, counted))
    return Report(
        plan=plan,
        period=period,
        title=title_of(plan, period),
        figures={one.name: one for one in _figures(library, counted)},
        tables={one.name: one for one in tables if one.rows},
        results=results,
        activities=tuple(one.told for one in counted.activities),
        charts=tuple(_charts(plan, library, counted, results)),
        ahead=tuple(_ahead(plan, results, looked)),
        open_days=counted.open_days,
    )


def title_of(plan: Plan, period: Period) -> str:
    """That of the duty in the plan which the period fits."""
    fitting = (duty.report for duty in duties(plan, period.last) if duty.period == period)
    return next(fitting, plan.reports[0]).title


def traced(report: Report, ref: str) -> tuple[str, str, Rows] | None:
    """What a reference leads to: its label, what is told, and the rows behind it."""
    number = ref.strip().strip("[]").rpartition("-")[2]
    figures = [*report.figures.values(), *(one.figure for one in report.results)]
    for figure in figures:
        if figure.number == number:
            told = f"{figure.told} {figure.unit}" if figure.amount is not None else figure.told
            return figure.label, told, figure.rows
    for table in report.tables.values():
        if table.ref.rpartition("-")[2] == number:
            return table.title, "", Rows(table.columns, table.rows)
    return None


def _refs(period: Period, first: int) -> Iterator[str]:
    number = first
    while True:
        yield f"{period.code}-{number}"
        number += 1


def _figures(library: Library, counted: Counted) -> Iterator[Figure]:
    """Every measure, of everything."""
    refs = _refs(counted.period, 1)
    for measure, name in FIGURE_NAMES.items():
        found = measured(counted, library, measure, {})
        label, unit = MEASURE_WORDS[measure]
        yield Figure(next(refs), name, label, found.amount, unit, found.lack, found.rows)


def _tables(library: Library, counted: Counted) -> Iterator[Table]:
    refs = _refs(counted.period, _TABLES)
    yield _by_topic(library, counted, next(refs))
    yield _by_language(counted, next(refs))
    channels = counted.sums("sent", lambda one: one.channel, lambda one: bool(one.channel))
    rows = tuple(
        (CHANNEL_WORDS.get(one, one), in_vietnamese(channels[one])) for one in sorted(channels)
    )
    yield Table(
        next(refs), BY_CHANNEL, "Tin đã đến người nhận, theo kênh", ("Kênh", "Số tin"), rows,
        (False, True),
    )  # fmt: skip
    yield _by_unit(counted, next(refs))


def _by_topic(library: Library, counted: Counted, ref: str) -> Table:
    kinds = ("sent", "article", "read")
    by = {kind: counted.sums(kind, lambda one: one.topic, lambda _: True) for kind in kinds}
    topics = sorted({*by["article"], *by["sent"], *by["read"]}, key=lambda t: (-by["sent"][t], t))
    rows = tuple(
        (topic_word(library, topic), *(in_vietnamese(by[kind][topic]) for kind in kinds))
        for topic in topics
    )
    return Table(
        ref, BY_TOPIC, "Kết quả theo chủ đề", ("Chủ đề", "Tin đã đến", "Bài đã đăng", "Lượt đọc"),
        rows, (False, True, True, True),
        note="Một tin đến một người được tính một lần; lượt đọc được đếm theo ngày.",
    )  # fmt: skip


def _by_language(counted: Counted, ref: str) -> Table:
    """Languages that fewer than five people read stand together."""
    found = counted.languages.get("sent", Languages())
    rows = [(language_word(tag), in_vietnamese(count)) for tag, count in found.largest_first]
    rows += [(OTHERS, in_vietnamese(found.others))] if found.others else []
    return Table(
        ref, BY_LANGUAGE, "Tin đã đến người nhận, theo ngôn ngữ", ("Ngôn ngữ", "Số tin"),
        tuple(rows), (False, True),
        note="Chỉ tính các tháng đã chốt. Ngôn ngữ có dưới 5 người đọc được gộp vào dòng cuối.",
    )  # fmt: skip


def _by_unit(counted: Counted, ref: str) -> Table:
    """Units that may be told, each with all below it, as the tree was on the last day."""
    kinds = {"sent": "Tin đã đến", "read": "Lượt đọc"}
    by = {kind: counted.by_unit.get(kind, {}) for kind in kinds}
    held = Counter(one.unit_id for one in counted.activities)
    rows = []
    for unit, depth in counted.tree.walk():
        own = _held_within(counted, held, unit.id)
        if not any(unit.id in by[kind] for kind in kinds) and not own:
            continue
        cells = [in_vietnamese(by[k][unit.id]) if unit.id in by[k] else _SMALL for k in kinds]
        rows.append((f"{'– ' * depth}{unit.title}", *cells, in_vietnamese(own)))
    return Table(
        ref, BY_UNIT, "Kết quả theo đơn vị (gồm cả các đơn vị trực thuộc)",
        ("Đơn vị", *kinds.values(), "Hoạt động tự báo cáo"), tuple(rows),
        (False, True, True, True),
        note="Chỉ tính các tháng đã chốt. Đơn vị có dưới 5 người được gộp vào đơn vị cấp trên.",
    )  # fmt: skip


def _held_within(counted: Counted, held: Mapping[int, int], top: int) -> int:
    return sum(
        count
        for unit_id, count in held.items()
        if (unit := counted.tree.get(unit_id)) is not None and counted.tree.is_within(unit, top)
    )


def _charts(
    plan: Plan, library: Library, counted: Counted, results: tuple[Result, ...]
) -> Iterator[Chart]:
    topics = counted.sums("sent", lambda one: one.topic, lambda _: True)
    if topics:
        bars = tuple(
            Bar(topic_word(library, topic), (count,), in_vietnamese(count))
            for topic, count in topics.most_common()
        )
        told = "; ".join(f"{bar.label}: {bar.told}" for bar in bars)
        yield Chart("Tin đã đến người nhận, theo chủ đề", (Section("", bars),), alt=told)
    states = (("done",), ("under-way",), ("late", "missing"))
    bars = tuple(
        Bar(section.title, tuple(parts), f"{parts[0]}/{sum(parts)}")
        for section in plan.sections
        if sum(parts := [_count(results, section.id, state) for state in states])
    )
    if bars:
        told = "; ".join(f"{bar.label}: {bar.told} nhiệm vụ hoàn thành" for bar in bars)
        legend = (STATES["done"], STATES["under-way"], "Chậm hoặc chưa thực hiện")
        yield Chart("Kết quả thực hiện nhiệm vụ của kế hoạch", (Section("", bars),), legend, told)


def _count(results: tuple[Result, ...], section: str, states: tuple[str, ...]) -> int:
    return sum(one.section == section and one.state in states for one in results)


def _ahead(plan: Plan, results: tuple[Result, ...], looked: Looked) -> Iterator[str]:
    """What is still to be done, and the reports that are due next."""
    for one in results:
        if one.state in {"under-way", "late", "missing"} and one.shortfall:
            yield f"Tiếp tục thực hiện: {one.title} ({one.shortfall})"
    for duty in duties(plan, looked.on):
        if duty.due > looked.on:
            named = f"{duty.report.title} {duty.period.title}"
            yield f"Gửi báo cáo {named} trước ngày {duty.due:%d/%m/%Y}"
