"""Has the files of a report made by a helper process: the bot neither waits nor grows by it."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter

from bot.planreport.faults import DocumentError, TemplateFault
from bot.planreport.report import Report
from bot.printing import reason_of, run_helper

_WORKER = "bot.planreport.worker"
_FAULT = 3  # bot/planreport/worker.py


async def make_document(report: Report, template: Path) -> bytes:
    """The DOCX. Raises TemplateFault where the template is at fault, else DocumentError."""
    return await _made(report, str(template))


async def make_workbook(report: Report) -> bytes:
    """The XLSX. Raises DocumentError."""
    return await _made(report)


async def _made(report: Report, *arguments: str) -> bytes:
    asked = TypeAdapter(Report).dump_json(report)
    try:
        code, made, said = await run_helper((_WORKER, *arguments), asked)
    except TimeoutError:
        raise DocumentError("the report was not written in time") from None
    if code == _FAULT:
        raise TemplateFault(**json.loads(said))
    if code:
        raise DocumentError(reason_of(said))
    return made
