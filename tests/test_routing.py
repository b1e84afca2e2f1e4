"""What people type or tap, and what it means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cleaning import MAX_TEXT, NO_CHOICE, cleaned
from bot.model import Address, Attachment, Choice, Event, Session
from bot.routing import LIST_OPEN, Router
from handlers import ROUTES
from tests.conftest import LANGUAGES

ROUTER = Router(ROUTES, LANGUAGES)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
EVENT = Event("1", Address("web", "a"))
LISTED = Session(
    choices=(Choice("Công đoàn", "topic:union"), Choice("Sự kiện", "topic:events")), shown_at=NOW
)


def _meaning(event: Event, session: Session = Session(), now: datetime = NOW) -> tuple[str, str]:  # noqa: B008  # a frozen value
    handler, argument = ROUTER.find(event, session, now)
    return handler.__name__, argument


SAID = {
    "/menu": ("menu", ""),
    "/MENU": ("menu", ""),
    "/menu@CauNoiBot": ("menu", ""),
    "/start a_union-day": ("start", "a_union-day"),
    "/search tiền lương": ("ask_question", "tiền lương"),
    "/nothing": ("not_known", "/nothing"),
    "/": ("not_known", "/"),
    "chủ đề": ("topics", ""),
    "chu de": ("topics", ""),
    "CHU DE!": ("topics", ""),
    "Topics": ("topics", ""),
    "dừng": ("stop", ""),
    "dung": ("stop", ""),
    "Dừng.": ("stop", ""),
    "“stop”。": ("stop", ""),
    "停止。": ("stop", ""),
    "stop": ("stop", ""),
    # "đúng" (right) and "dùng" (use) fold to "dung" too, but nobody leaves by saying "right".
    "đúng": ("search", "đúng"),
    "dùng": ("search", "dùng"),
    "tin moi": ("newest", ""),
    "tiền lương": ("search", "tiền lương"),
    "": ("menu", ""),
    " \n ": ("menu", ""),
    "7": ("missed_number", "7"),
    "2026": ("search", "2026"),
}


@pytest.mark.parametrize("text", SAID)
def test_text_means(text: str) -> None:
    assert _meaning(replace(EVENT, text=text)) == SAID[text]


TAPPED = {
    "/topics": ("topics", ""),
    "topic:union:1": ("choose_topic", "union:1"),
    "language:en": ("choose_language", "en"),
    "quiz2025:answer:3": ("not_known", "quiz2025:answer:3"),
    ":": ("not_known", ":"),
    "-": ("not_known", "-"),
}


@pytest.mark.parametrize("value", TAPPED)
def test_a_button_means(value: str) -> None:
    assert _meaning(replace(EVENT, choice=value)) == TAPPED[value]


LISTS = {
    "1": ("choose_topic", "union"),
    "2": ("choose_topic", "events"),
    "3": ("missed_number", "3"),
    "0": ("more", ""),
    "cong doan": ("choose_topic", "union"),
    "Sự kiện": ("choose_topic", "events"),
    "topic:events": ("choose_topic", "events"),
}


@pytest.mark.parametrize("text", LISTS)
def test_a_number_a_label_or_a_value_means_the_last_list(text: str) -> None:
    assert _meaning(replace(EVENT, text=text), LISTED) == LISTS[text]


def test_a_list_is_closed_after_a_day() -> None:
    later = NOW + LIST_OPEN + timedelta(seconds=1)
    assert _meaning(replace(EVENT, text="1"), LISTED, later) == ("missed_number", "1")


def test_in_a_dialogue_text_belongs_to_it_but_leaving_goes_first() -> None:
    asking = Session().at("search")
    assert _meaning(replace(EVENT, text="12"), asking) == ("search", "12")
    assert _meaning(replace(EVENT, text="dung"), asking) == ("stop", "")


def test_a_dialogue_that_no_longer_exists_is_a_search() -> None:
    asking = Session().at("gone.by")
    assert _meaning(replace(EVENT, text="tiền lương"), asking) == ("search", "tiền lương")


def test_an_attachment_goes_before_its_caption() -> None:
    event = replace(EVENT, text="/menu", attachment=Attachment("picture"))
    assert _meaning(event) == ("attachment", "")


CLEANED = {
    "a\x00b\x1bc": "abc",
    "mu\u0323c": "mục",
    "\u202eabc\u202c\u200f": "abc",
    "one\r\ntwo\tthree": "one \ntwo three",
    "\ud800x": "x",
    "ស្រី\u200cx": "ស្រី\u200cx",
}


@pytest.mark.parametrize("text", CLEANED)
def test_text_is_cleaned_of_what_nobody_sees(text: str) -> None:
    assert cleaned(replace(EVENT, text=text)).text == CLEANED[text]


def test_a_value_that_no_button_of_ours_holds_can_be_kept_all_the_same() -> None:
    """A lone surrogate could not be written down, and PostgreSQL takes no NUL."""
    for sent in ("rounds:\ud800", "rounds:\x00", "rounds:"):
        is_one = sent == "rounds:"
        assert cleaned(replace(EVENT, choice=sent)).choice == (sent if is_one else NO_CHOICE)


def test_a_megabyte_of_text_is_cut() -> None:
    assert len(cleaned(replace(EVENT, text="x" * 1_000_000)).text) == MAX_TEXT


@given(st.text(max_size=80))
def test_whatever_is_typed_finds_a_handler(text: str) -> None:
    ROUTER.find(cleaned(replace(EVENT, text=text)), LISTED, NOW)


def test_a_choice_holds_at_most_64_bytes() -> None:
    Choice("x", "a" * 64)
    for value in ("", "a" * 65, "đ" * 33):
        with pytest.raises(ValueError, match="64 bytes"):
            Choice("x", value)
