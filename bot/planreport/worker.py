"""The helper process that makes files of a report (`python -m bot.planreport.worker [TEMPLATE]`).

It reads the report as JSON and writes the file. It ends with FAULT when the template is at fault,
and says then of what the fault is made, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from pydantic import TypeAdapter

from bot.planreport.document import write_document
from bot.planreport.faults import TemplateFault
from bot.planreport.report import Report
from bot.planreport.workbook import write_workbook

if sys.platform != "win32":
    import resource

FAULT = 3
_MEMORY, _SECONDS = 2**30, 60  # a template may hold loops that never end


def main(template: str = "") -> int:
    """With a template the document, else the sheet."""
    _limit()
    report = TypeAdapter(Report).validate_json(sys.stdin.buffer.read())
    try:
        made = write_document(report, Path(template)) if template else write_workbook(report)
    except TemplateFault as fault:
        sys.stderr.write(json.dumps(fault.parts))
        return FAULT
    except OSError as error:
        sys.stderr.write(str(error))
        return 1
    sys.stdout.buffer.write(made)
    return 0


def _limit() -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ValueError, OSError):  # a stricter limit holds already
            resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
