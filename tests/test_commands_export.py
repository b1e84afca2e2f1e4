"""`caunoi export`: a file that Datasette opens, with every column described and nobody in it."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.exporting import file as export_file
from bot.exporting.tables import TABLES
from bot.figures import DayFigure
from bot.model import Address, Event, Person, Session
from bot.planreport.periods import Period, whole_month
from bot.store import Seal, Store, Work
from tests.campaigning import schedule
from tests.conftest import LIBRARY, ROOT, make_ready
from tests.counting import count_month
from tests.organisation import load_units

Printed = pytest.CaptureFixture[str]
JULY, AUGUST = whole_month(2027, 7), whole_month(2027, 8)
MARKER = "bi-mat-7391"


def _figures(month: Period, khmer: int) -> list[DayFigure]:
    day = month.first
    return [
        DayFigure(day, "sent", 61, "campaign:1", "union", "vi", "telegram"),
        DayFigure(day, "sent", 2, "campaign:1", "union", "th", "telegram"),
        DayFigure(day, "sent", 9, "article", "sea-islands", "km", "web"),
        DayFigure(day, "read", 41, "article:unclos", "sea-islands", "vi"),
        DayFigure(day, "claim", 7, "money"),
        DayFigure(day, "claim", 2, "health"),
        DayFigure(day, "claim", 6, "work"),
        DayFigure(day, "round", 1, "round:spring/week-1"),
        DayFigure(day, "entry", 4, "round:spring/week-1"),
        DayFigure(day, "gain", 125, "round:spring/week-1"),
        DayFigure(day, "joined", 3),
        DayFigure(day, "reached-month", 4),
        DayFigure(month.last, "people", 63, "", "", "vi"),
        DayFigure(month.last, "people", khmer, "", "", "km"),
        DayFigure(month.last, "people", 2, "", "", "th"),
    ]


async def _fill(url: str) -> None:
    store = Store(url, Seal("secret"))
    await make_ready(store)
    await load_units(store)
    for month, khmer in ((JULY, 9), (AUGUST, 11)):
        people = {"BN-01": 40, "BN-02": 3, "TN-01": 30}
        units = [
            ("sent", "union", "BN-01", 37),
            ("sent", "union", "BN-02", 3),
            ("sent", "union", "TN-01", 23),
        ]
        await count_month(store, month, people, _figures(month, khmer), units)
    now = datetime(2027, 8, 1, 3, tzinfo=UTC)
    stored = await store.write_down(Event("1", Address("telegram", MARKER), text=MARKER), now)
    assert stored is not None
    work = Work()
    work.consent(Person(stored.person_id), "v", now)
    await store.finish(stored, work, Session("search", {"word": MARKER}), (), now)
    await store.campaigns.launch(await _campaign(store), now, lambda *_: now)
    await store.campaigns.full_tally(1)
    await store.close()


async def _campaign(store: Store) -> Any:
    found = await store.campaigns.get(await schedule(store, "everyone", is_urgent=True))
    assert found is not None
    return found


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a database with two closed months."""
    url = f"sqlite:///{tmp_path}/caunoi.db"
    for name, value in (
        ("DATABASE_URL", url), ("CONTENT_DIR", ROOT / "content"), ("VAR_DIR", tmp_path / "var"),
        ("LOCALES_DIR", ROOT / "locales"), ("PUBLIC_URL", "https://caunoi.example"),
        ("SECRET_KEY", "secret"),
    ):  # fmt: skip
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(tmp_path)
    asyncio.run(_fill(url))
    return tmp_path


def _rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def test_what_is_exported_and_that_nobody_and_nothing_small_is_in_it(
    filled: Path, capsys: Printed
) -> None:
    path = filled / "figures.db"
    assert main(["export", str(path), "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert counts == {table.name: len(_rows(path, table.name)) for table in TABLES}
    assert _rows(path, "messages_by_day")[:2] == [
        ("2027-07-01", "sea-islands", "web", 9),
        ("2027-07-01", "union", "telegram", 63),
    ]
    # Two read Thai, so Khmer's readers stand with them.
    assert _rows(path, "languages_by_month")[:3] == [
        ("2027-07", "messages", "vi", 61),
        ("2027-07", "messages", "other", 11),
        ("2027-07", "readings", "vi", 41),
    ]
    # Giày's three, and May's 37 of 40, count in Bắc.
    assert _rows(path, "units_by_month")[:3] == [
        ("2027-07", "LD", "messages", "union", 63),
        ("2027-07", "BN", "messages", "union", 40),
        ("2027-07", "BN-KCN", "messages", "union", 40),
    ]
    assert not [row for row in _rows(path, "units_by_month") if row[1] in {"BN-01", "BN-02"}]
    assert _rows(path, "claims_by_month")[:2] == [
        ("2027-07", "claim", "money", 7),
        ("2027-07", "claim", "other", 8),
    ]
    # 74 and 76 people: nobody sees that two came in August.
    assert _rows(path, "people_by_month") == [
        ("2027-07", "vi", 60), ("2027-07", "other", 10),
        ("2027-08", "vi", 60), ("2027-08", "other", 10),
    ]  # fmt: skip
    assert _rows(path, "joining_by_month") == [
        ("2027-07", 0, 0, None),
        ("2027-08", 6, 0, None),
    ]
    assert _rows(path, "contest_rounds")[0] == ("spring", "week-1", "2027-07-01", None, 12.5)
    assert _rows(path, "campaigns") == [(1, "2027-08-01", "union", None, 126)]
    assert len(_rows(path, "factchecks")) == len(LIBRARY.factchecks)
    written = path.read_bytes() + export_file.metadata_path(path).read_bytes()
    assert MARKER.encode() not in written
    assert "Văn phòng công đoàn mở cửa".encode() not in written  # what the message says
    personal = re.compile("person$|person_|address|sealed|code|phone|reporter|holder|officer")
    with closing(sqlite3.connect(path)) as connection:
        schema = connection.execute("SELECT name FROM sqlite_master").fetchall()
        names = [row[0] for row in schema] + [
            column[1]
            for (table,) in schema
            for column in connection.execute(f"PRAGMA table_info({table})")
        ]
    assert not [name for name in names if personal.search(name)]


async def test_datasette_shows_it_with_a_description_of_every_column(filled: Path) -> None:
    path = filled / "figures.db"
    assert await asyncio.to_thread(main, ["export", str(path), "--licence", "CC BY 4.0"]) == 0
    told = json.loads(export_file.metadata_path(path).read_text("utf-8"))
    described = told["databases"]["figures"]["tables"]
    with closing(sqlite3.connect(path)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master").fetchall():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            assert described[table]["description"]
            assert list(described[table]["columns"]) == columns
            assert all(described[table]["columns"].values())
    from datasette.app import Datasette  # a second to load

    shown = Datasette([str(path)], metadata=told)
    await shown.invoke_startup()
    page = (await shown.client.get("/figures/people_by_month")).text
    for text in (
        "CC BY 4.0",
        "Liên đoàn",
        "Số người, làm tròn xuống",
        "rounded down to a multiple",
    ):
        assert text in page
    answer = await shown.client.get("/figures/messages_by_day.json?_shape=array&topic=union")
    assert [row["messages"] for row in answer.json()] == [63, 63]


def test_a_file_that_is_there_stays_and_a_failure_leaves_nothing(
    filled: Path, capsys: Printed
) -> None:
    path = filled / "figures.db"
    assert main(["export", str(filled / "figures.csv")]) == 2
    assert main(["export", str(filled / "nowhere" / "figures.db")]) == 1
    path.write_text("mine")
    assert main(["export", str(path)]) == 1
    assert "figures.db is there already" in capsys.readouterr().err
    in_the_way = export_file.metadata_path(path)
    in_the_way.mkdir()
    before = {one.name for one in filled.iterdir()}
    assert main(["export", str(path), "--force"]) == 1
    assert {one.name for one in filled.iterdir()} == before
    assert path.read_text() == "mine"
    in_the_way.rmdir()
    assert main(["export", str(path), "--force"]) == 0
    assert _rows(path, "units")
