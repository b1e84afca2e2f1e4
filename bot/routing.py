"""Routes from what a person did to the handler that answers; the first match wins."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.campaigns import Campaign
from bot.claims import Deadlines
from bot.contests import Round
from bot.factchecks import FactChecks
from bot.language import Languages, Voice, pick
from bot.library import Library
from bot.model import LIST_LINES, TAP, Address, Answer, Choice, Event, Person, Reply, Session
from bot.organisation import Structure, Tree
from bot.planner import Planner
from bot.row_numbers import row_number
from bot.schedule import Quiet, read_zone
from bot.search import Search, fold
from bot.store import Store, Work

# Fetches a picture from the channel on which it was sent, by its handle. Raises PictureFault.
Fetch = Callable[[Address, str], Awaitable[bytes]]
# Opens a round of a contest before its time. None: there is none; raises ContentError.
OpenRound = Callable[[str, str, datetime], Awaitable[Round | None]]

# What people put around a word, in all scripts.
_ENDS = " .!?…,。！？．、，「」“”\"'\u3000។ฯ"
# A hash tag that somebody writes ("#congdoan") is no value.
_TAPPED = re.compile(rf"{TAP}(/[a-z]|[a-z0-9]+:)\S{{0,62}}", re.ASCII)
# What may follow a plain word: an article's number with a language, or the code of a unit.
NUMBERED = r"\d{1,6}( [A-Za-z-]{2,8})?"
CASE_CODED = r"[A-Za-z0-9]{4}([ -]?[A-Za-z0-9]{4}){2}"
UNIT_CODED = r"(?=\S*[\d_-])[A-Za-z0-9][A-Za-z0-9_.-]{0,31}"
# A code as it stands on a poster or in an invitation, typed where no link can be opened.
_OPENING = re.compile(r"([uil])_([A-Za-z0-9][A-Za-z0-9_. -]{0,40})", re.ASCII | re.IGNORECASE)
LIST_OPEN = timedelta(hours=24)


@dataclass(frozen=True)
class Services:
    """What every handler may read: the content and the words."""

    library: Library
    languages: Languages
    search: Search
    zone: ZoneInfo
    quiet: str = "21:30-06:30"
    planner: Planner | None = None
    structure: Structure = field(default_factory=Structure)
    # Those that were launched, by number: what waits for somebody is made from them.
    campaigns: dict[int, Campaign] = field(default_factory=dict)
    # From so many messages a day to the same people on an officer is warned.
    broadcasts_per_day: int = 2
    # The lasting number of each article, by which it can be asked for: `read 34`.
    numbers: dict[str, int] = field(default_factory=dict)
    fetch: Fetch | None = None
    open_round: OpenRound | None = None
    # Reads the words in a picture, where that is set.
    read_text: Callable[[bytes], Awaitable[str]] | None = None
    factchecks: FactChecks = field(default_factory=lambda: FactChecks(()))
    deadlines: Deadlines = field(default_factory=Deadlines)

    def today(self) -> date:
        """The day it is in the house's zone."""
        return datetime.now(self.zone).date()

    def numbered(self, code: str) -> str | None:
        """The id of the article with that number."""
        wanted = row_number(code)
        return next((name for name, number in self.numbers.items() if number == wanted), None)


async def _nothing_follows(_seconds: float) -> bool:
    return False


@dataclass
class Context:
    """What a handler knows of one event; `store` is asked, what changes goes through `work`."""

    person: Person
    session: Session
    argument: str
    say: Voice
    services: Services
    store: Store
    now: datetime
    # When it was acknowledged, from which on it waited for its turn: a clock that runs out in
    # between has not run out for who was in time.
    heard_at: datetime
    work: Work = field(default_factory=Work)
    # Whether the same person says more within so many seconds, which is answered next.
    more_follow: Callable[[float], Awaitable[bool]] = _nothing_follows

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def house_day(self) -> date:
        """The day by the house's clock, under which things are counted."""
        return self.now.astimezone(self.services.zone).date()

    @property
    def tree(self) -> Tree:
        return self.services.structure.tree

    @property
    def zone(self) -> ZoneInfo:
        """The person's own zone, else the house's."""
        return read_zone(self.person.zone) if self.person.zone else self.services.zone

    @property
    def quiet(self) -> Quiet:
        return Quiet.read(self.person.quiet or self.services.quiet)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages to look for a text in, best first."""
        return self.services.languages.fallbacks(self.say.tag)

    def pick(self, texts: Mapping[str, str]) -> str:
        """The text in the first of the person's languages that there is."""
        return pick(texts, self.languages)

    def reply(self, body: str = "", *, title: str = "", choices: Iterable[Choice] = ()) -> Reply:
        return Reply(title=title, body=body, choices=tuple(choices), language=self.say.tag)

    def answer(self, *replies: Reply, session: Session | None = None) -> Answer:
        """The answer; unless said otherwise a dialogue that was open is over."""
        return Answer(replies, session or self.session.rested())


Handler = Callable[[Event, Context], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One thing the bot can do: `kind` and `name` say when, `handler` says what."""

    kind: str
    name: str
    handler: Handler
    words: str = ""
    about: str = ""
    code: str = ""
    takes_numbers: bool = False


def command(
    name: str, handler: Handler, words: str = "", about: str = "", *, code: str = ""
) -> Route:
    """A slash word, and plain words for it (a comma-separated text to translate).

    What matches `code` may follow the plain word: `read 34`.
    """
    return Route("command", name, handler, words, about, code)


def action(verb: str, handler: Handler) -> Route:
    """A choice whose value is `verb:argument`."""
    return Route("action", verb, handler)


def state(name: str, handler: Handler, *, takes_numbers: bool = False) -> Route:
    """Free text while the session is in that state.

    A number is that of a choice, unless the state is one that asked for a number.
    """
    return Route("state", name, handler, takes_numbers=takes_numbers)


def sent(name: str, handler: Handler) -> Route:
    """A picture or a file while the session is in that state."""
    return Route("sent", name, handler)


def otherwise(kind: str, handler: Handler) -> Route:
    """What is left: `forwarded`, `attachment`, `old` (unknown words and buttons), `number`,
    `empty`, `text`."""
    return Route(kind, "", handler)


class Router:
    """Reads what was said and finds its route."""

    def __init__(self, routes: tuple[Route, ...], languages: Languages) -> None:
        self.routes = routes
        self._coded = {route.name: re.compile(route.code) for route in routes if route.code}
        self._takes_forwards = frozenset(r.name for r in routes if r.kind in {"state", "sent"})
        self._numeric = frozenset(route.name for route in routes if route.takes_numbers)
        # Zero stands under a numbered list that goes on.
        self._words: dict[str, str] = {"0": "more"}
        for route in routes:
            for word in languages.words(route.words) if route.words else ():
                self._words.setdefault(word.casefold(), route.name)
                self._words.setdefault(fold(word), route.name)

    def find(self, event: Event, session: Session, now: datetime) -> tuple[Handler, str]:
        """The handler and its argument; the last route takes what none else does."""
        asked = self._read(event, session, now)
        for route in self.routes:
            for kind, name, argument in asked:
                if (route.kind, route.name) == (kind, name):
                    return route.handler, argument
        return self.routes[-1].handler, event.text

    def _read(self, event: Event, session: Session, now: datetime) -> list[tuple[str, str, str]]:
        """What the event may mean, as (kind, name, argument)."""
        if event.is_forwarded and session.state not in self._takes_forwards:
            return [("forwarded", "", event.text)]
        if event.attachment is not None:
            return [("sent", session.state, event.text), ("attachment", "", "")]
        if event.choice:
            return [_as_value(event.choice), ("old", "", event.choice)]
        text = event.text.strip()
        return self._read_text(text, session, now) if text else [("empty", "", "")]

    def _read_text(self, text: str, session: Session, now: datetime) -> list[tuple[str, str, str]]:
        if session.state in self._numeric and text.isdecimal():
            return [("state", session.state, text)]
        if chosen := _as_listed(text, _open_choices(session, now)):
            return [_as_value(chosen), ("old", "", chosen)]
        if text.startswith("/") or _TAPPED.fullmatch(text):
            value = text.removeprefix(TAP)
            return [_as_value(value), ("old", "", value)]
        if opening := _OPENING.fullmatch(text):
            return [("command", "start", f"{opening[1].lower()}_{opening[2].strip()}")]
        if meant := self._as_words(text):
            return [meant]
        if session.state:
            return [("state", session.state, text), ("text", "", text)]
        if text.isdecimal() and len(text) <= 2:
            return [("number", "", text)]
        return [("text", "", text)]

    def _as_words(self, text: str) -> tuple[str, str, str] | None:
        """A command in plain words, or a word and a code: `read 34`, `read 34 en`.

        Read as written: "dung" may stand for "dừng" (stop), but "đúng" (right) never does.
        """
        if name := self._words.get(text.casefold().strip(_ENDS)):
            return "command", name, ""
        parts = text.split()
        for cut in range(1, min(len(parts), 6)):
            name = self._words.get(" ".join(parts[:cut]).casefold())
            code = " ".join(parts[cut:])
            if name in self._coded and self._coded[name].fullmatch(code):
                return "command", name, code
        return None


def _open_choices(session: Session, now: datetime) -> tuple[Choice, ...]:
    if session.shown_at is None or now - session.shown_at > LIST_OPEN:
        return ()
    return session.choices


def _as_listed(text: str, choices: tuple[Choice, ...]) -> str:
    """The value of the choice that the text names by number, label or value, or nothing."""
    if text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= min(len(choices), LIST_LINES):
        return choices[int(text) - 1].value
    folded = fold(text)
    return next((c.value for c in choices if text == c.value or folded == fold(c.label)), "")


def _as_value(value: str) -> tuple[str, str, str]:
    """`/command argument` (Telegram may add @bot to the command) or `verb:argument`."""
    if value.startswith("/"):
        name, _, argument = value[1:].partition(" ")
        return "command", name.partition("@")[0].lower(), argument.strip()
    verb, _, argument = value.partition(":")
    return "action", verb, argument


def command_list(routes: tuple[Route, ...]) -> Mapping[str, str]:
    """The commands that a platform's own menu shows, each with the msgid of its description."""
    return {r.name: r.about for r in routes if r.kind == "command" and r.about}
