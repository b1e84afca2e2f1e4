"""`caunoi factchecks import`: a draft for each review, nothing overwritten, every fault told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import main
from bot.claimreview import LARGEST_BYTES
from bot.library import FactCheck
from tests.test_claimreview import REVIEW
from tests.test_claimreview_names import NAME, PLANTED

Printed = pytest.CaptureFixture[str]


def _file(folder: Path, *reviews: Any) -> str:
    path = folder / "reviews.json"
    path.write_text(json.dumps(list(reviews)), "utf-8")
    return str(path)


def _import(folder: Path, *reviews: Any, more: tuple[str, ...] = ()) -> int:
    out = str(folder / "drafts")
    return main(["factchecks", "import", _file(folder, *reviews), "--out", out, *more])


def _drafts(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "drafts").iterdir())


def test_a_review_becomes_a_file_that_content_takes_and_nobody_is_shown(
    tmp_path: Path, capsys: Printed
) -> None:
    assert _import(tmp_path, REVIEW) == 0
    path = tmp_path / "drafts" / "lam-them-gio-khong-duoc-tra-luong.yaml"
    assert capsys.readouterr().out == f"{path}\n"
    text = path.read_text("utf-8")
    assert text.startswith("# Imported from Trung tâm Xử lý tin giả; no editor has read it.\nid: ")
    check = FactCheck.model_validate(yaml.safe_load(text))
    assert check.published is None
    assert check.state == {"vi": "draft"}
    assert check.id == path.stem
    assert check.claim == {"vi": "Làm thêm giờ không được trả lương."}
    assert check.verdict == "incorrect"
    (source,) = check.sources
    assert source.issuer == "Trung tâm Xử lý tin giả"
    assert source.url == REVIEW["url"]
    assert str(source.date) == "2026-10-03"


def test_what_an_editor_must_add_is_told_and_stands_in_the_file(
    tmp_path: Path, capsys: Printed
) -> None:
    review = {
        **REVIEW, "inLanguage": "en", "claimReviewed": "No: 2026-01-01", "reviewBody": None,
        "reviewRating": {"alternateName": "Half true"},
    }  # fmt: skip
    assert _import(tmp_path, review, more=("--json",)) == 0
    told = json.loads(capsys.readouterr().out)
    (written,) = told["written"]
    assert told["faults"] == []
    assert written["lacks"] == [
        "a verdict (the rating is none that is known here)", "a summary", "a Vietnamese wording",
    ]  # fmt: skip
    text = Path(written["file"]).read_text("utf-8")
    assert "# To be added before it can be published: a verdict" in text
    draft = yaml.safe_load(text)
    assert draft["claim"] == {"en": "No: 2026-01-01"}
    assert not {"verdict", "summary", "published"} & set(draft)


def test_nothing_is_overwritten_and_the_others_are_written(tmp_path: Path, capsys: Printed) -> None:
    other = {**REVIEW, "claimReviewed": "Thử việc không có lương."}
    assert _import(tmp_path, REVIEW) == 0
    path = tmp_path / "drafts" / "lam-them-gio-khong-duoc-tra-luong.yaml"
    path.write_text("an editor's work", "utf-8")
    assert _import(tmp_path, REVIEW, {**REVIEW, "claimReviewed": None}, other) == 1
    faults = capsys.readouterr().err.splitlines()
    assert len(faults) == 2
    assert "item 1:" in faults[0]
    assert "is there already" in faults[0]
    assert faults[1].endswith("item 2: claimReviewed: no claim")
    assert path.read_text("utf-8") == "an editor's work"
    assert _drafts(tmp_path) == [path.name, "thu-viec-khong-co-luong.yaml"]


def test_claims_of_one_name_and_in_other_scripts_get_names_of_their_own(tmp_path: Path) -> None:
    claims = ("Một câu dài " * 6, "Một câu dài " * 7, "ข่าวปลอม", "错误的说法")
    reviews = [{**REVIEW, "claimReviewed": claim} for claim in claims]
    assert _import(tmp_path, *reviews) == 0
    names = _drafts(tmp_path)
    assert len(names) == 4
    for name in names:
        read = yaml.safe_load((tmp_path / "drafts" / name).read_text("utf-8"))
        assert FactCheck.model_validate(read).id == Path(name).stem
    assert _import(tmp_path, *reviews) == 1  # the same names again, so none is written twice
    assert _drafts(tmp_path) == names


def test_a_language_that_is_not_told_is_asked_for(tmp_path: Path, capsys: Printed) -> None:
    review = {**REVIEW, "inLanguage": None}
    assert _import(tmp_path, review) == 1
    assert "item 1: inLanguage: not told; say --language" in capsys.readouterr().err
    assert _import(tmp_path, review, more=("--language", "../x")) == 2
    assert _import(tmp_path, review, more=("--language", "zh-TW")) == 0
    (name,) = _drafts(tmp_path)
    assert yaml.safe_load((tmp_path / "drafts" / name).read_text("utf-8"))["state"] == {
        "zh-Hant": "draft"
    }


def test_the_author_of_a_post_stands_nowhere_in_what_is_written_or_printed(
    tmp_path: Path, capsys: Printed
) -> None:
    spoken = {
        **REVIEW, **PLANTED, "claimReviewed": f"{NAME} nói rằng lương giảm.",
        "headline": f"Có phải {NAME} nói vậy?", "reviewBody": f"{NAME} không nói vậy.",
        "url": "https://tingia.example/nguyen-van-ke-noi", "reviewRating": {"alternateName": NAME},
    }  # fmt: skip
    assert _import(tmp_path, spoken, {**REVIEW, **PLANTED}) == 0
    printed = capsys.readouterr()
    texts = [path.read_text("utf-8") for path in (tmp_path / "drafts").iterdir()]
    told = "\n".join([*texts, *_drafts(tmp_path), printed.out, printed.err]).casefold()
    assert "[…] nói rằng lương giảm." in told
    for trace in ("kẻ", "ke-noi", "kenoi", "nói nhiều", "social.example"):
        assert trace not in told


def test_a_name_may_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    assert _import(tmp_path, {**REVIEW, "claimReviewed": "../../etc/passwd là gì"}) == 0
    assert all(path.parent == tmp_path / "drafts" for path in tmp_path.rglob("*.yaml"))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"[]", "there is no ClaimReview in it"),
        (b"no", "no JSON"),
        (b"\xff\xfe\x00", "can't decode"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_name(
    tmp_path: Path, capsys: Printed, content: bytes, fault: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    assert main(["factchecks", "import", str(path), "--out", str(tmp_path / "drafts")]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"{path}: ")
    assert fault in told


def test_a_file_of_fifty_megabytes_is_not_read(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert path.stat().st_size > LARGEST_BYTES
    assert main(["factchecks", "import", str(path), "--out", str(tmp_path / "drafts")]) == 1
    assert "larger than 20 MB" in capsys.readouterr().err
    assert main(["factchecks", "import", str(tmp_path / "no.json"), "--out", str(tmp_path)]) == 1
