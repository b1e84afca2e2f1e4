"""The report as a Word document: filled in, measured in the file, looked at as it is printed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from bot import printing
from bot.official import COUNTRY, MOTTO
from bot.planreport.archive import put
from bot.planreport.document import write_document
from bot.planreport.faults import DocumentError
from bot.planreport.making import make_document, make_workbook
from bot.planreport.workbook import write_workbook
from content import report_template
from tests.conftest import ROOT
from tests.prepare import office
from tests.reporting import LONG_UNIT, sample_report
from tests.test_winners import _ink, _printed

TEMPLATE = ROOT / "content" / "report.docx"
HEADINGS = (
    "I. TÌNH HÌNH CHUNG",
    "II. KẾT QUẢ THỰC HIỆN",
    "1. Nội dung thông tin, tuyên truyền",
    "3. Tham gia phản bác thông tin sai sự thật",
    "7. Chế độ báo cáo định kỳ và đột xuất",
    "8. Hình thức, ngôn ngữ và hiệu quả thông tin",
    "9. Hoạt động do các đơn vị tổ chức",
    "III. ĐÁNH GIÁ",
    "2. Hạn chế",
    "IV. PHƯƠNG HƯỚNG, NHIỆM VỤ",
    "V. KIẾN NGHỊ, ĐỀ XUẤT",
)


@pytest.fixture(scope="module")
def made() -> bytes:
    return write_document(sample_report(), TEMPLATE)


@pytest.fixture(scope="module")
def document(made: bytes) -> Any:
    return docx.Document(BytesIO(made))


def _paragraphs(document: Any) -> Iterator[Any]:
    for one in document.element.body.iter(qn("w:p")):
        yield Paragraph(one, document)


def _texts(document: Any) -> list[str]:
    return [re.sub(r"\s+", " ", one.text).strip() for one in _paragraphs(document)]


def _found(document: Any, text: str) -> Any:
    return next(one for one in _paragraphs(document) if one.text.replace("\n", " ") == text)


def _table(document: Any, head: str) -> list[list[str]]:
    """The rows of the first table that has such a column."""
    table = next(t for t in document.tables if head in [c.text for c in t.rows[0].cells])
    return [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows]


def test_the_template_in_the_content_is_what_its_script_writes() -> None:
    assert TEMPLATE.read_bytes() == report_template.write()


def test_page_and_letters_are_those_of_the_decree(document: Any) -> None:
    for section in document.sections:
        lengths = (section.page_width, section.page_height, section.top_margin,
                   section.bottom_margin, section.left_margin, section.right_margin)  # fmt: skip
        assert [round(each.mm) for each in lengths] == [210, 297, 20, 20, 30, 20]
        assert section.different_first_page_header_footer
    main, annex = document.sections
    assert "PAGE" in main.header.paragraphs[0]._p.xml
    assert annex._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    assert document.styles["Normal"].font.name == "Times New Roman"
    fonts = {
        fonts.get(qn("w:ascii"))
        for fonts in document.element.body.iter(qn("w:rFonts"))
        if fonts.get(qn("w:ascii"))
    }
    assert fonts <= {"Times New Roman"}


@pytest.mark.parametrize(
    ("text", "size", "is_bold", "is_italic"),
    [
        (COUNTRY, 12, True, False),
        (MOTTO, 13, True, False),
        ("TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM", 12, False, False),
        ("LIÊN ĐOÀN LAO ĐỘNG TỈNH TÂY NINH", 12, True, False),
        ("Số:       /BC-LĐLĐ", 13, False, False),
        ("Tây Ninh, ngày      tháng      năm 2026", 13, False, True),
        ("BÁO CÁO", 14, True, False),
        ("Kết quả công tác thông tin đối ngoại quý III năm 2026", 14, True, False),
        ("- Ban Tuyên giáo Tỉnh ủy.", 14, False, False),
        ("Căn cứ Luật Công đoàn số 50/2024/QH15.", 14, False, True),
        ("I. TÌNH HÌNH CHUNG", 14, True, False),
        ("TM. BAN THƯỜNG VỤ", 14, True, False),
        ("Nguyễn Thị Hồng Ngọc", 14, True, False),
        ("Nơi nhận:", 12, True, True),
        ("- Như trên;", 11, False, False),
        ("- Lưu: VP.", 11, False, False),
        ("Phụ lục", 14, True, False),
    ],
)
def test_every_element_is_set_as_the_decree_says(
    document: Any, text: str, size: float, is_bold: bool, is_italic: bool
) -> None:
    run = next(one for one in _found(document, text).runs if one.text.strip())
    assert (run.font.size.pt, bool(run.bold), bool(run.italic)) == (size, is_bold, is_italic)


def test_its_parts_follow_the_form_and_no_tag_is_left(document: Any) -> None:
    texts = _texts(document)
    places = [texts.index(heading) for heading in HEADINGS]
    assert places == sorted(places)
    assert not [text for text in texts if "{%" in text or "%}" in text]
    assert "Trên đây là báo cáo kết quả công tác thông tin đối ngoại quý III năm 2026./." in texts
    assert "[Cơ quan bổ sung: nguyên nhân khách quan, chủ quan]" in texts
    assert any("từ ngày 29/09/2026 đến ngày 30/09/2026 chưa chốt" in text for text in texts)


def test_every_number_carries_its_reference_small_behind_it(document: Any) -> None:
    texts = " ".join(_texts(document))
    assert "người nhận: 31.645 tin [1], bằng số ngôn ngữ: 6 ngôn ngữ [4]" in texts
    assert "mức tăng hiểu biết sau khi dự thi: 12,5 điểm phần trăm [12]" in texts
    # Too few people to be told, not for such days, never counted.
    assert "ngừng nhận tin: dưới 5 (không nêu) [8]" in texts
    assert "đã nhận được tin: chỉ tính theo tháng trọn vẹn [9]" in texts
    assert "dự Giải thưởng: không có số liệu [17]" in texts
    small = [
        run.text.strip()
        for one in _paragraphs(document)
        for run in one.runs
        if run.font.superscript
    ]
    assert {"[1]", "[8]", "[17]", "[40]"} <= set(small)
    assert all(re.fullmatch(r"\[\d+\]", one) for one in small)
    annex = _table(document, "Mã tra cứu")
    assert ["1", "Tin đã đến người nhận", "31.645", "tin", "2026Q3-1"] in annex
    assert ["8", "Người ngừng nhận tin", "dưới 5 (không nêu)", "người", "2026Q3-8"] in annex
    assert len(annex) == 1 + 19 + 15  # the figures of the report and those of its tasks
    assert "/planreport why 2026Q3-7" in texts


def test_tasks_activities_and_shortfalls_are_told_in_words(document: Any) -> None:
    tasks = _table(document, "Chỉ tiêu")
    assert tasks[2][1].startswith("Thông tin về sự kiện, ngày lễ, ngày thiết lập")
    assert tasks[2][2:] == ["6 bài mỗi quý", "4 bài [21]", "Chậm so với kế hoạch"]
    texts = _texts(document)
    late = next(t for t in texts if t.startswith("- Thông tin về sự kiện"))
    assert late.endswith("4 bài [21]; còn thiếu 2 bài, quá hạn từ ngày 30/9/2026;")
    assert any("hoàn thành 7; đang thực hiện 2; chậm 2; chưa thực hiện 2" in t for t in texts)
    held = _table(document, "Hoạt động")
    assert held[1][1] == LONG_UNIT
    assert held[1][3:] == ["15/07/2026", "1.250"]
    assert held[2][2] == 'Tờ rơi, tài liệu: <Tờ rơi> & "an toàn" {{ so }} =1+1'
    assert [row[4] for row in held[2:]] == ["không có số liệu", "dưới 5"]
    # Long tables stand in the annex, after the short ones.
    captions = [text for text in texts if text.startswith("Bảng ")]
    assert captions == [
        "Bảng 1. Tin đã đến người nhận, theo chủ đề [40]",
        "Bảng 2. Tin đã đến người nhận, theo ngôn ngữ [41]",
        "Bảng 3. Kết quả theo đơn vị / units: [2026] [42]",
    ]
    assert texts.index("Phụ lục") < texts.index(captions[2])


def test_charts_are_pictures_with_words_for_who_cannot_see_them(document: Any) -> None:
    drawn = [one.get("descr") for one in document.element.body.iter(qn("wp:docPr"))]
    assert drawn == ["Nghị quyết: 12.450", "Hoàn thành 3 / 6"]
    assert [round(shape.width.mm) for shape in document.inline_shapes] == [125, 125]
    assert "Biểu đồ 2. Nhiệm vụ của kế hoạch" in _texts(document)


def test_the_same_report_gives_the_same_bytes(made: bytes) -> None:
    assert made == write_document(sample_report(), TEMPLATE)
    with ZipFile(BytesIO(made)) as parts:
        assert {one.date_time for one in parts.infolist()} == {(2026, 9, 30, 0, 0, 0)}
    about = docx.Document(BytesIO(made)).core_properties
    assert about.author == about.last_modified_by == "Liên đoàn Lao động tỉnh Tây Ninh"
    assert f"{about.created:%Y-%m-%d} {about.modified:%Y-%m-%d}" == "2026-09-30 2026-09-30"


def test_a_report_of_nothing_is_still_a_document() -> None:
    sample = sample_report(open_days=0)
    letterhead = sample.plan.letterhead.model_copy(
        update={"superior": "", "addressees": (), "signer": ""}
    )
    empty = replace(
        sample,
        plan=sample.plan.model_copy(update={"letterhead": letterhead, "bases": ()}),
        figures={}, tables={}, results=(), activities=(), charts=(), ahead=(),
    )  # fmt: skip
    made = docx.Document(BytesIO(write_document(empty, TEMPLATE)))
    texts = _texts(made)
    assert "Trong kỳ không có hoạt động nào được các đơn vị báo cáo." in texts
    assert "Không có nhiệm vụ chậm hoặc chưa thực hiện." in texts
    assert any("đã đến người nhận: không có số liệu, bằng" in text for text in texts)
    assert made.tables[0].rows[0].cells[0].paragraphs[0].text.startswith("LIÊN ĐOÀN")
    assert not [text for text in texts if text.startswith(("Kính gửi", "Ghi chú", "- Như trên"))]
    assert all(cell[-1].tag == qn("w:p") for cell in made.element.body.iter(qn("w:tc")))


async def test_a_process_of_its_own_writes_the_same(
    made: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await make_document(sample_report(), TEMPLATE) == made
    assert await make_workbook(sample_report()) == write_workbook(sample_report())
    with pytest.raises(DocumentError, match=r"nowhere\.docx"):
        await make_document(sample_report(), tmp_path / "nowhere.docx")
    monkeypatch.setattr(printing, "TIMEOUT", 0.01)
    with pytest.raises(DocumentError, match="in time"):
        await make_document(sample_report(), TEMPLATE)


def test_a_file_is_put_down_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.docx"
    put(path, b"old")

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        put(path, b"new")
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["report.docx"]


@pytest.mark.skipif(office() is None, reason="LibreOffice is missing: see tests/prepare.py")
def test_printed_it_looks_as_an_office_expects(made: bytes, tmp_path: Path) -> None:
    pages = _printed(made, tmp_path)
    assert len(pages) == 9
    for page in pages:
        left, _, right, bottom = _ink(page)
        assert left >= 29.5
        assert right <= 190.5
        assert bottom <= 277.5
    texts = [" ".join(page.get_textpage().get_text_bounded().split()) for page in pages]
    whole = " ".join(texts)
    for heading in HEADINGS:
        assert heading in whole
    annex = next(at for at, text in enumerate(texts) if "BẢNG TỔNG HỢP SỐ LIỆU" in text)
    assert "Nguyễn Thị Hồng Ngọc" in texts[annex - 1]
    # No number on the first page, nor on that of the annex, which is numbered by itself.
    assert _ink(pages[0])[1] >= 20
    assert _ink(pages[annex])[1] >= 20
    assert 10 <= _ink(pages[1])[1] < 18
    assert texts[annex + 1].startswith("2 ")
    drawn = [page for page in pages if "Biểu đồ 1." in page.get_textpage().get_text_bounded()]
    colours = drawn[0].render().to_pil().convert("RGB").getcolors(1 << 24)
    assert (0x1F, 0x5F, 0x8B) in {colour for _, colour in colours}
