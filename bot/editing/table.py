"""The texts as a CSV for translators without git: one row a text, Vietnamese and English beside."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from bot.editing.catalogues import Catalogues
from bot.editing.passages import Passage, passages
from bot.library import Pack

SOURCE, COMMON = "vi", "en"
INTERFACE = "interface"
# Documents of the office are written in Vietnamese only.
_UNTRANSLATED = {"plan", "contests"}
# A sheet would take a text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t")
_MOST_BYTES = 20 * 1024 * 1024


class TableError(Exception):
    """A CSV cannot be taken; all faults at once, each with its row."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """One text in one language. The translator fills in `target`; `before` is what it was."""

    id: str
    field: str
    language: str
    vi: str
    en: str
    target: str
    before: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.id, self.field, self.language


COLUMNS = tuple(one.name for one in fields(Row))


def translatable(pack: Pack) -> Iterator[tuple[str, Passage]]:
    """Every text that is translated, with the id that its rows have."""
    for passage in passages(pack):
        name = passage.path.relative_to(pack.folder).with_suffix("").as_posix()
        if name.partition("/")[0] not in _UNTRANSLATED and SOURCE in passage.texts:
            yield name if passage.item == passage.path.stem else f"{name}#{passage.item}", passage


def rows(pack: Pack, catalogues: Catalogues, languages: Iterable[str]) -> Iterator[Row]:
    """A row for each text and language, first those of the content."""
    languages = tuple(languages)
    for name, passage in translatable(pack):
        source, common = passage.texts[SOURCE], passage.texts.get(COMMON, "")
        for tag in languages:
            target = passage.texts.get(tag, "")
            yield Row(name, passage.field, tag, source, common, target, target)
    vietnamese = _by_field(catalogues, SOURCE)
    for tag in languages:
        for said in catalogues.texts.get(tag, ()):
            common = said.field.removesuffix(" [0]")
            source = vietnamese.get(said.field, vietnamese.get(f"{common[:-4]} [0]", ""))
            yield Row(INTERFACE, said.field, tag, source, common, said.target, said.target)


def _by_field(catalogues: Catalogues, tag: str) -> Mapping[str, str]:
    return {said.field: said.target for said in catalogues.texts.get(tag, ())}


def written(found: Iterable[Row]) -> bytes:
    """As a CSV that spreadsheets open as UTF-8 and in which nothing is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in astuple(row)] for row in found)
    return out.getvalue().encode("utf-8-sig")


def read_rows(path: Path) -> list[tuple[int, Row]]:
    """Each row with its line number in the file. Raises TableError, OSError."""
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise TableError("the file is larger than 20 MB")
    try:
        is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise TableError("not UTF-8: save the sheet as “CSV UTF-8”") from None
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, number = list[tuple[int, Row]](), 0
    try:
        lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if lacking:
            raise TableError(f"row 1: there is no column {', '.join(lacking)}")
        number = 1  # as a row that breaks off is not counted
        for number, cells in enumerate(reader, start=2):
            found.append((number, Row(*(_plain(cells[name] or "") for name in COLUMNS))))
    except csv.Error as error:
        raise TableError(f"row {number + 1}: the quotes do not match ({error})") from None
    return found


def same(first: str, second: str) -> bool:
    """Whether two texts are the same but for what a spreadsheet does to ends of lines."""
    return _plain(first) == _plain(second)


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    cell = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell
