"""Official documents as Vietnamese offices write them, as DOCX: heading, text, table, signature.

Measures are those of Nghị định 30/2020/NĐ-CP, annex I, with a union's lines. The words of the form
itself are fixed by the decree and always Vietnamese; whose document it is, is handed in.
python-docx is loaded when a document is made, not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING

from bot.official import writing

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
FONT = "Times New Roman"  # every office has it; where it is missing its like is taken
TEXT_WIDTH = 160.0  # millimetres between margins of 30 and 20
HEAD_WIDTHS = (70.0, 90.0)  # the issuer's side and the country's
# Lengths of text set in bold, in millimetres a letter: capitals of 12 points, small ones of 14.
CAPITAL, SMALL = 3.05, 2.55
MOTTO_WIDTH = 56.0


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues a document, under whom and where; all as it is to be read on paper."""

    superior: str  # "LIÊN ĐOÀN LAO ĐỘNG TỈNH TÂY NINH"; empty: there is none
    issuer: str  # "CÔNG ĐOÀN CÁC KHU CÔNG NGHIỆP"
    symbol: str  # what stands after the number: "DS-LĐLĐ"
    place: str  # "Tây Ninh"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, and who gets the document; without a name a line is left to write on."""

    posts: tuple[str, ...]  # "TM. BAN THƯỜNG VỤ", "PHÓ CHỦ TỊCH"
    name: str = ""
    recipients: tuple[str, ...] = ()  # "Như trên"; without dash and semicolon
    archive: str = "VT"


class OfficialDocument:
    """A document that grows from above; `save` gives its bytes."""

    def __init__(self, letterhead: Letterhead, day: date, number: int | None = None) -> None:
        """`number` is None when the office's clerk will fill it in by hand."""
        import docx  # noqa: PLC0415  # the idle bot does without it

        self.docx: Document = docx.Document()
        self._set_up(letterhead, day)
        self._head(letterhead, day, number)

    def title(self, kind: str, subject: str) -> None:
        """What kind of document it is, "BÁO CÁO", and what it is about."""
        self.line(kind.upper(), 14, is_bold=True, align="center", before=14)
        self.line(balanced(subject, TEXT_WIDTH, SMALL), 14, is_bold=True, align="center")
        width = min(TEXT_WIDTH, SMALL * len(subject))
        writing.rule(self.docx, TEXT_WIDTH, 0.4 * width, after=10)

    def basis(self, *texts: str) -> None:
        """The "Căn cứ ..." on which it is issued, one a line."""
        for text in _listed(texts, ".", ""):
            self.paragraph(text, is_italic=True)

    def heading(self, text: str, level: int = 1) -> Paragraph:
        """“I. TÌNH HÌNH CHUNG” in capitals, “1. Kết quả” below it."""
        words = text.upper() if level == 1 else text
        written = self.line(words, 14, is_bold=True, before=6)
        written.paragraph_format.keep_with_next = True
        return written

    def paragraph(self, text: str, *, is_italic: bool = False) -> None:
        self.line(text, 14, is_italic=is_italic, align="justify", indent=12.7, after=6)

    def line(
        self,
        text: str,
        size: float,
        *,
        is_bold: bool = False,
        is_italic: bool = False,
        align: str = "left",
        indent: float = 0.0,
        before: float = 0.0,
        after: float = 0.0,
    ) -> Paragraph:
        """One paragraph. Sizes and spaces in points, the first line's indent in millimetres."""
        written = self.docx.add_paragraph()
        writing.write(written, text, size, is_bold=is_bold, is_italic=is_italic, align=align)
        writing.space(written, before, after, indent)
        return written

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        aligns: Sequence[str],
    ) -> None:
        """A ruled table whose head comes again on every page; widths are millimetres."""
        writing.table(self.docx, heads, rows, widths, aligns)

    def sign(self, signature: Signature) -> None:
        """Who gets it on the left, who signs on the right; never parted by a page's end."""
        table = writing.grid(self.docx, 1, (75, 85))
        writing.mark(table.rows[0], "cantSplit")
        left, right = table.rows[0].cells
        first = left.paragraphs[0]
        writing.space(writing.write(first, "Nơi nhận:", 12, is_bold=True, is_italic=True), 12)
        for text in (*_listed(signature.recipients, ";"), f"- Lưu: {signature.archive}."):
            writing.write(left.add_paragraph(), text, 11)
        for number, post in enumerate(signature.posts):
            written = right.paragraphs[0] if number == 0 else right.add_paragraph()
            writing.write(written, post.upper(), 14, is_bold=True, align="center")
            writing.space(written, 12 if number == 0 else 0)
        for _ in range(4):
            writing.write(right.add_paragraph(), "", 14)
        writing.write(right.add_paragraph(), signature.name, 14, is_bold=True, align="center")

    def save(self) -> bytes:
        out = BytesIO()
        self.docx.save(out)
        return out.getvalue()

    def _set_up(self, letterhead: Letterhead, day: date) -> None:
        writing.set_page(self.docx, FONT)
        about = self.docx.core_properties
        about.author, about.language, about.comments = letterhead.issuer, "vi-VN", ""
        about.created = about.modified = datetime.combine(day, datetime.min.time(), UTC)

    def _head(self, letterhead: Letterhead, day: date, number: int | None) -> None:
        """The two blocks at the top: whose document and number, the country, place and date."""
        table = writing.grid(self.docx, 2, HEAD_WIDTHS)
        whose, country = table.rows[0].cells
        lines = [(letterhead.superior, False)] if letterhead.superior else []
        for text, is_bold in [*lines, (letterhead.issuer, True)]:
            written = whose.paragraphs[0] if not whose.text else whose.add_paragraph()
            even = balanced(text.upper(), HEAD_WIDTHS[0] - 4, CAPITAL)
            writing.write(written, even, 12, is_bold=is_bold, align="center")
        width = min(HEAD_WIDTHS[0], CAPITAL * len(letterhead.issuer))
        writing.rule(whose, HEAD_WIDTHS[0], 0.4 * width)
        writing.write(country.paragraphs[0], COUNTRY, 12, is_bold=True, align="center")
        writing.write(country.add_paragraph(), MOTTO, 13, is_bold=True, align="center")
        writing.rule(country, HEAD_WIDTHS[1], MOTTO_WIDTH)
        left, right = table.rows[1].cells
        told = f"{number:02d}" if number is not None else "      "
        writing.write(left.paragraphs[0], f"Số: {told}/{letterhead.symbol}", 13, align="center")
        dated = f"{letterhead.place}, {day_in_words(day)}"
        writing.write(right.paragraphs[0], dated, 13, is_italic=True, align="center")
        for cell in (left, right):
            writing.space(cell.paragraphs[0], 4, 6)


def day_in_words(day: date) -> str:
    """As in a document: a nought before days below ten and before January and February."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def balanced(text: str, width: float, letter: float) -> str:
    """In as many lines as must be, of about the same length; widths are millimetres.

    A name that already has line breaks keeps those.
    """
    lines: list[str] = []
    words = text.split()
    if "\n" in text:
        return text
    for left in range(ceil(letter * len(" ".join(words)) / width), 1, -1):
        wished = len(" ".join(words)) / left
        ends = range(1, max(2, len(words) - left + 2))
        count = min(ends, key=lambda end: abs(len(" ".join(words[:end])) - wished))
        lines.append(" ".join(words[:count]))
        words = words[count:]
    return "\n".join(filter(None, (*lines, " ".join(words))))


def _listed(texts: Sequence[str], end: str, dash: str = "- ") -> list[str]:
    last = len(texts) - 1
    return [f"{dash}{text}{end if at == last else ';'}" for at, text in enumerate(texts)]
