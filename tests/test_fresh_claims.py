"""The fresh texts: their checks are valid and new, their labels name one, the shares are kept."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bot.library.factchecks import FactCheck
from tests.conftest import ROOT

FRESH = ROOT / "tests/claims/fresh"
PATHS = sorted((FRESH / "checks").glob("*.yaml"))
OLD = {path.stem for path in (ROOT / "content/factchecks").glob("*.yaml")}
NEW = {path.stem for path in PATHS}
TEXTS: list[dict[str, Any]] = yaml.load(
    (FRESH / "labelled.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
)
KINDS = {
    "copy", "paraphrase", "question", "teencode", "unmarked", "typo", "several-sentences",
    "chain", "forwarded", "screenshot", "mixed", "english", "other-language",
}  # fmt: skip
UNANSWERED = {
    "near-subject", "near-amount", "near-negated", "near-topic", "opinion", "unrelated",
}  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_check_is_valid_and_answers_in_both_languages(path: Any) -> None:
    check = FactCheck.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert check.id == path.stem
    assert set(check.claim) == set(check.variants) == set(check.summary) == {"vi", "en"}
    assert 3 <= len(check.variants["vi"]) <= 5
    assert 1 <= len(check.variants["en"]) <= 2
    assert set(check.state.values()) == {"draft"}


def test_the_checks_are_new() -> None:
    assert len(OLD) == 40
    assert len(NEW) == 22
    assert not OLD & NEW


def test_every_label_names_a_check_and_known_kinds() -> None:
    assert len({text["text"] for text in TEXTS}) == len(TEXTS)
    for text in TEXTS:
        assert text["part"] == "fresh"
        assert text["match"] is None or text["match"] in OLD | NEW, text
        assert text.get("near") is None or text["near"] in OLD | NEW, text
        assert text["match"] is None or "near" not in text, text
        kinds = set(text["kind"])
        assert kinds, text
        assert kinds <= KINDS | UNANSWERED, text
        assert text["match"] is None or not kinds & UNANSWERED, text
        assert ("english" in kinds) == (text["language"] == "en"), text


def test_the_shares_are_kept() -> None:
    matching = [text["match"] for text in TEXTS if text["match"]]
    unanswered = [text for text in TEXTS if not text["match"]]
    rough = [text for text in TEXTS if {"unmarked", "teencode", "typo"} & set(text["kind"])]
    assert len(TEXTS) >= 250
    assert 0.62 <= len(matching) / len(TEXTS) <= 0.68
    assert all(matching.count(check) >= 7 for check in NEW)
    assert 2 * sum("near" in text for text in unanswered) >= len(unanswered)
    assert 3 * len(rough) >= len(TEXTS)
