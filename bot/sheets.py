"""A spreadsheet of plain text, as offices open it: one sheet, a row for the columns, then rows."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO

from pydantic import TypeAdapter

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 60


class SheetError(Exception):
    """The spreadsheet could not be written."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every cell is text and stays text, also what looks like a formula."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write_sheet(sheet: Sheet) -> bytes:
    """The XLSX; openpyxl is loaded for it only (15 MB)."""
    from openpyxl import Workbook  # noqa: PLC0415  # the bot itself does without it
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet.title[:31]
    for y, row in enumerate((sheet.columns, *sheet.rows), 1):
        for x, text in enumerate(row, 1):
            cell = page.cell(y, x)
            cell.value = text
            cell.data_type = "s"  # a title such as "=1+1" would be reckoned by who opens it
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if y == 1:
                cell.font = Font(bold=True)
    for x, texts in enumerate(zip(sheet.columns, *sheet.rows, strict=True), 1):
        longest = max(len(line) for text in texts for line in text.split("\n"))
        page.column_dimensions[get_column_letter(x)].width = min(longest + 2, _WIDEST)
    page.freeze_panes = "A2"
    written = BytesIO()
    book.save(written)
    return written.getvalue()


if __name__ == "__main__":
    asked = TypeAdapter(Sheet).validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(write_sheet(asked))
