"""content/glossary.yaml: the agreed word for a thing in each language, and words never used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.library.models import Line, Slug, Strict, Tag
from bot.library.reader import Fault, Reader

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]
Words = Annotated[tuple[Word, ...], Field(min_length=1)]


class Term(Strict):
    """A thing: its word in each language, others that are as good, and those that are wrong.

    A wrong word may stand within an agreed one: 东海 alone means another sea than 越南称“东海”.
    """

    id: Slug
    term: Mapping[Tag, Word] = Field(min_length=1)
    also: Mapping[Tag, Words] = Field(default={})
    forbidden: Mapping[Tag, Words] = Field(default={})
    note: Line | None = None

    def agreed(self, tag: str) -> tuple[str, ...]:
        """All words for it that may stand in that language; none if nothing is agreed."""
        own = (self.term[tag],) if tag in self.term else ()
        return (*own, *self.also.get(tag, ()))


class Glossary(Strict):
    """`names` are Vietnamese names that keep their letters and marks in every language."""

    terms: tuple[Term, ...] = Field(min_length=1)
    names: tuple[Line, ...] = ()


def glossary_faults(reader: Reader, found: Sequence[tuple[Path, Glossary]]) -> Iterator[Fault]:
    """Terms that stand twice or contradict each other."""
    for path, glossary in found:
        seen: dict[str, str] = {}
        for index, term in enumerate(glossary.terms):
            where = ("terms", index)
            if term.id in seen.values():
                line = reader.line(path, *where, "id")
                yield Fault(path, line, f"{term.id}: stands here twice")
            vietnamese = term.term.get("vi", "").casefold()
            if not vietnamese:
                yield Fault(path, reader.line(path, *where, "term"), f"{term.id}: no Vietnamese")
            elif vietnamese in seen:
                line = reader.line(path, *where, "term", "vi")
                yield Fault(path, line, f"{term.id}: {seen[vietnamese]} has that word already")
            seen[vietnamese or term.id] = term.id
        yield from _contradictions(reader, path, glossary)


def _contradictions(reader: Reader, path: Path, glossary: Glossary) -> Iterator[Fault]:
    """Words that are forbidden although some term agrees on them."""
    agreed = {
        (tag, word.casefold()): term.id
        for term in glossary.terms
        for tag in {*term.term, *term.also}
        for word in term.agreed(tag)
    }
    for index, term in enumerate(glossary.terms):
        for tag, words in term.forbidden.items():
            for word in words:
                if (tag, word.casefold()) in agreed:
                    line = reader.line(path, "terms", index, "forbidden", tag)
                    owner = agreed[tag, word.casefold()]
                    yield Fault(path, line, f"{term.id}: {tag}: {word} is a word of {owner}")
