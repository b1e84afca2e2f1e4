"""Tables and pictures as they stand in the XML of a Word document."""

from __future__ import annotations

from collections.abc import Sequence
from struct import unpack
from typing import Any
from xml.sax.saxutils import quoteattr  # nosec B406  # it writes, and reads nothing

import docx
from docx.shared import Length, Mm
from lxml import etree

from bot.official import TEXT_WIDTH, writing
from bot.planreport.report import Table

_SIZE = 12  # points
_MOST_ROWS = 200  # of a table on paper; the sheet has them all
_LETTER = 2.3  # millimetres, of a number
_NUMBERS = (18.0, 38.0)  # millimetres that a column of numbers has at least and at most
_PICTURE = (125.0, 190.0)  # millimetres, at most


def grid_xml(table: Table) -> str:
    """A ruled table with its head on every page; columns of numbers are narrow, on the right."""
    scratch = docx.Document()
    writing.set_page(scratch, "Times New Roman")
    rows = list(table.rows[:_MOST_ROWS])
    if len(table.rows) > _MOST_ROWS:
        rows.append((f"(còn {len(table.rows) - _MOST_ROWS} dòng, xem tệp XLSX)", *_blank(table)))
    aligns = ["right" if is_number else "left" for is_number in table.is_number]
    made = writing.table(scratch, table.columns, rows, column_widths(table), aligns, _SIZE)
    _rule(made)
    return str(etree.tostring(made._tbl, encoding="unicode"))


def column_widths(table: Table) -> list[float]:
    """Millimetres; together what the margins leave."""
    least, most = _NUMBERS
    count = len(table.columns)
    widths = [
        min(most, max(least, _LETTER * _letters(table, at)))
        for at, is_number in enumerate(table.is_number)
        if is_number
    ]
    texts = count - len(widths)
    if not texts:
        return [TEXT_WIDTH / count] * count
    if (left := TEXT_WIDTH - sum(widths)) < 0.3 * TEXT_WIDTH:
        widths = [width * 0.7 * TEXT_WIDTH / sum(widths) for width in widths]
        left = 0.3 * TEXT_WIDTH
    numbers = iter(widths)
    return [next(numbers) if is_number else left / texts for is_number in table.is_number]


def _letters(table: Table, column: int) -> int:
    """Of the longest word in the head, or the longest number."""
    return max(
        *map(len, table.columns[column].split()), *(len(row[column]) for row in table.rows), 1
    )


def picture_size(png: bytes) -> tuple[Length, Length]:
    """Four fifths of the text's width, less if it would be higher than a page."""
    wide, high = unpack(">II", png[16:24])
    width = min(_PICTURE[0], _PICTURE[1] * wide / high)
    return Mm(width), Mm(width * high / wide)


def with_words(drawing: str, words: str) -> str:
    """The XML of a picture, with what it shows for who cannot see it."""
    told = quoteattr(writing.plain(words))
    return drawing.replace("<wp:docPr ", f"<wp:docPr descr={told} ", 1)


def _blank(table: Table) -> Sequence[str]:
    return [""] * (len(table.columns) - 1)


def _rule(table: Any) -> None:
    """Lines of its own: a template made elsewhere may lack the style that draws them."""
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.oxml.parser import OxmlElement  # noqa: PLC0415

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.insert_element_before(
        borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"
    )
