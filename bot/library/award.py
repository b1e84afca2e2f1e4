"""The shape of content/award.yaml: what is known of the award, and openly what is not known yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, model_validator

from bot.library.models import ContentSource, Day, Line, Slug, Strict, Tag
from bot.library.reader import Fault, Reader

# Short enough to stand in a choice beside a work's code.
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=24)]
Told = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Form = Literal["link", "office"]


def _known_or_unknown(value: object, info: ValidationInfo) -> object:
    """None for `unknown`, which must be written out: nothing is left blank.

    JSON, by which content is kept, has null for it.
    """
    if value == "unknown" or (value is None and info.mode == "json"):
        return None
    if isinstance(value, (dict, Known)):
        return value
    raise ValueError("must be unknown, or a day with its sources")


class Known(Strict):
    """A day of an edition."""

    day: Day
    sources: tuple[Slug, ...] = Field(min_length=1)


class Unknown(Strict):
    """When the days that are unknown were looked up, and where they will stand."""

    looked_on: Day
    note: Mapping[Tag, Told] = Field(min_length=1)
    sources: tuple[Slug, ...] = Field(min_length=1)


Moment = Annotated[Known | None, BeforeValidator(_known_or_unknown)]


class Statement(Strict):
    """A sentence and the keys of its sources."""

    text: Mapping[Tag, Told] = Field(min_length=1)
    facts: tuple[Slug, ...] = ()
    sources: tuple[Slug, ...] = Field(min_length=1)


class CheckItem(Strict):
    """What a dossier needs: by its sources, or only `usual` for such dossiers."""

    id: Key
    text: Mapping[Tag, Told] = Field(min_length=1)
    facts: tuple[Slug, ...] = ()
    sources: tuple[Slug, ...] = ()
    usual: bool = False

    @model_validator(mode="after")
    def _says_how_sure(self) -> Self:
        if bool(self.sources) == self.usual:
            raise ValueError("has either sources or usual: true")
        return self


class Category(Strict):
    """What a work may be entered as; `forms` are the ways in which the office can get it."""

    id: Key
    name: Mapping[Tag, Line] = Field(min_length=1)
    languages: Literal["any", "vietnamese", "foreign"] = "any"
    forms: tuple[Form, ...] = Field(min_length=1)
    checklist: tuple[CheckItem, ...] = ()

    def allows(self, language: str) -> bool:
        return self.languages == "any" or (language == "vi") == (self.languages == "vietnamese")


class Edition(Strict):
    """The edition that works are registered for; `formerly` are ids that it had before.

    A day that is None is not known, as `unknown` says.
    """

    id: Slug
    formerly: tuple[Slug, ...] = ()
    name: Mapping[Tag, Line] = Field(min_length=1)
    launch: Moment
    published_from: Moment
    published_until: Moment
    deadline: Moment
    results: Moment
    unknown: Unknown | None = None

    @model_validator(mode="after")
    def _says_where_the_rest_will_stand(self) -> Self:
        if self.unknown is None and None in self.days.values():
            raise ValueError("a day is unknown, so unknown says when it was looked up, and where")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.id, *self.formerly)

    @property
    def days(self) -> Mapping[str, date | None]:
        """By the field's name, in the order of time."""
        moments = {
            "launch": self.launch,
            "published_from": self.published_from,
            "published_until": self.published_until,
            "deadline": self.deadline,
            "results": self.results,
        }
        return {name: one.day if one else None for name, one in moments.items()}

    def is_closed(self, today: date) -> bool:
        return self.deadline is not None and today > self.deadline.day


class Award(Strict):
    """All that is told of the award; `checked` are the languages that an editor has checked."""

    name: Mapping[Tag, Line] = Field(min_length=1)
    checked: tuple[Tag, ...] = ()
    sources: Mapping[Slug, ContentSource] = Field(min_length=1)
    about: tuple[Statement, ...] = Field(min_length=1)
    organisers: tuple[Statement, ...] = Field(min_length=1)
    how: tuple[Statement, ...] = Field(min_length=1)
    edition: Edition
    categories_from: Statement
    categories: tuple[Category, ...] = Field(min_length=1)
    checklist: tuple[CheckItem, ...] = ()

    def category(self, identifier: str) -> Category | None:
        return next((one for one in self.categories if one.id == identifier), None)

    def items(self, category: Category | None) -> tuple[CheckItem, ...]:
        """The checklist of a work: what every dossier needs, then what its category does."""
        return (*self.checklist, *(category.checklist if category else ()))


def award_faults(reader: Reader, found: Sequence[tuple[Path, Award]]) -> Iterator[Fault]:
    """What the shape alone does not tell: sources that are not there, days out of order."""
    for path, award in found:
        for keys, message in _faults(award):
            yield Fault(path, reader.line(path, *keys), message)


Where = tuple[str | int, ...]


def _faults(award: Award) -> Iterator[tuple[Where, str]]:
    yield from _source_faults(award)
    yield from _order_faults(award.edition)
    yield from _twice_faults(award)
    for keys, texts in _texts(award.model_dump(), ()):
        if "vi" not in texts:
            yield keys, f"{_dotted(keys)}: has no Vietnamese"


def _source_faults(award: Award) -> Iterator[tuple[Where, str]]:
    used = set()
    for keys, cited in _cited(award.model_dump(exclude={"sources"}), ()):
        used |= set(cited)
        for key in cited:
            if key not in award.sources:
                yield keys, f"{_dotted(keys)}: there is no source {key}"
    for key in award.sources:
        if key not in used:
            yield ("sources", key), f"sources.{key}: nothing is said by it"


def _order_faults(edition: Edition) -> Iterator[tuple[Where, str]]:
    known = [(name, day) for name, day in edition.days.items() if day is not None]
    for (_, before), (name, day) in pairwise(known):
        if day < before and name != "published_from":  # works count that came before the launch
            yield ("edition", name, "day"), f"edition.{name}: is earlier than what comes before it"


def _twice_faults(award: Award) -> Iterator[tuple[Where, str]]:
    seen: set[str] = set()
    for index, category in enumerate(award.categories):
        if category.id in seen:
            yield ("categories", index, "id"), f"{category.id}: stands here twice"
        seen.add(category.id)
        items = [item.id for item in award.items(category)]
        for place, item in enumerate(category.checklist):
            if items.count(item.id) > 1:
                keys = ("categories", index, "checklist", place, "id")
                yield keys, f"{item.id}: stands here twice"


def _cited(value: Any, keys: Where) -> Iterator[tuple[Where, tuple[str, ...]]]:
    """Every list of sources, and where it stands."""
    for key, below in _below(value):
        if key == "sources":
            yield (*keys, key), below
        else:
            yield from _cited(below, (*keys, key))


def _texts(value: Any, keys: Where) -> Iterator[tuple[Where, Mapping[str, str]]]:
    """Every text by language that is not left out."""
    for key, below in _below(value):
        if key in {"text", "name", "note"} and isinstance(below, Mapping):
            if below:
                yield (*keys, key), below
        else:
            yield from _texts(below, (*keys, key))


def _below(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, (list, tuple)):
        yield from enumerate(value)


def _dotted(keys: Where) -> str:
    return ".".join(str(key) for key in keys)
