"""`caunoi report`: the plan's report of some days, as a document, a sheet, a picture or a text."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.accounts import count_days, report_of
from bot.charts import draw
from bot.commands import run_on_store
from bot.library import keep_library
from bot.planreport.archive import put
from bot.planreport.document import TEMPLATE
from bot.planreport.faults import DocumentError
from bot.planreport.making import make_document, make_workbook
from bot.planreport.paragraph import paragraph
from bot.planreport.periods import Period, PeriodFault
from bot.planreport.report import Report
from bot.planreport.summary import summary
from bot.settings import Settings
from bot.store import Store

_KINDS = (".docx", ".xlsx", ".png", ".txt")


def report(settings: Settings, asked: Namespace) -> int:
    """Writes the file whole or not at all. 2: no such period or kind of file; 1: not written."""
    out = Path(asked.out)
    try:
        period = Period(asked.first, asked.last)
    except PeriodFault:
        print("--to lies before --from", file=sys.stderr)
        return 2
    if out.suffix.lower() not in _KINDS:
        print(f"--out must end with one of {', '.join(_KINDS)}", file=sys.stderr)
        return 2

    async def run(store: Store) -> int:
        library, zone, now = (
            keep_library(settings.content_dir, settings.library_file),
            ZoneInfo(settings.timezone),
            _now(),
        )
        if library.plan is None:
            print(f"there is no {settings.content_dir}/plan.yaml", file=sys.stderr)
            return 1
        await count_days(store, library, zone, now)
        try:
            made = await report_of(store, library, library.plan, zone, period, now)
            content = await _content(made, out.suffix.lower(), settings.content_dir / TEMPLATE)
            put(out, content)
        except PeriodFault:
            print("those days are still to come", file=sys.stderr)
            return 2
        except (DocumentError, OSError) as error:
            print(f"nothing was written: {error}", file=sys.stderr)
            return 1
        if period.last < now.astimezone(zone).date():
            await store.plan.note_report(period.code, period.first, period.last, now)
        _tell(made, out, is_json=asked.json)
        return 0

    return run_on_store(settings, run)


def _now() -> datetime:
    return datetime.now(UTC)


async def _content(made: Report, suffix: str, template: Path) -> bytes:
    if suffix == ".xlsx":
        return await make_workbook(made)
    if suffix == ".png":
        return await draw(summary(made))
    if suffix == ".txt":
        return f"{paragraph(made)}\n".encode()
    return await make_document(made, template)


def _tell(made: Report, out: Path, *, is_json: bool) -> None:
    open_days = [day.isoformat() for day in made.open_days]
    if is_json:
        figures = {name: one.amount for name, one in made.figures.items()}
        row = {
            "out": str(out),
            "period": made.period.code,
            "figures": figures,
            "tasks": {one.title: one.state for one in made.results},
            "open_days": open_days,
        }
        print(json.dumps(row, ensure_ascii=False))
        return
    print(f"{out}: {made.subject}")
    if open_days:
        print(f"may still change: {open_days[0]} to {open_days[-1]}", file=sys.stderr)
