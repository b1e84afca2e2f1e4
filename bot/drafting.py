"""What an officer pastes, read: a title and a body, a source, a time, an audience in words."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.campaigns import Origin, Words
from bot.schedule import read_time

MAX_TITLE, MAX_BODY = 120, 3500
_WEB = frozenset({"http", "https"})
_SENTENCE = re.compile(r"(?<=[.!?。！？។])\s+")
_LINK = re.compile(
    r"\b(?:([a-z][a-z0-9+.-]{1,20})://|((?:java|vb)script|data):(?=\S))", re.IGNORECASE
)
# Enough digits for a phone, account or identity number, however they are grouped.
_NUMBER = re.compile(r"(?<!\d)(?:\+?\d[ .-]?){9,16}(?!\d)")
_WHEN = re.compile(r"(?:(\d{1,2})/(\d{1,2})\s+)?(\d{1,2}[:h]\d{0,2})")


class DraftFault(ValueError):
    """What was pasted cannot be sent; `kind` is `empty`, `long`, `link`, `source` or `past`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def read_words(text: str) -> Words:
    """The first line is the title, or the first sentence of a single paragraph.

    Raises DraftFault.
    """
    plain = text.strip()
    if not plain:
        raise DraftFault("empty")
    if any((link[1] or "").lower() not in _WEB for link in _LINK.finditer(plain)):
        raise DraftFault("link")
    first, _, rest = plain.partition("\n")
    title, body = first.strip(), rest.strip()
    if not body or len(title) > MAX_TITLE:
        title, body = _SENTENCE.split(first, 1)[0].strip(), plain
    if len(title) > MAX_TITLE:
        title = title[: MAX_TITLE - 1].rsplit(" ", 1)[0] + "…"
    if len(body) > MAX_BODY:
        raise DraftFault("long")
    return Words(title, body)


def read_source(text: str) -> Origin:
    """`title; issuer; number; link`: the first two are needed. Raises DraftFault."""
    parts = [part.strip() for part in text.replace("；", ";").split(";")]
    links = [part for part in parts if part.lower().startswith(("http://", "https://"))]
    plain = [part for part in parts if part and part not in links]
    if len(plain) < 2 or len(text) > 700:
        raise DraftFault("source")
    number = plain[2] if len(plain) > 2 else ""
    return Origin(plain[0][:300], plain[1][:300], number[:300], url=links[0] if links else "")


def read_when(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """`18:00` today (or tomorrow if that is over), `30/11 18:00`. Raises DraftFault, ValueError."""
    match = _WHEN.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    at: time = read_time(match[3].replace("h", ":") + ("00" if match[3].endswith("h") else ""))
    local = now.astimezone(zone)
    when = datetime.combine(local.date(), at, zone)
    if match[1]:
        when = when.replace(day=int(match[1]), month=int(match[2]))
        if when <= now and local.month - when.month > 6:
            when = when.replace(year=when.year + 1)
        if when <= now:
            raise DraftFault("past")
    elif when <= now:
        when += timedelta(days=1)
    return when


def has_numbers(words: Words) -> bool:
    """Whether there is something like a phone, account or identity number in the text."""
    return _NUMBER.search(f"{words.title}\n{words.body}") is not None
