"""How a source is written: who issued it, its title, number and date."""

from __future__ import annotations

from bot.language import Voice
from bot.library import ContentSource
from bot.model import Source


def source_of(source: ContentSource, say: Voice) -> Source:
    day = say.date(source.date) if source.date else None
    parts = (f"{source.issuer}: {source.title}", source.number, day)
    return Source(", ".join(part for part in parts if part), source.url or "")
