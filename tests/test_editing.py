"""What topics.yaml asks of the languages, and what editors are told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_wording import planted

SIX = "[vi, en, zh-Hans, zh-Hant, ko, ja]"
UNION = f"- slug: union\n  languages: {SIX}\n"
DEMANDS = [
    # asked, in which file and line the first fault is told, how many there are
    ("factchecks: [vi, en,", "factchecks: [vi, en, fr,",
     "factchecks/asean-founding-member.yaml:20: asean-founding-member: has no fr, which "
     "topics.yaml asks of factchecks"),
    (f"questions: {SIX}", "questions: [vi, km]",
     "questions/award.yaml:6: award-001: has no km, which topics.yaml asks of questions"),
    (UNION, UNION.replace("ja]", "ja, fr]"),
     "articles/union/union-no-workplace-union.yaml:10: union-no-workplace-union: has no fr, which"),
    (f"{UNION}  at_least: {{km: 1", f"{UNION}  at_least: {{km: 2",
     "topics.yaml:48: topic union: 1 articles in km, at least 2 are asked"),
    (UNION, UNION.replace(SIX, "[]"), "47: topics.1.languages: "),
    (UNION, UNION.replace(SIX, "[vietnamese]"), "47: topics.1.languages.0: "),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), DEMANDS)
def test_what_topics_yaml_asks_for_is_told_where_it_lacks(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    found = planted(tmp_path, "topics.yaml", old, new)
    assert any(told in fault for fault in found), found[:3]


def test_a_text_that_nobody_asks_for_may_be_missing_but_not_one_that_is(tmp_path: Path) -> None:
    name = "contacts.yaml"
    found = planted(tmp_path, name, '    ko: "공안(경찰)"\n', "")
    assert found == [
        "contacts.yaml:4: police: name: has no ko, which topics.yaml asks of contacts.yaml"
    ]


FORBIDDEN = [
    ("contacts.yaml", "公安(报警)", "对外宣传",
     "contacts.yaml:7: police: name: zh-Hans: 对外宣传 is not to be said, but 对外信息; 对外宣介"),
    ("calendar.yaml", "Victory Day (30 April)", "Vietnam's Victory Day (30 April)",
     "calendar.yaml:85: victory-day: name: en: vietnam is not to be said, but Viet Nam"),
    ("articles/sea-islands/sea-east-sea-names-and-claims.yaml", "Đài Loan (Trung Quốc)", "Đài Loan",
     ".yaml:19: sea-east-sea-names-and-claims: body: vi: đài loan is not to be said, but Đài Loan"),
    ("topics.yaml", 'ja: "海と島"', 'ja: "東海と島"',
     "sea-islands: name: ja: 東海 is not to be said, but 南シナ海"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "told"), FORBIDDEN)
def test_a_word_that_is_not_to_be_said_is_told(
    tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    found = planted(tmp_path, name, old, new)
    assert any(told in fault for fault in found), found


def test_a_forbidden_word_may_stand_within_an_agreed_one(tmp_path: Path) -> None:
    assert (
        planted(tmp_path, "topics.yaml", 'zh-Hans: "海洋与岛屿"', 'zh-Hans: "南海（越南称“东海”）"')
        == []
    )


GLOSSARIES = [
    ("- id: quiz\n", "- id: vgcl\n", "vgcl: stands here twice"),
    ('vi: "câu hỏi trắc nghiệm"', 'en: "x1"', "stands here twice"),
    ('vi: "tin giả"', 'vi: "quyền con người"', "human-rights: fake-news has that word already"),
    ('ko: ["노조연맹"]', 'ko: ["도이머이"]', "trade-union: ko: 도이머이 is a word of doi-moi"),
    ('zh-Hans: ["工会联盟"]', "zh-Hans: []", "forbidden.zh-Hans: Tuple should have at least 1"),
    ("terms:\n", "words: []\nterms:\n", "glossary.yaml:5: words: unknown field"),
]


@pytest.mark.parametrize(("old", "new", "told"), GLOSSARIES)
def test_a_glossary_that_contradicts_itself_is_refused(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    found = planted(tmp_path, "glossary.yaml", old, new)
    assert any(told in fault for fault in found), found
    assert all("glossary.yaml:" in fault for fault in found)
