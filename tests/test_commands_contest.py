"""`caunoi contest`: what a script does, and what anyone can check afterwards."""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.app import App
from bot.contests import Round
from bot.store import schema
from tests.conftest import ROOT
from tests.contesting import enter, opened
from tests.organisation import prepare
from tests.test_contests import _begun, _given, _person

Printed = pytest.CaptureFixture[str]
Line = Callable[..., Awaitable[int]]
RIGHT = (5, 5, 4, 3, 2, 0)


@pytest.fixture
def line(bot: App, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Runs a verb as a script would, beside the serving bot."""
    for name in ("database_url", "content_dir", "locales_dir", "var_dir"):
        monkeypatch.setenv(name.upper(), str(getattr(bot._settings, name)))

    async def run(*arguments: str) -> int:
        return await asyncio.to_thread(main, list(arguments))

    return run


@pytest.fixture
async def played(bot: App) -> Round:
    """Six people took part, five of them of one unit."""
    await prepare(bot)
    one = await opened(bot.store)
    for number, right in enumerate(RIGHT):
        person = await _person(bot.store, 700 + number)
        await _given(bot.store, person, await _begun(bot.store, person, one), right)
    units = [
        row.id
        for row in await bot.store._reads.run(lambda c: c.execute(schema.unit.select()).all())
    ]

    def place(connection: Any) -> None:
        ids = connection.execute(schema.attempt.select()).scalars().all()
        for at, number in enumerate(ids):
            mine = schema.attempt.update().where(schema.attempt.c.id == number)
            connection.execute(mine.values(unit_id=units[1 if at < 5 else 2]))

    await bot.store._writes.run(place)
    return one


async def test_a_round_is_closed_ranked_and_published_so_that_anyone_can_check_it(
    line: Line, played: Round, capsys: Printed, tmp_path: Path
) -> None:
    assert await line("contest", "rank", str(played.id)) == 1
    assert "not closed yet" in capsys.readouterr().err
    assert await line("contest", "publish", str(played.id), "--out", str(tmp_path)) == 1
    assert await line("contest", "close", "spring/week-1") == 0
    capsys.readouterr()
    assert await line("contest", "rank", str(played.id), "--json") == 0
    ranking = json.loads(capsys.readouterr().out)["ranking"]
    assert [row["points"] for row in ranking] == sorted(RIGHT, reverse=True)
    folder = tmp_path / "published"
    assert await line("contest", "publish", str(played.id), "--out", str(folder)) == 0
    capsys.readouterr()
    assert _checked(folder, played.commitment) == (0, "OK")
    assert _checked(folder, "0" * 64)[0] == 1
    text = (folder / "results.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    # A unit is named only where five took part; nobody is.
    units = {int(row["points"]): bool(row["unit"]) for row in rows}
    assert units == {5: True, 4: True, 3: True, 2: True, 0: False}
    assert all(row["name"] == "" for row in rows)
    # Somebody gets a point too many: the script finds it.
    (folder / "results.csv").write_text(text.replace(",4,", ",5,", 1), "utf-8-sig")
    code, told = _checked(folder, played.commitment)
    assert code == 1
    assert "points, not" in told


async def test_a_void_question_is_right_for_all_in_the_published_files_too(
    line: Line, played: Round, tmp_path: Path
) -> None:
    question = played.frozen.questions[0].id
    assert await line("contest", "void", str(played.id), question) == 0
    assert await line("contest", "close", str(played.id)) == 0
    assert await line("contest", "publish", str(played.id), "--out", str(tmp_path / "p")) == 0
    assert _checked(tmp_path / "p", played.commitment) == (0, "OK")


async def test_how_questions_went_is_told_without_answers_while_the_round_is_open(
    line: Line, bot: App, capsys: Printed
) -> None:
    await prepare(bot)
    one = await opened(bot.store)
    await enter(bot.store, one, ({"right": number % 6} for number in range(90)))
    assert await line("contest", "items", str(one.id), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told.keys() == {"round", "questions"}
    assert {frozenset(row) for row in told["questions"]} == {frozenset({"id", "asked", "seconds"})}
    assert sum(row["asked"] for row in told["questions"]) == 450
    assert await line("contest", "items", "spring/week-1") == 0
    assert len(capsys.readouterr().out.splitlines()) == 16
    assert await line("contest", "close", str(one.id)) == 0
    question = one.frozen.questions[0].id
    assert await line("contest", "void", str(one.id), question) == 0
    assert await line("contest", "items", str(one.id), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["entries"], told["seconds"], told["cut"]) == (90, 10, False)
    assert "no verdicts" in told["note"]
    first = next(row for row in told["questions"] if row["id"] == question)
    assert first["void"]
    assert first["enough"] is (first["asked"] >= 30)
    assert await line("contest", "items", str(one.id)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t")[:3] == ["question", "asked", "right"]
    assert any("too few to tell" in each for each in lines) == (
        any(not row["enough"] for row in told["questions"])
    )
    assert any(each.startswith(question) and each.endswith("void") for each in lines)


def _checked(folder: Path, commitment: str) -> tuple[int, str]:
    """What the published script says: it knows nothing of this house."""
    script = ROOT / "docs/check_contest.py"
    run = subprocess.run(
        [sys.executable, "-I", str(script), str(folder), commitment],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return run.returncode, run.stdout.strip()


async def test_words_that_cannot_be_said_are_told(
    line: Line, played: Round, capsys: Printed
) -> None:
    number = str(played.id)
    for words, code, told in (
        (("rank", "99"), 1, "there is no round 99"),
        (("open", "spring/week-9"), 1, "content/contests has no spring/week-9"),
        (("extend", number, "tomorrow"), 2, "a time with its zone"),
        (("extend", number, "2020-01-01T00:00+07:00"), 2, "that time is over"),
        (("void", number, "nothing-1"), 2, "no question nothing-1"),
    ):
        assert await line("contest", *words) == code
        assert told in capsys.readouterr().err
    assert await line("contest", "void", number, "union-001") == 0
    assert await line("contest", "void", number, "union-001") == 1
    later = datetime.now(UTC).replace(year=datetime.now(UTC).year + 1)
    assert await line("contest", "extend", number, later.isoformat()) == 0
    assert await line("contest", "list") == 0
    assert f"{number}\tspring/week-1\topen\t{later.year}" in capsys.readouterr().out
