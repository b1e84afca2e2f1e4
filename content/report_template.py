"""Writes report.docx, the template of a plan's report (`make template`).

An office edits report.docx itself, in Word; run this only to begin anew. What stands in {{ }} is
filled in, {%p %} and {%tr %} repeat or leave out paragraphs and rows: docs/template.md.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from docx.enum.section import WD_SECTION
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from bot.official import TEXT_WIDTH, Letterhead, OfficialDocument, writing
from bot.planreport.archive import put, same_always

HERE = Path(__file__).parent
MADE_ON = date(2026, 1, 1)  # any day, always the same: so is the file
TABLE_SIZE = 12
TASK = "{{ nv.ten }} ({{ nv.nguoi }}{% if nv.han %}, {{ nv.han }}{% endif %})"
TASKS = (
    ("TT", 10, "center", "{{ loop.index }}"),
    ("Nhiệm vụ", 62, "left", TASK),
    ("Chỉ tiêu", 28, "left", "{{ nv.chi_tieu }}"),
    ("Kết quả", 32, "left", "{{ nv.ket_qua }}"),
    ("Đánh giá", 28, "left", "{{ nv.danh_gia }}"),
)
SHORTFALL = (
    "- {{ nv.ten }}: {{ nv.ket_qua }}{% if nv.con_thieu %}; {{ nv.con_thieu }}{% endif %}"
    "{{ ';' if not loop.last else '.' }}"
)
ACTIVITY = (
    "{{ hd.hinh_thuc }}: {{ hd.ten }}{% if hd.noi %}; {{ hd.noi }}{% endif %}"
    "{% if hd.nguon %} (nguồn: {{ hd.nguon }}){% endif %}"
)
ACTIVITIES = (
    ("TT", 10, "center", "{{ loop.index }}"),
    ("Đơn vị", 42, "left", "{{ hd.don_vi }}"),
    ("Hoạt động", 56, "left", ACTIVITY),
    ("Ngày", 26, "center", "{{ hd.ngay }}"),
    ("Số người", 26, "left", "{{ hd.so_nguoi }}"),
)
FIGURES = (
    ("Số", 12, "center", "{{ s.so }}"),
    ("Chỉ tiêu", 70, "left", "{{ s.ten }}"),
    ("Kết quả", 28, "right", "{{ s.gia_tri }}"),
    ("Đơn vị tính", 22, "left", "{{ s.don_vi }}"),
    ("Mã tra cứu", 28, "left", "{{ s.ma }}"),
)
BLANK = "[Cơ quan bổ sung: {}]"


class Template(OfficialDocument):
    """A document whose words are fields."""

    def __init__(self) -> None:
        super().__init__(Letterhead("x", "x", "x", "x"), MADE_ON)
        self._head_fields()

    def tag(self, text: str, place: Any = None) -> None:
        """A paragraph that only steers: it is not there in what comes out."""
        written = (place or self.docx).add_paragraph()
        writing.write(written, f"{{%p {text} %}}", 9)

    def list(self, name: str, item: str, text: str) -> None:
        """One paragraph for each of several."""
        self.tag(f"for {item} in {name}")
        self.paragraph(text)
        self.tag("endfor")

    def repeated(self, columns: Any, name: str, item: str) -> None:
        """A table with a row for each of several."""
        heads, widths, aligns, cells = zip(*columns, strict=True)
        rest = [""] * (len(columns) - 1)
        rows = ([f"{{%tr for {item} in {name} %}}", *rest], cells, ["{%tr endfor %}", *rest])
        writing.table(self.docx, heads, rows, widths, aligns, TABLE_SIZE)
        self.gap()

    def gap(self, points: float = 6) -> None:
        self.line("", 1).paragraph_format.line_spacing = Pt(points)

    def heading(self, text: str, level: int = 1) -> Paragraph:
        written = super().heading(text, level)
        written.paragraph_format.space_after = Pt(4)
        return written

    def block(self, name: str, test: str) -> None:
        """Tables, each with its caption and its note, of which the test is true."""
        self.tag(f"for b in {name} if {test}")
        caption = self.line(
            "Bảng {{ b.so }}. {{ b.ten }}{{ b.tra_cuu }}", 13, is_bold=True, before=6, after=3
        )
        caption.paragraph_format.keep_with_next = True
        self.line("{{p b.noi_dung }}", 9)
        self.tag("if b.chu_thich")
        self.line("{{ b.chu_thich }}", 12, is_italic=True, before=2)
        self.tag("endif")
        self.gap()
        self.tag("endfor")

    def _head_fields(self) -> None:
        """The block at the top, measured by the writer, with fields for words."""
        whose, _ = self.docx.tables[0].rows[0].cells
        superior, issuer, rule = whose.paragraphs
        _retell(superior, "{{ co_quan.cap_tren }}")
        for at, words in ((superior, "{%p if co_quan.cap_tren %}"), (issuer, "{%p endif %}")):
            writing.write(at.insert_paragraph_before(), words, 9)
        _retell(issuer, "{{ co_quan.ten }}")
        _retell(rule, "{{ gach }}")
        number, dated = (cell.paragraphs[0] for cell in self.docx.tables[0].rows[1].cells)
        _retell(number, "Số:       /{{ co_quan.ky_hieu }}")
        _retell(dated, "{{ co_quan.dia_danh }}, ngày      tháng      năm {{ bao_cao.nam_ky }}")


def write() -> bytes:
    one = Template()
    _opening(one)
    _general(one)
    _results(one)
    _judgement(one)
    _ahead(one)
    _signature(one)
    _annex(one)
    about = one.docx.core_properties
    about.author = about.title = ""

    return same_always(one.save(), MADE_ON)


def _opening(one: Template) -> None:
    one.title("Báo cáo", "{{ bao_cao.chu_de }}")
    _retell(one.docx.paragraphs[-1], "{{ gach }}")
    one.tag("if kinh_gui")
    one.tag("for dong in kinh_gui")
    line = one.line("{{ dong }}", 14)
    line.paragraph_format.left_indent = Mm(30)
    one.tag("endfor")
    one.gap()
    one.tag("endif")
    one.tag("for dong in can_cu")
    one.paragraph("{{ dong }}", is_italic=True)
    one.tag("endfor")
    one.paragraph(
        "Thực hiện {{ ke_hoach.ten }} (số {{ ke_hoach.so }}), kết quả "
        "{{ bao_cao.ten }} {{ bao_cao.ky }} như sau:"
    )
    one.tag("if ngay_chua_chot")
    one.paragraph(
        "Ghi chú: số liệu {{ ngay_chua_chot }} chưa chốt (mỗi ngày chốt sau 48 "
        "giờ), còn có thể thay đổi.",
        is_italic=True,
    )
    one.tag("endif")


def _general(one: Template) -> None:
    one.heading("I. Tình hình chung")
    one.paragraph(
        "Cuối kỳ báo cáo, số người đăng ký nhận tin: {{ so.nguoi_dang_ky }}; trong kỳ, số người "
        "mới đăng ký: {{ so.nguoi_moi }}, số người ngừng nhận tin: {{ so.nguoi_roi }}, số người "
        "đã nhận được tin: {{ so.nguoi_nhan_tin }}."
    )
    one.paragraph(
        BLANK.format("số công đoàn cơ sở, đoàn viên, người lao động; thuận lợi, khó khăn")
    )


def _results(one: Template) -> None:
    one.heading("II. Kết quả thực hiện")
    one.tag("for muc in cac_muc")
    one.heading("{{ muc.so }}. {{ muc.ten }}", 2)
    one.tag("if muc.nhiem_vu")
    one.repeated(TASKS, "muc.nhiem_vu", "nv")
    one.tag("else")
    one.paragraph("Không có nhiệm vụ trong kỳ.")
    one.tag("endif")
    one.tag("endfor")
    one.heading("{{ cac_muc|length + 1 }}. Hình thức, ngôn ngữ và hiệu quả thông tin", 2)
    one.paragraph(
        "Số bài đã đăng: {{ so.bai_dang }}; số đợt gửi tin: {{ so.dot_gui_tin }}; số tin đã đến "
        "người nhận: {{ so.tin_da_gui }}, bằng số ngôn ngữ: {{ so.ngon_ngu }}; số lượt đọc: "
        "{{ so.luot_doc }}."
    )
    one.paragraph(
        "Cuộc thi tìm hiểu: số đợt thi đã kết thúc: {{ so.dot_thi }}; số lượt dự thi: "
        "{{ so.luot_du_thi }}; mức tăng hiểu biết sau khi dự thi: {{ so.tang_hieu_biet }}. Số tác "
        "phẩm đăng ký dự Giải thưởng: {{ so.tac_pham }}."
    )
    one.paragraph(
        "Tin bị nghi ngờ do người lao động báo: {{ so.tin_duoc_bao }}; đã có kết luận: "
        "{{ so.tin_da_ket_luan }}; thời gian trả lời (trung vị): {{ so.gio_tra_loi }}; kết quả "
        "kiểm chứng đã công bố: {{ so.tin_kiem_chung }}."
    )
    one.block("cac_bang", "not b.dai")
    one.tag("for hinh in bieu_do")
    drawn = one.line("{{ hinh.hinh }}", 14, align="center", before=6)
    drawn.paragraph_format.keep_with_next = True
    one.line("Biểu đồ {{ hinh.so }}. {{ hinh.ten }}", 13, is_italic=True, align="center", after=6)
    one.tag("endfor")
    one.heading("{{ cac_muc|length + 2 }}. Hoạt động do các đơn vị tổ chức", 2)
    one.tag("if hoat_dong")
    one.repeated(ACTIVITIES, "hoat_dong", "hd")
    one.tag("else")
    one.paragraph("Trong kỳ không có hoạt động nào được các đơn vị báo cáo.")
    one.tag("endif")


def _judgement(one: Template) -> None:
    one.heading("III. Đánh giá")
    one.heading("1. Kết quả đạt được", 2)
    one.paragraph(
        "Trong số {{ dem.tong }} nhiệm vụ của kế hoạch: hoàn thành {{ dem.hoan_thanh }}; đang thực "
        "hiện {{ dem.dang_lam }}; chậm {{ dem.cham }}; chưa thực hiện {{ dem.chua_lam }}; không có "
        "số liệu {{ dem.thieu_so_lieu }}."
    )
    for name, words in (("hoan_thanh", "Đã hoàn thành:"), ("dang_lam", "Đang thực hiện:")):
        _tasks(one, name, words)
    one.paragraph(BLANK.format("nhận định về kết quả nổi bật"))
    one.heading("2. Hạn chế", 2)
    one.tag("if not cham and not chua_lam and not thieu_so_lieu")
    one.paragraph("Không có nhiệm vụ chậm hoặc chưa thực hiện.")
    one.tag("endif")
    for name, words in (
        ("cham", "Chậm so với kế hoạch:"),
        ("chua_lam", "Chưa thực hiện:"),
        ("thieu_so_lieu", "Không có số liệu để đánh giá:"),
    ):
        _tasks(one, name, words)
    one.heading("3. Nguyên nhân", 2)
    one.paragraph(BLANK.format("nguyên nhân khách quan, chủ quan"))


def _tasks(one: Template, name: str, words: str) -> None:
    one.tag(f"if {name}")
    one.paragraph(words)
    one.list(
        name,
        "nv",
        SHORTFALL,
    )
    one.tag("endif")


def _ahead(one: Template) -> None:
    one.heading("IV. Phương hướng, nhiệm vụ")
    one.tag("if phuong_huong")
    one.list("phuong_huong", "viec", "- {{ viec }}{{ ';' if not loop.last else '.' }}")
    one.tag("else")
    one.paragraph(BLANK.format("nhiệm vụ của kỳ tới"))
    one.tag("endif")
    one.heading("V. Kiến nghị, đề xuất")
    for _ in range(2):
        dots = one.line("\t", 14, after=6)
        dots.paragraph_format.tab_stops.add_tab_stop(
            Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
    one.paragraph("Trên đây là báo cáo kết quả {{ bao_cao.ten }} {{ bao_cao.ky }}./.")


def _signature(one: Template) -> None:
    one.gap(12)
    table = writing.grid(one.docx, 1, (75, 85))
    writing.mark(table.rows[0], "cantSplit")
    left, right = table.rows[0].cells
    writing.write(left.paragraphs[0], "Nơi nhận:", 12, is_bold=True, is_italic=True)
    one.tag("for dong in noi_nhan", left)
    writing.write(left.add_paragraph(), "{{ dong }}", 11)
    one.tag("endfor", left)
    writing.write(right.paragraphs[0], "{%p for dong in chuc_vu %}", 9)
    writing.write(right.add_paragraph(), "{{ dong }}", 14, is_bold=True, align="center")
    one.tag("endfor", right)
    for _ in range(4):
        writing.write(right.add_paragraph(), "", 14)
    writing.write(right.add_paragraph(), "{{ nguoi_ky }}", 14, is_bold=True, align="center")


def _annex(one: Template) -> None:
    """Pages of their own, numbered from one again."""
    section = one.docx.add_section(WD_SECTION.NEW_PAGE)
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.find(qn("w:pgMar")).addnext(start)
    _flatten(one.docx)
    one.line("Phụ lục", 14, is_bold=True, align="center")
    one.line("BẢNG TỔNG HỢP SỐ LIỆU", 14, is_bold=True, align="center")
    one.line(
        "(Kèm theo Báo cáo số       /{{ co_quan.ky_hieu }}, ngày      tháng      "
        "năm {{ bao_cao.nam_ky }})",
        14, is_italic=True, align="center", after=10,
    )  # fmt: skip
    one.repeated(FIGURES, "tat_ca_so", "s")
    one.block("cac_bang", "b.dai")
    one.paragraph(
        "Số trong ngoặc vuông sau mỗi số liệu là số ở cột đầu của bảng này. Muốn xem số liệu gốc "
        "của một số, gửi cho Cầu Nối lệnh /planreport why kèm mã tra cứu, ví dụ: /planreport why "
        "{{ bao_cao.ma }}-7; hoặc mở trang “Nguồn số liệu” của tệp XLSX kèm theo.",
        is_italic=True,
    )


def _flatten(document: Any) -> None:
    """The paragraph that ends the first part takes no room: it might fill a page by itself."""
    last = document.element.body.findall(qn("w:p"))[-1]
    for paragraph in document.paragraphs:
        if paragraph._p is last:
            paragraph.paragraph_format.line_spacing = Pt(1)
            writing.write(paragraph, "", 1).paragraph_format.line_spacing = Pt(1)


def _retell(paragraph: Any, text: str) -> None:
    paragraph.runs[0].text = text


if __name__ == "__main__":
    put(HERE / "report.docx", write())
