"""A published check as somebody gets it: in one language, with its address and its days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.factchecks import Published
from bot.language import SOURCE_LANGUAGE, Voice
from bot.library import ContentSource
from bot.verdicts import VERDICTS


@dataclass(frozen=True, slots=True)
class View:
    """`language` is that of the summary; the claim may be there in another one only.

    `was` is the verdict before the correction, empty where there was none.
    """

    slug: str
    url: str
    verdict: str
    language: str
    claim_language: str
    claim: str
    summary: str
    is_checked: bool
    sources: tuple[ContentSource, ...]
    published: date
    corrected: date | None
    was: str
    languages: tuple[str, ...]

    @property
    def changed(self) -> date:
        """The day of the last change that readers should know of."""
        return max(self.published, self.corrected or self.published)


def view_of(one: Published, wanted: Sequence[str], site: str) -> View:
    """In the first of the `wanted` languages that there is; `site` is the house's public origin."""
    check = one.check
    assert check.published is not None
    language = check.in_language(wanted)
    order = (language, *wanted, SOURCE_LANGUAGE, *check.claim)
    claim_language = next(tag for tag in order if tag in check.claim)
    return View(
        slug=check.id,
        url=f"{site}/factchecks/{check.id}",
        verdict=check.verdict,
        language=language,
        claim_language=claim_language,
        claim=check.claim[claim_language],
        summary=check.summary[language],
        is_checked=check.state.get(language) == "checked",
        sources=check.sources,
        published=check.published,
        corrected=one.corrected if one.was else None,
        was=one.was,
        languages=tuple(check.summary),
    )


def correction(view: View, say: Voice) -> str:
    """That the verdict was changed, and which it was before; empty where it stands as it was."""
    if view.corrected is None:
        return ""
    day, was = say.date(view.corrected), say(VERDICTS[view.was])
    return say("Corrected on {date}. The verdict was before: {was}", date=day, was=was)
