"""The shape of content/plan.yaml: tasks of the yearly plan, its reports, and who issues them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from bot.library.models import Day, Line, Slug, Strict, Tag
from bot.library.reader import Fault, Reader

MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
# What can be counted, and by what it can be narrowed down. How: bot/planreport/measures.py.
MEASURES: Mapping[str, frozenset[str]] = {
    "articles": frozenset({"topic"}),
    "campaigns": frozenset({"topic"}),
    "messages": frozenset({"topic", "language", "channel"}),
    "languages": frozenset(),
    "readings": frozenset({"topic", "language"}),
    "people": frozenset({"language"}),
    "reached": frozenset(),
    "joined": frozenset(),
    "left": frozenset(),
    "rounds": frozenset(),
    "entries": frozenset(),
    "gain": frozenset(),
    "claims": frozenset({"harm"}),
    "verdicts": frozenset({"verdict"}),
    "hours": frozenset(),
    "checks": frozenset(),
    "works": frozenset({"category"}),
    "activities": frozenset({"topic", "kind"}),
    "active-units": frozenset(),
    "reports": frozenset(),
}
CHANNELS = ("telegram", "zalo-bot", "zalo-oa", "web")
HARMS = ("money", "health", "work", "other")
VERDICTS = (
    "incorrect", "misleading", "missing-context", "correct", "satire", "opinion", "cannot-verify",
)  # fmt: skip
# What a unit may report of its own activity.
KINDS = ("meeting", "post", "leaflet", "loudspeaker", "visit", "contest", "other")
FOREIGN = "foreign"  # every language but Vietnamese


class Indicator(Strict):
    """A measure, narrowed down; `language: foreign` is every language but Vietnamese."""

    measure: str
    topic: Slug | None = None
    language: str | None = None
    channel: str | None = None
    harm: str | None = None
    verdict: str | None = None
    category: Slug | None = None
    kind: str | None = None

    @property
    def narrowed(self) -> Mapping[str, str]:
        fields = self.model_dump(exclude={"measure"}, exclude_none=True)
        return {name: str(value) for name, value in fields.items()}


class Task(Strict):
    """One duty of the plan: who does it, until when, what shows it, how much of that is wanted.

    `each`: the target is for every quarter, or for the year; `until` ends a task that is done
    once. `most: true`: no more than the target, as with hours.
    """

    id: Slug
    section: Slug
    title: Mapping[Tag, Line] = Field(min_length=1)
    who: Line
    each: Literal["quarter", "year"] = "year"
    until: Day | None = None
    indicator: Indicator
    target: int = Field(gt=0)
    most: bool = False

    @property
    def is_of_units(self) -> bool:
        """Whether the units themselves do it, and report it."""
        return self.indicator.measure in {"activities", "active-units"}


class PlanSection(Strict):
    """A heading of the plan, under which its tasks are reported."""

    id: Slug
    title: Line


class PlanReport(Strict):
    """A report that the plan asks for: each quarter so many days after it, or on a fixed day.

    A yearly one covers the days `first` to `last` of its year ("01-01", "10-31").
    """

    id: Slug
    title: Line
    every: Literal["quarter", "year"]
    days_after: int | None = Field(default=None, ge=0, le=60)
    due: MonthDay | None = None
    first: MonthDay = "01-01"
    last: MonthDay = "12-31"

    @model_validator(mode="after")
    def _has_one_due_day(self) -> Self:
        if (self.every == "quarter") != (self.due is None) or (self.due is None) == (
            self.days_after is None
        ):
            raise ValueError("a quarterly report has days_after, a yearly one has due")
        return self


class PlanLetterhead(Strict):
    """Who issues and signs the reports, and who gets them, as it is to be read on paper."""

    superior: str = ""
    issuer: Line
    symbol: Line
    place: Line
    addressees: tuple[Line, ...] = ()
    posts: tuple[Line, ...] = Field(min_length=1)
    signer: str = ""
    recipients: tuple[Line, ...] = ()
    archive: Line = "VT"


class Plan(Strict):
    """The plan of one year. Documents are Vietnamese, so most of its texts are too."""

    year: int = Field(ge=2020, le=2100)
    number: Line
    title: Line
    bases: tuple[Line, ...] = ()
    letterhead: PlanLetterhead
    sections: tuple[PlanSection, ...] = Field(min_length=1)
    tasks: tuple[Task, ...] = Field(min_length=1)
    reports: tuple[PlanReport, ...] = Field(min_length=1)


def plan_faults(
    reader: Reader,
    found: Sequence[tuple[Path, Plan]],
    topics: Sequence[str],
    categories: Sequence[str],
) -> Iterator[Fault]:
    """Indicators that cannot be computed, sections that are not there, what stands twice."""
    # Of a list that cannot be read, that alone is told.
    known = {
        **({"topic": tuple(topics)} if topics else {}),
        "channel": CHANNELS,
        "harm": HARMS,
        "verdict": VERDICTS,
        **({"category": tuple(categories)} if categories else {}),
        "kind": KINDS,
    }
    for path, plan in found:
        for keys, message in _faults(plan, known):
            yield Fault(path, reader.line(path, *keys), message)


Where = tuple[str | int, ...]


def _faults(plan: Plan, known: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[Where, str]]:
    for name in ("sections", "tasks", "reports"):
        yield from _twice(name, [one.id for one in getattr(plan, name)])
    sections = {section.id for section in plan.sections}
    for index, task in enumerate(plan.tasks):
        at: Where = ("tasks", index)
        if task.section not in sections:
            yield (*at, "section"), f"there is no section {task.section}"
        if "vi" not in task.title:
            yield (*at, "title"), f"{task.id}: has no Vietnamese"
        if task.until is not None and task.until.year != plan.year:
            yield (*at, "until"), f"{task.until} is not in {plan.year}"
        for field, message in _indicator_faults(task.indicator, known):
            yield (*at, "indicator", field), message
    for index, report in enumerate(plan.reports):
        yield from _day_faults(plan.year, report, ("reports", index))


def _twice(name: str, identifiers: Sequence[str]) -> Iterator[tuple[Where, str]]:
    for index, identifier in enumerate(identifiers):
        if identifier in identifiers[:index]:
            yield (name, index, "id"), f"{identifier}: stands here twice"


def _day_faults(year: int, report: PlanReport, at: Where) -> Iterator[tuple[Where, str]]:
    for field in ("due", "first", "last"):
        value = getattr(report, field)
        if value is not None and not _is_a_day(year, value):
            yield (*at, field), f"there is no {value} in {year}"


def _indicator_faults(
    indicator: Indicator, known: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Why it cannot be computed."""
    allowed = MEASURES.get(indicator.measure)
    if allowed is None:
        yield "measure", f"cannot be computed: {indicator.measure} is none of {_list(MEASURES)}"
        return
    for field, value in indicator.narrowed.items():
        if field not in allowed:
            by = _list(allowed) or "nothing"
            yield field, f"cannot be computed: {indicator.measure} can be narrowed by {by}"
        elif value not in known.get(field, (value,)):
            yield field, f"cannot be computed: there is no {field} {value}"


def _list(names: Any) -> str:
    return ", ".join(sorted(names))


def _is_a_day(year: int, month_day: str) -> bool:
    month, day = map(int, month_day.split("-"))
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
