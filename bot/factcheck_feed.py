"""What machines read of published checks: ClaimReview as JSON-LD, and the Atom feed.

Neither says who made a claim or where it went around: `itemReviewed` has no author, and there
is no `appearance`, whatever Google recommends. A check is about a claim.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET  # nosec B405  # it writes, and reads nothing
from zoneinfo import ZoneInfo

from bot.citing import cited
from bot.factcheck_views import View, correction
from bot.language import Languages, Voice
from bot.library import ContentSource
from bot.verdicts import MEANINGS, VERDICTS

# How near to the facts, from worst to best; what is none of these is told in words alone.
_WORST, _BEST = 1, 5
_SCALE = {"incorrect": 1, "misleading": 2, "missing-context": 3, "correct": 5}
_ATOM = "http://www.w3.org/2005/Atom"
# The year in which the addresses of entries were made up (RFC 4151); it never changes.
_TAG_YEAR = 2026
# Atom wants a day even of a feed in which there is nothing yet.
_NEVER = datetime(_TAG_YEAR, 1, 1, tzinfo=UTC)
# XML 1.0 has no place for these at all, not even escaped.
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def claim_review(view: View, say: Voice, sender: str) -> dict[str, Any]:
    """The check as schema.org/ClaimReview, in the language of its text, which `say` speaks."""
    home = view.url.partition("/factchecks/")[0]
    made: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": view.url,
        "inLanguage": view.language,
        "datePublished": view.published.isoformat(),
        "dateModified": view.changed.isoformat(),
        "author": {"@type": "Organization", "name": sender, "url": f"{home}/"},
        "claimReviewed": view.claim,
        "itemReviewed": {"@type": "Claim", "name": view.claim},
        "reviewRating": _rating(view.verdict, say),
        "reviewBody": view.summary,
        "citation": [_citation(source) for source in view.sources],
        "creativeWorkStatus": "Published" if view.is_checked else "Draft",
    }
    if changed := correction(view, say):
        made["correction"] = {"@type": "CorrectionComment", "text": changed}
    return made


def in_script(data: dict[str, Any]) -> str:
    """JSON that may stand between script tags: `</script>` in a claim would end them."""
    text = json.dumps(data, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def atom(
    views: Sequence[View], languages: Languages, tag: str, sender: str, site: str, zone: ZoneInfo
) -> str:
    """An Atom 1.0 feed of these checks in that language, as far as they speak it."""
    say = languages.voice(tag)
    home = f"tag:{urlsplit(site).hostname},{_TAG_YEAR}:factchecks"
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": tag})
    newest = max((_start(view.changed, zone) for view in views), default=_NEVER)
    _add(feed, "id", f"{home}/{tag}")
    _add(feed, "title", say("Fact-checks"))
    _add(feed, "subtitle", say("Claims that go around, checked against sources."))
    _add(feed, "updated", newest.isoformat())
    _add(ET.SubElement(feed, "author"), "name", sender)
    _link(feed, "self", f"{site}/factchecks.atom?lang={tag}", "application/atom+xml")
    _link(feed, "alternate", f"{site}/factchecks?lang={tag}", "text/html")
    for view in views:
        entry = ET.SubElement(feed, "entry", {"xml:lang": view.language})
        _add(entry, "id", f"{home}/{tag}/{view.slug}")
        _link(entry, "alternate", f"{view.url}?lang={tag}", "text/html")
        _fill(entry, view, languages.voice(view.language), zone)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _fill(entry: ET.Element, view: View, say: Voice, zone: ZoneInfo) -> None:
    """All in the language of the text, so that no entry speaks two."""
    verdict = say(VERDICTS[view.verdict])
    sources = (cited(source, say) for source in view.sources)
    _add(entry, "title", f"{verdict}: {view.claim}")
    _add(entry, "published", _start(view.published, zone).isoformat())
    _add(entry, "updated", _start(view.changed, zone).isoformat())
    ET.SubElement(entry, "category", {"term": view.verdict, "label": verdict})
    lines = (view.summary, correction(view, say), *sources)
    _add(entry, "summary", "\n\n".join(filter(None, lines)))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_IN_XML.sub("", text)


def _link(parent: ET.Element, relation: str, address: str, kind: str) -> None:
    ET.SubElement(parent, "link", {"rel": relation, "type": kind, "href": address})


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _rating(verdict: str, say: Voice) -> dict[str, Any]:
    words = {"alternateName": say(VERDICTS[verdict]), "ratingExplanation": say(MEANINGS[verdict])}
    if verdict not in _SCALE:
        return {"@type": "Rating", **words}
    value = {"ratingValue": _SCALE[verdict], "bestRating": _BEST, "worstRating": _WORST}
    return {"@type": "Rating", **words, **value}


def _citation(source: ContentSource) -> dict[str, Any]:
    work = {
        "name": source.title,
        "identifier": source.number,
        "datePublished": source.date.isoformat() if source.date else None,
        "url": source.url,
    }
    told = {name: value for name, value in work.items() if value}
    publisher = {"@type": "Organization", "name": source.issuer}
    return {"@type": "CreativeWork", **told, "publisher": publisher}
