"""Log lines, as text or as JSON: with the event's number where there is one, and no values.

The text of an exception may hold what somebody wrote, an address or a token. So only its kind and
the lines of code that it passed are told, and the text of those that come from the disk or SQLite.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from typing import Any

_ROOT = Path(__file__).parent.parent
_DEEPEST = 5  # causes of causes
_EVENT: ContextVar[int | None] = ContextVar("event", default=None)
# What the operator needs to read, and what these never fill with values of ours.
_PLAIN = (OSError, sqlite3.Error)


@contextlib.contextmanager
def about(event: int) -> Iterator[None]:
    """All that is logged meanwhile tells the number of the event."""
    token = _EVENT.set(event)
    try:
        yield
    finally:
        _EVENT.reset(token)


def set_up(level: str, form: str) -> None:
    """Lines go to the error stream; `form` is text or json."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=level, handlers=[handler])


class Shortened(logging.Filter):
    """What `reason_of` knows is told in a line, without the code that it passed: a database that
    is gone for an hour would else fill the disk, since many look at it every second."""

    def __init__(self, reason_of: Callable[[BaseException], str]) -> None:
        super().__init__()
        self._reason_of = reason_of

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and (reason := self._reason_of(error)):
            record.msg, record.args = f"{record.getMessage()} ({reason})", ()
            record.exc_info = record.exc_text = None
        return True


def shorten(reason_of: Callable[[BaseException], str]) -> None:
    """In all lines from now on."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(Shortened(reason_of))


class TextLines(logging.Formatter):
    """`2026-11-30 08:00:00,123 ERROR bot.conversation [event 12] …`, and a line for each frame."""

    def format(self, record: logging.LogRecord) -> str:
        event = _EVENT.get()
        parts = [self.formatTime(record), record.levelname, record.name]
        parts += [f"[event {event}]"] if event is not None else []
        return "\n    ".join([" ".join([*parts, record.getMessage()]), *_error_of(record)])


class JsonLines(logging.Formatter):
    """One object a line: time (UTC), level, logger, message; event and error where there are."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (event := _EVENT.get()) is not None:
            told["event"] = event
        if error := _error_of(record):
            told["error"] = error
        return json.dumps(told, ensure_ascii=False)


def _error_of(record: logging.LogRecord) -> list[str]:
    error = record.exc_info[1] if record.exc_info else None
    lines: list[str] = []
    for _ in range(_DEEPEST):
        if error is None:
            break
        lines += [_kind(error), *(_frame(f.filename, f.lineno, f.name) for f in _frames(error))]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


def _frames(error: BaseException) -> Any:
    return extract_tb(error.__traceback__)


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if not isinstance(error, _PLAIN):
        return name
    text = error.strerror if isinstance(error, OSError) else str(error)
    return f"{name}: {text}" if text else name


def _frame(file: str, line: int | None, function: str) -> str:
    path = Path(file)
    place = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else Path(*path.parts[-2:])
    return f"at {place}:{line} in {function}"
