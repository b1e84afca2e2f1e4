"""The shapes of what editors write: topic, article, source, unit; unknown fields are refused."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from bot.lunar import Lunar, day_in, lunar_of

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]
State = Literal["draft", "checked"]


def _only_a_day(value: object, info: ValidationInfo) -> object:
    """A YAML date is a day; pydantic would also take seconds since 1970 and a time of day.

    JSON, by which content is kept and handed on, has no dates but their texts.
    """
    if type(value) is date or value is None or (info.mode == "json" and isinstance(value, str)):
        return value
    raise ValueError("must be a date such as 2026-11-23, without quotes")


Day = Annotated[date, BeforeValidator(_only_a_day)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ContentSource(Strict):
    """Who issued it, under which title and number. Nothing is published without one."""

    title: Line
    issuer: Line
    number: Line | None = None
    date: Day | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)] | None = None


class Text(Strict):
    """One language of an article, plain structure only."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    body: Body
    state: State


class Picture(Strict):
    """A file below content/media and what it shows, for those who cannot see it."""

    file: Annotated[str, StringConstraints(pattern=r"^media/[a-z0-9/-]+\.(png|jpg)$")]
    alt: Mapping[Tag, Line] = Field(min_length=1)


# What every text must be told in as long as topics.yaml does not say otherwise.
USUAL_LANGUAGES = ("vi", "en")
# What topics.yaml may ask for beside the articles of its topics.
Group = Literal[
    "award.yaml", "calendar.yaml", "contacts.yaml", "factchecks", "questions", "topics.yaml"
]


class Topic(Strict):
    """A subject that a person can read about.

    Each of its articles must speak all of `languages`; of those in `at_least`, so many articles.
    """

    slug: Slug
    languages: tuple[Tag, ...] = Field(default=USUAL_LANGUAGES, min_length=1)
    at_least: Mapping[Tag, Annotated[int, Field(ge=1)]] = Field(default={})
    name: Mapping[Tag, Line] = Field(min_length=1)
    about: Mapping[Tag, Line] = Field(min_length=1)
    picture: Picture | None = None


class Article(Strict):
    """A sourced message; without a `published` day it is delivered to nobody."""

    id: Slug
    topic: Slug
    facts: tuple[Slug, ...] = ()
    published: Day | None = None
    expires: Day | None = None
    sources: tuple[ContentSource, ...] = Field(min_length=1)
    text: Mapping[Tag, Text] = Field(min_length=1)
    picture: Picture | None = None

    def is_out(self, today: date) -> bool:
        """Published by `today` and not expired."""
        if self.published is None or self.published > today:
            return False
        return self.expires is None or today < self.expires

    def in_language(self, languages: Iterable[str]) -> str:
        """The first of `languages` that the article speaks, else Vietnamese, else any."""
        return next(tag for tag in (*languages, "vi", *self.text) if tag in self.text)


class Office(Strict):
    """Where a unit can be found by people."""

    address: Line | None = None
    hours: Line | None = None
    phone: Line | None = None


class Unit(Strict):
    """A body of the organisation, for the first import; the one without parent is the top."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$")]
    name: Line
    parent: str | None = None
    kind: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    is_foreign_invested: bool | None = None
    sector: Annotated[str, StringConstraints(max_length=80)] | None = None
    headcount: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    office: Office | None = None


class Topics(Strict):
    """All topics; `others` are the languages of what is no article, by where it stands."""

    others: Mapping[Group, tuple[Tag, ...]] = Field(default={})
    checked: tuple[Tag, ...] = ()
    topics: tuple[Topic, ...] = Field(min_length=1)


class Units(Strict):
    units: tuple[Unit, ...] = Field(min_length=1)


class CalendarEntry(Strict):
    """A marked day: every year (`since` a day, `yearly`, or `lunar`), or on `days` that are listed.

    `yearly` and `lunar` are a month and a day; a lunar 30th of a short month is its 29th.
    `text` is what a message about the day says; relations between states are told by their dates.
    """

    id: Slug
    kind: Literal["diplomatic", "holiday", "international", "memorial"]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    topic: Slug = "events"
    since: Day | None = None
    yearly: Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$")] | None = None
    lunar: Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d$")] | None = None
    days: tuple[Day, ...] = ()
    name: Mapping[Tag, Line] = Field(default_factory=dict)
    text: Mapping[Tag, Note] = Field(default_factory=dict)
    sources: tuple[ContentSource, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_when_and_what(self) -> Self:
        said = (self.since is not None, bool(self.yearly), bool(self.lunar), bool(self.days))
        if sum(said) != 1:
            raise ValueError("exactly one of since, yearly, lunar and days says when")
        if self.yearly:
            date.fromisoformat(f"2024-{self.yearly}")
        if self.lunar:
            _lunar(self.lunar)
        if self.kind == "diplomatic" and not (self.country and self.since):
            raise ValueError("a diplomatic day has a country and since")
        if self.kind != "diplomatic" and "vi" not in self.name:
            raise ValueError("has no Vietnamese name")
        if self.text and "vi" not in self.text:
            raise ValueError("has no Vietnamese text")
        return self

    def falls_on(self, day: date) -> bool:
        if self.since is not None:
            return day > self.since and _same_day(self.since, day)
        if self.yearly is not None:
            return f"{day:%m-%d}" == self.yearly
        if self.lunar is not None:
            return day == day_in(lunar_of(day)[1], _lunar(self.lunar))
        return day in self.days


class Contact(Strict):
    """A public number; without a `confirmed` day nobody has tested it and nobody is shown it."""

    id: Slug
    name: Mapping[Tag, Line] = Field(min_length=1)
    number: Annotated[str, StringConstraints(pattern=r"^[+0-9 ().-]{2,24}$")]
    about: Mapping[Tag, Line] = Field(min_length=1)
    confirmed: Day | None = None
    sources: tuple[ContentSource, ...] = Field(min_length=1)


class Calendar(Strict):
    """`checked` are the languages that an editor has checked here."""

    checked: tuple[Tag, ...] = ()
    entries: tuple[CalendarEntry, ...] = ()


class Contacts(Strict):
    """`checked` are the languages that an editor has checked here."""

    checked: tuple[Tag, ...] = ()
    contacts: tuple[Contact, ...] = ()


@cache
def _lunar(text: str) -> Lunar:
    """From a month and a day. Raises ValueError."""
    month, day = text.split("-")
    return Lunar(int(day), int(month))


def _same_day(first: date, day: date) -> bool:
    """The same day of the year; 29 February is marked on the 28th in other years."""
    if (first.month, first.day) == (2, 29) and not calendar.isleap(day.year):
        return (day.month, day.day) == (2, 28)
    return (first.month, first.day) == (day.month, day.day)
