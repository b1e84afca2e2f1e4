"""A claim that people doubt, their reports of it, and what the desk found: never a person.

There is no place in any of these for who made a claim or wrote a post.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.campaigns import Origin

NEW, TAKEN, READING, CLOSED, MERGED = "new", "taken", "reading", "closed", "merged"
# Not closed and not part of another.
OPEN = (NEW, TAKEN, READING)
OPINION = "opinion"
# What harm is feared decides how soon there must be an answer; the gravest first.
PRIORITIES: Mapping[str, str] = {
    "money": "high", "health": "high", "work": "medium", "other": "low",
}  # fmt: skip
HARMS = tuple(PRIORITIES)
# So long after its closing a report is known, and a correction reaches its reporter.
KEPT = timedelta(days=90)
NOTICE = timedelta(hours=72)
# An intake that nobody goes on with ends without a word.
INTAKE_LASTS = timedelta(minutes=15)
MOST_PARTS, LONGEST = 20, 4000


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Days until an answer is promised, by priority."""

    high: int = 2
    medium: int = 5
    low: int = 15

    def due(self, harm: str, since: datetime) -> datetime:
        days: int = getattr(self, PRIORITIES.get(harm, "low"))
        return since + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody reports, in masked words; of links the domains only."""

    text: str
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """What has come in so far, masked. `links` are keyed hashes, `pictures` fingerprints, in hex.

    `is_counter`: an officer writes it down for somebody, who is not known here.
    """

    parts: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    is_counter: bool = False

    @property
    def text(self) -> str:
        return "\n\n".join(self.parts)

    @property
    def is_empty(self) -> bool:
        return not (self.parts or self.links or self.pictures)

    @property
    def statement(self) -> Statement:
        return Statement(self.text[:LONGEST], self.domains)


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict in words: the claim and the summary by language, and on what source.

    `check` is the published check that answered it, where that was one.
    """

    verdict: str = ""
    claim: Mapping[str, str] = field(default_factory=dict)
    summary: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Origin, ...] = ()
    is_public: bool = False
    check: str = ""

    @property
    def missing(self) -> str:
        """What it needs first before it may be read by a second officer."""
        parts = {"verdict": self.verdict, "summary": self.summary, "source": self.sources}
        return next((part for part, value in parts.items() if not value), "")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as the desk works on it: one report of it or many.

    `office` has taken it and `draft_by` wrote `draft`; `finding`, the `revision`th, is told now.
    """

    id: int
    state: str
    harm: str
    language: str
    opened_at: datetime
    due_at: datetime
    reports: int = 1
    office: int | None = None
    finding: Finding | None = None
    draft: Finding | None = None
    draft_by: int | None = None
    revision: int = 0
    slug: str = ""
    looked_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Case:
    """One report as its reporter sees it by its code."""

    id: int
    claim: Claim
    statement: Statement | None
    opened_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """Something to be told to a reporter; `kind`: verdict, correction, question, late or expiry."""

    id: int
    report_id: int
    kind: str
    language: str
    claim: Claim
    text: str = ""
    expires_at: datetime | None = None
