"""The command line: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "CONTENT_DIR": str(ROOT / "content"),
        "LOCALES_DIR": str(ROOT / "locales"),
        "VAR_DIR": str(tmp_path / "var"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/c.db",
    }.items():
        monkeypatch.setenv(name, value)


Printed = pytest.CaptureFixture[str]


def test_check_finds_what_ships_in_order(capsys: Printed) -> None:
    assert main(["check"]) == 0
    assert "in order" in capsys.readouterr().out


def test_check_tells_all_faults_of_content_and_locales_at_once(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    broken = tmp_path / "content/articles/union/union-founding-day.yaml"
    broken.write_text(broken.read_text("utf-8") + "author: x\n", encoding="utf-8")
    (tmp_path / "content/articles/award/award-2026.yaml").write_text("id: [")
    monkeypatch.setenv("CONTENT_DIR", str(tmp_path / "content"))
    monkeypatch.setenv("LOCALES_DIR", str(tmp_path))
    assert main(["check"]) == 1
    told = capsys.readouterr().out
    assert "union-founding-day.yaml:" in told
    assert "author: unknown field" in told
    assert "award-2026.yaml:" in told
    assert "no catalogue for en, vi" in told


def test_serve_refuses_to_start_with_faulty_content(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENT_DIR", str(tmp_path))
    assert main(["serve"]) == 1
    assert "topics.yaml:1: this file is missing" in capsys.readouterr().err


def test_serve_says_in_a_sentence_that_the_port_is_taken(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("HTTP_PORT", str(taken.getsockname()[1]))
        assert main(["serve"]) == 1
    assert "cannot serve: " in capsys.readouterr().err


def test_faulty_settings_are_told_by_name(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "http")
    monkeypatch.setenv("TIMEZONE", "Mars")
    monkeypatch.setenv("LOCALES_DIR", "nowhere")
    assert main(["search", "x"]) == 1
    assert "nowhere" not in capsys.readouterr().err
    assert main(["check"]) == 1
    told = capsys.readouterr().err
    assert "settings: HTTP_PORT" in told
    assert "nowhere: no catalogue for en, vi" in told
    assert "settings: TIMEZONE: there is no time zone 'Mars'" in told


def test_search_prints_lines_or_json(capsys: Printed) -> None:
    assert main(["search", "nguoi nuoc ngoai gia nhap cong doan"]) == 0
    assert capsys.readouterr().out.startswith("union-foreign-workers  Người lao động")
    assert main(["search", "foreign workers", "--language", "en", "--json"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert set(first) == {"id", "title", "score"}


def test_search_without_content_fails_in_words(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENT_DIR", str(tmp_path))
    assert main(["search", "x"]) == 1
    assert "missing" in capsys.readouterr().err


def test_upgrade_makes_the_database(tmp_path: Path, capsys: Printed) -> None:
    assert main(["upgrade"]) == 0
    assert capsys.readouterr().out == "schema 0002\n"
    assert (tmp_path / "c.db").is_file()


@pytest.mark.parametrize("arguments", [[], ["fly"], ["search"], ["check", "--fast"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: Printed) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_it_runs_as_a_module_and_as_a_script() -> None:
    script = Path(sys.executable).with_name("caunoi")
    for command in ([str(script)], [sys.executable, "-m", "bot"]):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [*command, "check"], env=environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
