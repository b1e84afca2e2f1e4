"""How a source is written everywhere: who issued it, its title, number and date."""

from __future__ import annotations

from bot.language import Voice
from bot.library import ContentSource


def cited(source: ContentSource, say: Voice) -> str:
    """One line, without the address: whoever shows it makes a link of the whole line."""
    day = say.date(source.date) if source.date else None
    parts = (f"{source.issuer}: {source.title}", source.number, day)
    return ", ".join(part for part in parts if part)
