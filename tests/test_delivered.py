"""What scheduled messages say, made from the pack that ships, in every language."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.channels.telegram.writing import messages
from bot.model import Parcel, Reply
from bot.routing import Services
from handlers import render
from tests.conftest import LANGUAGES, LIBRARY, SEARCH, STRUCTURE

SERVICES = Services(
    LIBRARY,
    LANGUAGES,
    SEARCH,
    ZoneInfo("Asia/Ho_Chi_Minh"),
    structure=STRUCTURE,
)
DAY = date(2026, 12, 18)
TWO = ("union-founding-day", "union-foreign-workers")


def _made(parcel: Parcel, language: str = "en", today: date = DAY) -> Reply:
    reply = render(SERVICES, parcel, language, today)
    assert reply is not None
    return reply


def test_an_article_comes_whole_with_its_sources() -> None:
    reply = _made(Parcel("article", TWO[:1]))
    assert reply.sources
    assert "Sent by Liên đoàn Lao động" in reply.note
    assert reply.media[0].alt == "Drawing of three people side by side"


def test_a_digest_lists_titles_that_open_their_articles() -> None:
    reply = _made(Parcel("digest", (*TWO, "withdrawn")))
    assert reply.title == "This week"
    assert reply.body.count("- ") == 2
    assert [choice.value for choice in reply.choices] == [f"article:{one}" for one in TWO]
    assert reply.note.endswith("To leave, write: stop.")


def test_a_marked_day_says_what_it_is_with_its_source() -> None:
    reply = _made(Parcel("calendar", day=date(2027, 1, 1)), today=date(2027, 1, 1))
    assert reply.title == "Today, January 1, 2027"
    assert "New Year's Day (paid public holiday)" in reply.body
    assert "Quốc hội: Bộ luật Lao động 2019" in reply.sources[0].label


def test_a_reminder_counts_the_days_that_are_left() -> None:
    parcel = Parcel("reminder", day=date(2026, 12, 25), label="Work permit")
    assert _made(parcel).body == "Work permit ends on December 25, 2026: 7 days are left."
    assert _made(parcel, today=date(2026, 12, 24)).body.endswith("1 day is left.")


NOTHING = {
    "an article that was withdrawn": Parcel("article", ("gone",)),
    "an article that is not published": Parcel("article", ("hr-minimum-wage-2026",)),
    "a digest of nothing": Parcel("digest", ("gone",)),
    "a day that is marked no more": Parcel("calendar", day=date(2026, 12, 3)),
    "a date that has passed": Parcel("reminder", day=date(2026, 12, 17), label="x"),
}


@pytest.mark.parametrize("what", NOTHING)
def test_what_is_not_to_be_sent_any_more_is_nothing(what: str) -> None:
    assert render(SERVICES, NOTHING[what], "en", DAY) is None


def test_an_expired_article_is_not_sent() -> None:
    article = next(a for a in LIBRARY.articles.values() if a.expires and a.published)
    assert article.expires is not None
    assert render(SERVICES, Parcel("article", (article.id,)), "en", article.expires) is None


@pytest.mark.parametrize("language", LANGUAGES.tags)
def test_every_kind_is_said_in_every_language_and_fits_telegram(language: str) -> None:
    for parcel in (
        Parcel("article", TWO[:1]),
        Parcel("digest", TWO),
        Parcel("calendar", day=DAY),
        Parcel("reminder", day=date(2026, 12, 25), label="x"),
    ):
        reply = _made(parcel, language)
        assert reply.language == language
        assert len(messages(reply)) <= 2
        speaks = LIBRARY.articles[TWO[0]].text
        if language not in speaks and parcel.kind == "article":
            own, english = LANGUAGES.name(language), LANGUAGES.name("en")
            assert own in reply.note
            assert english in reply.note
