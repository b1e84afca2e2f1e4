"""Hides who is meant in a text that somebody forwards: a report is about a claim, not a person.

Names of third persons, phone, account, card and identity numbers, e-mail addresses, profiles,
plates, home addresses, insults and threats. A careful guess: the reporter sees what is left and
approves or corrects it. Links are the business of bot/links.py, which comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import regex

from bot.masking import addresses, insults, names, names_abroad, numbers, profiles
from bot.masking.reading import Reading, Span, tidied

# One mark for everything and every language: the words around it say what stood there ("gọi
# […]"), every font has it, matching sees no word in it, and `hidden` names the kinds.
MARK = "[…]"
_FINDERS: tuple[Callable[[Reading], Iterable[Span]], ...] = (
    profiles.find, numbers.find, addresses.find, names.find, names_abroad.find, insults.find,
)  # fmt: skip
_NEIGHBOURS = regex.compile(r"\[…\](?:[ \t]*\[…\])+")


@dataclass(frozen=True, slots=True)
class Masked:
    """The text without persons, and which kinds of things were hidden: never what they were.

    Kinds: `account address card email identity insult name phone plate profile`, sorted.
    """

    text: str
    hidden: tuple[str, ...]


def mask(text: str) -> Masked:
    """Any text; what comes out stays as it is when it is masked again. Takes linear time."""
    kinds: set[str] = set()
    masked = tidied(text)
    while spans := _spans(Reading(masked)):
        kinds.update(span.kind for span in spans)
        masked = _NEIGHBOURS.sub(MARK, _without(masked, spans))
    return Masked(masked, tuple(sorted(kinds)))


def _spans(reading: Reading) -> list[Span]:
    """What is to be hidden, in order; where two overlap the earlier, then the longer one names it.

    A mark is never part of it: else masking would find something new forever.
    """
    spans = sorted(
        (span for find in _FINDERS for span in find(reading)),
        key=lambda span: (span.start, -span.end),
    )
    return [span for span in spans if not _is_hidden(reading.text, span)]


def _is_hidden(text: str, span: Span) -> bool:
    part = text[span.start : span.end]
    return not part.strip("[…] ")


def _without(text: str, spans: Iterable[Span]) -> str:
    return "".join(_pieces(text, spans))


def _pieces(text: str, spans: Iterable[Span]) -> Iterator[str]:
    end = 0
    for span in spans:
        if span.start >= end:
            yield text[end : span.start]
            yield MARK
        end = max(end, span.end)
    yield text[end:]
