"""Lists of units as they come, from content/units.yaml or an officer's file, made ready to load."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot import library
from bot.loading import Wanted
from bot.organisation import Unit
from bot.unit_files import UnitFile, read_unit_file


def from_content(units: Iterable[library.Unit]) -> tuple[Wanted, ...]:
    """Those of content/units.yaml, which have been checked already."""
    return tuple(
        Wanted(
            f"unit {unit.code}",
            Unit(unit.code, unit.name, unit.kind),
            unit.parent,
            _more(unit),
        )
        for unit in units
    )


def from_file(path: Path) -> tuple[tuple[Wanted, ...], UnitFile]:
    """Those of a CSV file or a spreadsheet. Raises UnitFileError, OSError."""
    read = read_unit_file(path)
    wanted = (
        Wanted(f"row {row.row}", Unit(row.code, row.title, row.kind), row.parent, row.more)
        for row in read.rows
    )
    return tuple(wanted), read


def _more(unit: library.Unit) -> dict[str, bool | int | str | None]:
    office = unit.office or library.Office()
    return {
        "is_foreign_invested": unit.is_foreign_invested,
        "sector": unit.sector,
        "headcount": unit.headcount,
        "office_address": office.address,
        "office_hours": office.hours,
        "office_line": office.phone,
    }
