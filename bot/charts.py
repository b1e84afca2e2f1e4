"""Draws charts for a phone: bars with their labels above them, as a picture.

resvg shapes and draws; it runs in a process of its own (`python -m bot.charts`), so that the bot
neither waits nor keeps its fonts.
"""

from __future__ import annotations

import asyncio
import sys
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from itertools import accumulate
from pathlib import Path

import regex
from pydantic import TypeAdapter

from bot.fonts import POINT, Line, NoGlyph, Pen
from bot.model import Bar, Chart

TIMEOUT = 20.0
_ONE_HELPER = asyncio.Semaphore(1)
_FONTS = Path(__file__).parent / "fonts"
# In which font a language is written first; the others help out, letter by letter.
_FACES = {
    "zh-Hans": "Noto Sans CJK SC",
    "zh-Hant": "Noto Sans CJK TC",
    "ja": "Noto Sans CJK JP",
    "ko": "Noto Sans CJK KR",
}
# Letters that change places or melt into one another. resvg fills single letters in from another
# font only where both make the same number of glyphs, so these stand in a text of their own.
_MELTING_SCRIPTS = ("Khmer", "Thai")
_MELTING = regex.compile(
    "|".join(
        rf"(\p{{{script}}}(?:[\p{{{script}}}\u200b-\u200d ]*\p{{{script}}})?)"
        for script in _MELTING_SCRIPTS
    )
)
# Lengths are pixels of a phone held upright.
_WIDTH, _MARGIN, _BAR, _ROW, _HEAD, _LEGEND = 720, 36, 26, 84, 76, 44
_TITLE = 48
_PLAIN_ROW = 46  # of a figure without a bar
_LINE = 34  # of a label's second line
_INNER = _WIDTH - 2 * _MARGIN
# Told apart by lightness too, so that nobody needs to see colours.
_COLOURS = ("#1f5f8b", "#e0a526", "#b9c4cc")
_INK, _PALE, _TRACK, _PAPER = "#1b2733", "#4c5a66", "#eef1f4", "#ffffff"
# A label is cut before it meets what is told at the other end; wide letters count double.
_LABEL_UNITS, _WORD = 40, 10


class ChartError(Exception):
    """The chart cannot be drawn; the message says why."""


async def draw(chart: Chart) -> bytes:
    """The chart as a PNG. Raises ChartError."""
    key = TypeAdapter(Chart).dump_json(chart)
    if key not in _DRAWN:
        async with _ONE_HELPER:
            drawn = await _draw(key)
        if len(_DRAWN) >= _KEPT:
            _DRAWN.pop(next(iter(_DRAWN)))
        _DRAWN[key] = drawn
    return _DRAWN[key]


# The same chart may have to be said twice: tried again, or shown on several pages.
_DRAWN: dict[bytes, bytes] = {}
_KEPT = 8


async def _draw(asked: bytes) -> bytes:
    pipe = asyncio.subprocess.PIPE
    helper = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.charts", stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            drawn, said = await helper.communicate(asked)
    except TimeoutError:
        raise ChartError(f"the chart was not drawn within {TIMEOUT:g} seconds") from None
    finally:
        if helper.returncode is None:
            helper.kill()
            await helper.wait()
    if helper.returncode:
        reason = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise ChartError(reason or "the helper process broke off")
    return drawn


def as_svg(chart: Chart, *, with_title: bool = True) -> str:
    """The chart as SVG; its height follows from what is in it."""
    title = _TITLE if with_title else 0
    shapes = list(_shapes(chart, title))
    height = _height(chart, title)
    family = ", ".join(
        f"'{name}'" for name in dict.fromkeys([_FACES.get(chart.language, "Noto Sans"),
                                               "Noto Sans", *_FACES.values()])
    )  # fmt: skip
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
            f'viewBox="0 0 {_WIDTH} {height}" font-family="{escape(family)}" '
            f'xml:lang="{escape(chart.language)}">',
            f'<rect width="{_WIDTH}" height="{height}" fill="{_PAPER}"/>',
            *shapes,
            "</svg>",
        ]
    )


def _height(chart: Chart, title: int) -> int:
    rows = sum(_row(bar) for section in chart.sections for bar in section.bars)
    heads = sum(1 for section in chart.sections if section.title)
    legend = _LEGEND * len(chart.legend)
    second = sum(len(_label(bar)) - 1 for section in chart.sections for bar in section.bars)
    return 2 * _MARGIN + title + 14 + legend + heads * _HEAD + rows + second * _LINE


def _row(bar: Bar) -> int:
    return _ROW if bar.parts else _PLAIN_ROW


def _shapes(chart: Chart, title: int) -> Iterator[str]:
    y = _MARGIN
    if title:
        yield _text(_MARGIN, y + 30, chart.title, size=32, weight=700, limit=38)
        y += title
    for number, name in enumerate(chart.legend):
        y += _LEGEND
        yield _rect(_MARGIN, y - 22, 24, 24, _COLOURS[number % len(_COLOURS)])
        yield _text(_MARGIN + 38, y, name, size=26, colour=_PALE)
    y += 14
    for section in chart.sections:
        if section.title:
            y += _HEAD
            yield _text(_MARGIN, y - 10, section.title, size=28, weight=700)
        whole = section.whole or max((sum(bar.parts) for bar in section.bars), default=0)
        for bar in section.bars:
            lines = _label(bar)
            yield _text(_WIDTH - _MARGIN, y + 36, bar.told, size=26, anchor="end")
            yield _text(_MARGIN, y + 36, lines[0], size=26, limit=_room(bar))
            for line in lines[1:]:
                y += _LINE
                yield _text(_MARGIN, y + 36, line, size=26, limit=_LABEL_UNITS + 6)
            if bar.parts:
                yield from _bar(bar, y, whole)
            y += _row(bar)


def _label(bar: Bar) -> tuple[str, ...]:
    """One line, beside what is told at the other end, or two: names of companies are long."""
    room = _room(bar)
    words = " ".join(bar.label.split()).split(" ")
    if _units(" ".join(words)) <= room:
        return (" ".join(words),)
    count = 1
    while _units(" ".join(words[: count + 1])) <= room:
        count += 1
    rest = " ".join(words[count:])
    return (" ".join(words[:count]), *([rest] if rest else []))


def _room(bar: Bar) -> int:
    return max(_WORD, _LABEL_UNITS + 4 - _units(bar.told))


def _bar(bar: Bar, y: int, whole: int) -> Iterator[str]:
    yield _rect(_MARGIN, y + 48, _INNER, _BAR, _TRACK)
    x = float(_MARGIN)
    for number, part in enumerate(bar.parts):
        # What there is at all is seen, however small it is beside the rest.
        wide = max(3.0, _INNER * part / whole) if part else 0.0
        wide = min(wide, _MARGIN + _INNER - x)
        if wide > 0:
            yield _rect(x, y + 48, wide, _BAR, _COLOURS[number % len(_COLOURS)])
        x += wide


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    weight: int = 400,
    colour: str = _INK,
    anchor: str = "start",
    limit: int = _LABEL_UNITS,
) -> str:
    pieces = [piece for piece in _MELTING.split(_cut(text, limit)) if piece]
    widths = _widths(pieces, size, is_bold=weight > 400) if len(pieces) > 1 else [0.0]
    x -= sum(widths) if anchor == "end" else 0
    starts = accumulate(widths[:-1], initial=x)
    if len(widths) < len(pieces):
        pieces = ["".join(pieces)]
    anchor = "start" if len(pieces) > 1 else anchor
    return "".join(
        f'<text x="{at:.1f}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}" xml:space="preserve"{_family(piece)}>'
        f"{escape(piece, quote=False)}</text>"
        for at, piece in zip(starts, pieces, strict=False)
    )


def _family(piece: str) -> str:
    script = next((s for s in _MELTING_SCRIPTS if regex.match(rf"\p{{{s}}}", piece)), "")
    return f" font-family=\"'Noto Sans {script}', 'Noto Sans'\"" if script else ""


def _widths(pieces: list[str], size: int, *, is_bold: bool) -> list[float]:
    """How wide each piece will be; nothing of use where a letter has no font."""
    pen = _pen()
    try:
        return [pen.width(Line(each, "latin", size, is_bold)) / POINT for each in pieces]
    except NoGlyph:
        return [0.0]


@lru_cache(maxsize=1)
def _pen() -> Pen:
    return Pen("")


def _cut(text: str, limit: int) -> str:
    """At a word if there is one near, never within a cluster of letters and their marks."""
    plain = " ".join(text.split())
    if _units(plain) <= limit:
        return plain
    clusters = _clusters(plain)
    while clusters and _units("".join(clusters)) > limit - 1:
        clusters.pop()
    kept = "".join(clusters)
    at_word = kept.rpartition(" ")[0]
    return f"{(at_word if len(kept) - len(at_word) < _WORD else kept).rstrip()}…"


def _clusters(text: str) -> list[str]:
    return [str(cluster) for cluster in regex.findall(r"\X", text)]


def _units(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(letter) in {"W", "F"}) for letter in text)


def render(chart: Chart, zoom: int = 1, *, with_title: bool = True) -> bytes:
    """The chart as a PNG, in this very process. Raises ChartError.

    On paper it is sharp at `zoom` 2, and its caption tells the title.
    """
    import resvg_py  # noqa: PLC0415  # the helper process only

    # Letters of another script are taken from the first font that has them: not from a bold one.
    fonts = [path for path in _FONTS.iterdir() if path.suffix in {".ttf", ".otf"}]
    files = [str(path) for path in sorted(fonts, key=lambda one: ("Bold" in one.stem, one.name))]
    try:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=as_svg(chart, with_title=with_title),
                font_files=files,
                skip_system_fonts=True,
                font_size=26,
                zoom=zoom,
            )
        )
    except ValueError as error:
        raise ChartError(str(error)) from None


def _main() -> int:
    """Reads a Chart as JSON, writes the PNG."""
    try:
        chart = TypeAdapter(Chart).validate_json(sys.stdin.buffer.read())
        sys.stdout.buffer.write(render(chart))
    except (ChartError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201  # for the process that asked
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
