"""A template that an office has edited: what is wrong with it is named, with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest

from bot.planreport.document import write_document
from bot.planreport.faults import TemplateFault
from bot.planreport.fields import fields_of
from bot.planreport.making import make_document
from bot.planreport.names import FIGURE_NAMES, TABLE_NAMES, UNITS
from tests.conftest import ROOT
from tests.reporting import sample_report

TEMPLATE = ROOT / "content" / "report.docx"
Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Saves a template of these paragraphs; `where` is of what they are paragraphs."""

    def saved(*texts: str, where: str = "text") -> Path:
        document = docx.Document()
        place: Any = document
        if where == "head":
            place = document.sections[0].header
        elif where == "table":
            place = document.add_table(1, 1).rows[0].cells[0]
        elif where == "about":
            document.core_properties.title = texts[0]
            texts = ()
        for text in texts:
            place.add_paragraph(text)
        path = tmp_path / "template.docx"
        document.save(str(path))
        return path

    return saved


def _fault(path: Path) -> TemplateFault:
    with pytest.raises(TemplateFault) as raised:
        write_document(sample_report(), path)
    return raised.value


def _text(path: Path) -> str:
    document = docx.Document(BytesIO(write_document(sample_report(), path)))
    return "\n".join(one.text for one in document.paragraphs)


def test_a_misspelt_field_is_named_with_its_place_and_its_like(save: Save) -> None:
    path = save("Mở đầu", "Số tin đã gửi đến người nhận: {{ so.tin_da_guy }} trong quý", "Hết")
    fault = _fault(path)
    assert (fault.reason, fault.name, fault.like) == ("field", "so.tin_da_guy", "so.tin_da_gui")
    assert str(fault) == (
        "there is no field so.tin_da_guy (perhaps so.tin_da_gui?), in the text near "
        "“Số tin đã gửi đến người nhận: {{ so.tin_da_guy }} trong quý”"
    )


@pytest.mark.parametrize(
    ("texts", "where", "name", "place", "near"),
    [
        (("Ngày {{ ngay_lap }} này",), "text", "ngay_lap", "text", "Ngày {{ ngay_lap }} này"),
        (("Kỳ {{ bao_cao.kyy }}",), "table", "bao_cao.kyy", "table", "Kỳ {{ bao_cao.kyy }}"),
        (("Trang {{ nam }}",), "head", "nam", "head", "Trang {{ nam }}"),
        (("Báo cáo {{ nam }}",), "about", "nam", "about", ""),
        (
            ("Mục", "{%p for nv in hoan_thanh %}", "Việc {{ nv.tenn }}", "{%p endfor %}"),
            "text", "nv.tenn", "text", "Việc {{ nv.tenn }}",
        ),
        # Of a loop over nothing too, although nothing in it is ever written.
        (
            ("{%p for b in bang.khong_co %}", "{{ b.ten }}", "{%p endfor %}"),
            "text", "bang.khong_co", "text", "",
        ),
    ],
)  # fmt: skip
def test_wherever_it_stands(
    save: Save, texts: tuple[str, ...], where: str, name: str, place: str, near: str
) -> None:
    fault = _fault(save(*texts, where=where))
    assert (fault.reason, fault.name, fault.place) == ("field", name, place)
    assert near in fault.near


@pytest.mark.parametrize(
    ("texts", "reason", "name"),
    [
        (("Các việc:", "{%p for nv in cham %}", "{{ nv.ten }}"), "unclosed",
         "{% for nv in cham %}"),
        (("{%p if cham %}", "{{ gach }}", "{%p endfor %}"), "unclosed", "{% if cham %}"),
        (("Hết", "{%p endfor %}"), "unopened", "{% endfor %}"),
        (("Có {{ so.tin_da_gui + }} tin",), "tag", "{{ so.tin_da_gui + }}"),
        (("Có {{ so.tin_da_gui|dep }} tin",), "tag", "{{ so.tin_da_gui|dep }}"),
        (("Có {{ 1 / 0 }} tin",), "tag", "{{ 1 / 0 }}"),
        (("Các việc: {{ cham }}",), "several", "cham"),
        (("{{ ''.__class__.__mro__ }}",), "refused", "….__class__.__mro__"),
        (("{{ ''['__class__'] }}",), "refused", "{{ ''['__class__'] }}"),
        (("{{ so.__init__ }}",), "refused", "so.__init__"),
        (("{{ lipsum() }}",), "field", "lipsum"),
        (("{% include '/etc/passwd' %}",), "tag", "{% include '/etc/passwd' %}"),
    ],
)  # fmt: skip
def test_a_broken_or_forbidden_tag_is_refused(
    save: Save, texts: tuple[str, ...], reason: str, name: str
) -> None:
    fault = _fault(save(*texts))
    assert (fault.reason, fault.name) == (reason, name)


def test_a_tag_that_word_has_torn_apart_is_read_as_one(save: Save, tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Kỳ ")
    for piece in ("{", "{ bao_", "cao.k", "y }", "}"):
        paragraph.add_run(piece).bold = piece == "cao.k"
    document.save(str(tmp_path / "torn.docx"))
    assert _text(tmp_path / "torn.docx") == "Kỳ quý III năm 2026"


def test_an_office_may_write_a_report_of_its_own(save: Save) -> None:
    path = save(
        "{{ bao_cao.ky|upper }}: {{ so.tin_da_gui.gia_tri }}, {{ so.tin_da_gui }}",
        "{%p for nv in cham if nv.con_thieu %}",
        "{{ loop.index }}) {{ nv.ten.upper() }}",
        "{%p endfor %}",
        "{{p bang.tin_theo_chu_de.noi_dung }}",
        "Xong",
    )
    document = docx.Document(BytesIO(write_document(sample_report(), path)))
    texts = [one.text.replace("\u00a0", " ") for one in document.paragraphs]
    assert texts[0] == "QUÝ III NĂM 2026: 31.645, 31.645 tin [1]"
    assert texts[2].startswith("2) KIỂM CHỨNG TIN")
    assert document.tables[0].rows[1].cells[1].text == "12.450"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"<html>"])
def test_what_is_no_word_document_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(content)
    assert _fault(path).reason == "file"
    with ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert _fault(path).reason == "file"


async def test_a_fault_comes_whole_out_of_the_helper(save: Save) -> None:
    path = save("Số tin: {{ so.tin_da_guy }}")
    with pytest.raises(TemplateFault) as raised:
        await make_document(sample_report(), path)
    assert raised.value.parts == _fault(path).parts
    # A template that reckons without end is ended.
    hungry = save("{{ ('x' * 99999999) * 99999999 }}")
    with pytest.raises(TemplateFault):
        await make_document(sample_report(), hungry)


def test_officers_find_every_field_in_the_guide() -> None:
    guide = (ROOT / "docs" / "template.md").read_text("utf-8")
    names = {*FIGURE_NAMES.values(), *TABLE_NAMES, *fields_of(sample_report())}
    told = set(re.findall(r"\w+", "".join(re.findall("`.*?`", guide))))
    assert names - told == set()
    assert set(UNITS) == set(FIGURE_NAMES.values())
