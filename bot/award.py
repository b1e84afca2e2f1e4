"""Works that members register for the award: what is kept of one, and the rules of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlsplit

# The topic of the award: an office for this topic alone reaches its works.
TOPIC = "award"
# Days before the deadline on which those are reminded who should be.
STEPS = (30, 15, 5)
MOST_WORKS = 20
LONGEST_TITLE = 200
LONGEST_LINK = 500
LONGEST_CONTACT = 200
# Something is missing yet, or nothing is.
OPEN, COMPLETE = "open", "complete"
# A work's language where it is none that the bot speaks.
OTHER_LANGUAGE = "und"
_KEPT_AFTER_RESULTS = timedelta(days=180)
_KEPT_AT_MOST = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Details:
    """What the maker typed, kept sealed; without a link the work is brought to the office."""

    title: str
    link: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered work. `unit_id` is its maker's unit of that time; `done` are ticked items.

    It is forgotten on `forget_on`, the day that its maker agreed to, or earlier.
    """

    code: str
    edition: str
    category: str
    language: str
    details: Details
    state: str
    forget_on: date
    unit_id: int | None = None
    done: frozenset[str] = frozenset()
    registered_on: date | None = None


def changed(entry: Entry, part: str, value: str) -> Entry:
    """The work with a new title, link, contact, category or language.

    Another link or category asks for another look: what was ticked is ticked no more.
    """
    if part == "language":
        return replace(entry, language=value)
    if part == "category":
        done = entry.done if entry.category == value else frozenset[str]()
        return replace(entry, category=value, done=done)
    details = replace(entry.details, **{part: value})
    if part != "link" or entry.details.link == value:
        return replace(entry, details=details)
    return replace(entry, details=details, state=COMPLETE, done=frozenset())


def step_due(deadline: date | None, today: date) -> int | None:
    """The step whose reminder is due: the nearest one only, however many were missed."""
    if deadline is None or deadline < today:
        return None
    left = (deadline - today).days
    return min((step for step in STEPS if left <= step), default=None)


def forget_on(today: date, results: date | None) -> date:
    """Half a year after the results; two years from now where those are not known."""
    latest = today + _KEPT_AT_MOST
    return min(latest, max(today, results) + _KEPT_AFTER_RESULTS) if results else latest


def read_link(text: str) -> str | None:
    """The link as it was written; None for what is none of the web's, or holds a password."""
    text = text.strip()
    if len(text) > LONGEST_LINK or len(text.split()) != 1:
        return None
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    is_of_the_web = parts.scheme.lower() in {"http", "https"} and "@" not in parts.netloc
    return text if is_of_the_web and host and "." in host.strip(".") else None
