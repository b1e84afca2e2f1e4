"""What topics.yaml asks of the languages, and what editors are told of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_wording import planted

UNION = "- slug: union\n  languages: [vi, en]\n"
DEMANDS = [
    # asked, in which file and line the first fault is told, how many there are
    ("factchecks: [vi, en]", "factchecks: [vi, en, ko]",
     "factchecks/asean-founding-member.yaml:13: asean-founding-member: has no ko, which "
     "topics.yaml asks of factchecks"),
    ("questions: [vi, en]", "questions: [vi, ja]",
     "questions/award.yaml:6: award-001: has no ja, which topics.yaml asks of questions"),
    (UNION, "- slug: union\n  languages: [vi, en, km]\n",
     "articles/union/union-commune-unions.yaml:18: union-commune-unions: has no km, which"),
    (UNION, f"{UNION}  at_least: {{km: 2}}\n",
     "topics.yaml:14: topic union: 0 articles in km, at least 2 are asked"),
    (UNION, UNION.replace("[vi, en]", "[]"), "13: topics.0.languages: "),
    (UNION, UNION.replace("[vi, en]", "[vietnamese]"), "13: topics.0.languages.0: "),
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
    assert found == ["contacts.yaml:4: police: name: has no ko, which topics.yaml asks of contacts"]
