"""What a walk through the bot needs around it: platforms, a clock, notes of where it came by."""

from __future__ import annotations

import html
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from bot.channels import NotNow, Refused, Said, SendError, Throttled, Unknown, Unreachable, Unsent
from bot.channels.lists import numbered_parts, worded_parts
from bot.channels.telegram.writing import messages as telegram_messages
from bot.channels.text import utf16_length
from bot.channels.zalo_oa.writing import messages as oa_messages
from bot.language import Languages
from bot.model import Event, Reply, Session
from bot.pictures import PictureFault
from bot.routing import Route, Router
from bot.store import Pending
from handlers import ROUTES

_FAILURES = (Throttled(3), Unsent(), Unknown(), Refused(), NotNow(), Unreachable())
_TAG = re.compile(r"<[^>]+>")


class Platform:
    """Where messages go that come unasked: now and then one fails, in each of the ways."""

    waits_for_receipt = False
    per_second = 1000.0

    def __init__(self, name: str, dice: Random, languages: Languages, picture: bytes) -> None:
        self.name = name
        self._picture = picture
        self._dice = dice
        self._languages = languages
        self._numbers = iter(range(1, 10**9))

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> Said:
        fits(pending.reply, self._languages, is_unasked=True)
        if self._dice.random() < 0.15:
            failure: SendError = self._dice.choice(_FAILURES)
            raise failure
        return Said(numbers=(next(self._numbers),))

    async def fetch(self, handle: str) -> bytes:
        if handle != "walk":
            raise PictureFault("gone")
        return self._picture


@dataclass
class Visits:
    """Which routes were taken, by kind and name, and how many steps there were."""

    routes: Counter[tuple[str, str]] = field(default_factory=Counter)
    taps: Counter[str] = field(default_factory=Counter)
    steps: int = 0

    @property
    def missed(self) -> list[tuple[str, str]]:
        return sorted({(one.kind, one.name) for one in ROUTES} - set(self.routes))


class Watched(Router):
    """The bot's own router, which notes where the walk came by."""

    def __init__(self, languages: Languages, visits: Visits) -> None:
        super().__init__(ROUTES, languages)
        self._visits = visits
        self.session = Session()
        self.taken: Route = ROUTES[-1]

    def find(self, event: Event, session: Session, now: datetime):  # type: ignore[no-untyped-def]
        asked = self._read(event, session, now)
        known = {(one.kind, one.name): one for one in reversed(ROUTES)}
        order = [(one.kind, one.name) for one in ROUTES]
        found = [key for key in order if key in {(kind, name) for kind, name, _ in asked}]
        self.session = session
        self.taken = known[found[0]] if found else ROUTES[-1]
        self._visits.routes[self.taken.kind, self.taken.name] += 1
        return super().find(event, session, now)


class Faults(logging.Handler):
    """What was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "was refused by the platform" not in record.getMessage():  # as it was made to be
            self.found.append(self.format(record))


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def fits(reply: Reply, languages: Languages, *, is_unasked: bool = False) -> None:
    """There is something to read, and each channel can take it as it is."""
    assert reply.title or reply.body or reply.media or reply.document or reply.chart, reply
    for choice in reply.choices:
        assert choice.label.strip(), choice
        assert len(choice.value.encode()) <= 64, choice
    for text in _texts(reply, languages, is_unasked=is_unasked):
        assert text.strip(), reply


def _texts(reply: Reply, languages: Languages, *, is_unasked: bool) -> Iterator[str]:
    """Every text that would go out anywhere, each within that platform's limits."""
    for message in telegram_messages(reply):
        text = html.unescape(_TAG.sub("", message.html))
        limit = 1024 if message.picture or message.chart else 4096
        assert utf16_length(text) <= (4096 if message.chart else limit), reply
        if message.is_text:
            yield text
        if message.keyboard is not None:
            assert len(message.keyboard.inline_keyboard) <= 100, reply
    say = languages.voice(reply.language)
    parts = (worded_parts if is_unasked else numbered_parts)(reply, say, 2000)
    assert parts or reply.document, reply
    for part in parts:
        assert utf16_length(part) <= 2000, reply
        yield part
    for one in oa_messages(reply, say, has_buttons=True, is_unasked=is_unasked):
        assert utf16_length(one.text) <= 2000, reply
        if not one.items:
            yield one.text


def kind_of(value: str) -> str:
    return value.partition(":")[0]


def gives_up(value: str) -> bool:
    return value.endswith((":cancel", ":drop", ":delete", ":withdraw", ":undo", ":opinion"))


def shape_of(value: str) -> str:
    """A choice's value without the numbers and codes in it."""
    return re.sub(r"[A-Z0-9]{2,}[-A-Z0-9]*|\d+", "#", value)
