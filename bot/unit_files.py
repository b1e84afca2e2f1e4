"""Reads the union's list of units out of a file that an officer has: CSV, XLSX, XLS or ODS."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from unicodedata import category, combining, normalize

import python_calamine

if sys.platform != "win32":
    import resource

_Record = tuple[int, Sequence[object]]  # the row's number as a spreadsheet shows it, and its cells

_MOST_BYTES, _MOST_ROWS, _MOST_FAULTS, _TOP = 20 * 1024 * 1024, 50_000, 200, 20
_MOST_UNPACKED = 100 * 1024 * 1024
_SPREADSHEET = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # how zip and OLE files begin
_REQUIRED = ("code", "name", "parent", "kind")
_HEADINGS = {  # or the field's own name; marks and capitals do not count
    "code": "mã, mã đơn vị, mã CĐCS",
    "name": "tên, tên đơn vị, đơn vị, tên CĐCS",
    "parent": "cấp trên, mã cấp trên, đơn vị cấp trên, mã đơn vị cấp trên, trực thuộc",
    "kind": "loại, loại hình, cấp",
    "is_foreign_invested": "FDI, foreign invested, vốn nước ngoài, có vốn đầu tư nước ngoài",
    "sector": "ngành, ngành nghề",
    "headcount": "số lao động, số người lao động, số người, số đoàn viên",
    "office_address": "address, địa chỉ",
    "office_hours": "hours, giờ làm việc",
    "office_line": "phone, điện thoại, số điện thoại",
}
_YES = ("yes", "y", "x", "có", "co", "1", "true")
_LETTERS = r"(?!.*(\w\?|\?\w))."  # Excel's plain "CSV" makes Vietnamese letters question marks
_CODE = r"(?!.*__)[A-Za-z0-9][A-Za-z0-9_.-]{0,31}", "a code: up to 32 of A-Z a-z 0-9 . - _, no __"
_SHAPES = {
    "code": _CODE,
    "name": (_LETTERS + "{1,300}", "a name: at most 300 letters, no ? in a word"),
    "parent": _CODE,
    "kind": (_LETTERS + "{1,40}", "a kind: at most 40 letters, no ? in a word"),
    "is_foreign_invested": (f"(?i:{'|'.join(_YES)}|no|n|không|khong|0|false)", "yes or no"),
    "sector": (_LETTERS + "{1,80}", "a sector: at most 80 letters, no ? in a word"),
    "headcount": (r"\d{1,9}|\d{1,3}([., ])\d{3}(\1\d{3})?", "a whole number up to 10,000,000"),
}


class UnitFileError(ValueError):
    """The file cannot be loaded; `faults` are all the reasons, each with its row."""

    def __init__(self, *faults: str) -> None:
        more = len(faults) - _MOST_FAULTS
        self.faults = faults if more <= 0 else (*faults[:_MOST_FAULTS], f"and {more:,} more")
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as a file tells it; of a CSV, `row` is the line on which it begins."""

    row: int
    code: str
    title: str
    parent: str | None
    kind: str
    more: Mapping[str, bool | int | str | None]  # only the optional columns that the file has


@dataclass(frozen=True, slots=True)
class UnitFile:
    """The units in the file's order, and the headings of columns that nothing reads."""

    rows: tuple[UnitRow, ...]
    ignored: tuple[str, ...]


def read_unit_file(path: Path) -> UnitFile:
    """Raises UnitFileError with every fault at once; OSError if it cannot be opened."""
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise UnitFileError("the file is larger than 20 MB")
    records = _sheet(data) if data.startswith(_SPREADSHEET) else _csv(_decoded(data))
    (row, cells), *below = _from_heading(records)
    if not 0 < len(below) <= _MOST_ROWS or len(records) > _MOST_ROWS + _TOP:
        many = f"more than {_MOST_ROWS:,} rows" if below else "no unit"
        raise UnitFileError(f"row {row}: {many} below the headings")
    columns = _columns(row, cells)
    others = (_text(cell) for place, cell in enumerate(cells) if place not in columns.values())
    return UnitFile(_units(below, columns, len(cells)), tuple(filter(None, others)))


def _sheet(data: bytes) -> list[_Record]:
    """Read in a process of its own: some damaged files make calamine end the whole process."""
    if _unpacked(data) > _MOST_UNPACKED:
        raise UnitFileError("the file holds more than 100 MB when it is unpacked")
    # Not forked: a fork of a process with threads may wait forever.
    alone = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with alone, contextlib.suppress(BrokenExecutor, MemoryError):
        if records := alone.submit(_first_sheet, data).result():
            return records
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UnitFileError("the file is protected by a password; save it without one")
    raise UnitFileError("the file is empty, damaged, protected or far too wide, or no spreadsheet")


def _unpacked(data: bytes) -> int:
    """How large the parts of a workbook say that they are; 0 for what is no zip file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return sum(part.file_size for part in book.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return 0


def _first_sheet(data: bytes) -> list[_Record]:
    """The first sheet that has any cells; nothing if the file cannot be read."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # Rust would tell its panics there
    if sys.platform != "win32":
        with contextlib.suppress(ValueError, OSError):  # a stricter limit holds already
            resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
            resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))  # two far cells: 500 GB
    with contextlib.suppress(BaseException):  # a panic is no Exception
        book = python_calamine.load_workbook(io.BytesIO(data))
        sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
        found = (_filled(enumerate(s.to_python(), s.start[0] + 1)) for s in sheets if s.start)
        return next(filter(None, found), [])
    return []


def _filled(records: Iterable[_Record]) -> list[_Record]:
    return list(islice((one for one in records if any(map(_text, one[1]))), _MOST_ROWS + _TOP + 1))


def _decoded(data: bytes) -> str:
    tried = data.decode("utf-8", "surrogateescape")
    broken, marked = re.findall("[\udc80-\udcff]", tried), re.findall(r"[^\0-\x7f]", tried)
    # UTF-8 of which a little is damaged would silently become nonsense as Windows-1258.
    encoding = "utf-8-sig" if len(broken) * 2 <= len(marked) else "cp1258"
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else encoding
    text = data.decode(encoding, "replace").replace("\0", "\ufffd")
    if "\ufffd" in text:
        row = text.count("\n", 0, text.index("\ufffd")) + 1
        raise UnitFileError(f"row {row}: damaged text, or neither a spreadsheet nor a CSV")
    return text


def _csv(text: str) -> list[_Record]:
    lines = text[:20_000].splitlines() or [""]
    known = {mark: max(len(_known(line.split(mark))) for line in lines) for mark in ",;\t"}
    return _filled(_lines(text, max(known, key=lambda mark: known[mark])))


def _lines(text: str, delimiter: str) -> Iterator[_Record]:
    """Strictly, else a quote that is never closed swallows the rest of the file."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 1
    try:
        for cells in reader:
            yield row, cells
            row = reader.line_num + 1
    except csv.Error as error:
        raise UnitFileError(f"row {row}: the quotes do not match ({error})") from None


def _from_heading(records: list[_Record]) -> list[_Record]:
    """All from the first row that names code and name, but rows without a word about a unit."""
    for place, (_, cells) in enumerate(records[:_TOP]):
        known = _known(cells)
        if {"code", "name"} <= set(known.values()):
            below = records[place:]
            return [r for r in below if any(_text(c) for i, c in enumerate(r[1]) if i in known)]
    rows = ([f'"{text:.40}"' for text in map(_text, cells) if text] for _, cells in records[:_TOP])
    found = ", ".join(max(rows, key=len, default=[])[:10]) or "an empty file"
    wanted = f"code ({_HEADINGS['code']}) and name ({_HEADINGS['name']})"
    raise UnitFileError(f"no headings in the first {_TOP} rows: looked for {wanted}; found {found}")


def _known(cells: Sequence[object]) -> dict[int, str]:
    """The field that each column holds, of those columns that are known."""
    return {i: _FIELDS[name] for i, cell in enumerate(cells) if (name := _fold(cell)) in _FIELDS}


def _columns(row: int, headings: Sequence[object]) -> dict[str, int]:
    known, faults = _known(headings), []
    for field, names in _HEADINGS.items():
        same = [f'"{_text(headings[place])}"' for place, one in known.items() if one == field]
        if len(same) > 1:
            faults.append(f"row {row}: {' and '.join(same)} all mean {field}; keep one")
        if not same and field in _REQUIRED:
            faults.append(f"row {row}: no column for {field} ({names})")
    if faults:
        raise UnitFileError(*faults)
    return {field: place for place, field in known.items()}


def _units(below: list[_Record], columns: dict[str, int], width: int) -> tuple[UnitRow, ...]:
    units, faults, rows = [], list[str](), dict[str, int]()
    for row, cells in below:
        unit, wrong = _unit(row, [*cells, *[""] * width], columns)
        if any(map(_text, cells[width:])):
            wrong.append("more cells than headings; quote a text that has the delimiter in it")
        first = rows.setdefault(unit.code.casefold(), row)
        if unit.code and first != row:
            wrong.append(f"code {unit.code} stands in row {first} already")
        faults += [f"row {row}: {fault}" for fault in wrong]
        units.append(unit)
    if faults:
        raise UnitFileError(*faults)
    return tuple(units)


def _unit(row: int, cells: list[object], columns: dict[str, int]) -> tuple[UnitRow, list[str]]:
    read = {field: _value(field, cells[place]) for field, place in columns.items()}
    values = {field: value for field, (value, _) in read.items()}
    faults = [f"{field} {fault}" for field, (_, fault) in read.items() if fault]
    code, title, parent, kind = (str(values.pop(field) or "") for field in _REQUIRED)
    if code and code.casefold() == parent.casefold():
        faults.append(f"{code} is its own parent")
    return UnitRow(row, code, title, parent or None, kind, values), faults


def _value(field: str, cell: object) -> tuple[bool | int | str | None, str]:
    """What the cell says, and what is wrong with it."""
    text = _text(cell)
    if text in {"", "-", "–", "—"}:
        return None, "is missing" if field in {"code", "name", "kind"} else ""
    shape, wanted = _SHAPES.get(field, (".{1,300}", "1 to 300 characters"))
    count = int("0" + re.sub(r"\D", "", text[:11])) if field == "headcount" else 0
    is_part = count and isinstance(cell, float) and not cell.is_integer()
    if not re.fullmatch(shape, text) or is_part or count > 10_000_000:
        return None, f'"{text:.40}" is not {wanted}'
    if field == "is_foreign_invested":
        return text.casefold() in _YES, ""
    return count if field == "headcount" else text, ""


def _text(cell: object) -> str:
    """The text of a cell in one line, without what nobody sees, each letter written one way."""
    if isinstance(cell, date):  # no code looks like that: Excel made a date of one
        return f"{cell:%d/%m/%Y}"
    text = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or category(c) not in {"Cc", "Cf"})
    return " ".join(normalize("NFC", text).split())


def _fold(cell: object) -> str:
    letters = normalize("NFD", _text(cell).casefold().replace("đ", "d"))
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in letters if not combining(c))))


_FIELDS = {_fold(n): key for key, names in _HEADINGS.items() for n in (key, *names.split(","))}
