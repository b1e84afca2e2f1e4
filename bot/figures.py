"""What is counted by day: the kinds of figures, and the rows of which reports are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# Each kind, and what its rows tell apart; `subject` says where a row comes from.
KINDS: Mapping[str, str] = {
    "sent": "messages that arrived: subject campaign:ID or article; topic, language, channel",
    "read": "readings: subject article:ID; topic, language",
    "article": "articles that came out: subject article:ID; topic",
    "check": "fact-checks that came out: subject check:SLUG",
    "people": "who agreed to messages, at the end of the day: language, channel",
    "joined": "who agreed to messages on that day: channel",
    "left": "who left or erased everything: channel",
    "reached-month": "people reached for the first time in the month",
    "reached-quarter": "the same in the quarter",
    "reached-year": "the same in the year",
    "claim": "claims that reporters brought: subject harm",
    "verdict": "claims that were closed: subject verdict",
    "round": "rounds that closed: subject round:CONTEST/ROUND",
    "entry": "entries of rounds that closed: subject round:CONTEST/ROUND",
    "gain": "knowledge gain of such a round, in tenths of a percentage point: subject the same",
    "work": "works registered for the award: subject category; language",
}
# Those of which there are rows by unit too.
UNIT_KINDS = ("sent", "read", "reached-month", "reached-quarter", "reached-year", "entry")


@dataclass(frozen=True, slots=True)
class DayFigure:
    """What was counted on a day, or in all days of a period (`day` is its last then)."""

    day: date
    kind: str
    amount: int
    subject: str = ""
    topic: str = ""
    language: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """The same for the people of a unit itself, not of those below; 0: of no unit."""

    day: date
    kind: str
    unit_id: int
    amount: int
    topic: str = ""
