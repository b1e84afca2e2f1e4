"""Published checks as editors write them, and the texts by which matching will be judged."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.library import ContentError, FactCheck, load_library
from tests.conftest import LIBRARY, ROOT

CHECK = """\
id: no-pay
claim: {vi: Thử việc không có lương., en: Probation is unpaid.}
variants: {vi: [Thử việc thì làm không công.]}
verdict: incorrect
summary: {vi: Thử việc được trả lương., en: Probation is paid.}
sources: [{title: Bộ luật Lao động, issuer: Quốc hội, number: 45/2019/QH14}]
published: 2026-11-29
"""


def _loaded(folder: Path, text: str, name: str = "no-pay.yaml") -> FactCheck:
    for file in ("topics.yaml", "units.yaml", "calendar.yaml", "contacts.yaml", "award.yaml"):
        (folder / file).write_bytes((ROOT / "content" / file).read_bytes())
    (folder / "media").mkdir()
    for picture in (ROOT / "content/media").glob("*.png"):
        (folder / "media" / picture.name).write_bytes(picture.read_bytes())
    (folder / "factchecks").mkdir()
    (folder / "factchecks" / name).write_text(text, "utf-8")
    return load_library(folder).factchecks["no-pay"]


def test_a_check_is_read_with_all_its_wordings(tmp_path: Path) -> None:
    check = _loaded(tmp_path, CHECK)
    assert check.wordings("vi") == ("Thử việc không có lương.", "Thử việc thì làm không công.")
    assert check.in_language(("ko", "en")) == "en"
    assert check.in_language(("ko",)) == "vi"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("verdict: incorrect", "verdict: opinion", "verdict"),  # never published
        ("verdict: incorrect", "verdict: false", "verdict"),
        ("id: no-pay", "id: other", "the file is called no-pay"),
        ("vi: Thử việc không có lương., ", "", "has no Vietnamese wording"),
        (", en: Probation is paid.", "", "claim.en: has no summary"),
        ("Thử việc được trả lương.", "'**Được** trả lương.'", "no markup"),
        ("published:", "author: Nguyễn Văn A\npublished:", "unknown field"),
        ("sources: [{title: Bộ luật Lao động, issuer: Quốc hội, number: 45/2019/QH14}]",
         "sources: []", "sources"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_check_is_told_with_its_file(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    with pytest.raises(ContentError) as caught:
        _loaded(tmp_path, CHECK.replace(old, new))
    assert "factchecks/no-pay.yaml:" in str(caught.value)
    assert fault in str(caught.value)


def test_the_checks_of_the_pack_answer_in_both_languages_and_are_drafts() -> None:
    checks = LIBRARY.factchecks.values()
    assert len(checks) >= 40
    for check in checks:
        assert {"vi", "en"} <= set(check.summary), check.id
        assert len(check.wordings("vi")) >= 4, check.id
        assert set(check.state.values()) == {"draft"}, check.id  # no editor has read them yet


def _texts() -> list[dict[str, Any]]:
    read = yaml.load((ROOT / "tests/claims/labelled.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return list(read)


def test_the_labelled_texts_are_as_many_and_as_odd_as_people_write() -> None:
    texts = _texts()
    assert len(texts) >= 300
    assert len({one["text"] for one in texts}) == len(texts)
    odd = [one for one in texts if {"unmarked", "teencode", "typo"} & set(one["kind"])]
    assert len(odd) >= len(texts) / 3
    unmatched = [one for one in texts if one["match"] is None]
    assert len(unmatched) >= len(texts) / 4
    assert sum("near" in one for one in unmatched) >= len(unmatched) / 2
    assert {one["match"] for one in texts} - {None} <= set(LIBRARY.factchecks)


def test_all_texts_of_a_claim_lie_in_one_half() -> None:
    halves: dict[str, set[str]] = defaultdict(set)
    for one in _texts():
        claim = one["match"] or one.get("near")
        if claim:
            halves[claim].add(one["part"])
    assert all(len(parts) == 1 for parts in halves.values())
    assert {part for parts in halves.values() for part in parts} == {"tuning", "held-out"}
