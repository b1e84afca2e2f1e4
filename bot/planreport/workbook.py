"""A report as a spreadsheet: its figures, its tables, and the rows behind each figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import copy
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from bot.official.writing import plain
from bot.planreport.archive import same_always
from bot.planreport.fields import every_figure
from bot.planreport.report import Figure, Report, Table

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIGURES, ROWS = "Số liệu", "Nguồn số liệu"
FONT = "Times New Roman"
HEADS = ("Mã tra cứu", "Chỉ tiêu", "Kết quả", "Đơn vị tính")
_VIETNAMESE = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|0|[1-9]\d*)(?:,\d+)?")
_MOST_DIGITS = 19  # with the points between; of more than 15 a sheet keeps only the first
_WHOLE = re.compile(r"0|[1-9]\d{0,14}")
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")
_WIDEST, _LONGEST = 60, 31  # letters: of a column, of a sheet's name
Value = str | int | float
Form = Literal["title", "head", "body", "link", "note"]


def write_workbook(report: Report) -> bytes:
    """The XLSX: the same bytes for the same report. No text in it becomes a formula."""
    from openpyxl import Workbook  # noqa: PLC0415  # 15 MB

    book = Workbook()
    page = book.active
    assert page is not None
    page.title = FIGURES
    figures = every_figure(report)
    places = dict(_places(figures))
    _figure_sheet(page, report, figures, places)
    names = {FIGURES.casefold(), ROWS.casefold()}
    for table in report.tables.values():
        title = f"{table.ref.rpartition('-')[2]}. {table.title}"
        _table_sheet(book.create_sheet(sheet_name(title, names)), table)
    _row_sheet(book.create_sheet(ROWS), figures)
    book.properties.creator = plain(report.plan.letterhead.issuer)
    book.properties.title = plain(report.subject)
    out = BytesIO()
    book.save(out)
    return same_always(out.getvalue(), report.period.last)


def sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 letters, none that a spreadsheet refuses, and no name twice; adds it to those."""
    whole = " ".join(_NO_TITLE.sub(" ", plain(title)).split()).strip("'") or "Bảng"
    name, number = _cut(whole, _LONGEST), 1
    while name.casefold() in taken:
        number += 1
        name = f"{_cut(whole, _LONGEST - 6)} ({number})"
    taken.add(name.casefold())
    return name


def _cut(text: str, most: int) -> str:
    """At a word, if it is too long."""
    if len(text) <= most:
        return text
    kept = text[:most].rpartition(" ")[0] or text[: most - 1]
    return f"{kept.rstrip(' ,.;')}…"


def read_number(text: str) -> Value:
    """ "1.234" and "12,5" as numbers; other texts, and what no cell holds, as they are."""
    said = text.strip()
    if len(said) > _MOST_DIGITS or not _VIETNAMESE.fullmatch(said):
        return text
    number = said.replace(".", "").replace(",", ".")
    return float(number) if "." in number else int(number)


def _places(figures: Sequence[Figure]) -> Iterator[tuple[str, int]]:
    """In which row of the last sheet the rows behind a figure begin."""
    at = 3
    for figure in figures:
        yield figure.ref, at
        at += 1 + max(1, len(figure.rows.cells))


def _figure_sheet(
    page: Worksheet, report: Report, figures: Sequence[Figure], places: dict[str, int]
) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415

    _title(page, report.subject)
    _head(page, 3, HEADS)
    for y, figure in enumerate(figures, start=4):
        amount = figure.told if figure.amount is None else _whole(figure.amount)
        cells = _write(page, y, (figure.ref, figure.label, amount, figure.unit))
        cells[0].hyperlink = Hyperlink(
            cells[0].coordinate, location=f"'{ROWS}'!A{places[figure.ref]}"
        )
        _shape(cells[0], "link")
    _finish(page, 4, (16, 52, 26, 18))


def _table_sheet(page: Worksheet, table: Table) -> None:
    _title(page, f"{table.title} ({table.ref})")
    _head(page, 3, table.columns)
    for y, row in enumerate(table.rows, start=4):
        _write(page, y, [
            read_number(text) if is_number else text
            for text, is_number in zip(row, table.is_number, strict=True)
        ])  # fmt: skip
    if table.note:
        _write(page, 5 + len(table.rows), (table.note,), "note")
    _finish(page, 4, _widths((table.columns, *table.rows)))


def _row_sheet(page: Worksheet, figures: Sequence[Figure]) -> None:
    """For each figure its columns, then its rows, each with the reference in front."""
    _title(page, ROWS)
    y = 3
    for figure in figures:
        _head(page, y, (figure.ref, *figure.rows.columns) if figure.rows.columns else
              (figure.ref, figure.label))  # fmt: skip
        cells = figure.rows.cells or ((figure.told,),)
        wholes = [all(map(_WHOLE.fullmatch, column)) for column in zip(*cells, strict=True)]
        for row in cells:
            y += 1
            values = [int(v) if is_whole else v for v, is_whole in zip(row, wholes, strict=True)]
            _write(page, y, (figure.ref, *values))
        y += 1
    _finish(
        page,
        3,
        (16, *_widths([row for one in figures for row in (one.rows.columns, *one.rows.cells)])),
    )


def _title(page: Worksheet, text: str) -> None:
    _write(page, 1, (text,), "title")


def _head(page: Worksheet, y: int, texts: Sequence[str]) -> None:
    _write(page, y, texts, "head")


def _write(page: Worksheet, y: int, values: Sequence[Value], form: Form = "body") -> list[Cell]:
    cells = []
    for x, value in enumerate(values, start=1):
        cell = page.cell(y, x)
        cell.value = plain(value)[:32_767] if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"  # what begins like a formula stays the text that it is
        _shape(cell, form)
        cells.append(cell)
    return cells


def _shape(cell: Cell, form: Form) -> None:
    """A style is made once in each workbook, else a hundred thousand cells take half a minute."""
    book = cell.parent.parent
    made = book.__dict__.setdefault("_shapes", {})
    key = (form, type(cell.value))
    if key not in made:
        _shape_anew(cell, form)
        made[key] = cell._style
    cell._style = copy(made[key])


def _shape_anew(cell: Cell, form: Form) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415

    side, is_text = Side("thin"), isinstance(cell.value, str)
    is_bold, colour = form in {"title", "head"}, "1F5F8B" if form == "link" else "000000"
    cell.font = Font(FONT, 14 if form == "title" else 12, bold=is_bold, color=colour)
    if form == "head":
        cell.alignment = Alignment("center", "center", wrap_text=True)
    else:
        is_wrapped = is_text and form in {"body", "link"}
        cell.alignment = Alignment("left" if is_text else "right", "top", wrap_text=is_wrapped)
    if form in {"head", "body", "link"}:
        cell.border = Border(side, side, side, side)
    if not is_text:
        cell.number_format = "#,##0" if isinstance(cell.value, int) else "#,##0.0"


def _finish(page: Worksheet, first: int, widths: Sequence[int]) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    for x, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(x)].width = width
    page.freeze_panes = f"A{first}"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.orientation = "landscape"
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToHeight = 0


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    most = max(map(len, rows), default=0)
    return [min(_WIDEST, 4 + max(len(row[x]) for row in rows if len(row) > x)) for x in range(most)]


def _whole(amount: float) -> int | float:
    return int(amount) if amount == int(amount) else amount
