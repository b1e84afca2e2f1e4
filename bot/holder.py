"""The name that a person types for a certificate, made fit to be drawn."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

import regex

NAME_AT_MOST = 80  # letters with their marks
_TAG = re.compile(r"<[^<>]{0,200}>")
_NOT_OF_NAMES = regex.compile(r"[^\p{L}\p{M}\p{Nd} '’.,()（）·・\u200b-\u200d-]")
# Letters and marks that nobody sees, and rings around letters.
_UNSEEN = regex.compile(
    r"[\p{Me}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_JOINTS = regex.compile(r"(?<!\p{Khmer})[\u200b-\u200d]|[\u200b-\u200d](?!\p{Khmer})")
_MARKS = regex.compile(r"(\p{Latin}\p{M}{2}|\p{M}{5})\p{M}+")
# Which letters of names the fonts of bot/fonts have, hexadecimal, a line for those that one font
# draws together. A test compares: to open the fonts takes a process of its own and a second or two.
_FONTS = (
    "20-7E A0-24F 2B0-36F 1E00-1EFF 200B-200D 2019 2070-208E 2090-209C 2100-214F FB01-FB02",
    "20 2019 3005-3006 3031-3035 303B 3041-30FF 4E00-9FEF FA10-FA11 FF08-FF5A FF66-FF9F",
    "20 2019 3131-318E AC00-D7A3",
    "20 1780-17E9 200B-200D",
    "20 E01-E59 200B-200D",
)


_VOICED_HAN = regex.compile(r"\p{Han}[\u3099\u309a]")


def tidy_name(typed: str) -> str:
    """The name as it will stand on the certificate; empty when nothing of a name is left.

    Signs for programs, pictures, tags and all that is no letter are left out, marks are not piled
    up, letters of mathematics become plain ones. Names of all scripts stay as they are.
    """
    text = _TAG.sub(" ", unescape(typed))
    text = unicodedata.normalize("NFC", "".join(map(_plain, text)))
    text = _JOINTS.sub("", _UNSEEN.sub("", _NOT_OF_NAMES.sub("", " ".join(text.split()))))
    text = _MARKS.sub(r"\1", " ".join(text.split()))
    text = regex.sub(r"^[\p{M}\p{P} ]+|[ ,·・-]+$", "", text)
    return text if regex.search(r"\p{L}", text) else ""


def is_too_long(name: str) -> bool:
    """Whether the tidied name has more letters than fit."""
    return len(regex.findall(r"\X", name)) > NAME_AT_MOST


def undrawable(name: str) -> tuple[str, ...]:
    """The letters of a tidied name that no font has, each once, with their marks."""
    letters = dict.fromkeys(regex.findall(r"\X", name))
    found = (each for each in letters if not any(_has(font, each) for font in _RANGES))
    # The line of the CJK fonts is that of several: not each of them has a Han letter and the mark.
    return (*found, *(each for each in letters if _VOICED_HAN.match(each)))


def _has(font: tuple[range, ...], letter: str) -> bool:
    return all(any(ord(one) in part for part in font) for one in letter)


def _ranges(font: str) -> tuple[range, ...]:
    ends = (part.partition("-")[::2] for part in font.split())
    return tuple(range(int(first, 16), int(last or first, 16) + 1) for first, last in ends)


_RANGES = tuple(map(_ranges, _FONTS))


def _plain(letter: str) -> str:
    """𝐍 and Ｎ as N; every kind of dash and blank as the common one."""
    category = unicodedata.category(letter)
    if category in {"Pd", "Zs"} or letter == "\u2011":
        return "-" if category == "Pd" else " "
    simple = unicodedata.normalize("NFKC", letter)
    return simple if category[0] == "L" and simple.isascii() else letter
