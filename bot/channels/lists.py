"""Choices where there are no buttons: numbered lines in a talk, words in what comes unasked."""

from __future__ import annotations

from bot.channels.text import cut, plain, utf16_length
from bot.language import Voice
from bot.model import LIST_LINES, Choice, Reply


def numbered_parts(reply: Reply, say: Voice, limit: int) -> tuple[str, ...]:
    """The texts of an answer; its choices are numbered lines at the end, held together."""
    if reply.asks_number and reply.choices:
        lines = [say("You can write:"), *(f"- {choice.label}" for choice in reply.choices)]
        return _parts(plain(reply), "\n".join(lines), limit)
    return _parts(plain(reply), _numbered(reply.choices, say), limit)


def worded_parts(reply: Reply, say: Voice, limit: int) -> tuple[str, ...]:
    """The texts of a message that comes unasked. A number there would mean another list, so what
    may be typed at any time stands beside the choice it means: `read 34`.
    """
    text, left = plain(reply), []
    for choice in reply.choices:
        line = f"- {choice.label}"
        if choice.word and f"{line}\n" in f"{text}\n":
            text = f"{text}\n".replace(f"{line}\n", f"{line} ({choice.word})\n", 1).strip()
        elif choice.word:
            left.append(f"{line}: {choice.word}")
    block = "\n".join([say("You can write:"), *left] if left else [])
    return _parts(text, block, limit)


def text_parts(reply: Reply, limit: int) -> tuple[str, ...]:
    """The texts of a reply without its choices."""
    return _parts(plain(reply), "", limit)


def _numbered(choices: tuple[Choice, ...], say: Voice) -> str:
    if not choices:
        return ""
    shown = choices[:LIST_LINES]
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(shown, 1)]
    if len(choices) > LIST_LINES:
        rest = say("Further choices")
        lines.append(f"0. {rest}")
    return "\n".join([say("Answer with a number:"), *lines])


def _parts(text: str, block: str, limit: int) -> tuple[str, ...]:
    """Both in parts of at most `limit` UTF-16 units, the block with the last part if it fits."""
    whole = f"{text}\n\n{block}" if text and block else text or block
    if utf16_length(whole) <= limit:
        return (whole,) if whole else ()
    return (*cut(text, limit, utf16_length), *cut(block, limit, utf16_length))
