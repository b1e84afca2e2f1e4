"""The index of all words of all articles, kept as a file: to make it takes most of a second."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

Row = tuple[str, str, str, str]

# The words are folded and parted by spaces already. `unicode61` would break Thai and Khmer words
# at their vowel marks; `ascii` takes every other letter as part of a word.
_TABLES = """
CREATE TABLE text (article TEXT, language TEXT, title TEXT, body TEXT);
CREATE VIRTUAL TABLE text_fts USING fts5 (title, body, content='text', tokenize='ascii');
CREATE VIRTUAL TABLE word USING fts5vocab ('text_fts', 'row');
CREATE TABLE made (mark TEXT);
"""


def open_index(place: Path | None, mark: str, rows: Iterable[Row]) -> sqlite3.Connection:
    """Tables `text`, `text_fts` and `word`; from the file `place` where it has that mark.

    Else it is made of `rows` (article, language, folded title, folded body), in memory where no
    file is wanted or none can be written.
    """
    if place is None:
        return _filled(sqlite3.connect(":memory:", check_same_thread=False), mark, rows)
    with contextlib.suppress(sqlite3.Error, OSError):
        return _opened(place, mark)
    with contextlib.suppress(sqlite3.Error, OSError):
        _write(place, mark, rows)
        return _opened(place, mark)
    return open_index(None, mark, rows)


def mark_of(texts: Iterable[str], code: Path) -> str:
    """Another one for each other text, and version of what folds it or of SQLite."""
    told = hashlib.sha256(sqlite3.sqlite_version.encode())
    for part in (code.read_text("utf-8"), Path(__file__).read_text("utf-8"), *texts):
        told.update(f"{len(part)} ".encode())
        told.update(part.encode())
    return told.hexdigest()


def _opened(place: Path, mark: str) -> sqlite3.Connection:
    """Raises sqlite3.Error for a file that is not there, of another mark, or not whole."""
    # Nobody changes such a file: another index takes its place as a whole.
    address = f"{place.resolve().as_uri()}?mode=ro&immutable=1"
    database = sqlite3.connect(address, uri=True, check_same_thread=False)
    try:
        made = database.execute("SELECT mark FROM made").fetchone()
        whole = database.execute("PRAGMA quick_check(1)").fetchone()
        if made != (mark,) or whole != ("ok",):
            raise sqlite3.DatabaseError("another index")
    except sqlite3.Error:
        database.close()
        raise
    return database


def _write(place: Path, mark: str, rows: Iterable[Row]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        beside.unlink(missing_ok=True)
        database = sqlite3.connect(beside)
        with contextlib.closing(database):
            database.execute("PRAGMA journal_mode = OFF")
            _filled(database, mark, rows)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def _filled(database: sqlite3.Connection, mark: str, rows: Iterable[Row]) -> sqlite3.Connection:
    database.executescript(_TABLES)
    database.executemany("INSERT INTO text VALUES (?, ?, ?, ?)", rows)
    database.execute("INSERT INTO text_fts (text_fts) VALUES ('rebuild')")
    database.execute("INSERT INTO made VALUES (?)", (mark,))
    database.commit()
    return database
