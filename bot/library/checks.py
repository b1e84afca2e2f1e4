"""What one file cannot know: names that must match other files, pictures that must be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.library.models import Article, CalendarEntry, Topic, Unit
from bot.library.reader import Fault, Reader

MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|\*\*|__|\]\(")


def topic_faults(reader: Reader, topics: Sequence[Topic]) -> Iterator[Fault]:
    path = reader.folder / "topics.yaml"
    slugs = [topic.slug for topic in topics]
    for index, topic in enumerate(topics):
        if topic.slug in slugs[:index]:
            line = reader.line(path, "topics", index, "slug")
            yield Fault(path, line, f"topic {topic.slug}: stands here twice")
        if "vi" not in topic.name:
            line = reader.line(path, "topics", index, "name")
            yield Fault(path, line, f"topic {topic.slug}: has no Vietnamese name")
        if topic.picture and not (reader.folder / topic.picture.file).is_file():
            line = reader.line(path, "topics", index, "picture")
            yield Fault(path, line, f"there is no file {topic.picture.file}")


def unit_faults(reader: Reader, units: Sequence[Unit]) -> Iterator[Fault]:
    path = reader.folder / "units.yaml"
    parents = {unit.code: unit.parent for unit in units}
    roots = [unit.code for unit in units if unit.parent is None]
    if len(roots) != 1:
        yield Fault(path, 1, f"exactly one unit has no parent; here: {', '.join(roots) or 'none'}")
    for index, unit in enumerate(units):
        folded = unit.code.casefold()
        if folded in [other.code.casefold() for other in units[:index]]:
            line = reader.line(path, "units", index, "code")
            yield Fault(path, line, f"unit {unit.code}: stands here twice")
        if problem := _climb(unit, parents):
            line = reader.line(path, "units", index, "parent")
            yield Fault(path, line, f"unit {unit.code}: {problem}")


def article_faults(
    reader: Reader, articles: Sequence[tuple[Path, Article]], topics: Sequence[Topic]
) -> Iterator[Fault]:
    slugs = {topic.slug for topic in topics}
    first: dict[str, Path] = {}
    for path, article in articles:
        if first.setdefault(article.id, path) != path:
            yield Fault(path, reader.line(path, "id"), f"id: {first[article.id]} has it already")
        if slugs and article.topic not in slugs:
            yield Fault(path, reader.line(path, "topic"), f"topics.yaml has no {article.topic}")
        yield from _own_faults(reader, path, article)


def twice_faults(
    reader: Reader, name: str, key: str, identifiers: Sequence[str]
) -> Iterator[Fault]:
    for index, identifier in enumerate(identifiers):
        if identifier in identifiers[:index]:
            line = reader.line(reader.folder / name, key, index, "id")
            yield Fault(reader.folder / name, line, f"{identifier}: stands here twice")


def calendar_faults(
    reader: Reader, entries: Sequence[CalendarEntry], topics: Sequence[str]
) -> Iterator[Fault]:
    path = reader.folder / "calendar.yaml"
    for index, entry in enumerate(entries):
        if topics and "topic" in entry.model_fields_set and entry.topic not in topics:
            line = reader.line(path, "entries", index, "topic")
            yield Fault(path, line, f"topics.yaml has no {entry.topic}")


def stray_faults(reader: Reader) -> Iterator[Fault]:
    """Files that nothing reads: a misspelt name would otherwise go unseen."""
    for path in sorted(reader.folder.rglob("*.y*ml")):
        room = path.relative_to(reader.folder).parts[0]
        if path not in reader.seen and room not in {"private", "media"}:
            yield Fault(path, 1, "no part of the content is read from a file of this name")


def _climb(unit: Unit, parents: Mapping[str, str | None]) -> str:
    """What keeps a unit from reaching the top, or nothing."""
    passed: set[str] = set()
    code: str | None = unit.code
    while code is not None:
        if code in passed:
            return f"its parents lead back to {code}"
        if code not in parents:
            return f"there is no parent {code}"
        passed.add(code)
        code = parents[code]
    return ""


def _own_faults(reader: Reader, path: Path, article: Article) -> Iterator[Fault]:
    def fault(message: str, *keys: str | int) -> Fault:
        return Fault(path, reader.line(path, *keys), message)

    if article.id != path.stem:
        yield fault(f"id: must be the file's name, {path.stem}", "id")
    if article.topic != path.parent.name:
        yield fault(f"topic: must be the folder's name, {path.parent.name}", "topic")
    if "vi" not in article.text:
        yield fault("text: has no Vietnamese", "text")
    if article.published and article.expires and article.expires <= article.published:
        yield fault("expires: must come after published", "expires")
    for tag, text in article.text.items():
        if MARKUP.search(text.title + text.body):
            yield fault(f"text.{tag}: plain text only, no markup", "text", tag, "body")
    if article.picture and not (reader.folder / article.picture.file).is_file():
        yield fault(f"picture: there is no file {article.picture.file}", "picture")
