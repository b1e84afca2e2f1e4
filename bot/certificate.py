"""Draws the certificate of a contest: an A4 page for printing, and the same as a picture.

Like the poster it is drawn by a process of its own (`python -m bot.certificate`, see
bot/printing.py), so that the idle bot does without the libraries.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Literal

import regex
from pydantic import TypeAdapter

from bot.fonts import BLACK, Colour, Line, NoGlyph, Pen, Squares
from bot.holder import NAME_AT_MOST, tidy_name

Kind = Literal["pdf", "png"]
UNDRAWABLE = 3  # what the helper process ends with, and the characters
PICTURE_WIDTH = 1600  # pixels: what every chat shows without making it smaller

# All lengths are millimetres, only the sizes of letters are points.
WIDE, HIGH = 297.0, 210.0
BODY, TOP, FOOT = 225.0, 20.0, 149.0  # the width of the text, where it begins and ends
LEFT, RIGHT, FOOTER = 28.0, 269.0, 155.0
CODE, LEAST_MODULE = 32.0, 0.45
LOGO = 19.0
INK, ACCENT, PALE = (27, 39, 51), (31, 58, 95), (76, 90, 102)
SCALES = [percent / 100 for percent in range(100, 55, -4)]
LARGER = {"km": 1.1, "th": 1.12}  # their letters are small for their size
# How large a name is set, in how many lines: first what looks best.
NAME_SIZES = [
    *((size, 1) for size in range(38, 23, -1)),
    *((size, 2) for size in range(28, 17, -1)),
    *((size, 3) for size in range(18, 11, -1)),
]


class CertificateError(Exception):
    """The certificate cannot be drawn as it is asked for; the message says why."""


class Undrawable(CertificateError):
    """No font has these characters: a certificate with boxes in it is not issued."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        named = (f"{c} U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in characters)
        super().__init__(f"no font has {', '.join(named)}")
        self.characters = characters


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around the facts, in the reader's language."""

    heading: str  # "Certificate"
    given_to: str  # above the name
    reason: str  # between the name and the contest's title: "for taking part in"
    issued: str  # a whole line with the date: "Issued on 20 May 2026"
    code: str  # before the code
    check: str  # what the address and the QR code are for


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it is drawn; `language` is the BCP 47 tag of all its words.

    `holder` is the name as the person typed it. `logo` is a PNG of the issuer's own.
    """

    holder: str
    contest_title: str
    round_title: str
    result_text: str
    issued_on: date
    issuer: str
    code: str
    verify_url: str
    language: str
    words: Words
    logo: Path | None = None


def find_logo(content: Path) -> Path | None:
    """The issuer's own sign, if the editors have put one there: `media/logo.png`."""
    path = content / "media" / "logo.png"
    return path if path.is_file() else None


def draw_certificate(certificate: Certificate, kind: Kind = "pdf") -> bytes:
    """The PDF or the PNG. Raises CertificateError, Undrawable among them."""
    name = tidy_name(certificate.holder)
    if not name:
        raise CertificateError("there is no name")
    if len(regex.findall(r"\X", name)) > NAME_AT_MOST:
        raise CertificateError("the name is too long")
    pen = Pen(certificate.words.heading, certificate.language, is_wide=True)
    pen.pdf.set_creation_date(datetime.combine(certificate.issued_on, datetime.min.time(), UTC))
    try:
        if missing := pen.missing("".join((name, *_texts(certificate)))):
            raise Undrawable(missing)
        for scale in SCALES:
            if _Page(pen, certificate, name, scale).draw():
                pdf = pen.finish()
                return pdf if kind == "pdf" else _picture(pdf)
        raise CertificateError("the text is too long for one page")
    except NoGlyph as error:
        raise CertificateError(str(error)) from None
    finally:
        pen.close()


def _texts(certificate: Certificate) -> tuple[str, ...]:
    words = certificate.words
    said = (words.heading, words.given_to, words.reason, words.issued, words.code, words.check)
    facts = (certificate.contest_title, certificate.round_title, certificate.result_text)
    return (*said, *facts, certificate.issuer, certificate.code, certificate.verify_url)


class _Page:
    """The certificate at one scale: lines in the middle of the page, and a foot."""

    def __init__(self, pen: Pen, certificate: Certificate, name: str, scale: float) -> None:
        self._pen, self._scale = pen, scale
        self._certificate, self._words = certificate, certificate.words
        self._language = certificate.language
        self._name = self._fit(name)

    def draw(self) -> bool:
        """Whether the page holds it; then it is drawn, the room left over spread between."""
        one, words = self._certificate, self._words
        groups: list[tuple[list[Line], float, Colour]] = [
            (self._set(one.issuer, 14, _tongue(one.issuer, "vi")), 0, PALE),
            (self._set(words.heading, 36, is_bold=True), 5, ACCENT),
            (self._set(words.given_to, 14), 4, PALE),
            (self._name, 3, INK),
            (self._set(words.reason, 14), 7, PALE),
            (self._set(one.contest_title, 20, is_bold=True), 2, INK),
            (self._set(one.round_title, 14), 1, INK),
            (self._set(one.result_text, 15, is_bold=True), 4, ACCENT),
        ]
        logo = LOGO * self._scale + 3 if one.logo else 0.0
        needed = logo + sum(gap + sum(each.height for each in lines) for lines, gap, _ in groups)
        spare = FOOT - TOP - needed
        if spare < 0:
            return False
        self._frame()
        y = TOP + spare / 4
        if one.logo:
            self._put_logo(one.logo, y)
            y += logo
        for lines, gap, colour in groups:
            y += gap + (spare / 2 * gap / 25)
            for line in lines:
                self._pen.put(line, (WIDE - self._pen.width(line)) / 2, y, colour)
                y += line.height
            if lines is self._name:
                self._pen.fill((WIDE - 120) / 2, y + 2.2, 120, 0.3, PALE)
        self._foot()
        return True

    def _set(
        self, text: str, size: float, language: str = "", *, is_bold: bool = False
    ) -> list[Line]:
        language = language or self._language
        points = round(size * self._scale * LARGER.get(language, 1), 1)
        lines = self._pen.even(text, language, points, BODY, bold=is_bold)
        return [line for line in lines if line.text]

    def _fit(self, name: str) -> list[Line]:
        language = _tongue(name, self._language)
        larger = self._scale * LARGER.get(language, 1)
        for size, most in NAME_SIZES:
            lines = self._pen.even(name, language, round(size * larger, 1), BODY, bold=True)
            if len(lines) <= most:
                return lines
        raise CertificateError("the name is too long")

    def _frame(self) -> None:
        self._pen.frame(9, 9, WIDE - 18, HIGH - 18, 0.9, ACCENT)
        self._pen.frame(11.2, 11.2, WIDE - 22.4, HIGH - 22.4, 0.25, ACCENT)

    def _put_logo(self, logo: Path, y: float) -> None:
        try:
            high = LOGO * self._scale
            self._pen.pdf.image(logo, WIDE / 2 - 40, y, 80, high, keep_aspect_ratio=True)
        except Exception as error:  # whatever a damaged file makes of the readers of pictures
            raise CertificateError(f"{logo.name} is no picture: {error}") from error

    def _foot(self) -> None:
        """On the left when it was issued and how it is checked, on the right the QR code."""
        one, words = self._certificate, self._words
        self._pen.squares(_code(one.verify_url), RIGHT - CODE, FOOTER, CODE)
        width = RIGHT - CODE - 10 - LEFT
        texts = (
            (words.issued, self._language, 12.0, INK, False),
            (f"{words.code} ", self._language, 12.0, INK, False),
            (words.check, self._language, 10.5, PALE, False),
            (one.verify_url, "latin", 10.5, PALE, False),
        )
        y = FOOTER
        for text, language, size, colour, is_bold in texts:
            points = size * LARGER.get(language, 1)
            lines = self._pen.lines(text, language, points, width, bold=is_bold)
            for line in lines:
                self._pen.put(line, LEFT, y, colour)
                if text == f"{words.code} ":
                    x = LEFT + self._pen.width(line) + 2
                    self._pen.put(Line(one.code, "code", 12, bold=True), x, y, BLACK)
                y += line.height + 0.8


def _tongue(name: str, language: str) -> str:
    """In whose letters a name is written, if they are others than the certificate's."""
    scripts = {"km": "Khmer", "th": "Thai", "ko": "Hangul"}
    if regex.search(r"[\p{Hiragana}\p{Katakana}]", name):
        return "ja"
    return next(
        (tag for tag, script in scripts.items() if regex.search(rf"\p{{{script}}}", name)), language
    )


def _code(url: str) -> Squares:
    import segno  # noqa: PLC0415  # the idle bot does without it

    try:
        code: Squares = segno.make_qr(url, error="m").matrix
    except segno.DataOverflowError:
        code = ()
    if not code or CODE / len(code) < LEAST_MODULE:
        raise CertificateError(f"too long for a QR code: {url[:60]}")
    return code


def _picture(pdf: bytes) -> bytes:
    """The page as a PNG of few colours."""
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    picture = page.render(scale=PICTURE_WIDTH / page.get_width()).to_pil()
    document.close()
    out = BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    """The helper process: a certificate as JSON comes in, the file goes out."""
    kind: Kind = "png" if sys.argv[1:] == ["png"] else "pdf"
    certificate = TypeAdapter(Certificate).validate_json(sys.stdin.buffer.read())
    try:
        sys.stdout.buffer.write(draw_certificate(certificate, kind))
    except Undrawable as error:
        sys.stderr.write("".join(error.characters))
        return UNDRAWABLE
    except CertificateError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
