"""`caunoi match`: one JSON object for each text, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.conftest import ROOT
from tests.small_pack import small_pack

Printed = pytest.CaptureFixture[str]
COPIED = "Thử việc là làm không công, không có lương."
UNRELATED = "Sáng mai cúp nước cả khu trọ, bà con trữ nước nha."


@pytest.fixture(autouse=True)
def _content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Published long ago, so that the day of the test does not matter."""
    content = small_pack(
        tmp_path / "content", *(path.stem for path in (ROOT / "content/factchecks").iterdir())
    )
    for path in (content / "factchecks").glob("*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("published: 2026-11-29", "published: 2020-01-01"), "utf-8")
    monkeypatch.setenv("CONTENT_DIR", str(content))


def _rows(capsys: Printed) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_published_wording_is_answered_at_once(capsys: Printed) -> None:
    assert main(["match", COPIED]) == 0
    (row,) = _rows(capsys)
    assert row.keys() == {"decision", "hits"}
    assert row["decision"] == "auto"
    hits = row["hits"]
    assert isinstance(hits, list)
    assert hits[0]["id"] == "probation-unpaid"
    assert 0 < hits[0]["score"] <= 1


def test_a_text_about_nothing_is_answered_with_none(capsys: Printed) -> None:
    assert main(["match", UNRELATED, "--json"]) == 0
    assert _rows(capsys) == [{"decision": "none", "hits": []}]


def test_an_empty_text_is_a_text(capsys: Printed) -> None:
    assert main(["match", ""]) == 0
    assert _rows(capsys) == [{"decision": "none", "hits": []}]


def test_each_line_of_a_file_is_answered_in_its_place(tmp_path: Path, capsys: Printed) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_bytes(f"\ufeff{COPIED}\r\n\r\n{UNRELATED}".encode())
    assert main(["match", "--file", str(lines)]) == 0
    assert [row["decision"] for row in _rows(capsys)] == ["auto", "none", "none"]


def test_an_empty_file_has_no_texts(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "lines.txt").write_text("")
    assert main(["match", "--file", str(tmp_path / "lines.txt")]) == 0
    assert capsys.readouterr().out == ""


def test_a_check_that_is_not_out_yet_answers_nothing(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "content/factchecks/probation-unpaid.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("published: 2020-01-01", "published: 2999-01-01"), "utf-8")
    assert main(["match", COPIED]) == 0
    assert "probation-unpaid" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file or directory"), (b"\xff\xfe\x00", "is not UTF-8")]
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, capsys: Printed, content: bytes | None, reason: str
) -> None:
    lines = tmp_path / "lines.txt"
    if content is not None:
        lines.write_bytes(content)
    assert main(["match", "--file", str(lines)]) == 1
    assert capsys.readouterr().err == f"{lines}: {reason}\n"


def test_broken_content_is_told(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "content/factchecks/probation-unpaid.yaml").write_text("id: [")
    assert main(["match", COPIED]) == 1
    assert "probation-unpaid.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], [COPIED, "--file", "lines.txt"], [COPIED, "more"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["match", *arguments])
    assert stopped.value.code == 2
