"""Typing errors in words of the trade: "hop dog lao dong" is "hợp đồng lao động"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.amounts import UNIT_WORDS
from bot.matching.spelling import Token
from bot.matching.thesaurus import thesaurus

# Vietnamese syllables are short: one letter off is another word, unless its neighbour tells.
_LONG_ENOUGH = 7
_SHORTEST = 3
_MOST_TRIED = 200


def corrected(tokens: Sequence[Token]) -> list[Token]:
    """Words that nobody knows put right where a phrase of the trade tells what was meant."""
    words = thesaurus()
    right = list(tokens)
    tried = 0
    for place, token in enumerate(tokens):
        is_short = len(token.folded) < _SHORTEST
        if is_short or not token.folded.isalpha() or words.knows(token.folded):
            continue
        tried += 1
        if tried > _MOST_TRIED:
            break
        before = right[place - 1].folded if place else ""
        after = tokens[place + 1].folded if place + 1 < len(tokens) else ""
        right[place] = _meant(token, before, after)
    return right


def _meant(token: Token, before: str, after: str) -> Token:
    close = _close(token.folded)
    pairs = thesaurus().pairs
    units = [word for word in close if before[:1].isdecimal() and word in UNIT_WORDS]
    beside = [word for word in close if (before, word) in pairs or (word, after) in pairs]
    for word in (*units, *beside):
        return Token(word, word)  # without marks: which ones it has, the phrase will tell
    if len(close) == 1 and len(token.folded) >= _LONG_ENOUGH:
        return thesaurus().known[close[0]]
    return token


@lru_cache(maxsize=4096)
def _close(word: str) -> tuple[str, ...]:
    """Words of the trade that begin alike and are one slip away."""
    alike = [
        known for size in (-1, 0, 1) for known in _by_start().get((word[0], len(word) + size), ())
    ]
    found = process.extract(word, alike, scorer=OSA.distance, score_cutoff=1, limit=None)
    return tuple(known for known, _, _ in found)


@cache
def _by_start() -> Mapping[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for word in thesaurus().known:
        if word.isalpha() and len(word) >= _SHORTEST:
            found[word[0], len(word)].append(word)
    return found
