"""What editors wrote: content/*.yaml, checked and frozen, or a list of all its faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.library.award import (
    Award,
    Category,
    CheckItem,
    Edition,
    Known,
    Statement,
    award_faults,
)
from bot.library.checks import (
    article_faults,
    stray_faults,
    topic_faults,
    twice_faults,
    unit_faults,
)
from bot.library.contests import Contest, contest_faults
from bot.library.factchecks import FactCheck, factcheck_faults
from bot.library.models import (
    Article,
    Calendar,
    CalendarEntry,
    Contact,
    Contacts,
    ContentSource,
    Office,
    Picture,
    Text,
    Topic,
    Topics,
    Unit,
    Units,
)
from bot.library.plan import Indicator, Plan, PlanLetterhead, PlanReport, Task, plan_faults
from bot.library.questions import (
    Bank,
    Question,
    QuestionText,
    bank_faults,
    load_questions,
    public_faults,
    read_questions,
)
from bot.library.reader import ContentError, Fault, Reader

__all__ = [
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
    "Picture",
    "Plan",
    "PlanLetterhead",
    "PlanReport",
    "Question",
    "QuestionText",
    "Statement",
    "Task",
    "Text",
    "Topic",
    "Unit",
    "load_library",
    "load_questions",
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
    reader = Reader(folder)
    topics = next((read.topics for _, read in reader.one("topics.yaml", Topics)), ())
    units = next((read.units for _, read in reader.one("units.yaml", Units)), None)
    calendar = next((read.entries for _, read in reader.one("calendar.yaml", Calendar)), ())
    contacts = next((read.contacts for _, read in reader.one("contacts.yaml", Contacts)), ())
    awards = tuple(reader.one("award.yaml", Award))
    plans = tuple(reader.many("plan.yaml", Plan))
    articles = tuple(reader.many("articles/*/*.yaml", Article))
    contests = tuple(reader.many("contests/*.yaml", Contest))
    banks = tuple(reader.many("questions/*.yaml", Bank))
    checks = tuple(reader.many("factchecks/*.yaml", FactCheck))
    faults = [
        *reader.faults,
        *topic_faults(reader, topics),
        *(unit_faults(reader, units) if units is not None else ()),
        *twice_faults(reader, "calendar.yaml", "entries", [entry.id for entry in calendar]),
        *twice_faults(reader, "contacts.yaml", "contacts", [one.id for one in contacts]),
        *award_faults(reader, awards),
        *plan_faults(
            reader,
            plans,
            [topic.slug for topic in topics],
            [category.id for _, award in awards for category in award.categories],
        ),
        *article_faults(reader, articles, topics),
        *factcheck_faults(reader, checks),
        *contest_faults(reader, contests, [topic.slug for topic in topics]),
        *bank_faults(reader, banks, [topic.slug for topic in topics] or None),
        *public_faults(reader, banks),
        *stray_faults(reader),
    ]
    if faults:
        raise ContentError(tuple(sorted(faults, key=lambda f: (str(f.file), f.line, f.message))))
    return Library(
        folder,
        {topic.slug: topic for topic in topics},
        {article.id: article for _, article in articles},
        {unit.code: unit for unit in units or ()},
        calendar,
        contacts,
        {path.stem: contest for path, contest in contests},
        {question.id: question for question in read_questions(banks)},
        next((award for _, award in awards), None),
        {check.id: check for _, check in checks},
        next((plan for _, plan in plans), None),
    )
