"""What a measure came to, and the rules that all measures share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.figures import DayFigure
from bot.library import Library
from bot.organisation import SMALLEST
from bot.planreport.report import Lack, Rows
from bot.planreport.words import WITHOUT_TOPIC

Narrowed = Mapping[str, str]
NOTHING = Rows()


@dataclass(frozen=True, slots=True)
class Measured:
    """An amount, or why there is none, and the aggregated rows that it is the sum of."""

    amount: float | None
    lack: Lack = ""
    rows: Rows = NOTHING


NONE = Measured(None, "none")
SMALL = Measured(None, "small")


def enough(count: int, rows: Rows = NOTHING) -> Measured:
    """People, if there are none or at least five of them."""
    return Measured(count, "", rows) if count == 0 or count >= SMALLEST else SMALL


def fits(one: DayFigure, narrowed: Narrowed) -> bool:
    return all(getattr(one, name) == value for name, value in narrowed.items())


def topic_word(library: Library, slug: str) -> str:
    topic = library.topics.get(slug)
    return topic.name["vi"] if topic else slug or WITHOUT_TOPIC
