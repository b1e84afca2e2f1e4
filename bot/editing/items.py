"""What an editor counts: articles, questions, fact-checks and the like, with their languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.editing.passages import Passage, Where, passages
from bot.library import USUAL_LANGUAGES, Fault, Pack

DONE, DRAFT = "done", "draft"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to translate. `group` is its topic, or what it is if it is no article.

    `states` tells by language whether a speaker has checked it (`done`) or not (`draft`).
    """

    group: str
    id: str
    path: Path
    where: Where
    states: Mapping[str, str]
    expires: date | None = None

    def is_expired(self, today: date) -> bool:
        return self.expires is not None and self.expires <= today


def items(pack: Pack) -> Iterator[Item]:
    """All of them. What stands in one file with others (calendar, award) is an item each."""
    for path, article in pack.articles:
        states = {tag: _state(text.state == "checked") for tag, text in article.text.items()}
        yield Item(article.topic, article.id, path, ("text",), states, article.expires)
    for path, bank in pack.banks:
        for index, one in enumerate(bank.questions):
            states = {tag: _state(text.state == "checked") for tag, text in one.text.items()}
            yield Item("questions", one.id, path, ("questions", index, "text"), states)
    for path, check in pack.checks:
        states = {
            tag: _state(check.state.get(tag) == "checked")
            for tag in check.summary
            if tag in check.claim
        }
        yield Item("factchecks", check.id, path, ("summary",), states)
    yield from _of_single_files(pack)


def needed(pack: Pack, group: str) -> tuple[str, ...]:
    """The languages that topics.yaml asks of each item of a group."""
    for read in pack.topics:
        for topic in read.topics:
            if topic.slug == group:
                return topic.languages
        for name, languages in read.others.items():
            if name == group:
                return languages
    return USUAL_LANGUAGES


def demand_faults(pack: Pack) -> Iterator[Fault]:
    """What topics.yaml asks for and the pack lacks."""
    found = tuple(items(pack))
    for item in found:
        for tag in needed(pack, item.group):
            if tag not in item.states:
                line = pack.reader.line(item.path, *item.where)
                told = f"{item.id}: has no {tag}, which topics.yaml asks of {item.group}"
                yield Fault(item.path, line, told)
    path = pack.folder / "topics.yaml"
    for index, topic in enumerate(topic for read in pack.topics for topic in read.topics):
        for tag, wanted in topic.at_least.items():
            count = sum(item.group == topic.slug and tag in item.states for item in found)
            if count < wanted:
                line = pack.reader.line(path, "topics", index, "at_least", tag)
                told = f"topic {topic.slug}: {count} articles in {tag}, at least {wanted} are asked"
                yield Fault(path, line, told)


def _of_single_files(pack: Pack) -> Iterator[Item]:
    """Each text of the files whose languages are checked all at once."""
    checked = {
        "topics.yaml": {tag for read in pack.topics for tag in read.checked},
        "calendar.yaml": {tag for read in pack.calendar for tag in read.checked},
        "contacts.yaml": {tag for read in pack.contacts for tag in read.checked},
        "award.yaml": {tag for _, read in pack.awards for tag in read.checked},
    }
    for passage in passages(pack):
        group = passage.path.name
        if group in checked and passage.path.parent == pack.folder:
            states = {tag: _state(tag in checked[group]) for tag in passage.texts}
            yield Item(group, _name(passage), passage.path, passage.before, states)


def _name(passage: Passage) -> str:
    return f"{passage.item}: {passage.field}"


def _state(is_checked: bool) -> str:
    return DONE if is_checked else DRAFT
