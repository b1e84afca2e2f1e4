"""The shapes of what editors write: topic, article, source, unit; unknown fields are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]
State = Literal["draft", "checked"]


def _only_a_day(value: object) -> object:
    """A YAML date is a day; pydantic would also take seconds since 1970 and a time of day."""
    if type(value) is date or value is None:
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


class Topic(Strict):
    """A subject that a person can read about."""

    slug: Slug
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


class Unit(Strict):
    """A body of the organisation; the one without parent is who sends the messages."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$")]
    name: Line
    parent: str | None = None
    kind: Line


class Topics(Strict):
    topics: tuple[Topic, ...] = Field(min_length=1)


class Units(Strict):
    units: tuple[Unit, ...] = Field(min_length=1)
