"""The small parts of a DOCX: a paragraph's words and room, a line, a grid, the number of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph

COMPLEX = "Leelawadee UI"  # Windows brings it; it has Khmer and Thai, which Times New Roman lacks

_BEHIND_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr")


def set_page(document: Document, font: str) -> None:
    """A4 with the margins of Nghị định 30, one font for all letters, numbers from page two on."""
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance, section.footer_distance = Mm(10), Mm(10)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = font, Pt(14)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), font)
    fonts.set(qn("w:cs"), COMPLEX)
    section.different_first_page_header_footer = True
    page = write(section.header.paragraphs[0], "", 13, align="center")
    for kind in ("begin", "PAGE", "end"):
        run = page.runs[0]._r
        if kind == "PAGE":
            _child(run, "w:instrText").text = kind
        else:
            _child(run, "w:fldChar").set(qn("w:fldCharType"), kind)


def write(
    paragraph: Paragraph,
    text: str,
    size: float,
    *,
    is_bold: bool = False,
    is_italic: bool = False,
    align: str = "left",
) -> Paragraph:
    """Adds the text, set in points."""
    from docx.enum.text import WD_PARAGRAPH_ALIGNMENT  # noqa: PLC0415
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    run = paragraph.add_run(plain(text))
    font = run.font
    font.size, font.bold, font.italic = Pt(size), is_bold, is_italic
    # Khmer and Thai go by settings of their own.
    font.cs_bold, font.cs_italic = is_bold, is_italic
    properties: Any = run._r
    size_element = properties.rPr.find(qn("w:sz"))
    complex_size = OxmlElement("w:szCs")
    complex_size.set(qn("w:val"), size_element.get(qn("w:val")))
    size_element.addnext(complex_size)
    paragraph.alignment = WD_PARAGRAPH_ALIGNMENT[align.upper()]
    return space(paragraph)


def plain(text: str) -> str:
    """Without the characters that XML, and so every office file, cannot hold."""
    return "".join(c for c in text if _is_kept(c))


def _is_kept(letter: str) -> bool:
    is_half = "\ud800" <= letter <= "\udfff"  # of a pair that was torn apart
    return letter in "\t\n" or (letter >= " " and not is_half and letter not in "\ufffe\uffff")


def space(
    paragraph: Paragraph, before: float = 0.0, after: float = 0.0, indent: float = 0.0
) -> Paragraph:
    """Room above and below in points, the first line's indent in millimetres."""
    from docx.shared import Mm, Pt  # noqa: PLC0415

    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), 1.0
    form.first_line_indent = Mm(indent)
    return paragraph


def rule(place: Document | _Cell, width: float, length: float, after: float = 0.0) -> None:
    """A line in the middle of a place so wide, in millimetres.

    It is the border of an empty paragraph: underlining the words themselves would be wrong.
    """
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Mm, Pt  # noqa: PLC0415

    line = space(place.add_paragraph(), 0, after)
    form = line.paragraph_format
    form.left_indent = form.right_indent = Mm(max(0.0, (width - length) / 2))
    form.line_spacing = Pt(3)
    line.add_run("").font.size = Pt(1)
    borders = _before(line._p.get_or_add_pPr(), "w:pBdr", *_BEHIND_BORDERS)
    bottom = _child(borders, "w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)


def grid(
    document: Document, rows: int, widths: Sequence[float], *, is_ruled: bool = False
) -> Table:
    """A table with columns so wide, in millimetres; without lines unless they are asked for."""
    from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    table: Table = document.add_table(rows, len(widths), style="Table Grid" if is_ruled else None)
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    margins = _before(table._tbl.tblPr, "w:tblCellMar", "w:tblLook")
    for side in ("left", "right"):
        edge = _child(margins, f"w:{side}")
        edge.set(qn("w:w"), "70" if is_ruled else "0")
        edge.set(qn("w:type"), "dxa")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
            if is_ruled:
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    return table


def table(
    document: Document,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    aligns: Sequence[str],
    size: float = 13,
) -> Table:
    """A ruled table whose head comes again on every page; widths are millimetres."""
    made = grid(document, 1 + len(rows), widths, is_ruled=True)
    for row, texts in zip(made.rows, (heads, *rows), strict=True):
        is_head = texts is heads
        mark(row, "cantSplit")
        if is_head:
            mark(row, "tblHeader")
        for cell, text, align in zip(row.cells, texts, aligns, strict=True):
            at = "center" if is_head else align
            space(write(cell.paragraphs[0], text, size, is_bold=is_head, align=at), 2, 2)
    return made


def mark(row: _Row, name: str) -> None:
    """Sets a word's property of the row: `cantSplit`, `tblHeader`."""
    _child(row._tr.get_or_add_trPr(), f"w:{name}")


def _before(parent: Any, name: str, *others: str) -> Any:
    """A child in front of those: Word may refuse a file whose parts are out of order."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    child = OxmlElement(name)
    parent.insert_element_before(child, *others)
    return child


def _child(parent: Any, name: str) -> Any:
    from docx.oxml import OxmlElement  # noqa: PLC0415

    child = OxmlElement(name)
    parent.append(child)
    return child
