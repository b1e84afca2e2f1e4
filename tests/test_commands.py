"""The command line: what it prints, and its exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.conftest import ROOT
from tests.small_pack import small_pack


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
    told = capsys.readouterr().out
    assert "in order" in told
    assert re.search(r"^2\d\d practice questions in 9 topics$", told, re.MULTILINE)


def test_check_tells_all_faults_of_content_and_locales_at_once(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pack(tmp_path / "content", "union-founding-day")
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


def test_who_reads_no_further_sees_no_traceback(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)  # as `| head` does
    with os.fdopen(writer, "w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["search", "công đoàn"]) == 1
    assert capfd.readouterr().err == ""


def test_upgrade_makes_the_database(tmp_path: Path, capsys: Printed) -> None:
    assert main(["upgrade"]) == 0
    assert capsys.readouterr().out == "schema 0019\n"
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


# --- officers and the forecast of a broadcast ----------------------------------------------------

BROADCAST = """\
topic: union
text:
  vi: {title: Lịch làm việc, body: Văn phòng công đoàn mở cửa sáng thứ bảy.}
sources:
- {title: Thông báo, issuer: Công đoàn cơ sở, number: 12/TB}
"""


@pytest.fixture
def audience(tmp_path: Path) -> None:
    """Seven people: five on Zalo (three of them in the window), two on Telegram."""
    from bot.model import Address, Contact, Event, Person, Session, Subscription
    from bot.store import Seal, Store, Work

    async def fill() -> None:
        store = Store(f"sqlite:///{tmp_path}/c.db", Seal("secret"))
        await store.upgrade()
        now = datetime.now(UTC)
        for number in range(7):
            channel = "zalo-oa" if number < 5 else "telegram"
            wrote = now - timedelta(hours=1 if number < 3 else 80)
            contact = Contact(wrote) if channel == "zalo-oa" else None
            event = Event(str(number), Address(channel, str(number)), contact=contact)
            stored = await store.write_down(event, now)
            assert stored is not None
            person, work = Person(stored.person_id), Work()
            work.choose_language(person, "vi")
            work.consent(person, "v", now)
            work.subscribe(person, Subscription(frozenset({"union"}), now.date()), None, None)
            await store.finish(stored, work, Session(), (), now)
        await store.close()

    asyncio.run(fill())


def _broadcast(tmp_path: Path, text: str, *more: str) -> list[str]:
    file = tmp_path / "message.yaml"
    file.write_text(text, encoding="utf-8")
    return ["broadcast", "--text", str(file), "--audience", "everyone", *more]


@pytest.mark.usefixtures("audience")
def test_a_dry_run_says_who_is_reached_who_waits_and_what_it_costs(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(_broadcast(tmp_path, BROADCAST, "--dry-run")) == 0
    told = capsys.readouterr().out
    assert "people: 7\nreached now: 5\nat their next contact: 2\ncost: 0 đồng" in told
    monkeypatch.setenv("ZALO_OA_PAID", "true")
    monkeypatch.setenv("ZALO_OA_MONTHLY_BUDGET", "1000")
    assert main(_broadcast(tmp_path, BROADCAST, "--dry-run", "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["now"], told["waiting"], told["cost"]) == (7, 0, 110)
    # Two on Telegram are too few to be told, and could be worked out from the five on Zalo.
    assert told["channels"] == {"telegram": "hidden", "zalo-oa": "hidden"}


@pytest.mark.usefixtures("audience")
def test_an_audience_of_fewer_than_five_is_refused_and_not_counted(
    tmp_path: Path, capsys: Printed
) -> None:
    arguments = _broadcast(tmp_path, BROADCAST, "--dry-run")
    arguments[4] = "channel:telegram"
    assert main(arguments) == 1
    assert main([*arguments, "--json"]) == 1
    told = capsys.readouterr()
    assert told.out == 'people: <5\n{"people": "<5"}\n'
    assert "refused" in told.err


FAULTY = {
    BROADCAST.replace("union", "unions"): "topic: not one of",
    BROADCAST.partition("sources")[0]: "sources: missing",
    BROADCAST + "author: me\n": "author: unknown field",
    BROADCAST + "expires: 2020-01-01\n": "expires: is past already",
    BROADCAST + "picture: {file: no.png, alt: {vi: x}}\n": "there is no file no.png",
    "topic: [": "broken YAML",
}


@pytest.mark.parametrize("text", FAULTY)
def test_a_faulty_broadcast_is_told_with_its_line(
    tmp_path: Path, capsys: Printed, text: str
) -> None:
    assert main(_broadcast(tmp_path, text, "--dry-run")) == 1
    told = capsys.readouterr().err
    assert "message.yaml:" in told
    assert FAULTY[text] in told


def test_an_audience_nobody_can_read_and_a_sending_without_officers_are_wrong_usage(
    tmp_path: Path, capsys: Printed
) -> None:
    arguments = _broadcast(tmp_path, BROADCAST)
    assert main(arguments) == 2
    assert "takes --author and --approver" in capsys.readouterr().err
    arguments[4] = "colour:red"
    assert main([*arguments, "--dry-run"]) == 2
    assert "colour:red" in capsys.readouterr().err


@pytest.mark.usefixtures("audience")
def test_officers_are_added_listed_and_removed(capsys: Printed) -> None:
    add = ["officers", "add", "telegram:5", "--role", "administrator"]
    assert main(add) == 0
    assert main([*add, "--unit", "LD"]) == 0
    assert main(["officers", "list"]) == 0
    assert capsys.readouterr().out == ("telegram:5  administrator  LD\n")
    assert main(["officers", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unit"] == "LD"
    assert main(["officers", "remove", "telegram:5"]) == 0
    assert main(["officers", "remove", "telegram:5"]) == 1
    assert main(["officers", "add", "telegram:99", "--role", "reader"]) == 1
    assert main(["officers", "add", "nobody", "--role", "reader"]) == 1
    assert "nobody has written to the bot as telegram:99" in capsys.readouterr().err
