"""Cuts the Noto fonts down to what is drawn: `python locales/fonts.py FOLDER [FILE ...]`.

FOLDER is where the originals lie; without names of files of bot/fonts all of them are cut. Run it
by hand after a translation brought a character that a font lacks; a test tells which.
Where the originals come from is told in bot/fonts/README.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

HERE = Path(__file__).parent
TARGET = HERE.parent / "bot" / "fonts"
# Everywhere: a space, and the signs that join or part letters without being seen.
JOINTS = "20 A0 200B-200D 2060 25CC"
LATIN = (
    "20-7E A0-24F 2B0-2FF 300-36F 1E00-1EFF 2000-206F 2070-209F 20A0-20BF 2100-214F 25CC FB01 FB02"
)
# No Latin letters: a word such as "Liên đoàn" would be half of one font and half of another.
WIDE = (
    "20 2018-201D 2025 2026 203B 2103 2190-2193 2212 2260 2264 2265 2460-2473 3000-3020 FF01-FF5E"
)
CHINESE = WIDE + " 2014 FFE5"
# Every ideograph of the first block: people's names are full of rare ones (镕, 玥, 髙, 濵).
ANY_CHINESE = CHINESE + " 4E00-9FFF"
# Two forms that are common in Japanese names are not in that block: 﨑 and 塚.
JAPANESE = WIDE + " 2014 3031-3035 303B 3041-3096 3099-30FF 3231 3232 3239 FF61-FF9F FFE5 FA10-FA11"
KOREAN = WIDE + " 3131-318E 321C FFE6 AC00-D7A3"
# The characters of each national standard, by first and last lead byte: of Big5 the common ones,
# of the Japanese standard all, as names are full of the second level (齋, 邊, 濱). Big5 rows have
# a second half (and end in the middle of their last row), the others are squares of 94 by 94.
LEVELS = {
    "gb2312": (0xB0, 0xF7),
    "big5": (0xA4, 0xC6),
    "euc_jp": (0xB0, 0xF4),
    "euc_kr": (0xB0, 0xC8),
}
HAN = r"\u3005-\u3007\u3400-\u9fff"
HANGUL = r"\uac00-\ud7a3"
BIG5_END = b"\xc6\x7e"


class Face(NamedTuple):
    """One file: whence, which font of a collection, the characters, and a whole standard."""

    source: str
    ranges: str
    number: int = -1
    standard: str = ""


CJK = "NotoSansCJK-Regular.ttc"
FACES = {
    "NotoSans-Regular.ttf": Face("NotoSans-Regular.ttf", LATIN),
    "NotoSans-Bold.ttf": Face("NotoSans-Bold.ttf", LATIN),
    "NotoSansMono-Bold.ttf": Face("NotoSansMono-Bold.ttf", "20-7E A0-17F"),
    "NotoSansKhmer-Regular.ttf": Face("NotoSansKhmer-Regular.ttf", JOINTS + " 1780-17FF 19E0-19FF"),
    "NotoSansKhmer-Bold.ttf": Face("NotoSansKhmer-Bold.ttf", JOINTS + " 1780-17FF 19E0-19FF"),
    "NotoSansThai-Regular.ttf": Face("NotoSansThai-Regular.ttf", JOINTS + " E00-E7F"),
    "NotoSansThai-Bold.ttf": Face("NotoSansThai-Bold.ttf", JOINTS + " E00-E7F"),
    "NotoSansCJKjp-Regular.otf": Face(CJK, JAPANESE, 0, "euc_jp"),
    "NotoSansCJKkr-Regular.otf": Face(CJK, KOREAN, 1, "euc_kr"),
    "NotoSansCJKsc-Regular.otf": Face(CJK, ANY_CHINESE, 2, "gb2312"),
    "NotoSansCJKtc-Regular.otf": Face(CJK, CHINESE, 3, "big5"),
}


def main(folder: Path, names: Sequence[str]) -> None:
    TARGET.mkdir(exist_ok=True)
    for name, face in FACES.items():
        if names and name not in names:
            continue
        source = next(iter(sorted(folder.rglob(face.source))), None)
        if source is None:
            sys.exit(f"{face.source} is not below {folder}")
        _cut(source, face, TARGET / name)
        sys.stdout.write(f"{name}: {(TARGET / name).stat().st_size // 1024} KiB\n")


def _cut(source: Path, face: Face, target: Path) -> None:
    options = Options()
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # the licence goes with the font
    options.notdef_outline = True
    options.hinting = False  # paper has dots enough
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]  # nothing is set from top to bottom
    options.layout_features = _features(face)
    with TTFont(source, fontNumber=face.number, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=set(_characters(face)))
        subsetter.subset(font)
        font.save(target)


def _features(face: Face) -> list[str]:
    """What puts letters into place; not small capitals and other finery."""
    latin = ["ccmp", "kern", "liga", "locl", "mark", "mkmk"]
    khmer = ["abvf", "abvm", "abvs", "blwf", "blwm", "blws", "clig", "dist", "pref", "pres"]
    khmer += ["pstf", "psts"]
    # Not "locl" for ideographs: it would bring every other country's form of each along.
    return ["ccmp", "kern", "mark"] if face.standard else latin + khmer


def _characters(face: Face) -> Iterator[int]:
    for part in face.ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)
    if face.standard:
        yield from map(ord, _level(face.standard))
        yield from map(ord, _written(HANGUL if face.standard == "euc_kr" else HAN))


def _level(standard: str) -> str:
    """The characters in common use, as a national standard lists them."""
    first, last = LEVELS[standard]
    trails = [*range(0xA1, 0xFF)]
    if standard == "big5":
        trails = [*range(0x40, 0x7F), *trails]
    codes = (bytes((lead, trail)) for lead in range(first, last + 1) for trail in trails)
    kept = (code for code in codes if standard != "big5" or code <= BIG5_END)
    return "".join(code.decode(standard, "ignore") for code in kept)


def _written(letters: str) -> set[str]:
    """Every such letter that the catalogues and articles hold."""
    content = HERE.parent / "content"
    files = [*HERE.glob("*/LC_MESSAGES/messages.po"), *content.rglob("*.yaml")]
    text = "".join(file.read_text("utf-8") for file in files)
    return set(re.findall(f"[{letters}]", text))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__.partition("\n")[0])
    main(Path(sys.argv[1]), sys.argv[2:])
