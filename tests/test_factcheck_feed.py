"""The feed of published checks is what RFC 4287 asks for, in every language."""

from __future__ import annotations

from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from bot.factcheck_feed import atom
from bot.factcheck_page import FEED_SIZE
from bot.factcheck_views import view_of
from bot.factchecks import Published
from tests.checking import HOSTILE, SITE, Shelf, browsing, corrected, published
from tests.conftest import LANGUAGES

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _feed(*checks: Published, tag: str = "en") -> ET.Element:
    views = [view_of(one, (tag, "en", "vi"), SITE) for one in checks]
    text = atom(views, LANGUAGES, tag, "LĐLĐ & Co", SITE, ZoneInfo("Asia/Ho_Chi_Minh"))
    feed = ET.fromstring(text.encode())
    _keeps_to_rfc_4287(feed)
    return feed


def _keeps_to_rfc_4287(feed: ET.Element) -> None:
    """What section 4 asks of a feed and its entries."""
    assert feed.tag == f"{ATOM}feed"
    assert [len(feed.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1] * 3
    assert _text(feed, "author", "name")
    entries = feed.findall(f"{ATOM}entry")
    for part in (feed, *entries):
        assert _text(part, "id").startswith("tag:")
        assert _text(part, "title").strip()
        assert datetime.fromisoformat(_text(part, "updated")).tzinfo is not None
        assert len([e for e in part.findall(f"{ATOM}link") if e.get("rel") == "alternate"]) == 1
        assert part.get(LANG) in LANGUAGES.tags
    names = [_text(entry, "id") for entry in entries]
    assert len(set(names)) == len(names)


def _text(part: ET.Element, *names: str) -> str:
    return part.findtext("/".join(f"{ATOM}{name}" for name in names)) or ""


def test_an_entry_tells_the_verdict_what_is_right_and_on_what_source() -> None:
    feed = _feed(published())
    assert _text(feed, "id") == "tag:caunoi.example,2026:factchecks/en"
    assert _text(feed, "author", "name") == "LĐLĐ & Co"
    assert _text(feed, "updated") == "2026-11-20T00:00:00+07:00"
    entry = feed.findall(f"{ATOM}entry")[0]
    assert _text(entry, "id") == "tag:caunoi.example,2026:factchecks/en/no-pay"
    assert _text(entry, "title") == "Incorrect: Probation is unpaid."
    assert _text(entry, "summary") == (
        "Probation is paid, at least 85%.\n\nOne day counts too.\n\n"
        "Quốc hội: Bộ luật Lao động <2019>, 45/2019/QH14, November 20, 2019\n\n"
        "Công đoàn: Sổ tay"
    )
    (link,) = entry.findall(f"{ATOM}link")
    assert link.get("href") == f"{SITE}/factchecks/no-pay?lang=en"


def test_a_correction_brings_an_entry_back_to_the_reader() -> None:
    feed = _feed(corrected(), published("older"))
    entry = feed.findall(f"{ATOM}entry")[0]
    assert _text(feed, "updated") == _text(entry, "updated") == "2026-11-25T00:00:00+07:00"
    assert _text(entry, "published") == "2026-11-20T00:00:00+07:00"
    assert "Corrected on November 25, 2026." in _text(entry, "summary")
    assert _text(entry, "id") == _text(_feed(published()), "entry", "id")


@pytest.mark.parametrize("tag", LANGUAGES.tags)
def test_every_language_has_a_feed_of_its_own(tag: str) -> None:
    feed = _feed(published(), tag=tag)
    assert feed.get(LANG) == tag
    assert _text(feed, "id").endswith(f"/{tag}")
    # What is not there in that language says in which it is.
    entry = feed.findall(f"{ATOM}entry")[0]
    assert entry.get(LANG) == (tag if tag in {"vi", "en"} else "en")


def test_an_empty_feed_is_a_feed() -> None:
    assert _feed().findall(f"{ATOM}entry") == []


def test_text_that_xml_has_no_place_for_does_not_break_the_feed() -> None:
    feed = _feed(published(claim={"en": HOSTILE + "]]>\x00\x0b\ufffe."}))
    assert _text(feed, "entry", "title") == f"Incorrect: {HOSTILE}]]>."


async def test_the_newest_fifty_are_in_it() -> None:
    shelf = Shelf(*(published(f"check-{number}") for number in range(60)))
    async with browsing(shelf) as browser, browser.get("/factchecks.atom?lang=km") as answer:
        assert answer.content_type == "application/atom+xml"
        feed = ET.fromstring(await answer.read())
    _keeps_to_rfc_4287(feed)
    entries = feed.findall(f"{ATOM}entry")
    assert [_text(entry, "id").rpartition("-")[2] for entry in entries] == [
        str(number) for number in range(FEED_SIZE)
    ]
    links = {e.get("rel"): e.get("href") for e in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"{SITE}/factchecks.atom?lang=km"


async def test_an_old_check_that_is_corrected_comes_to_the_top() -> None:
    newest = [published(f"check-{number}") for number in range(FEED_SIZE)]
    shelf = Shelf(*newest, corrected("old", published=date(2020, 1, 1)))
    async with browsing(shelf) as browser, browser.get("/factchecks.atom") as answer:
        feed = ET.fromstring(await answer.read())
    names = [_text(entry, "id").rpartition("/")[2] for entry in feed.findall(f"{ATOM}entry")]
    assert names == ["old", *(f"check-{number}" for number in range(FEED_SIZE - 1))]


def test_days_are_those_of_the_house() -> None:
    one = Published(published().check, date(2026, 11, 21), "satire")
    moment = datetime.fromisoformat(_text(_feed(one), "updated"))
    assert moment.astimezone(UTC) == datetime(2026, 11, 20, 17, tzinfo=UTC)
