"""Cutting text: at paragraphs, lines and words, and never through a letter."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.writing import MAX_CAPTION, MAX_TEXT, messages
from bot.channels.text import cut, utf16_length
from bot.model import Choice, Media, Reply, Source

CUTS = {
    ("one two", 100): ("one two",),
    ("first part\n\nsecond part", 15): ("first part", "second part"),
    ("first line\nsecond line", 15): ("first line", "second line"),
    ("a few words more", 10): ("a few", "words more"),
    ("unbroken", 3): ("unb", "rok", "en"),
    ("", 10): (),
    ("   ", 10): (),
    # A letter with its marks stays whole even where it alone is longer than the limit.
    ("e\u0301e\u0301", 1): ("e\u0301", "e\u0301"),
    ("👩‍👩‍👧👩‍👩‍👧", 8): ("👩‍👩‍👧", "👩‍👩‍👧"),
    ("កម្មករ", 4): ("កម្ម", "ករ"),
}


@pytest.mark.parametrize(("text", "limit"), CUTS)
def test_text_is_cut_where_a_reader_would(text: str, limit: int) -> None:
    assert cut(text, limit, utf16_length) == CUTS[text, limit]


@given(st.text(max_size=400), st.integers(min_value=20, max_value=60))
def test_nothing_is_lost_and_every_part_fits(text: str, limit: int) -> None:
    parts = cut(text, limit, utf16_length)
    assert "".join("".join(parts).split()) == "".join(text.split())
    longest = max((utf16_length(g) for g in regex.findall(r"\X", text)), default=0)
    assert all(utf16_length(part) <= max(limit, longest) for part in parts)


def test_a_long_reply_becomes_several_messages_with_the_buttons_on_the_last() -> None:
    reply = Reply("Tiêu đề", "Câu dài. " * 1200, choices=(Choice("Menu", "/menu"),))
    sent = messages(reply)
    assert len(sent) == 3
    assert [message.keyboard is not None for message in sent] == [False, False, True]
    assert all(utf16_length(message.html) <= MAX_TEXT + 7 for message in sent)


def test_markup_in_a_text_is_shown_as_it_was_written() -> None:
    (message,) = messages(Reply("1 < 2 & 3", "<b>no</b>", sources=(Source("A & B", "https://x"),)))
    assert message.html.startswith("<b>1 &lt; 2 &amp; 3</b>\n\n&lt;b&gt;no&lt;/b&gt;")
    assert message.html.endswith("- A &amp; B https://x")


def test_a_picture_takes_the_text_as_its_caption_only_if_all_of_it_fits() -> None:
    picture = (Media("image", "media/union.png", "Ba người"),)
    (short,) = messages(Reply("T", "Ngắn", media=picture))
    assert (short.picture, short.html) == ("media/union.png", "<b>T</b>\n\nNgắn")
    first, second = messages(Reply("T", "Dài " * (MAX_CAPTION // 3), media=picture))
    assert (first.picture, first.html, second.picture) == ("media/union.png", "", "")


def test_short_buttons_stand_two_in_a_row_and_long_ones_alone() -> None:
    labels = ("Menu", "Help", "Search", "A label that needs a line of its own", "More")
    (message,) = messages(Reply("T", choices=tuple(Choice(label, label[:9]) for label in labels)))
    assert message.keyboard is not None
    rows = [[button.text for button in row] for row in message.keyboard.inline_keyboard]
    assert rows == [["Menu", "Help"], ["Search"], [labels[3]], ["More"]]
