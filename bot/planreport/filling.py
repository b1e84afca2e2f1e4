"""Fills a Word template in: docxtpl and Jinja, in a sandbox, with faults named by their place.

Imported only where a document is made: the libraries take memory that the bot does without.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup

from bot.charts import render
from bot.planreport.drawing import grid_xml, picture_size, with_words
from bot.planreport.faults import TemplateFault, TemplatePlace
from bot.planreport.fields import Fields
from bot.planreport.items import Grid, Picture
from bot.planreport.tags import Source, look_over, told_fault

_LARGEST = 50_000_000  # bytes, unpacked
_ABOUT_PLACES: Mapping[str, TemplatePlace] = {"head": "head", "foot": "foot", "note": "note"}


class Filler(DocxTemplate):  # type: ignore[misc]  # the library has no types
    """A template that is looked over before it is filled in."""

    def __init__(self, content: bytes, known: Fields) -> None:
        """Raises TemplateFault if it is no Word document."""
        _look_into(content)
        super().__init__(BytesIO(content))
        self._known = known
        self._sandbox = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, autoescape=True, finalize=self._final
        )
        self._sandbox.globals.clear()

    def fill(self) -> Any:
        """The document that came out. Raises TemplateFault."""
        try:
            self.render(dict(self._known), self._sandbox)
        except TemplateFault:
            raise
        except TemplateError as error:
            raise told_fault(error, Source("", "about"), self._known) from None
        except (ValueError, KeyError, etree.LxmlError):
            raise TemplateFault("file") from None
        return self.docx

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        """As in the library, once for each part of the file; but its faults have a place."""
        source = Source(src_xml, _place(str(part.partname)))
        look_over(source, self._sandbox, self._known)
        try:
            made = str(super().render_xml_part(src_xml, part, context, jinja_env))
        except TemplateFault:
            raise
        except Exception as error:  # whatever an expression of an office may come to
            raise told_fault(error, source, self._known) from None
        try:
            etree.fromstring(made.encode())
        except etree.XMLSyntaxError:
            # A loop begins in one cell or paragraph and ends in another: Word would refuse it.
            raise TemplateFault("unclosed", source.first_loop(), "", source.part) from None
        return made

    def _final(self, value: object) -> object:
        """What is written for a value: a picture, a table, or its text."""
        if isinstance(value, Picture):
            return self._drawn(value)
        if isinstance(value, Grid):
            return Markup(grid_xml(value.table))  # noqa: S704  # nosec B704  # escaped there
        if isinstance(value, list | tuple | Mapping):
            raise TemplateFault("several", self._name_of(value))
        return value

    def _drawn(self, picture: Picture) -> Markup:
        png = render(picture.chart, zoom=2, with_title=False)
        inline = InlineImage(self, BytesIO(png), *picture_size(png))
        words = picture.chart.alt or picture.chart.title
        return Markup(with_words(str(inline), words))  # noqa: S704  # nosec B704  # escaped there

    def _name_of(self, value: object) -> str:
        return next((name for name, one in self._known.items() if one is value), "")


def _place(partname: str) -> TemplatePlace:
    name = partname.rpartition("/")[2]
    return _ABOUT_PLACES.get(name[:4], "text")


def _look_into(content: bytes) -> None:
    """That it is a Word file, and none made to fill a machine's memory."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            sizes = {one.filename: one.file_size for one in archive.infolist()}
    except BadZipFile:
        raise TemplateFault("file") from None
    if "word/document.xml" not in sizes or sum(sizes.values()) > _LARGEST:
        raise TemplateFault("file")
