"""The last hand on a document that was filled in: references set small, lines as long as words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from bot.official import CAPITAL, SMALL, TEXT_WIDTH
from bot.planreport.fields import RULE, SMALL_FROM, SMALL_TO

_PIECES = re.compile(f"{SMALL_FROM}(.*?){SMALL_TO}")
_PER_MM = 1440 / 25.4  # twentieths of a point


def polish(document: Any) -> None:
    for root in _roots(document):
        for paragraph in list(root.iter(qn("w:p"))):
            text = "".join(one.text or "" for one in paragraph.iter(qn("w:t")))
            if RULE in text:
                _draw_rule(paragraph)
            if SMALL_FROM in text:
                for run in list(paragraph.iter(qn("w:r"))):
                    _set_small(run)
        for cell in list(root.iter(qn("w:tc"))):
            # Word takes no cell that ends without a paragraph, as after a loop over nothing.
            if len(cell) == 0 or cell[-1].tag != qn("w:p"):
                cell.append(OxmlElement("w:p"))


def _roots(document: Any) -> Iterator[Any]:
    """The text and what stands at the top and bottom of pages."""
    yield document.element.body
    for relation in document.part.rels.values():
        element = None if relation.is_external else getattr(relation.target_part, "_element", None)
        if element is not None and element.tag in {qn("w:hdr"), qn("w:ftr")}:
            yield element


def _set_small(run: Any) -> None:
    """Parts the run, so that what lies between the marks stands small and high."""
    for child in list(run):
        pieces = _PIECES.split(child.text or "") if child.tag == qn("w:t") else []
        if len(pieces) < 2:
            continue
        before = deepcopy(run)
        for other in list(before)[list(run).index(child) :]:
            before.remove(other)
        run.addprevious(before)
        for number, text in enumerate(pieces):
            if text:
                run.addprevious(_run(run, text, is_small=number % 2 == 1))
        for other in list(run)[: list(run).index(child) + 1]:
            if other.tag != qn("w:rPr"):
                run.remove(other)


def _run(like: Any, text: str, *, is_small: bool) -> Any:
    made = OxmlElement("w:r")
    form = like.find(qn("w:rPr"))
    if form is not None:
        made.append(deepcopy(form))
    written = OxmlElement("w:t")
    written.text = text
    written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    made.append(written)
    if is_small:
        made.get_or_add_rPr().superscript = True
    return made


def _draw_rule(paragraph: Any) -> None:
    """A line two fifths as long as the longest line of the paragraph above it."""
    for written in paragraph.iter(qn("w:t")):
        written.text = (written.text or "").replace(RULE, "")
    above = paragraph.getprevious()
    if above is None:
        return
    lines = _text(above).split("\n")
    letters = max(len(line) for line in lines)
    wide = letters * (CAPITAL if lines[0].isupper() else SMALL)
    room = _room(paragraph)
    side = str(round((room - 0.4 * min(room, wide)) / 2 * _PER_MM))
    indent = paragraph.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:left"), side)
    indent.set(qn("w:right"), side)


def _text(paragraph: Any) -> str:
    return "".join(
        "\n" if one.tag == qn("w:br") else one.text or ""
        for one in paragraph.iter(qn("w:t"), qn("w:br"))
    )


def _room(paragraph: Any) -> float:
    """How wide the place is in which the paragraph stands, in millimetres."""
    for cell in paragraph.iterancestors(qn("w:tc")):
        width = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
        if width is not None:
            return int(width.get(qn("w:w"))) / _PER_MM
    return TEXT_WIDTH
