"""`caunoi units`: what it prints, what it changes, and that a faulty list changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from bot.__main__ import main
from tests.small_pack import small_pack

Printed = pytest.CaptureFixture[str]
LIST = """\
Danh sách đơn vị năm 2026;;;;
Cấp trên;Tên đơn vị;Mã;Loại;Ghi chú
LD;Tỉnh Bắc;BN;tỉnh;
BN;Công ty May;BN-01;cơ sở;mới
LD;Tỉnh Nam;TN;tỉnh;
"""


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/c.db")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))


def _write(folder: Path, text: str, encoding: str = "utf-8-sig") -> str:
    path = folder / "units.csv"
    path.write_text(text, encoding=encoding)
    return str(path)


def test_a_list_is_shown_first_and_then_loaded(tmp_path: Path, capsys: Printed) -> None:
    path = _write(tmp_path, LIST)
    assert main(["units", "load", path, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "+ BN-01  Công ty May  (under BN)" in shown
    assert "3 added, 0 changed, 0 as they were; 1 kept that the list does not name" in shown
    assert "columns that nothing reads: Ghi chú" in shown
    assert "nothing was changed (--dry-run)" in shown
    assert main(["units", "tree"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert main(["units", "load", path]) == 0
    capsys.readouterr()
    assert main(["units", "tree"]) == 0
    assert capsys.readouterr().out == (
        "LD  Liên đoàn Lao động (bản dùng thử)  [federation]  <5\n"
        "  BN  Tỉnh Bắc  [tỉnh]  <5\n"
        "    BN-01  Công ty May  [cơ sở]  <5\n"
        "  TN  Tỉnh Nam  [tỉnh]  <5\n"
    )
    changed = LIST.replace("BN;Công ty May", "TN;Công ty May 2")
    assert main(["units", "load", _write(tmp_path, changed)]) == 0
    shown = capsys.readouterr().out
    assert "~ BN-01  title: Công ty May → Công ty May 2; under: BN → tn" in shown
    assert main(["units", "load", _write(tmp_path, changed), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "added": 0, "changed": 0, "as_they_were": 3, "ignored": ["Ghi chú"],
    }  # fmt: skip


def test_all_faults_are_told_with_their_rows_and_nothing_is_loaded(
    tmp_path: Path, capsys: Printed
) -> None:
    faulty = LIST + "NOPE;Công ty A;A-1;cơ sở;\nLD;Công ty B;A-2;cơ sở;\nA-3;Công ty C;A-4;cơ sở;\n"
    assert main(["units", "load", _write(tmp_path, faulty)]) == 1
    told = capsys.readouterr().err
    assert "row 6: there is no parent nope" in told
    assert "row 8: there is no parent a-3" in told
    assert "nothing was loaded" in told
    assert main(["units", "load", _write(tmp_path, LIST + "LD;x;bn;tỉnh;\n")]) == 1
    assert "code bn stands in row 3 already" in capsys.readouterr().err
    assert main(["units", "load", str(tmp_path / "none.csv")]) == 1
    assert main(["units", "tree"]) == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_a_spreadsheet_of_ten_thousand_rows_is_loaded(tmp_path: Path, capsys: Printed) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["kind", None, "name", "parent", "code"])
    for number in range(10_000):
        sheet.append(["cơ sở", None, f"Công ty {number}", "LD", f"C{number}"])
    path = tmp_path / "units.xlsx"
    book.save(path)
    assert main(["units", "load", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 10_000
    assert main(["units", "tree", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 10_001
    assert rows[1] == {
        "code": "C0", "name": "Công ty 0", "kind": "cơ sở", "parent": "LD", "people": "<5",
    }  # fmt: skip


def test_the_tree_is_changed_by_words_and_shown_as_it_was(tmp_path: Path, capsys: Printed) -> None:
    main(["units", "load", _write(tmp_path, LIST)])
    capsys.readouterr()
    assert main(["units", "rename", "TN", "Tỉnh Nam mới"]) == 0
    assert capsys.readouterr().out == "TN: Tỉnh Nam → Tỉnh Nam mới\n"
    assert main(["units", "move", "bn-01", "TN"]) == 0
    assert main(["units", "merge", "BN", "TN"]) == 0
    assert "BN is now part of TN" in capsys.readouterr().out
    assert main(["units", "close", "BN-01"]) == 0
    assert main(["units", "close", "BN-01"]) == 1
    assert "closed or merged before" in capsys.readouterr().err
    yesterday, today = (f"{datetime.now(UTC) + timedelta(days=n):%Y-%m-%d}" for n in (-2, 1))
    assert main(["units", "tree", "--on", yesterday]) == 0
    assert main(["units", "tree", "--on", today]) == 2
    assert "a day that is over" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["units", "tree", "--on", "yesterday"])


def test_the_first_list_may_be_loaded_again_after_it_was_changed(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_pack(tmp_path / "content")
    monkeypatch.setenv("CONTENT_DIR", str(folder))
    assert main(["units", "tree"]) == 0
    path = folder / "units.yaml"
    path.write_text(path.read_text("utf-8").replace("(bản dùng thử)", "Mẫu"), "utf-8")
    assert main(["units", "load", str(path)]) == 0
    assert "title: Liên đoàn Lao động (bản dùng thử) → Liên đoàn Lao động Mẫu" in (
        capsys.readouterr().out
    )
    (tmp_path / "other.yaml").write_text("units: []", "utf-8")
    assert main(["units", "load", str(tmp_path / "other.yaml")]) == 1
    path.write_text("units: [", "utf-8")
    assert main(["units", "load", str(path)]) == 1


def test_a_broadcast_to_an_unknown_unit_is_wrong_usage(tmp_path: Path, capsys: Printed) -> None:
    from tests.test_commands import BROADCAST

    file = tmp_path / "m.yaml"
    file.write_text(BROADCAST, "utf-8")
    arguments = ["broadcast", "--text", str(file), "--dry-run", "--audience"]
    assert main([*arguments, "unit:NOPE"]) == 2
    assert "there is no such unit" in capsys.readouterr().err
    assert main([*arguments, "unit:LD"]) == 1
    assert capsys.readouterr().out == "people: <5\n"
