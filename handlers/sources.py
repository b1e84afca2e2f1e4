"""How a source is shown under a reply: its line, and where it can be read."""

from __future__ import annotations

from bot.citing import cited
from bot.language import Voice
from bot.library import ContentSource
from bot.model import Source


def source_of(source: ContentSource, say: Voice) -> Source:
    return Source(cited(source, say), source.url or "")
