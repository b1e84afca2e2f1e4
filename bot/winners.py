"""The list of a contest's winners as offices use it: a document (DOCX) and a sheet (XLSX)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO

from bot.official import Letterhead, OfficialDocument, Signature
from bot.official.writing import plain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# An official document is Vietnamese, whoever asks for it.
KIND = "Danh sách"
HEADS = ("TT", "Mã dự thi", "Họ và tên", "Đơn vị", "Điểm", "Giải")
ALIGNS = ("center", "center", "left", "left", "center", "left")
WIDTHS = (10.0, 27.0, 38.0, 45.0, 13.0, 27.0)  # millimetres; together what the margins leave
UNCLAIMED = "(chưa nhận)"
_COLUMNS = (6, 24, 32, 48, 8, 24)  # letters, of the sheet


@dataclass(frozen=True, slots=True)
class Winner:
    """One who won; `name` and `unit` are empty as long as the prize is not claimed."""

    code: str
    points: int
    prize: str
    name: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class WinnersList:
    """What the list is about, in Vietnamese: "trúng thưởng cuộc thi ..., tuần 3"."""

    subject: str
    day: date
    winners: tuple[Winner, ...]
    number: int | None = None
    bases: tuple[str, ...] = ()


def as_docx(one: WinnersList, letterhead: Letterhead, signature: Signature) -> bytes:
    """The document, ready to be signed."""
    document = OfficialDocument(letterhead, one.day, one.number)
    document.title(KIND, one.subject)
    document.basis(*one.bases)
    document.table(HEADS, list(_rows(one.winners)), WIDTHS, ALIGNS)
    count = len(one.winners)
    document.line(f"Danh sách này có {count} người./.", 14, is_italic=True, before=6)
    document.sign(signature)
    return document.save()


def as_xlsx(one: WinnersList) -> bytes:
    """The same table as a sheet; what begins like a formula stays the text that it is."""
    from openpyxl import Workbook  # noqa: PLC0415  # the idle bot does without it
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    book.properties.creator = ""
    book.properties.created = book.properties.modified = datetime.combine(
        one.day, datetime.min.time(), UTC
    ).replace(tzinfo=None)
    sheet = book.active
    assert sheet is not None
    sheet.title = KIND
    sheet.append([f"{KIND.upper()} {plain(one.subject)}"])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEADS))
    sheet.append([])
    sheet.append(HEADS)
    for row in _rows(one.winners):
        sheet.append([int(row[0]), *map(plain, row[1:4]), int(row[4]), plain(row[5])])
    font, side = "Times New Roman", Side("thin")
    sheet["A1"].font = Font(font, 14, bold=True)
    sheet["A1"].alignment = Alignment("center", "center", wrap_text=True)
    sheet.row_dimensions[1].height = 40
    for cells in sheet.iter_rows(min_row=3):
        for cell, align in zip(cells, ALIGNS, strict=True):
            cell.font = Font(font, 13, bold=cell.row == 3)
            cell.border = Border(side, side, side, side)
            at = "center" if cell.row == 3 else align
            cell.alignment = Alignment(at, "center", wrap_text=True)
            if cell.data_type == "f":
                cell.data_type = "s"
    for number, width in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(winners: Sequence[Winner]) -> list[tuple[str, ...]]:
    return [
        (str(at), each.code, each.name or UNCLAIMED, each.unit, str(each.points), each.prize)
        for at, each in enumerate(winners, start=1)
    ]
