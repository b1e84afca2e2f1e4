"""What has been checked and is out: those that editors wrote and those of the desk, as one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.library import FactCheck


@dataclass(frozen=True, slots=True)
class Published:
    """A check that anybody may read.

    `corrected` is the day on which its verdict was changed last, from `was`.
    """

    check: FactCheck
    corrected: date | None = None
    was: str = ""
