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


def _plain(letter: str) -> str:
    """𝐍 and Ｎ as N; every kind of dash and blank as the common one."""
    category = unicodedata.category(letter)
    if category in {"Pd", "Zs"} or letter == "\u2011":
        return "-" if category == "Pd" else " "
    simple = unicodedata.normalize("NFKC", letter)
    return simple if category[0] == "L" and simple.isascii() else letter
