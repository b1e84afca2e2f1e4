"""Fact-checks as editors write them: a claim in its wordings, a verdict, why, and on what source.

A check is about a claim. There is no place in it for who made the claim or where it was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.library.checks import MARKUP
from bot.library.models import ContentSource, Day, Line, Slug, State, Strict, Tag
from bot.library.reader import Fault, Reader

# `opinion` is a verdict of the desk too, but such a case is never published.
Verdict = Literal[
    "incorrect", "misleading", "missing-context", "correct", "satire", "cannot-verify"
]
Summary = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500)]


class FactCheck(Strict):
    """A published answer to a claim; `variants` are other wordings by which it goes around."""

    id: Slug
    claim: Mapping[Tag, Line] = Field(min_length=1)
    variants: Mapping[Tag, tuple[Line, ...]] = Field(default={})
    verdict: Verdict
    summary: Mapping[Tag, Summary] = Field(min_length=1)
    sources: tuple[ContentSource, ...] = Field(min_length=1)
    facts: tuple[Slug, ...] = ()
    published: Day | None = None
    state: Mapping[Tag, State] = Field(default={})

    def is_out(self, today: date) -> bool:
        return self.published is not None and self.published <= today

    def in_language(self, languages: Iterable[str]) -> str:
        """The first of `languages` in which there is an answer, else Vietnamese, else any."""
        return next(tag for tag in (*languages, "vi", *self.summary) if tag in self.summary)

    def wordings(self, tag: str) -> tuple[str, ...]:
        """The claim and its variants in that language."""
        own = self.claim.get(tag)
        return (*((own,) if own else ()), *self.variants.get(tag, ()))


def factcheck_faults(reader: Reader, checks: Sequence[tuple[Path, FactCheck]]) -> Iterator[Fault]:
    """Names that differ from the file's, languages without an answer, a channel's markup."""
    for path, check in checks:
        if check.id != path.stem:
            yield Fault(path, reader.line(path, "id"), f"id: the file is called {path.stem}")
        if "vi" not in check.claim:
            yield Fault(path, reader.line(path, "claim"), "claim: has no Vietnamese wording")
        for part in ("claim", "variants"):
            for tag in sorted(set(getattr(check, part)) - set(check.summary)):
                line = reader.line(path, part, tag)
                yield Fault(path, line, f"{part}.{tag}: has no summary in that language")
        for tag, summary in check.summary.items():
            if MARKUP.search(summary):
                line = reader.line(path, "summary", tag)
                yield Fault(path, line, f"summary.{tag}: plain text only, no markup of a channel")
