"""Languages: the nearest that there is, names in their own script, dates and numbers by CLDR."""

from __future__ import annotations

from datetime import date

import pytest

from bot.language import load_languages
from tests.conftest import ROOT

LANGUAGES = load_languages(ROOT / "locales")

NEAREST = {
    "vi": "vi",
    "vi-VN": "vi",
    "en_US": "en",
    "EN": "en",
    "fr-CA": "en",
    "zh-TW": "zh-Hant",
    "zh-HK": "zh-Hant",
    "zh-Hant-TW": "zh-Hant",
    "zh-CN": "zh-Hans",
    "zh": "zh-Hans",
    "ko-KR": "ko",
    "x": "en",
    "*": "en",
    "-": "en",
    "": "vi",
}


@pytest.mark.parametrize("tag", NEAREST)
def test_the_nearest_language_is_found(tag: str) -> None:
    assert LANGUAGES.nearest(tag) == NEAREST[tag]


def test_a_text_is_looked_for_in_the_own_language_then_english_then_vietnamese() -> None:
    assert LANGUAGES.fallbacks("vi") == ("vi", "en")
    assert LANGUAGES.fallbacks("en") == ("en", "vi")
    assert LANGUAGES.fallbacks("zh-TW") == ("zh-Hant", "en", "vi")
    assert LANGUAGES.fallbacks("km") == ("km", "en", "vi")


def test_languages_are_named_as_their_speakers_write_them() -> None:
    assert [LANGUAGES.name(tag) for tag in ("vi", "en", "ko", "km", "id")] == [
        "Tiếng Việt",
        "English",
        "한국어",
        "ភាសាខ្មែរ",
        "Bahasa Indonesia",
    ]


def test_days_and_numbers_are_written_as_cldr_says() -> None:
    vietnamese, english = LANGUAGES.voice("vi"), LANGUAGES.voice("en")
    assert vietnamese.date(date(2026, 11, 23)) == "23 tháng 11, 2026"
    assert english.date(date(2026, 11, 23)) == "November 23, 2026"
    assert (vietnamese.number(1234.5), english.number(1234.5)) == ("1.234,5", "1,234.5")


def test_thai_years_are_marked_as_common_era() -> None:
    assert LANGUAGES.voice("th").date(date(2026, 11, 23)) == "23 พฤศจิกายน ค.ศ. 2026"


def test_plurals_follow_the_language() -> None:
    english = LANGUAGES.voice("en")
    said = [english.count("{number} article", "{number} articles", n) for n in (0, 1, 1000)]
    assert said == ["0 articles", "1 article", "1,000 articles"]
