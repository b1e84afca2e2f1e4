"""Replies as plain text, cut into parts that a channel takes, never through a letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from bot.model import Reply, Source

_BREAKS = ("\n\n", "\n", " ")


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def plain(reply: Reply) -> str:
    """Title, body, note and sources, parted by blank lines."""
    blocks = (reply.title, reply.body, reply.note, sources(reply))
    return "\n\n".join(block for block in blocks if block)


def sources(reply: Reply) -> str:
    lines = [f"- {_source(source)}" for source in reply.sources]
    return "\n".join([reply.sources_label, *lines] if lines else [])


def cut(text: str, limit: int, length: Callable[[str], int] = len) -> tuple[str, ...]:
    """Parts of at most `limit`, cut at a paragraph, else a line, a word, or between letters."""
    parts = []
    rest = text.strip()
    while rest:
        part = rest if length(rest) <= limit else _first_part(rest, limit, length)
        parts.append(part.strip())
        rest = rest[len(part) :].strip()
    return tuple(parts)


def _first_part(text: str, limit: int, length: Callable[[str], int]) -> str:
    most = _longest(text, limit, length)
    for mark in _BREAKS:
        at = most.rfind(mark)
        # A cut that leaves less than half a part is worse than one at a smaller break.
        if at >= len(most) // 2:
            return most[:at]
    return most


def _longest(text: str, limit: int, length: Callable[[str], int]) -> str:
    """As many whole letters with their marks (graphemes) as fit; always at least one."""
    taken, size = 0, 0
    for letter in _graphemes(text[: 2 * limit + 64]):
        size += length(letter)
        if size > limit and taken:
            break
        taken += len(letter)
    return text[:taken]


def _graphemes(text: str) -> Iterator[str]:
    return (match.group() for match in regex.finditer(r"\X", text))


def _source(source: Source) -> str:
    return f"{source.label} {source.url}" if source.url else source.label
