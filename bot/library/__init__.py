"""What editors wrote: content/*.yaml, checked and frozen, or a list of all its faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from bot.library.award import (
    Award,
    Category,
    CheckItem,
    Edition,
    Known,
    Statement,
)
from bot.library.contests import Contest
from bot.library.factchecks import FactCheck
from bot.library.kept import kept
from bot.library.models import (
    USUAL_LANGUAGES,
    Article,
    CalendarEntry,
    Contact,
    ContentSource,
    Office,
    Picture,
    Text,
    Topic,
    Topics,
    Unit,
)
from bot.library.pack import Pack, in_order, read_pack, shape_faults
from bot.library.plan import Indicator, Plan, PlanLetterhead, PlanReport, Task
from bot.library.questions import (
    Question,
    QuestionText,
    load_questions,
    read_questions,
)
from bot.library.reader import ContentError, Fault, Reader

__all__ = [
    "USUAL_LANGUAGES",
    "Article",
    "Award",
    "CalendarEntry",
    "Category",
    "CheckItem",
    "Contact",
    "ContentError",
    "ContentSource",
    "Contest",
    "Edition",
    "FactCheck",
    "Fault",
    "Indicator",
    "Known",
    "Library",
    "Office",
    "Pack",
    "Picture",
    "Plan",
    "PlanLetterhead",
    "PlanReport",
    "Question",
    "QuestionText",
    "Reader",
    "Statement",
    "Task",
    "Text",
    "Topic",
    "Topics",
    "Unit",
    "in_order",
    "keep_library",
    "library_of",
    "load_library",
    "load_questions",
    "read_pack",
    "shape_faults",
]


@dataclass(frozen=True)
class Library:
    """All content, checked."""

    folder: Path
    topics: Mapping[str, Topic]
    articles: Mapping[str, Article]
    units: Mapping[str, Unit]
    calendar: tuple[CalendarEntry, ...] = ()
    contacts: tuple[Contact, ...] = ()
    contests: Mapping[str, Contest] = field(default_factory=dict)
    # The practice bank by id; what contests ask lies elsewhere.
    questions: Mapping[str, Question] = field(default_factory=dict)
    award: Award | None = None
    factchecks: Mapping[str, FactCheck] = field(default_factory=dict)
    plan: Plan | None = None

    def marked(self, day: date) -> tuple[CalendarEntry, ...]:
        """What that day is marked for, holidays first."""
        entries = [entry for entry in self.calendar if entry.falls_on(day)]
        return tuple(sorted(entries, key=lambda entry: entry.kind != "holiday"))

    def newest(self, today: date, topic: str | None = None) -> tuple[Article, ...]:
        """Published, unexpired articles, newest first."""
        out = [a for a in self.articles.values() if a.is_out(today) and topic in (None, a.topic)]
        return tuple(sorted(out, key=lambda a: (-(a.published or date.min).toordinal(), a.id)))


def load_library(folder: Path) -> Library:
    """Reads and checks all content below `folder`. Raises ContentError with every fault."""
    pack = read_pack(folder)
    if faults := shape_faults(pack):
        raise ContentError(faults)
    return library_of(pack)


def keep_library(folder: Path, place: Path) -> Library:
    """As `load_library`, but out of the file `place` while nothing has changed since."""
    return kept(TypeAdapter(Library), load_library, folder, place)


def library_of(pack: Pack) -> Library:
    """The content of a pack without faults."""
    return Library(
        pack.folder,
        {topic.slug: topic for read in pack.topics for topic in read.topics},
        {article.id: article for _, article in pack.articles},
        {unit.code: unit for read in pack.units for unit in read.units},
        tuple(entry for read in pack.calendar for entry in read.entries),
        tuple(contact for read in pack.contacts for contact in read.contacts),
        {path.stem: contest for path, contest in pack.contests},
        {question.id: question for question in read_questions(pack.banks)},
        next((award for _, award in pack.awards), None),
        {check.id: check for _, check in pack.checks},
        next((plan for _, plan in pack.plans), None),
    )
