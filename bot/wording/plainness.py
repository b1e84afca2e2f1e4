"""How long a sentence may be for somebody who reads it on a phone, on a break.

Of Vietnamese words that are written apart (syllables) and of English words; other languages count
differently, and are translated from these two. Most of the pack has less than half of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_WORDS = {"vi": 36, "en": 32}
# A number's point or a title's is not followed by a blank and a capital in these texts.
_END = re.compile(r"(?<=[.!?:;])\s+|\n+")


def long_sentences(tag: str, text: str) -> Iterator[str]:
    """What is to be said of each sentence that is too long; nothing of other languages."""
    most = MOST_WORDS.get(tag)
    if most is None:
        return
    for sentence in _END.split(text):
        if (words := len(sentence.split())) > most:
            yield f"a sentence of {words} words, {most} at most: {sentence[:40]}…"
