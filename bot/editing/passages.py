"""Every text of the pack with its languages, wherever it stands: what checks and tables walk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.library import Pack

# All that the pack may speak, in the order in which they are shown and written.
LANGUAGES = ("vi", "en", "zh-Hans", "zh-Hant", "ko", "ja", "km", "th", "id")
Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One text in its languages. In the file, a language stands at (*before, tag, *after).

    `item` is what it belongs to ("union-001"), `field` what it is there ("options.0").
    """

    path: Path
    item: str
    field: str
    before: Where
    after: Where
    texts: Mapping[str, str]

    def where(self, tag: str) -> Where:
        return (*self.before, tag, *self.after)


def passages(pack: Pack) -> Iterator[Passage]:
    """All of them: articles, questions, fact-checks, then what stands in one file each."""
    for path, article in pack.articles:
        for field in ("title", "body"):
            texts = {tag: getattr(text, field) for tag, text in article.text.items()}
            yield Passage(path, article.id, field, ("text",), (field,), texts)
        if article.picture:
            yield Passage(path, article.id, "alt", ("picture", "alt"), (), article.picture.alt)
    yield from _questions(pack)
    for path, check in pack.checks:
        yield Passage(path, check.id, "claim", ("claim",), (), check.claim)
        yield Passage(path, check.id, "summary", ("summary",), (), check.summary)
    for path, model in _single(pack):
        yield from _by_language(path, model.model_dump(), (), path.stem, 0)


def variants(pack: Pack) -> Iterator[Passage]:
    """Other wordings of claims: each stands in its language alone and is not translated."""
    for path, check in pack.checks:
        for tag, wordings in check.variants.items():
            for place, text in enumerate(wordings):
                field = f"variants.{place}"
                yield Passage(path, check.id, field, ("variants",), (place,), {tag: text})


def _questions(pack: Pack) -> Iterator[Passage]:
    for path, bank in pack.banks:
        for index, one in enumerate(bank.questions):
            before = ("questions", index, "text")
            for field in ("question", "explanation"):
                texts = {tag: getattr(text, field) for tag, text in one.text.items()}
                yield Passage(path, one.id, field, before, (field,), texts)
            for place in range(max(len(text.options) for text in one.text.values())):
                texts = {
                    tag: text.options[place]
                    for tag, text in one.text.items()
                    if place < len(text.options)
                }
                name, after = f"options.{place}", ("options", place)
                yield Passage(path, one.id, name, before, after, texts)


def _single(pack: Pack) -> Iterator[tuple[Path, Any]]:
    for name, models in (
        ("topics.yaml", pack.topics),
        ("calendar.yaml", pack.calendar),
        ("contacts.yaml", pack.contacts),
    ):
        yield from ((pack.folder / name, model) for model in models)
    yield from (*pack.awards, *pack.plans, *pack.contests)


def _by_language(path: Path, value: Any, keys: Where, item: str, own: int) -> Iterator[Passage]:
    """Every mapping from languages to texts below that value; there is always Vietnamese in it.

    The item is the nearest `id` above it, whose mapping lies `own` keys deep.
    """
    if isinstance(value, Mapping):
        if isinstance(value.get("vi"), str):
            yield Passage(path, item, ".".join(map(str, keys[own:])), keys, (), value)
            return
        if name := value.get("id") or value.get("slug"):
            item, own = str(name) if item == path.stem else f"{item}/{name}", len(keys)
        for key, below in value.items():
            yield from _by_language(path, below, (*keys, key), item, own)
    elif isinstance(value, (list, tuple)):
        for index, below in enumerate(value):
            yield from _by_language(path, below, (*keys, index), item, own)
