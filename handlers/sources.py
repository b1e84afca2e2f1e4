"""How a source is shown under a reply, and how a broadcast keeps it."""

from __future__ import annotations

from bot.campaigns import Origin
from bot.citing import cited
from bot.language import Voice
from bot.library import ContentSource
from bot.model import Source


def source_of(source: ContentSource, say: Voice) -> Source:
    return Source(cited(source, say), source.url or "")


def origins_of(sources: tuple[ContentSource, ...]) -> tuple[Origin, ...]:
    return tuple(
        Origin(one.title, one.issuer, one.number or "", one.date, one.url or "") for one in sources
    )
