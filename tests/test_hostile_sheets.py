"""Damaged workbooks as lists of units: read or refused, whatever they do to their reader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any, Self

import openpyxl
import pytest

from bot import unit_files
from bot.unit_files import UnitFileError, read_unit_file
from tests.hostile import damaged_by, made, run
from tests.test_hostile_files import UNITS


class OneProcess:
    """As `ProcessPoolExecutor(1)` that does not end its process: to start one for each of ten
    thousand files takes an hour. After a file that ended it there is a new one."""

    def __init__(self) -> None:
        self._pool = self._new()
        self.ended = 0

    def _new(self) -> ProcessPoolExecutor:
        # The limit of CPU seconds is one of the process: a few hundred files share it.
        return ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=2000)

    def __call__(self, *_: object, **__: object) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def submit(self, work: Callable[..., Any], *given: object) -> Future[Any]:
        try:
            return self._pool.submit(work, *given)
        except BrokenExecutor:
            self.ended += 1
            self._pool = self._new()
            return self._pool.submit(work, *given)

    def end(self) -> None:
        self._pool.shutdown()


@pytest.fixture
def one_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[OneProcess]:
    kept = OneProcess()
    monkeypatch.setattr(unit_files, "ProcessPoolExecutor", kept)
    yield kept
    kept.end()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for line in UNITS.splitlines():
        book.active.append(line.split(","))
    book.active.append(["A-2", 4.5, True, "=1/0"])
    book.create_sheet("empty")
    book.save(made_of := io.BytesIO())
    return made_of.getvalue()


WHOLE = _workbook()
with zipfile.ZipFile(io.BytesIO(WHOLE)) as _book:
    PARTS = {name: _book.read(name) for name in _book.namelist()}


def workbook_by(dice: Random) -> bytes:
    """The file with bytes turned, or a sound one of which a part has bytes turned."""
    if dice.random() < 0.3:
        return damaged_by(dice, [WHOLE])
    hurt = dice.choice([name for name in PARTS if "sheet" in name or dice.random() < 0.3])
    with zipfile.ZipFile(out := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in PARTS.items():
            book.writestr(name, damaged_by(dice, [content]) if name == hurt else content)
    return out.getvalue()


def test_damaged_workbooks_are_read_or_refused(one_process: OneProcess, tmp_path: Path) -> None:
    path, read_ones = tmp_path / "units.xlsx", 0
    path.write_bytes(WHOLE)
    with pytest.raises(UnitFileError, match="row 4: kind is missing"):
        read_unit_file(path)

    def read(content: bytes) -> None:
        nonlocal read_ones
        path.write_bytes(content)
        try:
            read_unit_file(path)
        except UnitFileError as fault:
            read_ones += "row " in str(fault)
            return
        read_ones += 1

    run("XLSX of units, damaged", made(workbook_by), read)
    assert read_ones > 20, "nothing gets as far as the cells"
