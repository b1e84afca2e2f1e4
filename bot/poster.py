"""Draws the poster that invites the workers of a factory: one page, their languages, QR codes.

The libraries for it weigh more than the whole idle bot. So they are imported where they are used,
and bot/printing.py has the page drawn by a process of its own (`python -m bot.poster`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import regex
from pydantic import TypeAdapter

from bot.fonts import Line, NoGlyph, Pen, Squares, cleaned

# All lengths are millimetres, only the sizes of letters are points.
LEFT, TOP, WIDTH, HEIGHT = 15.0, 14.0, 180.0, 269.0
GAP, WIDEST_GAP = 5.0, 11.0
RULE, ACCENT = 0.9, (31, 58, 95)  # dark blue: nearly black on a printer without colours
SCALES = [percent / 100 for percent in range(150, 55, -5)]
LEAST_CODE, LEAST_MODULE = 46.0, 0.7
LARGEST_CODES = (62.0, 58.0, 47.0)  # for one, two and three doors
QUIET = 4  # white modules around a QR code, without which phones do not find it
FRAME = 5.0  # around the words to type
LARGER = {"km": 1.12, "th": 1.12}  # their letters are small for their size
KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")


class PosterError(Exception):
    """The poster cannot be drawn as it is asked for; the message says why."""


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: where its QR code leads, and what stands beside it."""

    label: str
    url: str
    hint: str = ""  # what to type there; empty where the link suffices


@dataclass(frozen=True, slots=True)
class Section:
    """The same words in one language; `language` is a BCP 47 tag."""

    language: str
    title: str
    body: tuple[str, ...]
    typing: str = ""  # what the hint is for: "On Zalo, send this code:"


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on the page; sender, unit, note and the first section are Vietnamese."""

    sender: str
    unit: str
    sections: tuple[Section, ...]
    doors: tuple[Door, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Voice:
    """How one kind of text is set: its wished and its least size in points."""

    size: float
    least: float
    bold: bool = False
    is_even: bool = False


SENDER, UNIT = _Voice(13, 11), _Voice(16, 11, bold=True, is_even=True)
TITLES = (_Voice(34, 24, bold=True, is_even=True), _Voice(20, 14, bold=True, is_even=True))
BODIES = (_Voice(16, 12, is_even=True), _Voice(14, 11, is_even=True))
LABEL, TYPING, NOTE = _Voice(18, 14, bold=True), _Voice(14, 11), _Voice(9.5, 8.5)
HINT = _Voice(32, 18, bold=True)


@dataclass(frozen=True, slots=True)
class _Block:
    """What stays together on the page: its height, and what draws it from some height on."""

    height: float
    draw: Callable[[float], None]


def draw_poster(poster: Poster) -> bytes:
    """The PDF. It is drawn in this process, which keeps the libraries from then on."""
    if not (1 <= len(poster.sections) <= 3 and 1 <= len(poster.doors) <= 3):
        raise PosterError("a poster has one to three languages and one to three doors")
    pen = Pen(poster.sections[0].title)
    try:
        for scale in SCALES:
            if _Page(pen, poster, scale).draw():
                return pen.finish()
        raise PosterError("the text is too long for one page")
    except NoGlyph as error:
        raise PosterError(str(error)) from None
    finally:
        pen.close()


def main() -> int:
    """The helper process: a poster as JSON comes in, its PDF goes out."""
    poster = TypeAdapter(Poster).validate_json(sys.stdin.buffer.read())
    try:
        sys.stdout.buffer.write(draw_poster(poster))
    except PosterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


class _Page:
    """The poster at one scale: blocks that stand below each other."""

    def __init__(self, pen: Pen, poster: Poster, scale: float) -> None:
        self._pen, self._scale = pen, scale
        voices = zip((0, 1, 1), poster.sections, strict=False)
        self._blocks = [self._head(poster)]
        self._blocks += [self._section(each, TITLES[at], BODIES[at]) for at, each in voices]
        self._doors_at = len(self._blocks)
        self._blocks += [self._doors(poster.doors), *self._hints(poster)]
        if poster.note:
            self._blocks.append(self._stack(self._set(poster.note, "vi", NOTE)))

    def draw(self) -> bool:
        """Whether the page holds it; then it is drawn, and what is left over is spread."""
        gaps = len(self._blocks) - 1
        spare = HEIGHT - sum(block.height for block in self._blocks) - GAP * gaps
        if spare < 0:
            return False
        more, y = min(spare / gaps, WIDEST_GAP - GAP), TOP
        for number, block in enumerate(self._blocks):
            # The doors stand at the foot, whatever is above them.
            y += spare - more * gaps if number == self._doors_at else 0
            block.draw(y)
            y += block.height + GAP + more
        return True

    def _set(self, text: str, language: str, voice: _Voice, width: float = WIDTH) -> list[Line]:
        size = max(voice.least, round(voice.size * self._scale * LARGER.get(language, 1), 1))
        set_text = self._pen.even if voice.is_even else self._pen.lines
        return set_text(text, language, size, width, bold=voice.bold) if cleaned(text) else []

    def _stack(self, *paragraphs: Sequence[Line], space: float = 0.0) -> _Block:
        """Paragraphs from the left edge, one below the other."""
        placed: list[tuple[Line, float]] = []
        height = -space
        for paragraph in filter(None, paragraphs):
            height += space
            for line in paragraph:
                placed.append((line, height))
                height += line.height

        def draw(y: float) -> None:
            for line, down in placed:
                self._pen.put(line, LEFT, y + down)

        return _Block(max(height, 0), draw)

    def _head(self, poster: Poster) -> _Block:
        names = [self._set(poster.unit, _tongue(poster.unit), UNIT)]
        if cleaned(poster.sender) != cleaned(poster.unit):
            names.insert(0, self._set(poster.sender, _tongue(poster.sender), SENDER))
        text = self._stack(*names, space=0.6)

        def draw(y: float) -> None:
            text.draw(y)
            self._pen.fill(LEFT, y + text.height + RULE, WIDTH, RULE, ACCENT)

        return _Block(text.height + 2 * RULE, draw)

    def _section(self, section: Section, title: _Voice, body: _Voice) -> _Block:
        texts = [(section.title, title), *((text, body) for text in section.body)]
        lines = [self._set(text, section.language, voice) for text, voice in texts]
        return self._stack(*lines, space=0.15 * body.size * self._scale)

    def _doors(self, doors: Sequence[Door]) -> _Block:
        """A row of codes, with their names below."""
        column = WIDTH / len(doors)
        side = min(max(LEAST_CODE, 52 * self._scale), LARGEST_CODES[len(doors) - 1])
        labels = [self._set(door.label, _tongue(door.label), LABEL, column - GAP) for door in doors]
        codes = [_code(door.url) for door in doors]
        quiet = max(GAP, QUIET * side / min(map(len, codes)))

        def draw(y: float) -> None:
            for number, (code, label) in enumerate(zip(codes, labels, strict=True)):
                left = LEFT + number * column
                self._pen.squares(code, left + (column - side) / 2, y + quiet - GAP, side)
                for row, line in enumerate(label):
                    x = left + (column - self._pen.width(line)) / 2
                    self._pen.put(line, x, y + 2 * quiet - GAP + side + row * line.height)

        return _Block(2 * quiet - GAP + side + max(map(_height, labels)), draw)

    def _hints(self, poster: Poster) -> Iterator[_Block]:
        """What is to be typed, large and framed, beside or below the words that say so."""
        hints = dict.fromkeys(hint for door in poster.doors if (hint := cleaned(door.hint)))
        for hint in hints:
            named = ", ".join(door.label for door in poster.doors if cleaned(door.hint) == hint)
            label = named if len(hints) > 1 or not poster.sections[0].typing else ""
            line = self._hint(hint)
            frame = self._pen.width(line) + 2 * FRAME
            width = WIDTH - frame - GAP if frame < WIDTH / 2 else WIDTH
            texts = [(label, "vi"), *((each.typing, each.language) for each in poster.sections)]
            words = self._stack(*(self._set(*text, TYPING, width) for text in texts))
            yield self._framed(words, line, is_beside=width < WIDTH)

    def _hint(self, hint: str) -> Line:
        size = max(HINT.least, HINT.size * min(self._scale, 1))
        line = Line(hint, "code", size, HINT.bold)
        fits = size * (WIDTH - 2 * FRAME) / self._pen.width(line)
        if fits < HINT.least:
            raise PosterError(f"too long to be typed off a wall: {hint}")
        return replace(line, size=min(size, fits))

    def _framed(self, words: _Block, line: Line, *, is_beside: bool) -> _Block:
        width, height = self._pen.width(line) + 2 * FRAME, line.height + 2
        left, down = (LEFT + WIDTH - width, 0.0) if is_beside else (LEFT, words.height + 1)
        whole = max(words.height, down + height)

        def draw(y: float) -> None:
            words.draw(y + (whole - words.height) / 2 if is_beside else y)
            top = y + (whole - height) / 2 if is_beside else y + down
            self._pen.frame(left, top, width, height)
            self._pen.put(line, left + FRAME, top + 1)

        return _Block(whole, draw)


def _tongue(name: str) -> str:
    """Names are Vietnamese, unless a Japanese company is written as at home."""
    return "ja" if KANA.search(name) else "vi"


def _height(lines: Sequence[Line]) -> float:
    return sum(line.height for line in lines)


@lru_cache(maxsize=3)
def _code(url: str) -> Squares:
    """The rows of the QR code that holds the address."""
    import segno  # noqa: PLC0415  # the idle bot does without it

    try:
        code = segno.make_qr(url, error="m").matrix
    except segno.DataOverflowError:
        code = ()
    if not code or LEAST_CODE / len(code) < LEAST_MODULE:
        raise PosterError(f"too long for a QR code that is read from afar: {url[:60]}")
    return code


if __name__ == "__main__":
    sys.exit(main())
