"""Log lines tell which event and what went wrong, and nothing that anybody wrote."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3

import pytest

from bot import logs
from bot.model import Address, Event
from bot.routing import Router
from bot.store import outage_of
from bot.store.engine import open_database
from tests.people import Visitor

SAID = "Chị Nguyễn Thị Bí Mật, 0912345678"


def _failing() -> logging.LogRecord:
    try:
        try:
            dict[str, str]()[SAID]
        except KeyError as error:
            raise ValueError(f"cannot read {SAID}") from error
    except ValueError as error:
        return logging.LogRecord(
            "bot.x", logging.ERROR, "f", 1, "event %d failed", (7,), (ValueError, error, None)
        )
    raise AssertionError


def test_a_line_of_json_has_time_level_event_and_the_kinds_of_errors() -> None:
    with logs.about(12):
        told = json.loads(logs.JsonLines().format(_failing()))
    assert told["time"].endswith("+00:00")
    assert (told["level"], told["logger"], told["event"]) == ("ERROR", "bot.x", 12)
    assert told["message"] == "event 7 failed"
    assert told["error"][0] == "ValueError"
    assert "KeyError" in told["error"]
    assert any(line.startswith("at tests/test_logs.py:") for line in told["error"])
    assert "event" not in json.loads(logs.JsonLines().format(_failing()))


@pytest.mark.parametrize("form", [logs.TextLines(), logs.JsonLines()])
def test_no_line_tells_what_an_error_says(form: logging.Formatter) -> None:
    with logs.about(12):
        line = form.format(_failing())
    assert "Bí Mật" not in line
    assert "0912" not in line
    assert "12" in line


def test_a_database_that_is_gone_is_told_in_a_line_and_a_fault_of_ours_in_full() -> None:
    store, told = open_database("postgresql://postgres@127.0.0.1:1/nothing"), []
    short = logs.Shortened(outage_of)
    for task in (store.run(lambda c: c), _slip()):
        try:
            asyncio.run(task)
        except Exception as error:
            info = (type(error), error, error.__traceback__)
            record = logging.LogRecord("x", 40, "f", 1, "job %d had a bad moment", (3,), info)
            short.filter(record)
            told.append(logs.TextLines().format(record).split(" ERROR x ")[1])
    gone, slip = told
    assert gone.startswith("job 3 had a bad moment (ConnectionRefusedError: ")
    assert "\n" not in gone
    assert "\n    ZeroDivisionError\n" in slip


async def _slip() -> float:
    return 1 / 0


def test_the_disk_and_sqlite_are_quoted() -> None:
    for error, told in (
        (OSError(28, "No space left on device", SAID), "OSError: No space left on device"),
        (sqlite3.OperationalError("database or disk is full"), "database or disk is full"),
    ):
        record = logging.LogRecord("x", 40, "f", 1, "m", (), (type(error), error, None))
        line = logs.TextLines().format(record)
        assert told in line
        assert SAID not in line


async def test_a_handler_that_fails_is_logged_with_its_event_and_without_the_words(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Router, event: Event, *_: object) -> None:
        raise RuntimeError(f"{event.text} of {Address('web', 'x')}")

    monkeypatch.setattr(Router, "find", broken)
    lines: list[str] = []

    class Kept(logging.StreamHandler):  # type: ignore[type-arg]
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(logs.JsonLines().format(record))

    handler = Kept()
    logging.getLogger().addHandler(handler)
    try:
        await visitor.says(SAID)
    finally:
        logging.getLogger().removeHandler(handler)
    told = [json.loads(line) for line in lines if "failed" in line]
    assert told[0]["event"] == 1
    assert told[0]["error"][0] == "RuntimeError"
    assert "Bí Mật" not in "".join(lines)
