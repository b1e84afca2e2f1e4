"""The other forms of a report: the spreadsheet, the picture for the chat, the paragraph."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from PIL import Image

from bot.charts import draw
from bot.planreport.paragraph import paragraph
from bot.planreport.report import Figure, Rows
from bot.planreport.summary import summary
from bot.planreport.workbook import read_number, sheet_name, write_workbook
from tests.reporting import LONG_UNIT, sample_report


def test_the_sheet_holds_numbers_as_numbers_and_the_rows_behind_them() -> None:
    book = openpyxl.load_workbook(BytesIO(write_workbook(sample_report())))
    assert book.sheetnames == [
        "Số liệu",
        "42. Kết quả theo đơn vị units…",
        "40. Tin đã đến người nhận…",
        "41. Tin đã đến người nhận…",
        "Nguồn số liệu",
    ]
    figures = {row[0]: row[1:] for row in book["Số liệu"].iter_rows(min_row=4, values_only=True)}
    assert figures["2026Q3-1"] == ("Tin đã đến người nhận", 31645, "tin")
    assert figures["2026Q3-12"] == ("Mức tăng hiểu biết", 12.5, "điểm phần trăm")
    assert figures["2026Q3-8"] == ("Người ngừng nhận tin", "dưới 5 (không nêu)", "người")
    assert figures["2026Q3-17"][1] == "không có số liệu"
    assert len(figures) == 19 + 15
    units = list(book.worksheets[1].iter_rows(min_row=3, values_only=True))
    assert units[1] == (LONG_UNIT, 900, 12.5, 40, "0012")  # what begins with 0 is no number
    assert book.worksheets[2]["A10"].value == "Một tin gửi cho một người được tính một lần."
    # From a figure to the rows that it is made of.
    link = book["Số liệu"]["A5"].hyperlink.location
    sheet, _, cell = link.rpartition("!")
    assert sheet == "'Nguồn số liệu'"
    rows = book["Nguồn số liệu"]
    at = rows[cell].row
    behind = list(rows.iter_rows(min_row=at, max_row=at + 2, values_only=True))
    assert behind == [
        ("2026Q3-2", "Ngày", "Chủ đề", "Số lượng"),
        ("2026Q3-2", "01/07/2026", "=SUM(A1)", 20),
        ("2026Q3-2", "02/07/2026", "Biển, đảo", 7),
    ]


def test_no_text_is_a_formula_and_every_letter_is_times_new_roman() -> None:
    report = sample_report()
    evil = Figure("2026Q3-99", "x", "=HYPERLINK(1)\x00\x0b<&>", 1, "+84", "",
                  Rows(("@a", "-b"), (("=1+1", "+2"),)))  # fmt: skip
    content = write_workbook(replace(report, figures={**report.figures, "x": evil}))
    book = openpyxl.load_workbook(BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert {cell.font.name for cell in cells if cell.value is not None} == {"Times New Roman"}
    last = list(book["Nguồn số liệu"].iter_rows(values_only=True))[-1]
    assert last[:3] == ("2026Q3-99", "=1+1", "+2")


def test_the_same_report_gives_the_same_sheet() -> None:
    content = write_workbook(sample_report())
    assert content == write_workbook(sample_report())
    about = openpyxl.load_workbook(BytesIO(content)).properties
    assert f"{about.created:%Y-%m-%d} {about.modified:%Y-%m-%d}" == "2026-09-30 2026-09-30"


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.234", 1234), ("12,5", 12.5), ("0", 0), ("-3", -3), ("1.234.567,8", 1234567.8)],
)
def test_vietnamese_numbers_are_read(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["0012", "12.34", "dưới 5", "", "=1", "1,2,3", "٣"])
def test_what_is_no_number_stays_text(text: str) -> None:
    assert read_number(text) == text


def test_names_of_sheets_are_such_as_excel_takes() -> None:
    taken: set[str] = set()
    names = [
        sheet_name(title, taken) for title in ("a" * 40, "A" * 40, "'[x]:*?/\\'", "", " ", "x")
    ]
    assert names[0] == "a" * 30 + "…"
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


async def test_a_phone_shows_the_report_on_one_picture() -> None:
    chart = summary(sample_report())
    assert "Người đăng ký nhận tin: 4.120 người" in chart.alt
    assert "Chậm so với kế hoạch: 2 / 15" in chart.alt
    assert "Tác phẩm đăng ký dự Giải thưởng: không có số liệu" in chart.alt
    assert "Biển, đảo: 6.040" in chart.alt
    with Image.open(BytesIO(await draw(chart))) as picture:
        assert picture.width == 720
        assert 1000 < picture.height < 2400
    empty = summary(replace(sample_report(), figures={}, tables={}, results=()))
    assert [one.title for one in empty.sections] == ["Quý III năm 2026"]


def test_the_paragraph_can_be_pasted() -> None:
    text = paragraph(sample_report())
    assert 120 <= len(text.split()) <= 200
    assert "\n" not in text
    assert "đưa 31.645 tin đến người nhận, bằng 6 ngôn ngữ" in text
    assert "7 hoàn thành, 2 đang thực hiện, 2 chậm so với kế hoạch, 2 chưa thực hiện" in text
    assert "Không có số liệu hoặc không nêu do số lượng nhỏ: người đã nhận được tin" in text
    assert text.endswith("mã 2026Q3.)")
    long = replace(sample_report(), title="công tác thông tin đối ngoại " * 12)
    assert len(paragraph(long).split()) <= 200
