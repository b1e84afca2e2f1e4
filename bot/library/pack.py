"""All files of the content as they were read, with the lines on which their values stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.library.award import Award, award_faults
from bot.library.checks import (
    article_faults,
    calendar_faults,
    stray_faults,
    topic_faults,
    twice_faults,
    unit_faults,
)
from bot.library.contests import Contest, contest_faults
from bot.library.factchecks import FactCheck, factcheck_faults
from bot.library.glossary import Glossary, glossary_faults
from bot.library.models import Article, Calendar, Contacts, Topics, Units
from bot.library.plan import Plan, plan_faults
from bot.library.questions import Bank, bank_faults, public_faults
from bot.library.reader import Fault, Reader


@dataclass(frozen=True)
class Pack:
    """What could be read; `shape_faults` tells what could not, and what does not fit together.

    Those of which there is one file are a tuple of one, or empty if it could not be read.
    """

    reader: Reader
    topics: tuple[Topics, ...]
    units: tuple[Units, ...]
    calendar: tuple[Calendar, ...]
    contacts: tuple[Contacts, ...]
    awards: tuple[tuple[Path, Award], ...]
    plans: tuple[tuple[Path, Plan], ...]
    articles: tuple[tuple[Path, Article], ...]
    contests: tuple[tuple[Path, Contest], ...]
    banks: tuple[tuple[Path, Bank], ...]
    checks: tuple[tuple[Path, FactCheck], ...]
    glossaries: tuple[tuple[Path, Glossary], ...]

    @property
    def folder(self) -> Path:
        return self.reader.folder


def read_pack(folder: Path) -> Pack:
    """Reads all content below `folder`, faulty or not."""
    reader = Reader(folder)
    return Pack(
        reader,
        tuple(read for _, read in reader.one("topics.yaml", Topics)),
        tuple(read for _, read in reader.one("units.yaml", Units)),
        tuple(read for _, read in reader.one("calendar.yaml", Calendar)),
        tuple(read for _, read in reader.one("contacts.yaml", Contacts)),
        tuple(reader.one("award.yaml", Award)),
        tuple(reader.many("plan.yaml", Plan)),
        tuple(reader.many("articles/*/*.yaml", Article)),
        tuple(reader.many("contests/*.yaml", Contest)),
        tuple(reader.many("questions/*.yaml", Bank)),
        tuple(reader.many("factchecks/*.yaml", FactCheck)),
        tuple(reader.many("glossary.yaml", Glossary)),
    )


def shape_faults(pack: Pack) -> tuple[Fault, ...]:
    """Why the content cannot be used, by file and line; nothing if it can."""
    return in_order(_shape_faults(pack))


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=lambda f: (str(f.file), f.line, f.message)))


def _shape_faults(pack: Pack) -> Iterator[Fault]:
    reader = pack.reader
    topics = [topic for read in pack.topics for topic in read.topics]
    slugs = [topic.slug for topic in topics]
    categories = [category.id for _, award in pack.awards for category in award.categories]
    yield from reader.faults
    yield from topic_faults(reader, topics)
    for units in pack.units:
        yield from unit_faults(reader, units.units)
    for calendar in pack.calendar:
        names = [entry.id for entry in calendar.entries]
        yield from twice_faults(reader, "calendar.yaml", "entries", names)
        yield from calendar_faults(reader, calendar.entries, slugs)
    for contacts in pack.contacts:
        names = [one.id for one in contacts.contacts]
        yield from twice_faults(reader, "contacts.yaml", "contacts", names)
    yield from award_faults(reader, pack.awards)
    yield from plan_faults(reader, pack.plans, slugs, categories)
    yield from article_faults(reader, pack.articles, topics)
    yield from factcheck_faults(reader, pack.checks)
    yield from contest_faults(reader, pack.contests, slugs)
    yield from bank_faults(reader, pack.banks, slugs or None)
    yield from public_faults(reader, pack.banks)
    yield from glossary_faults(reader, pack.glossaries)
    yield from stray_faults(reader)
