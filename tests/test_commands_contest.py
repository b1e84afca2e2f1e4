"""`caunoi contest`: what a script does, and what anyone can check afterwards."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.app import App
from bot.contests import Round
from bot.contests_draw import commitment, draw
from bot.store import schema
from tests.contesting import opened
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
    assert await line("contest", "publish", str(played.id), "--out", str(tmp_path)) == 0
    key = json.loads((tmp_path / "key.json").read_text("utf-8"))
    text = (tmp_path / "results.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    seed, salt = bytes.fromhex(key["seed"]), bytes.fromhex(key["salt"])
    assert commitment(key["key"], seed, salt) == played.commitment
    questions = key["key"]["questions"]
    quotas = {name: one["quota"] for name, one in questions.items()}
    for row in rows:
        drawn = draw(seed, row["code"], quotas, key["key"]["quotas"])
        assert row["drawn"].split() == drawn
        right = [str(questions[each]["answer"]) for each in drawn]
        assert sum(map(str.__eq__, right, row["answers"])) == int(row["points"])
    ranks = sorted(
        rows, key=lambda row: (-int(row["points"]), datetime.fromisoformat(row["finished"]))
    )
    assert [row["rank"] for row in ranks] == [row["rank"] for row in rows]
    # A unit is named only where five took part; nobody is.
    assert [bool(row["unit"]) for row in sorted(rows, key=lambda r: int(r["points"]))] == [
        False, True, True, True, True, True,
    ]  # fmt: skip
    assert set(rows[0]) == {
        "code", "points", "gap", "rank", "finished", "league", "unit", "guess", "answers", "drawn",
    }  # fmt: skip


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
