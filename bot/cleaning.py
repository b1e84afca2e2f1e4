"""Makes an event fit to be kept: readable text, and no value that no button or client sends."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from bot.model import MAX_CHOICE_BYTES, Attachment, Event

MAX_TEXT = 4000
_LONGEST_TAG, _LONGEST_HANDLE = 35, 2000
# What stands for a button whose value cannot be one of ours.
NO_CHOICE = "-"
# Marks that turn the direction of text or hide it; joiners stay, since Khmer is written with them.
_HIDDEN = frozenset(
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def cleaned(event: Event) -> Event:
    """The event with readable text only: composed, no control or direction marks, not long.

    Halves of letters (lone surrogates) could not even be written down. Most events are as they
    should be, and are given back as they are.
    """
    if _is_clean(event):
        return event
    text = unicodedata.normalize("NFC", event.text[: 2 * MAX_TEXT])
    kept = (" " if c in "\r\t" else c for c in text if c not in _HIDDEN)
    plain = "".join(c for c in kept if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    return replace(
        event,
        text=plain[:MAX_TEXT],
        choice=event.choice if _is_value(event.choice) else NO_CHOICE,
        language=event.language[:_LONGEST_TAG] if event.language.isprintable() else "",
        attachment=_plain(event.attachment),
    )


def _is_clean(event: Event) -> bool:
    """Quickly; False also for what may be clean: joiners and ends of lines are not printable."""
    return (
        event.attachment is None
        and event.text.isprintable()
        and len(event.text) <= MAX_TEXT
        and unicodedata.is_normalized("NFC", event.text)
        and _is_value(event.choice)
        and event.language.isprintable()
        and len(event.language) <= _LONGEST_TAG
    )


def _is_value(choice: str) -> bool:
    return choice.isprintable() and len(choice.encode()) <= MAX_CHOICE_BYTES


def _plain(attachment: Attachment | None) -> Attachment | None:
    """A handle that no platform gives leads nowhere."""
    if attachment is None:
        return None
    handle = attachment.handle
    is_one = handle.isprintable() and len(handle) <= _LONGEST_HANDLE
    return attachment if is_one else replace(attachment, handle="")
