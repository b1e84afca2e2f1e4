"""The winners' list as offices use it: measured in the file, and looked at as it is printed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from docx.oxml.ns import qn
from PIL import Image, ImageChops

from bot.fonts import FOLDER
from bot.official import (
    COUNTRY,
    MOTTO,
    Letterhead,
    OfficialDocument,
    Signature,
    balanced,
    day_in_words,
)
from bot.winners import HEADS, WIDTHS, Winner, WinnersList, as_docx, as_xlsx
from tests.conftest import ROOT
from tests.prepare import office

PICTURES = ROOT / "var" / "documents"
MM = 25.4
LETTERHEAD = Letterhead(
    superior="Tổng Liên đoàn Lao động Việt Nam",
    issuer="Liên đoàn Lao động tỉnh Tây Ninh",
    symbol="DS-LĐLĐ",
    place="Tây Ninh",
)
SIGNATURE = Signature(
    posts=("TM. Ban Thường vụ", "Phó Chủ tịch"),
    name="Nguyễn Văn An",
    recipients=("Như trên", "Các công đoàn cơ sở"),
    archive="VP",
)
UNIT = "Công đoàn cơ sở Công ty TNHH May mặc Phương Đông, KCN Trảng Bàng"
NAMES = ("Nguyễn Thị Hồng Ngọc", "", "陈镕玥", "សុខ ចន្ទ្រា", "กิตติศักดิ์ ศรีสุวรรณ์", "김선우")
WINNERS = tuple(
    Winner(
        f"k{number}dm-2x9q-w3ht-p6bz"[-19:],
        21 - number // 4,
        "Giải Nhất" if number == 0 else "Giải Khuyến khích",
        NAMES[number % 6],
        UNIT if NAMES[number % 6] else "",
    )
    for number in range(24)
)
LIST = WinnersList(
    subject="trúng thưởng tuần 3 cuộc thi tìm hiểu thông tin đối ngoại và chủ quyền biển đảo "
    "Việt Nam năm 2026",
    day=date(2026, 2, 5),
    winners=WINNERS,
    number=7,
    bases=("Căn cứ Kế hoạch số 85/KH-LĐLĐ", "Căn cứ Thể lệ cuộc thi"),
)


def _opened(content: bytes) -> Any:
    return docx.Document(BytesIO(content))


def _texts(document: Any) -> Iterator[Any]:
    """Every paragraph, those in tables too."""
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs


def _found(document: Any, text: str) -> Any:
    return next(one for one in _texts(document) if one.text.replace("\n", " ") == text)


def test_page_and_letters_are_those_of_the_decree() -> None:
    document = _opened(as_docx(LIST, LETTERHEAD, SIGNATURE))
    [section] = document.sections
    lengths = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    assert [round(each.mm) for each in lengths] == [210, 297, 20, 20]
    assert [round(each.mm) for each in (section.left_margin, section.right_margin)] == [30, 20]
    assert sum(WIDTHS) == 160
    assert document.styles["Normal"].font.name == "Times New Roman"
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "Times New Roman"
    # The number of the page: in the head, in the middle, not on the first.
    assert section.different_first_page_header_footer
    [page] = section.header.paragraphs
    assert "PAGE" in page._p.xml
    assert page.alignment == 1
    assert not section.first_page_header.paragraphs[0].text


@pytest.mark.parametrize(
    ("text", "size", "is_bold", "is_italic"),
    [
        (COUNTRY, 12, True, False),
        (MOTTO, 13, True, False),
        ("TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM", 12, False, False),
        ("LIÊN ĐOÀN LAO ĐỘNG TỈNH TÂY NINH", 12, True, False),
        ("Số: 07/DS-LĐLĐ", 13, False, False),
        ("Tây Ninh, ngày 05 tháng 02 năm 2026", 13, False, True),
        ("DANH SÁCH", 14, True, False),
        (LIST.subject, 14, True, False),
        ("Căn cứ Thể lệ cuộc thi.", 14, False, True),
        ("TM. BAN THƯỜNG VỤ", 14, True, False),
        ("PHÓ CHỦ TỊCH", 14, True, False),
        ("Nguyễn Văn An", 14, True, False),
        ("Nơi nhận:", 12, True, True),
        ("- Như trên;", 11, False, False),
        ("- Lưu: VP.", 11, False, False),
    ],
)
def test_every_element_is_set_as_the_decree_says(
    text: str, size: float, is_bold: bool, is_italic: bool
) -> None:
    [run] = _found(_opened(as_docx(LIST, LETTERHEAD, SIGNATURE)), text).runs
    assert (run.font.size.pt, bool(run.bold), bool(run.italic)) == (size, is_bold, is_italic)
    assert run._r.rPr.find(qn("w:szCs")).get(qn("w:val")) == str(int(size * 2))


def test_the_table_names_who_claimed_and_says_who_has_not() -> None:
    document = _opened(as_docx(LIST, LETTERHEAD, SIGNATURE))
    table = document.tables[1]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert tuple(rows[0]) == HEADS
    assert rows[1] == ["1", WINNERS[0].code, NAMES[0], UNIT, "21", "Giải Nhất"]
    assert rows[2][2:4] == ["(chưa nhận)", ""]
    assert len(rows) == 25
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert "Danh sách này có 24 người./." in [one.text for one in document.paragraphs]


def test_the_file_tells_the_office_and_nothing_of_a_machine() -> None:
    about = _opened(as_docx(LIST, LETTERHEAD, SIGNATURE)).core_properties
    assert about.author == LETTERHEAD.issuer
    assert about.comments == ""
    assert about.created.date() == LIST.day
    book = openpyxl.load_workbook(BytesIO(as_xlsx(LIST)))
    assert not book.properties.creator


def test_a_clerk_fills_in_the_number_and_a_lone_body_has_nobody_above() -> None:
    document = OfficialDocument(replace(LETTERHEAD, superior=""), date(2026, 11, 25))
    document.heading("I. Tình hình chung")
    document.paragraph("Có \x00\ud800<b> & \x0b.")
    document.sign(Signature(("Chủ tịch",)))
    opened = _opened(document.save())
    assert opened.tables[0].rows[0].cells[0].paragraphs[0].text.startswith("LIÊN ĐOÀN")
    assert _found(opened, "Số:       /DS-LĐLĐ")
    assert _found(opened, "I. TÌNH HÌNH CHUNG").runs[0].bold
    assert _found(opened, "Có <b> & .").alignment == 3
    assert _found(opened, "- Lưu: VT.")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 9), "ngày 09 tháng 01 năm 2026"),
        (date(2026, 3, 10), "ngày 10 tháng 3 năm 2026"),
        (date(2026, 12, 1), "ngày 01 tháng 12 năm 2026"),
    ],
)
def test_a_date_is_written_as_the_decree_says(day: date, words: str) -> None:
    assert day_in_words(day) == words


def test_a_long_name_is_broken_in_even_lines_or_where_the_office_breaks_it() -> None:
    assert balanced("TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM", 66, 3.05) == (
        "TỔNG LIÊN ĐOÀN\nLAO ĐỘNG VIỆT NAM"
    )
    assert balanced("CÔNG ĐOÀN\nCÁC KHU CÔNG NGHIỆP", 66, 3.05).count("\n") == 1
    assert balanced("CÔNG ĐOÀN XÃ", 66, 3.05) == "CÔNG ĐOÀN XÃ"


def test_the_sheet_holds_the_same_and_no_formula() -> None:
    evil = Winner("=1+1", 3, "@SUM(A1)", "=HYPERLINK(1)", "+84")
    sheet = openpyxl.load_workbook(BytesIO(as_xlsx(replace(LIST, winners=(*WINNERS, evil))))).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert rows[0] == HEADS
    assert rows[1] == (1, WINNERS[0].code, NAMES[0], UNIT, 21, "Giải Nhất")
    assert rows[-1] == (25, "=1+1", "=HYPERLINK(1)", "+84", 3, "@SUM(A1)")
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert sheet["A1"].value == f"DANH SÁCH {LIST.subject}"


@pytest.mark.skipif(office() is None, reason="LibreOffice is missing: see tests/prepare.py")
def test_printed_it_looks_as_an_office_expects(tmp_path: Path) -> None:
    pages = _printed(as_docx(LIST, LETTERHEAD, SIGNATURE), tmp_path)
    assert len(pages) == 3
    for page in pages:
        left, _, right, bottom = _ink(page)
        assert left >= 29.5
        assert right <= 190.5
        assert bottom <= 277.5
    assert _ink(pages[0])[1] >= 20  # no number on the first page
    assert 10 <= _ink(pages[1])[1] < 18  # above the text on the second
    text = [page.get_textpage().get_text_bounded() for page in pages]
    assert "Trảng Bàng" in text[0]
    assert all("Mã dự thi" in each for each in text)  # the head of the table comes again
    last = text[-1]
    assert last.index("Nơi nhận") > last.index("24 người./.")
    # Country and motto stand on one line each, and the line below is as long as the motto.
    first = pages[0].get_textpage()
    country, motto = _box(first, COUNTRY), _box(first, MOTTO)
    assert country[3] - country[1] < 6
    rule = _rule_below(pages[0], motto)
    assert rule == pytest.approx(motto[2] - motto[0], abs=2)


def _printed(content: bytes, folder: Path) -> Any:
    """The pages, as LibreOffice prints them with the fonts of this house."""
    (folder / "list.docx").write_bytes(content)
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{FOLDER}</dir></fontconfig>"
    )
    command = [str(office()), f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "pdf", "--outdir", str(folder), str(folder / "list.docx")],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "FONTCONFIG_FILE": f"{folder}/fonts.conf",
        },
        check=True,
        capture_output=True,
        timeout=60,
    )
    document = pypdfium2.PdfDocument(folder / "list.pdf")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(document, start=1):
        page.render(scale=1.5).to_pil().save(PICTURES / f"winners-{number}.png")
    return list(document)


def _ink(page: Any) -> tuple[float, ...]:
    """Left, top, right and bottom edge of all that is printed, in millimetres."""
    picture: Image.Image = page.render(scale=100 / 72).to_pil().convert("L")
    box = ImageChops.invert(picture).point(lambda light: 255 * (light > 60)).getbbox()
    assert box is not None
    return tuple(each * MM / 100 for each in box)


def _box(text: Any, words: str) -> tuple[float, ...]:
    """Where the words stand: left, bottom, right, top, in millimetres from the page's corner."""
    start = text.get_text_range().index(words)
    boxes = [text.get_charbox(index) for index in range(start, start + len(words))]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return tuple(v * MM / 72 for v in (min(lefts), min(bottoms), max(rights), max(tops)))


def _rule_below(page: Any, box: tuple[float, ...]) -> float:
    """How long the line right below the words is, in millimetres."""
    picture: Image.Image = page.render(scale=200 / 72).to_pil().convert("L")
    bottom = page.get_height() * MM / 72 - box[1]
    area = (box[0] - 20, bottom + 0.6, min(box[2] + 20, 195), bottom + 4)
    cut = picture.crop(tuple(round(each * 200 / MM) for each in area))  # type: ignore[arg-type]
    ink = ImageChops.invert(cut).point(lambda light: 255 * (light > 60)).getbbox()
    assert ink is not None
    return (ink[2] - ink[0]) * MM / 200
