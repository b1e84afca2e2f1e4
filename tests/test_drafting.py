"""What officers paste, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.campaigns import Origin, Words
from bot.drafting import DraftFault, has_numbers, read_source, read_when, read_words

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)  # 17:00 there

READ = {
    "Lịch nghỉ Tết\n\nNghỉ bảy ngày.": Words("Lịch nghỉ Tết", "Nghỉ bảy ngày."),
    "  Lịch nghỉ\nNghỉ bảy ngày.\nTừ thứ hai.  ": Words("Lịch nghỉ", "Nghỉ bảy ngày.\nTừ thứ hai."),
    "Nghỉ bảy ngày. Từ thứ hai.": Words("Nghỉ bảy ngày.", "Nghỉ bảy ngày. Từ thứ hai."),
    "Xem https://example.org/a": Words("Xem https://example.org/a", "Xem https://example.org/a"),
    "Lương: 5 triệu": Words("Lương: 5 triệu", "Lương: 5 triệu"),
}


@pytest.mark.parametrize("text", READ)
def test_the_first_line_is_the_title(text: str) -> None:
    assert read_words(text) == READ[text]


def test_a_long_first_line_is_cut_at_a_word_and_kept_whole_in_the_body() -> None:
    long = "chữ " * 60
    words = read_words(long)
    assert len(words.title) <= 120
    assert words.title.endswith("chữ…")
    assert words.body == long.strip()


REFUSED = {
    "": "empty", " \n ": "empty", "a\n" + "x" * 3501: "long", "x" * 5000: "long",
    "Xem ftp://example.org": "link", "Xem javascript:alert(1)": "link", "JavaScript:x": "link",
    "file:///etc/passwd": "link",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_sent_is_refused_by_kind(text: str) -> None:
    with pytest.raises(DraftFault, match=REFUSED[text]):
        read_words(text)


SOURCES = {
    "Thông báo 12; Công đoàn cơ sở": Origin("Thông báo 12", "Công đoàn cơ sở"),
    "Luật Công đoàn; Quốc hội; 50/2024/QH15; https://example.org/l": Origin(
        "Luật Công đoàn", "Quốc hội", "50/2024/QH15", url="https://example.org/l"
    ),
    "工会法；国会": Origin("工会法", "国会"),
    "https://example.org; Luật ; Quốc hội;": Origin("Luật", "Quốc hội", url="https://example.org"),
}


@pytest.mark.parametrize("text", SOURCES)
def test_a_source_is_read(text: str) -> None:
    assert read_source(text) == SOURCES[text]


@pytest.mark.parametrize(
    "text", ["", "Luật", "Luật;", ";;", "https://a.b; Luật", "x;y" + "z" * 800]
)
def test_a_source_without_title_or_issuer_is_refused(text: str) -> None:
    with pytest.raises(DraftFault, match="source"):
        read_source(text)


WHEN = {
    "18:00": (2026, 11, 25, 18, 0),
    "17:00": (2026, 11, 26, 17, 0),
    "7h30": (2026, 11, 26, 7, 30),
    "30/11 18h": (2026, 11, 30, 18, 0),
    "2/1 08:05": (2027, 1, 2, 8, 5),
}


@pytest.mark.parametrize("text", WHEN)
def test_a_time_is_read_in_the_houses_zone(text: str) -> None:
    assert read_when(text, NOW, ZONE) == datetime(*WHEN[text], tzinfo=ZONE)


def test_a_time_that_is_over_or_none_is_refused() -> None:
    with pytest.raises(DraftFault, match="past"):
        read_when("24/11 18:00", NOW, ZONE)
    for text in ("soon", "25:00", "31/2 18:00", "", "18"):
        with pytest.raises(ValueError, match=r".*"):
            read_when(text, NOW, ZONE)


def test_long_numbers_are_pointed_out() -> None:
    assert has_numbers(Words("a", "Gọi 0912 345 678"))
    assert has_numbers(Words("a", "số 001.203.004.567"))
    assert not has_numbers(Words("a", "Luật 50/2024/QH15, ngày 25/11/2026, 4.680.000 đồng"))
