"""A campaign: a message to an audience, from draft to done; what each state allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.audience import Audience
from bot.organisation import Tree
from bot.rights import Office, permitting

DRAFT, AWAITING, SCHEDULED, RUNNING, PAUSED, DONE, CANCELLED = (
    "draft",
    "awaiting-approval",
    "scheduled",
    "running",
    "paused",
    "done",
    "cancelled",
)
# An officer's word, the states in which it may be said, and the state that follows.
MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    "ask": (frozenset({DRAFT}), AWAITING),
    "edit": (frozenset({DRAFT, AWAITING, SCHEDULED}), DRAFT),
    "approve": (frozenset({AWAITING}), SCHEDULED),
    "send": (frozenset({DRAFT}), SCHEDULED),
    "launch": (frozenset({SCHEDULED}), RUNNING),
    "pause": (frozenset({RUNNING}), PAUSED),
    "resume": (frozenset({PAUSED}), RUNNING),
    "cancel": (frozenset({DRAFT, AWAITING, SCHEDULED, RUNNING, PAUSED}), CANCELLED),
    "finish": (frozenset({RUNNING}), DONE),
    "again": (frozenset({DONE, RUNNING, PAUSED}), RUNNING),
    "hold": (frozenset({SCHEDULED}), PAUSED),
    "adopt": (frozenset({PAUSED}), AWAITING),
}
# What is paused goes on if it had begun. What was held back before is approved anew, at the word of
# an officer who becomes its author.
HAS_BEGUN: Mapping[str, bool] = {"resume": True, "again": True, "adopt": False}
# How a correction is made: a message anew, or what was sent edited or deleted where it can be.
SEND, EDIT, DELETE = "send", "edit", "delete"
# Up to so many people in a day one officer may write to alone.
WITHOUT_APPROVAL = 20
# How long after the launch of a campaign its picture is shown, in the inbox or to who waited.
PICTURE_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Words:
    """One language of a message."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the message comes from: the compulsory source."""

    title: str
    issuer: str
    number: str = ""
    day: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a message; `file` names it in the store, `alt` says by language what it shows.

    Without any `alt` it is not ready to be sent.
    """

    file: str
    alt: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent; `unit_id` is the unit in whose name."""

    text: Mapping[str, Words] = field(default_factory=dict)
    topic: str = ""
    sources: tuple[Origin, ...] = ()
    expires: date | None = None
    unit_id: int = 0
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """`author` and `approver` are numbers of offices, 0: the command line; `id` 0: not kept yet.

    What is repeated by the rule `repeat` (RFC 5545) began at `began_at`; each time it goes out is a
    campaign of its own, and all are in the `series` that is numbered after the first.
    A correction goes to exactly those whom campaign `corrects` has reached; of one that deletes,
    the message is the one that is deleted.
    """

    id: int
    state: str
    message: Message
    audience: str
    is_urgent: bool = False
    at: datetime | None = None
    author: int = 0
    approver: int | None = None
    reason: str | None = None
    launched_at: datetime | None = None
    repeat: str = ""
    began_at: datetime | None = None
    series: int = 0
    changed_at: datetime | None = None
    corrects: int | None = None
    manner: str = SEND
    ended_at: datetime | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What a draft still lacks, in the order in which it is asked for."""
        lacks = {
            "text": not self.message.text,
            "topic": not self.message.topic,
            "source": not self.message.sources,
            "audience": not self.audience,
            "alt": self.message.picture is not None and not self.message.picture.alt,
        }
        return tuple(name for name, is_missing in lacks.items() if is_missing)

    def message_on(self, day: date) -> Message:
        """The message as it is shown on that day: later than a month it has no picture."""
        if self.launched_at is None or day <= self.launched_at.date() + PICTURE_KEPT:
            return self.message
        return replace(self.message, picture=None)


def reaching(
    offices: tuple[Office, ...], verb: str, tree: Tree, audience: Audience, topic: str
) -> Office | None:
    """The office by which `verb` is allowed for that whole audience and topic, or None.

    Of the top: any audience. Of another unit: one that names units below it, and nobody else.
    """
    units = [tree.find(code) for code in audience.included.get("unit", ())]
    wanted = [unit for unit in units if unit is not None]
    if len(wanted) < len(units):
        return None
    for office in offices:
        reached = wanted or [tree.top]
        if all(permitting((office,), verb, tree, unit, topic) for unit in reached):
            return office
    return None
