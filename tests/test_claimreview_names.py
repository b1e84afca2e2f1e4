"""Who made a claim does not come along with the review of it, wherever the review tells."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any

import pytest

from bot.claimreview import ImportedCheck, read_claimreviews
from tests.test_claimreview import REVIEW, one

NAME = "Nguyễn Văn Kẻ-Nói"
WRITTEN = (
    NAME,
    "nguyen van ke noi",
    "NGUYỄN VĂN KẺ NÓI",
    "Nguyễn Văn  Kẻ\nNói",
    "nguyen_van_ke_noi",
)
ACCOUNT = "https://social.example/nguyenvankenoi"
PERSON = {
    "@type": "Person", "@id": f"{ACCOUNT}#me", "name": NAME, "alternateName": ["Anh Nói Nhiều"],
    "url": ACCOUNT, "sameAs": [f"{ACCOUNT}/"], "jobTitle": NAME, "image": f"{ACCOUNT}.png",
    "givenName": "Nói", "familyName": "Nguyễn Văn Kẻ", "worksFor": {"name": NAME},
}  # fmt: skip
POST = {
    "@type": "SocialMediaPosting", "url": f"{ACCOUNT}/posts/1", "headline": NAME, "author": PERSON,
    "creator": NAME, "publisher": {"@type": "Organization", "name": NAME}, "text": NAME,
}  # fmt: skip
PLANTED = {
    "itemReviewed": {
        "@type": "Claim", "name": NAME, "author": PERSON, "appearance": [POST, POST["url"]],
        "firstAppearance": POST, "sameAs": ACCOUNT, "description": NAME, "about": PERSON,
    },
    "appearance": POST, "firstAppearance": POST, "mentions": PERSON, "about": PERSON,
    "keywords": [NAME], "contributor": PERSON, "editor": NAME, "image": f"{ACCOUNT}.png",
    "associatedReview": {"author": PERSON}, "comment": [{"author": PERSON, "text": NAME}],
}  # fmt: skip


def _told(check: ImportedCheck) -> str:
    return " ".join(str(part) for part in astuple(check)).casefold()


def _says_nobody(check: ImportedCheck) -> bool:
    told = _told(check)
    plain = told.replace(" ", "").replace("-", "").replace("_", "")
    marks = ("kẻ-nói", "kẻ nói", "ke noi", "ke-noi", "ke_noi", "kenoi", "nói nhiều", "social")
    return not any(mark in told or mark in plain for mark in marks)


def test_no_field_from_which_the_author_could_come_is_taken() -> None:
    check = one(**PLANTED)
    assert check.claim == REVIEW["claimReviewed"]
    assert check.faults == ()
    assert _says_nobody(check)


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(
    "field", ["claimReviewed", "reviewBody", "description", "headline", "name"]
)
def test_an_author_whom_the_review_names_is_taken_out_of_its_words(
    field: str, written: str
) -> None:
    """Also of the claim. A name that stands in the claim alone cannot be known to be one."""
    texts = {
        "reviewBody": None,
        "headline": None,
        field: f"Ông {written} nói: xem {ACCOUNT}/posts/1",
    }
    check = one(**PLANTED, **texts)
    assert _says_nobody(check)
    shown = {
        "claimReviewed": check.claim,
        "reviewBody": check.summary,
        "description": check.summary,
    }
    assert shown.get(field, check.title).startswith("Ông […] nói: xem […]")


@pytest.mark.parametrize(
    "item",
    [
        {"author": NAME},
        {"author": [{"name": NAME}]},
        {"author": {"@type": "Person", "givenName": "Kẻ-Nói", "familyName": "Nguyễn Văn"}},
        {"appearance": {"isPartOf": {"author": {"name": NAME}}}},
        {"claimInterpreter": {"@type": "Person", "name": NAME}},
        [{"@type": "CreativeWork", "creator": {"legalName": NAME}}],
    ],
)
def test_wherever_the_author_is_named(item: Any) -> None:
    assert _says_nobody(one(itemReviewed=item, claimReviewed=f"{NAME} nói sai"))


def test_an_author_who_stands_elsewhere_in_the_graph_is_found() -> None:
    review = {
        **REVIEW,
        "claimReviewed": f"{NAME} nói sai",
        "itemReviewed": {"author": {"@id": "#a"}},
    }
    graph = {"@graph": [review, {"@type": "Person", "@id": "#a", "name": NAME}]}
    (check,) = read_claimreviews(json.dumps(graph))
    assert check.claim == "[…] nói sai"


def test_an_address_of_the_review_that_names_the_author_is_left_out() -> None:
    check = one(**PLANTED, url="https://tingia.example/nguyen-van-ke-noi-noi-sai")
    assert check.url == ""
    assert check.issuer == "Trung tâm Xử lý tin giả"
    accounts = one(**PLANTED, url="https://tingia.example/?about=nguyenvankenoi")
    assert accounts.url == ""


def test_short_words_and_platforms_are_no_names() -> None:
    claim = "An toàn lao động: Facebook thu phí."
    for nobody in ("An", "Facebook", "Mạng xã hội", "Người dùng Facebook"):
        assert one(claimReviewed=claim, itemReviewed={"author": {"name": nobody}}).claim == claim


def test_a_name_in_a_script_without_spaces_is_taken_out() -> None:
    item = {"author": {"@type": "Person", "name": "สมชาย ใจดี"}}
    check = one(claimReviewed="นายสมชาย ใจดีกล่าวเท็จ", itemReviewed=item)
    assert check.claim == "นาย[…]กล่าวเท็จ"


def test_addresses_and_accounts_go_even_if_nobody_is_named() -> None:
    check = one(claimReviewed="Xem facebook.com/ai.do/posts/1 và @ai_do tại t.me/ai_do nhé.")
    assert check.claim == "Xem […] và […] tại […] nhé."
