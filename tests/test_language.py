"""Languages: the nearest that there is, names in their own script, dates and numbers by CLDR."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.language import CatalogueError, keep_languages
from tests.conftest import LANGUAGES, ROOT

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


def test_what_is_kept_is_the_same_until_a_text_changes(tmp_path: Path) -> None:
    folder, kept = tmp_path / "locales", tmp_path / "kept"
    for tag in ("vi", "en"):
        shutil.copytree(ROOT / "locales" / tag, folder / tag)
    path = folder / "en" / "LC_MESSAGES" / "messages.po"

    def said() -> str:
        return (
            keep_languages(folder, kept)
            .voice("en")
            .count("{number} article", "{number} articles", 2)
        )

    assert said() == said() == "2 articles"
    for cut in (b"", b"no catalogue", next(kept.glob("en-*")).read_bytes()[:2000]):
        next(kept.glob("en-*")).write_bytes(cut)
        assert said() == "2 articles"
    path.write_text(path.read_text().replace('"{number} articles"', '"{number} texts"'))
    assert said() == f"{2} texts"
    assert len(list(kept.iterdir())) == 2  # older ones are not left to pile up
    path.write_text(path.read_text().replace('"{number} texts"', '"{count} texts"'))
    for _ in range(2):  # a faulty one is never kept
        with pytest.raises(CatalogueError):
            keep_languages(folder, kept)


def test_texts_are_read_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert keep_languages(ROOT / "locales", tmp_path / "file" / "below").tags == LANGUAGES.tags
