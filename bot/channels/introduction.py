"""What a platform shows of the bot before the first word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.language import Languages


@dataclass(frozen=True)
class Introduction:
    """Commands with their msgids, and a description."""

    languages: Languages
    commands: Mapping[str, str]
    about: str
