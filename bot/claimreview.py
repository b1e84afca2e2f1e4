"""Reads other fact-checkers' ClaimReview: what was claimed and what they found, not who claimed it.

Of `itemReviewed` nothing is taken. Who made the claim is read there only to be taken out of the
texts; where it appeared (`appearance`, `firstAppearance`) is not looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from bot.channels.text import cut
from bot.claimreview_names import GAP, MOST_NAMES, is_named, names_in, without
from bot.claimreview_verdicts import verdict_of

LARGEST_BYTES = 20_000_000
# As long as content/factchecks takes them.
_LINE, _SUMMARY, _ADDRESS = 300, 1500, 500
# Where ClaimReviews lie in the wrappings that are in use: a graph, a page, Google's DataFeed.
_INSIDE = (
    "@graph", "dataFeedElement", "item", "itemListElement", "mainEntity", "hasPart", "review",
)  # fmt: skip
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


class ClaimReviewError(ValueError):
    """The text cannot be read as JSON, or is too large."""


@dataclass(frozen=True, slots=True)
class ImportedCheck:
    """What another has found about a claim; what could not be read or is not known is empty.

    `faults` are why nothing can be made of it.
    """

    claim: str = ""
    language: str = ""
    verdict: str = ""
    summary: str = ""
    title: str = ""
    issuer: str = ""
    url: str = ""
    published: date | None = None
    faults: tuple[str, ...] = ()


def read_claimreviews(text: str) -> tuple[ImportedCheck, ...]:
    """All ClaimReviews of a JSON-LD text, in its order. Raises ClaimReviewError."""
    if len(text) > LARGEST_BYTES:
        raise ClaimReviewError(f"larger than {LARGEST_BYTES // 1_000_000} MB")
    try:
        tree = json.loads(text)
    except RecursionError as error:
        raise ClaimReviewError("nested too deeply") from error
    except ValueError as error:
        raise ClaimReviewError(f"no JSON: {error}") from error
    found = list(_nodes(tree))
    by_id = {node["@id"]: node for node in found if isinstance(node.get("@id"), str)}
    return tuple(_check_of(node, by_id) for node in found if _is_review(node))


def language_tag(text: str) -> str:
    """As content writes it (`vi`, `zh-Hans`); empty for what is no tag of a language."""
    parts = text.replace("_", "-").casefold().split("-")
    if parts[0] == "zh":
        return "zh-Hant" if _TRADITIONAL & set(parts) else "zh-Hans"
    return parts[0] if re.fullmatch("[a-z]{2,3}", parts[0]) else ""


def _nodes(tree: object) -> Iterator[Mapping[str, Any]]:
    """All nodes down to the reviews, in their order; a loop, since depth is hostile."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict):
            yield node
            if not _is_review(node):
                waiting += [node[key] for key in reversed(_INSIDE) if key in node]


def _is_review(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(_string(kind).rpartition("/")[2] == "ClaimReview" for kind in named)


def _check_of(node: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> ImportedCheck:
    names = names_in(node.get("itemReviewed"), by_id)
    if len(names) > MOST_NAMES:
        return ImportedCheck(faults=("itemReviewed: names too many people",))
    rating = _first(node.get("reviewRating"))
    claim = _line(node.get("claimReviewed"), names)
    url = _address(node.get("url"), names)
    issuer = _issuer(node, names) or _host(url).removeprefix("www.")
    verdict = verdict_of(_plain(rating.get("alternateName"), _LINE))
    body = node.get("reviewBody") or node.get("description") or rating.get("ratingExplanation")
    return ImportedCheck(
        claim=claim,
        language=language_tag(_named(node.get("inLanguage"))),
        verdict=verdict,
        summary=_cut(without(names, _plain(body, _SUMMARY)), _SUMMARY),
        title=_line(node.get("headline") or node.get("name"), names) or claim,
        issuer=issuer,
        url=url,
        published=_day(node.get("datePublished")),
        faults=tuple(_faults(claim, issuer, verdict)),
    )


def _faults(claim: str, issuer: str, verdict: str) -> Iterator[str]:
    if not claim.replace(GAP, "").strip():
        yield "claimReviewed: no claim"
    if not issuer:
        yield "publisher: nobody is named who published it, and url has no address"
    if verdict == "opinion":
        yield "reviewRating: an opinion is never published"


def _issuer(node: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The house that published the review; a person who wrote it is not asked for."""
    for key in ("publisher", "author"):
        house = _first(node.get(key))
        if house.get("@type") != "Person" and (name := _line(house.get("name"), names)):
            return "" if GAP in name else name
    return ""


def _first(value: object) -> Mapping[str, Any]:
    one = value[0] if isinstance(value, list) and value else value
    return one if isinstance(one, dict) else {}


def _line(value: object, names: tuple[str, ...]) -> str:
    return _cut(without(names, _plain(value, _LINE)), _LINE)


def _plain(value: object, limit: int) -> str:
    """Text without markup, in one line; nothing for what is no text. Far too long is cut here."""
    given = _string(value.get("@value") if isinstance(value, dict) else value)
    text = _TAG.sub(" ", unescape(given[: 10 * limit]))
    return " ".join(_UNSEEN.sub("", text).split())


def _cut(text: str, limit: int) -> str:
    # No more than it looks at is handed to `cut`, which parts all that it gets.
    return text if len(text) <= limit else f"{cut(text[: 3 * limit], limit - 1)[0]}…"


def _address(value: object, names: tuple[str, ...]) -> str:
    """Where the review can be read; left out where the claim's author stands in it."""
    text = _string(value).strip()
    is_one = len(text) <= _ADDRESS and re.fullmatch(r"https?://[!-~]+", text) and _host(text)
    return text if is_one and not is_named(names, text) else ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _named(language: object) -> str:
    """The tag, which may stand in an object of its own."""
    return _string(language.get("alternateName") if isinstance(language, dict) else language)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(_string(value)[:10])
    except ValueError:
        return None


def _string(value: object) -> str:
    """Nothing else is turned into text: hostile depth would end the reading."""
    return value if isinstance(value, str) else ""
