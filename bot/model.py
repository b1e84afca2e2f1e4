"""The nouns that everything speaks of: person, address, event, reply, session; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

MAX_CHOICE_BYTES = 64
# How many choices stand as numbered lines at once, where there are no buttons.
LIST_LINES = 9
# So much of a button's label is surely seen on a phone.
LABEL_SHOWN = 34
# What a button's value begins with where the platform sends a tap as if it had been typed.
TAP = "#"


@dataclass(frozen=True, slots=True)
class Address:
    """How one channel reaches someone: `channel` names it, `address` is that channel's own id."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """A human with one address or several; consent, language and unit belong here.

    `consent` is the version of the text that they agreed to (`bot/consents.py` tells what it still
    allows), `consent_asked` that of the newest one that they were asked about, `practice` that of
    the one by which what they answer in practice is kept. Who may hold no
    office holds none; who may is asked for.
    """

    id: int
    language: str | None = None
    consent: str | None = None
    has_stopped: bool = False
    zone: str | None = None
    quiet: str | None = None
    unit_id: int | None = None
    preferred_channel: str | None = None
    consent_asked: str | None = None
    practice: str | None = None
    # Not compared: it says what need not be asked, and nothing of whom.
    may_hold_office: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody wants to be sent: `every` message, one `daily`, or a `weekly` few.

    `at` is the time of day in their zone, `weekday` counts from Monday as 0.
    """

    topics: frozenset[str]
    since: date
    frequency: str = "daily"
    at: time = time(18, 0)
    weekday: int = 6
    wants_calendar: bool = False


@dataclass(frozen=True, slots=True)
class Reminder:
    """A day that its owner wants to be warned of; `id` is 0 until it is kept."""

    label: str
    day: date
    id: int = 0


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a scheduled message holds; it is made into a reply when it is sent, not before.

    `kind` is `article`, `digest`, `calendar`, `reminder`, `notice`, `campaign`,
    `award`, `plan` or `days`; `articles` are ids.
    """

    kind: str
    articles: tuple[str, ...] = ()
    day: date | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A question that somebody answered in practice: how far they are, and when it comes back."""

    question: str
    step: int
    due_at: datetime
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A text file that travels with a reply, such as what is kept about somebody."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """That something was sent along, never its bytes; `problem` says why it was refused.

    By its `handle` the channel can fetch a picture, for as long as the platform keeps it.
    """

    kind: str
    problem: str = ""
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """When the platform says a contact was made, where its rules hang on that; or a leaving.

    `kind` is `message`, `follow` or `leave`.
    """

    at: datetime
    kind: str = "message"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a person did, with only the fields the bot uses.

    `id` is unique within the channel; `choice` is the value of a tapped button;
    `language` is what the client says it speaks (a BCP 47 tag, or empty); `contact` is set only
    where the platform lets us write for some time after it; `tapped` is the platform's number of
    the message whose button it was, where there is one. Of what `is_forwarded` nothing is kept of
    whom it came from.
    """

    id: str
    address: Address
    text: str = ""
    choice: str = ""
    language: str = ""
    attachment: Attachment | None = None
    blocked: bool = False
    contact: Contact | None = None
    tapped: int = 0
    is_forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. Its value grants nothing: handlers check rights again.

    `word` is what may be typed instead at any time, where there are no buttons and a number would
    mean another list: `read 34`.
    """

    label: str
    value: str
    word: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.value.encode()) <= MAX_CHOICE_BYTES:
            raise ValueError(f"a choice's value takes 1 to {MAX_CHOICE_BYTES} bytes: {self.value}")


@dataclass(frozen=True, slots=True)
class Media:
    """A picture with its alternative text, named by its path in the content folder.

    What lies under `media/sent/` there is none of the folder's: it is in the store.
    """

    kind: str
    file: str
    alt: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from, as one readable label and perhaps an address."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: what stands above it, how long each of its parts is, what it tells.

    Without parts it is a line of words only.
    """

    label: str
    parts: tuple[int, ...]
    told: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Bars that are measured by the same whole; 0: the longest of them."""

    title: str
    bars: tuple[Bar, ...]
    whole: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, stacked of parts that `legend` names in order; `alt` says the same in words."""

    title: str
    sections: tuple[Section, ...]
    legend: tuple[str, ...] = ()
    alt: str = ""
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a person: plain text, where a blank line parts paragraphs and `- ` a list.

    `text_language` is that of title and body, where it is another than that of all the rest.
    A `chart` becomes a picture where there are any. What `follows` a campaign is kept up to date
    in place where the platform can; `replaces` is the platform's number of the message whose place
    this one takes. So many of its first choices as are `spelled` must be readable to their end:
    where a button would cut one of them, they stand in the text as well. Where it asks for a
    number, its choices have none: they are written in words.
    """

    title: str = ""
    body: str = ""
    choices: tuple[Choice, ...] = ()
    media: tuple[Media, ...] = ()
    sources: tuple[Source, ...] = ()
    sources_label: str = ""
    note: str = ""
    document: Document | None = None
    language: str = "vi"
    text_language: str = ""
    chart: Chart | None = None
    follows: int = 0
    replaces: int = 0
    spelled: int = 0
    asks_number: bool = False

    @property
    def is_cut_on_buttons(self) -> bool:
        return any(len(choice.label) > LABEL_SHOWN for choice in self.choices[: self.spelled])


@dataclass(frozen=True, slots=True)
class Session:
    """Where the talk with one address stands: a state, its data, and the last list shown."""

    state: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    shown_at: datetime | None = None

    def at(self, state: str, **data: str) -> Session:
        return replace(self, state=state, data=data)

    def rested(self) -> Session:
        return replace(self, state="", data={})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler decides: the replies to say and the session that follows."""

    replies: tuple[Reply, ...]
    session: Session = field(default_factory=Session)
