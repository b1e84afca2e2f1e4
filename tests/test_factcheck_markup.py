"""Other fact-checkers get ClaimReview, which says what was claimed and never by whom."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import aiohttp
import pytest

from bot.factcheck_feed import claim_review
from bot.factcheck_views import view_of
from bot.factchecks import Published
from bot.verdicts import MEANINGS, VERDICTS
from tests.checking import SITE, Shelf, browsing, corrected, outline_of, published, read
from tests.conftest import LANGUAGES, LIBRARY


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(published())


@pytest.fixture
async def browser(shelf: Shelf) -> AsyncIterator[aiohttp.ClientSession]:
    async with browsing(shelf) as session:
        yield session


def _keys(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [*data, *(key for value in data.values() for key in _keys(value))]
    return [key for each in data for key in _keys(each)] if isinstance(data, list) else []


@pytest.mark.parametrize("tag", ["vi", "en"])
async def test_the_page_holds_the_claim_review_that_stands_alone_too(
    browser: aiohttp.ClientSession, tag: str
) -> None:
    page = outline_of(await read(browser, f"/factchecks/no-pay?lang={tag}"))
    async with browser.get(f"/factchecks/no-pay.json?lang={tag}") as answer:
        assert answer.content_type == "application/ld+json"
        alone = json.loads(await answer.read())
    assert [json.loads(text) for text in page.markup] == [alone]


async def test_the_claim_review_has_what_those_who_collect_them_ask_for(
    browser: aiohttp.ClientSession, shelf: Shelf
) -> None:
    shelf.checks = [corrected()]
    review = json.loads(await read(browser, "/factchecks/no-pay.json"))
    # Required by Google: claimReviewed, reviewRating.alternateName, url; recommended: the others
    # up to worstRating, but for the claim's author and where it appeared.
    assert review == {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"{SITE}/factchecks/no-pay",
        "inLanguage": "en",
        "datePublished": "2026-11-20",
        "dateModified": "2026-11-25",
        "author": {"@type": "Organization", "name": "LĐLĐ <Tây Ninh>", "url": f"{SITE}/"},
        "claimReviewed": "Probation is unpaid.",
        "itemReviewed": {"@type": "Claim", "name": "Probation is unpaid."},
        "reviewRating": {
            "@type": "Rating",
            "alternateName": "Incorrect",
            "ratingExplanation": MEANINGS["incorrect"],
            "ratingValue": 1,
            "bestRating": 5,
            "worstRating": 1,
        },
        "reviewBody": "Probation is paid, at least 85%.\n\nOne day counts too.",
        "citation": [
            {
                "@type": "CreativeWork",
                "name": "Bộ luật Lao động <2019>",
                "identifier": "45/2019/QH14",
                "datePublished": "2019-11-20",
                "url": "https://example.org/law?a=1&b=2",
                "publisher": {"@type": "Organization", "name": "Quốc hội"},
            },
            {
                "@type": "CreativeWork",
                "name": "Sổ tay",
                "publisher": {"@type": "Organization", "name": "Công đoàn"},
            },
        ],
        "creativeWorkStatus": "Draft",
        "correction": {
            "@type": "CorrectionComment",
            "text": "Corrected on November 25, 2026. The verdict was before: Misleading",
        },
    }


@pytest.mark.parametrize(
    ("verdict", "value"),
    [("incorrect", 1), ("misleading", 2), ("missing-context", 3), ("correct", 5),
     ("satire", None), ("cannot-verify", None)],
)  # fmt: skip
async def test_what_is_on_no_scale_has_no_number(
    browser: aiohttp.ClientSession, shelf: Shelf, verdict: str, value: int | None
) -> None:
    shelf.checks = [published(verdict=verdict)]
    rating = json.loads(await read(browser, "/factchecks/no-pay.json"))["reviewRating"]
    assert rating["alternateName"] == VERDICTS[verdict]
    assert rating.get("ratingValue") == value
    assert {"bestRating", "worstRating"} & set(rating) == (
        {"bestRating", "worstRating"} if value else set()
    )


def test_nowhere_is_there_a_place_for_who_made_a_claim_or_where_it_appeared() -> None:
    for one in LIBRARY.factchecks.values():
        for tag in one.summary:
            view = view_of(Published(one, date(2026, 12, 1), "satire"), (tag,), SITE)
            review = claim_review(view, LANGUAGES.voice(tag), "LĐLĐ")
            keys = _keys(review)
            assert keys.count("author") == 1  # who checked it, at the top
            assert _keys(review["itemReviewed"]) == ["@type", "name"]
            assert not {"appearance", "firstAppearance", "sameAs", "creator"} & set(keys)
