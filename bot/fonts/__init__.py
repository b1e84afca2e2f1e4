"""Sets text on a PDF page in the fonts of this folder, in every language that the bot speaks.

fpdf2 with HarfBuzz shapes and embeds. What it lacks is done here: a line of Khmer or Thai breaks
where it may, Chinese punctuation stays with its word, and every character gets a font that has it.
"""

from __future__ import annotations

import unicodedata
from codecs import BOM_UTF16_BE
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, cast

import regex

if TYPE_CHECKING:
    from fpdf.fonts import TTFFont

FOLDER = Path(__file__).parent
# Which font has a language's letters. In this order they help out, character by character.
FACES: Mapping[str, str] = {
    "latin": "NotoSans-{}.ttf",
    "zh-Hans": "NotoSansCJKsc-Regular.otf",
    "zh-Hant": "NotoSansCJKtc-Regular.otf",
    "ja": "NotoSansCJKjp-Regular.otf",
    "ko": "NotoSansCJKkr-Regular.otf",
    "km": "NotoSansKhmer-{}.ttf",
    "th": "NotoSansThai-{}.ttf",
    "code": "NotoSansMono-Bold.ttf",  # tells 0 from O and 1 from l
}
# How far letters reach above and below the line they stand on, in parts of their size.
REACHES = {"km": (1.08, 0.56), "th": (1.05, 0.45)}
REACH = (1.07, 0.33)
# Where there is no bold font a line around every letter thickens it.
OUTLINE = 0.03
POINT = 25.4 / 72  # sizes of letters are points, all other lengths are millimetres
Colour = tuple[int, int, int]
Squares = Sequence[Sequence[int]]  # rows of a QR code, from above; 1 is dark
BLACK: Colour = (0, 0, 0)
MADE = datetime(2026, 1, 1, tzinfo=UTC)  # the same page is the same bytes on any day

GRAPHEMES = regex.compile(r"\X")
SPACES = regex.compile(r"[ \t\r\n\f\v\x85\u2028\u2029]+")
UNSEEN = regex.compile(r"[\xad\u200e\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
IDEOGRAPH = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uffef]")
HIRAGANA = regex.compile(r"\p{Hiragana}")
WITHIN_WORDS = regex.compile(r"[\p{Han}\p{Katakana}ー]")
MAY_BREAK = "\u200b"  # the space of no width
# A Thai vowel belongs to the consonant beside it, which the rules for graphemes do not know.
NEVER_FIRST = set(
    " .,:;!?)]}%”’…、。，．：；！？）］｝〕〉》」』】・ー々"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
    "ะาำๅๆฯ។៕៖ៗ"
)
NEVER_LAST = set("([{“‘（［｛〔〈《「『【￥เแโใไ")
# A Khmer or Thai consonant below one of these marks ends its syllable.
ENDS_SYLLABLE = set("\u17cb\u17cd\u0e4c")


class NoGlyph(Exception):
    """A character that none of the fonts has."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand side by side; `size` is in points."""

    text: str
    language: str
    size: float
    bold: bool = False

    @property
    def height(self) -> float:
        return self.size * POINT * sum(REACHES.get(self.language, REACH))


class Pen:
    """One A4 page: measures, breaks and writes."""

    def __init__(self, title: str, language: str = "vi", *, is_wide: bool = False) -> None:
        from fpdf import FPDF  # noqa: PLC0415  # it weighs more than the whole idle bot

        self.pdf = FPDF(orientation="landscape" if is_wide else "portrait", format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.c_margin = 0
        self.pdf.set_text_shaping(True)
        self.pdf.set_title(cleaned(title).replace(MAY_BREAK, ""))
        self.pdf.set_lang(language)
        self.pdf.set_producer("")
        self.pdf.set_creation_date(MADE)
        self.pdf.add_page()
        self._faces: dict[str, TTFFont] = {}
        self._used: set[str] = set()
        self._widths: dict[tuple[str, str, bool], float] = {}

    def lines(
        self, text: str, language: str, size: float, width: float, *, bold: bool = False
    ) -> list[Line]:
        """The text as lines no wider than asked for."""

        def measure(part: str) -> float:
            return self._ems(part, language, bold=bold)

        allows = _may_break_japanese if language == "ja" else _may_break
        texts = _filled(_split(cleaned(text), allows), width / size / POINT, measure)
        return [Line(line, language, size, bold) for line in texts]

    def even(
        self, text: str, language: str, size: float, width: float, *, bold: bool = False
    ) -> list[Line]:
        """As many lines as must be, of about the same length: for a title."""
        lines = kept = self.lines(text, language, size, width, bold=bold)
        while len(kept) == len(lines) > 1 and width > size:
            lines, width = kept, width * 0.97
            kept = self.lines(text, language, size, width, bold=bold)
        return lines

    def width(self, line: Line) -> float:
        return self._ems(line.text, line.language, bold=line.bold) * line.size * POINT

    def put(self, line: Line, x: float, y: float, colour: Colour = BLACK) -> None:
        """Writes the line with its left upper corner at x and y."""
        self.pdf.set_text_color(*colour)
        self.pdf.set_draw_color(*colour)  # of the line that thickens
        y += line.size * POINT * REACHES.get(line.language, REACH)[0]
        for name, text in self._runs(line.text, line.language, bold=line.bold):
            self._used.add(name)
            is_outlined = line.bold and "bold" not in name
            with self.pdf.local_context(text_mode="FILL_STROKE" if is_outlined else "FILL"):
                self.pdf.line_width = line.size * OUTLINE  # in points, unlike all other lines
                self.pdf.set_font(name, size=line.size)
                # fpdf2 sets letters 0.3 of their size below what it is told.
                self.pdf.set_xy(x, y - 0.3 * line.size * POINT)
                # Who copies or searches gets the text itself: shaped Khmer cannot be read back.
                actual = (BOM_UTF16_BE + text.encode("utf-16-be")).hex()
                self.pdf._out(f"/Span <</ActualText <{actual}>>> BDC")
                self.pdf.cell(h=0, text=text)
                self.pdf._out("EMC")
            x = self.pdf.get_x()
        self.pdf.set_draw_color(*BLACK)

    def fill(self, x: float, y: float, width: float, height: float, colour: Colour = BLACK) -> None:
        self.pdf.set_fill_color(*colour)
        self.pdf.rect(x, y, width, height, style="F")
        self.pdf.set_fill_color(*BLACK)

    def frame(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        thickness: float = 0.4,
        colour: Colour = BLACK,
    ) -> None:
        self.pdf.set_line_width(thickness)
        self.pdf.set_draw_color(*colour)
        self.pdf.rect(x, y, width, height)
        self.pdf.set_draw_color(*BLACK)

    def squares(self, rows: Squares, x: float, y: float, side: float) -> None:
        """Squares in a row are one rectangle, a hair too large: no white lines between them."""
        module = side / len(rows)
        for down, row in enumerate(rows):
            right = 0
            for is_dark, squares in groupby(row):
                width = len(list(squares))
                if is_dark:
                    at = (x + right * module, y + down * module)
                    self.fill(*at, width * module + 0.02, module + 0.02)
                right += width

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters that no font has, or that no one font has together, each once."""
        found: dict[str, None] = {}
        for grapheme in dict.fromkeys(GRAPHEMES.findall(cleaned(text))):
            try:
                self._find(grapheme, "latin", bold=False)
            except NoGlyph:  # all fonts have been opened by now
                known = {code for face in self._faces.values() for code in face.cmap}
                unknown = [each for each in grapheme if ord(each) not in known]
                found |= dict.fromkeys(unknown or grapheme)
        return tuple(found)

    def finish(self) -> bytes:
        """The PDF, without the fonts in which characters were only looked for."""
        for name in self._faces.keys() - self._used:
            del self.pdf.fonts[name]
        return bytes(self.pdf.output())

    def close(self) -> None:
        for face in self._faces.values():
            face.close()

    def _ems(self, text: str, language: str, *, bold: bool) -> float:
        """How wide the text is, in parts of its size."""
        key = (text, language, bold)
        if key not in self._widths:
            self._widths[key] = sum(
                self._faces[name].get_text_width(run, 1, self.pdf.text_shaping)[1]
                for name, run in self._runs(*key[:2], bold=bold)
            )
        return self._widths[key]

    def _runs(self, text: str, language: str, *, bold: bool) -> list[tuple[str, str]]:
        """The text in parts of one font each; a space stays with what stands before it."""
        runs: list[tuple[str, str]] = []
        for grapheme in GRAPHEMES.findall(text):
            name = runs[-1][0] if runs and grapheme == " " else self._find(grapheme, language, bold)
            if runs and runs[-1][0] == name:
                runs[-1] = (name, runs[-1][1] + grapheme)
            else:
                runs.append((name, grapheme))
        return runs

    def _find(self, grapheme: str, language: str, bold: bool) -> str:
        """The first font that has all of the grapheme, its own language's before the others."""
        order = dict.fromkeys((language if language in FACES else "latin", "latin", *FACES))
        for file in (FACES[name].format("Bold" if bold else "Regular") for name in order):
            if all(ord(character) in self._face(file).cmap for character in grapheme):
                return file.lower()
        known = {code for face in self._faces.values() for code in face.cmap}
        missing = next((each for each in grapheme if ord(each) not in known), grapheme[0])
        name = unicodedata.name(missing, "no name")
        raise NoGlyph(f"no font has the character U+{ord(missing):04X} ({name})")

    def _face(self, file: str) -> TTFFont:
        name = file.lower()
        if name not in self._faces:
            self.pdf.add_font(name, fname=FOLDER / file)
            self._faces[name] = cast("TTFFont", self.pdf.fonts[name])
        return self._faces[name]


def cleaned(text: str) -> str:
    """As the fonts know it: composed, with plain spaces, without what only steers programs."""
    composed = unicodedata.normalize("NFC", text)
    return UNSEEN.sub("", SPACES.sub(" ", composed)).strip(f" {MAY_BREAK}")


def _filled(pieces: Sequence[str], width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Lines as full as they can be; only what is longer than a line is cut within a word."""
    line = ""
    for piece in pieces:
        parts = [piece] if measure(piece.rstrip()) <= width else _split(piece, _may_part)
        for part in parts:
            if line and measure(line + part.rstrip()) > width:
                yield line.rstrip()
                line = ""
            line += part
    yield line.rstrip()


def _split(text: str, allows: Callable[[str, str], bool]) -> list[str]:
    """The text, cut between graphemes where it is allowed."""
    parts: list[str] = []
    before = ""
    for grapheme in GRAPHEMES.findall(text):
        if not parts or allows(before, grapheme):
            parts.append("")
        parts[-1] += grapheme.replace(MAY_BREAK, "")
        before = grapheme
    return parts


def _may_break(before: str, after: str) -> bool:
    is_space = before in {" ", MAY_BREAK}
    is_ideograph = IDEOGRAPH.match(before) or IDEOGRAPH.match(after)
    return bool(is_space or is_ideograph) and _may_part(before, after)


def _may_break_japanese(before: str, after: str) -> bool:
    """A phrase begins after hiragana or a sign, and never with hiragana."""
    joins = WITHIN_WORDS.match(before) or HIRAGANA.match(after)
    return _may_break(before, after) and not joins


def _may_part(before: str, after: str) -> bool:
    if before[-1] in NEVER_LAST or after[0] in NEVER_FIRST:
        return False
    return not ENDS_SYLLABLE & set(after)
