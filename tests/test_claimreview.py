"""Others' ClaimReview is read in the wrappings in use, and hostile files end nothing."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import astuple
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.claimreview import LARGEST_BYTES, ClaimReviewError, ImportedCheck, read_claimreviews
from bot.claimreview_verdicts import verdict_of

REVIEW: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://tingia.example/kiem-chung/lam-them-gio",
    "datePublished": "2026-10-03T08:00:00+07:00",
    "inLanguage": "vi-VN",
    "headline": "Làm thêm giờ có được trả lương không?",
    "author": {"@type": "Organization", "name": "Trung tâm Xử lý tin giả"},
    "claimReviewed": "Làm thêm giờ không được trả lương.",
    "reviewRating": {"@type": "Rating", "ratingValue": 1, "alternateName": "Tin giả"},
    "reviewBody": "<p>Điều 98 quy định&nbsp;tiền lương làm thêm giờ.</p>",
    "itemReviewed": {"@type": "Claim", "datePublished": "2026-09-30"},
}


def _read(*reviews: Any) -> tuple[ImportedCheck, ...]:
    return read_claimreviews(json.dumps(list(reviews)))


def one(**changed: Any) -> ImportedCheck:
    (check,) = _read({**REVIEW, **changed})
    return check


def test_a_review_becomes_a_draft_with_its_publisher_as_the_source() -> None:
    assert one() == ImportedCheck(
        claim="Làm thêm giờ không được trả lương.",
        language="vi",
        verdict="incorrect",
        summary="Điều 98 quy định tiền lương làm thêm giờ.",
        title="Làm thêm giờ có được trả lương không?",
        issuer="Trung tâm Xử lý tin giả",
        url="https://tingia.example/kiem-chung/lam-them-gio",
        published=date(2026, 10, 3),
    )


FEED = {
    "@type": "DataFeed",
    "dataFeedElement": [
        {"@type": "DataFeedItem", "item": [REVIEW, {**REVIEW, "claimReviewed": "Hai"}], "url": "x"},
        {"@type": "DataFeedItem", "item": {**REVIEW, "claimReviewed": "Ba"}},
    ],
}
WRAPPED = {
    "alone": (REVIEW, 1),
    "list": ([REVIEW, REVIEW], 2),
    "graph": ({"@graph": [{"@type": "WebSite"}, REVIEW]}, 1),
    "page": ({"@type": "NewsArticle", "review": REVIEW}, 1),
    "two kinds": ({**REVIEW, "@type": ["Review", "ClaimReview"]}, 1),
    "whole address": ({**REVIEW, "@type": "http://schema.org/ClaimReview"}, 1),
    "feed of Google": (FEED, 3),
    "something else": ({"@type": "Recipe", "name": "Phở"}, 0),
    "another kind": ({**REVIEW, "@type": "NotAClaimReview"}, 0),
}


@pytest.mark.parametrize("wrapped", WRAPPED)
def test_reviews_are_found_in_every_wrapping_in_use(wrapped: str) -> None:
    data, count = WRAPPED[wrapped]
    assert len(read_claimreviews(json.dumps(data))) == count


def test_reviews_of_a_feed_keep_their_order() -> None:
    claims = [check.claim for check in read_claimreviews(json.dumps(FEED))]
    assert claims == ["Làm thêm giờ không được trả lương.", "Hai", "Ba"]


RATINGS = {
    "Tin giả": "incorrect",
    "Sai sự thật": "incorrect",
    "SAI": "incorrect",
    "❌ Sai.": "incorrect",
    unicodedata.normalize("NFD", "Sai sự thật"): "incorrect",
    "FALSE": "incorrect",
    "错误": "incorrect",
    "거짓": "incorrect",
    "虚偽": "incorrect",
    "មិនពិត": "incorrect",
    "ข่าวปลอม": "incorrect",
    "Hoaks": "incorrect",
    "Gây hiểu lầm": "misleading",
    "Menyesatkan": "misleading",
    "Missing context": "missing-context",
    "Thiếu bối cảnh": "missing-context",
    "Đúng": "correct",
    "True": "correct",
    "Châm biếm": "satire",
    "Ý kiến": "opinion",
    "Chưa kiểm chứng": "cannot-verify",
    # What lies between two verdicts, or tells of something else, is left to the editor.
    "Half true": "",
    "Mostly false": "",
    "Đúng một nửa": "",
    "Four Pinocchios": "",
    "Không sai": "",
    "": "",
}


@pytest.mark.parametrize("rating", RATINGS)
def test_a_rating_is_taken_over_only_where_its_words_leave_no_doubt(rating: str) -> None:
    assert verdict_of(rating) == RATINGS[rating]


@pytest.mark.parametrize(
    ("told", "language"),
    [("vi", "vi"), ("en_US", "en"), ("zh-TW", "zh-Hant"), ("zh", "zh-Hans"),
     ("zh-Hant-HK", "zh-Hant"), ({"@type": "Language", "alternateName": "km"}, "km"),
     ("Vietnamese", ""), (None, ""), ([1], "")],
)  # fmt: skip
def test_the_language_is_written_as_content_writes_it(told: Any, language: str) -> None:
    assert one(inLanguage=told).language == language


def test_who_published_it_is_a_house_else_its_address_and_never_a_journalist() -> None:
    journalist = {"@type": "Person", "name": "Lê Thị Phóng Viên"}
    house = {"@type": "Organization", "name": "AFP"}
    assert one(author=journalist, publisher=house).issuer == "AFP"
    assert one(author=[house]).issuer == "AFP"
    assert one(author=journalist).issuer == "tingia.example"
    assert one(author=None, url="https://www.afp.example/x").issuer == "afp.example"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"claimReviewed": " "}, "no claim"),
        ({"claimReviewed": {"a": 1}}, "no claim"),
        ({"claimReviewed": "https://facebook.com/nguyen.van.a/posts/1"}, "no claim"),
        ({"author": None, "url": "javascript:alert(1)"}, "nobody is named"),
        ({"author": 5, "url": "https://[/"}, "nobody is named"),
        ({"reviewRating": {"alternateName": "Opinion"}}, "an opinion is never published"),
        ({"itemReviewed": {"author": [f"Name Number{n}" for n in range(51)]}}, "too many people"),
    ],
)
def test_what_nothing_can_be_made_of_is_told(changed: dict[str, Any], fault: str) -> None:
    assert fault in "; ".join(one(**changed).faults)


def test_text_is_plain_and_no_longer_than_content_takes() -> None:
    check = one(
        claimReviewed="Một  \n\u202ehai\x07 " + "ba " * 200,
        reviewBody="&lt;b&gt;Đậm&lt;/b&gt; 1 < 2 " + "chữ " * 1000,
        headline=None,
        datePublished="yesterday",
        url="https://x.example/" + "a" * 500,
    )
    assert check.claim.startswith("Một hai ba ba")
    assert check.claim.endswith("ba…")
    assert len(check.claim) <= 300
    assert check.title == check.claim
    assert check.summary.startswith("Đậm 1 < 2 chữ")
    assert len(check.summary) <= 1500
    assert (check.published, check.url) == (None, "")


# --- hostile files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("<script>{}</script>", "no JSON"),
        ("[" * 200_000, "nested too deeply"),
        ('{"@graph":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
        ("1" * 5000, "no JSON"),  # more digits than Python turns into a number
        (" " * (LARGEST_BYTES + 1), "larger than 20 MB"),
    ],
    ids=["nothing", "half", "HTML", "lists", "objects", "number", "large"],
)
def test_a_hostile_text_is_refused_in_words(text: str, fault: str) -> None:
    with pytest.raises(ClaimReviewError, match=fault):
        read_claimreviews(text)


def test_depth_that_json_still_takes_ends_nothing() -> None:
    deep: Any = "Nguyễn Văn A"
    for _ in range(400):
        deep = {"author": [deep]}
    for field in ("itemReviewed", "claimReviewed", "inLanguage", "@id", "url", "@type", "author"):
        read_claimreviews(json.dumps([{**REVIEW, field: deep}, {**REVIEW, "itemReviewed": deep}]))


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([*REVIEW, "name", "@id", "@value", "alternateName", "sameAs", "item"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.fixed_dictionaries({name: st.just(value) | _JSON for name, value in REVIEW.items()}))
def test_wrong_kinds_of_values_are_as_good_as_none(review: dict[str, Any]) -> None:
    for check in read_claimreviews(json.dumps([{**review, "@type": "ClaimReview"}])):
        assert all(isinstance(part, str | tuple | date | None) for part in astuple(check))
        assert check.claim or check.faults
