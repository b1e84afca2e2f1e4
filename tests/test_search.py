"""Search: Vietnamese with or without marks, typing errors forgiven, at most five, never a crash."""

from __future__ import annotations

import shutil
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library import load_library
from bot.search import Search, fold, words
from tests.conftest import SEARCH
from tests.small_pack import small_pack

DAY = date(2026, 11, 23)


def _found(question: str, languages: tuple[str, ...] = ("vi", "en")) -> list[str]:
    return [hit.article.id for hit in SEARCH.find(question, languages, DAY)]


FIRST = {
    "người lao động nước ngoài gia nhập công đoàn": "union-foreign-workers",
    "nguoi lao dong nuoc ngoai gia nhap cong doan": "union-foreign-workers",
    "NGUOI NUOC NGOAI GIA NHAP CONG DOAN": "union-foreign-workers",
    "đường cơ sở vịnh bắc bộ": "sea-gulf-of-tonkin-baseline",
    "duong co so vinh bac bo": "sea-gulf-of-tonkin-baseline",
    "nhat ky trong tu": "hcm-prison-diary",
    "nhat ki trong tu": "hcm-prison-diary",
    "prison diary": "hcm-prison-diary",
    "prisson dairy": "hcm-prison-diary",
    "ngay van hoa 24/11": "events-culture-day",
    "gulf of tonkin baselin": "sea-gulf-of-tonkin-baseline",
    "work permit": "hr-foreign-worker-permit",
}


@pytest.mark.parametrize("question", FIRST)
def test_what_people_type_finds_the_article_first(question: str) -> None:
    assert _found(question)[:1] == [FIRST[question]]


def test_text_composed_in_pieces_is_the_same_text() -> None:
    question = "đường cơ sở vịnh Bắc Bộ"
    assert _found(unicodedata.normalize("NFD", question)) == _found(question)


def test_at_most_five_are_found_each_once() -> None:
    found = _found("viet nam")
    assert len(found) == len(set(found)) == 5


def test_a_hit_is_shown_in_the_readers_language_with_a_telling_sentence() -> None:
    hit = SEARCH.find("giay phep", ("vi", "en"), DAY)[0]
    assert hit.language == "vi"
    assert "giấy phép" in hit.snippet.lower()
    assert len(hit.snippet) <= 141


@pytest.mark.parametrize(
    "question", ["", "   ", '"', "*", "(", "'", "-", "😀", "\x00", "qxzvkwpj", "qqqq*", "colqz:"]
)
def test_signs_of_the_query_language_are_only_signs(question: str) -> None:
    assert _found(question) == []


@given(st.text(max_size=300))
def test_any_text_may_be_asked(question: str) -> None:
    assert len(SEARCH.find(question, ("vi",), DAY)) <= 5


def test_an_article_that_is_not_out_is_not_found() -> None:
    assert "hr-minimum-wage-2026" not in _found("lương tối thiểu vùng 2026")


def test_scripts_without_spaces_are_found_by_a_part_of_a_sentence(tmp_path: Path) -> None:
    small_pack(tmp_path)
    shutil.rmtree(tmp_path / "articles")
    folder = tmp_path / "articles" / "union"
    folder.mkdir(parents=True)
    head = "topic: union\npublished: 2026-01-01\nsources: [{title: T, issuer: I}]\ntext:\n"
    texts = {
        "khmer": ("km", "កម្មករអាចចូលរួមសហជីពបាន"),
        "thai": ("th", "แรงงานต่างชาติเข้าร่วมสหภาพแรงงานได้"),
        "chinese": ("zh-Hans", "外籍劳动者可以加入工会"),
        "other": ("vi", "Chuyện khác"),
    }
    for name, (tag, body) in texts.items():
        one = "{state: draft, title: %s, body: %s}"
        lines = f"id: {name}\n{head}  vi: {one % ('Bài', 'Bài')}\n"
        lines += f"  {tag}: {one % ('Bài', body)}\n" if tag != "vi" else ""
        (folder / f"{name}.yaml").write_text(lines, encoding="utf-8")
    search = Search(load_library(tmp_path))
    asked = {"khmer": "សហជីព", "thai": "สหภาพแรงงาน", "chinese": "工会"}
    for name, question in asked.items():
        assert [hit.article.id for hit in search.find(question, ("vi",), DAY)] == [name]


def test_folding_joins_what_people_type_alike() -> None:
    assert fold("ĐƯỜNG cơ Sở") == "duong co so"
    assert words("Điều 5, Luật 50/2024/QH15") == ("dieu", "5", "luat", "50", "2024", "qh15")


def _by(search: Search, question: str) -> list[str]:
    return [hit.article.id for hit in search.find(question, ("vi",), DAY)]


def test_a_kept_index_is_used_until_a_text_changes_and_a_broken_one_is_made_anew(
    tmp_path: Path,
) -> None:
    library = load_library(small_pack(tmp_path / "content"))
    place = tmp_path / "var" / "search.db"
    asked = "cong doan"
    found = _by(Search(library), asked)
    assert found
    assert _by(Search(library, place), asked) == found
    made = place.stat().st_ino
    assert _by(Search(library, place), asked) == found
    assert place.stat().st_ino == made  # it was read, not written
    whole = place.read_bytes()
    for broken in (b"", b"no database", whole[: len(whole) // 2], whole[:4096]):
        place.write_bytes(broken)
        assert _by(Search(library, place), asked) == found
        assert place.read_bytes() == whole
    one = library.articles[found[0]]
    text = {**one.text, "vi": one.text["vi"].model_copy(update={"body": "Xylophon."})}
    changed = one.model_copy(update={"text": text})
    other = replace(library, articles={**library.articles, one.id: changed})
    assert _by(Search(other, place), "xylophon") == [one.id]
    assert _by(Search(library, place), "xylophon") == []


def test_it_is_searched_where_no_index_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("no folder", encoding="utf-8")
    library = load_library(small_pack(tmp_path / "content"))
    assert _by(Search(library, tmp_path / "var" / "search.db"), "cong doan")
