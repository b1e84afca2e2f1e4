"""Writes a report as a Word document, from a template that the office can edit in Word.

Loads docxtpl when a document is made; the bot has it made by a helper process (making.py).
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from bot.official.writing import plain
from bot.planreport.archive import same_always
from bot.planreport.fields import fields_of
from bot.planreport.report import Report

TEMPLATE = "report.docx"  # in the content folder


def write_document(report: Report, template: Path) -> bytes:
    """The DOCX: the same bytes for the same report and template.

    Raises TemplateFault, which names what is wrong in the template and where; OSError if it
    cannot be read.
    """
    from bot.planreport.filling import Filler  # noqa: PLC0415  # docxtpl: 40 MB
    from bot.planreport.polish import polish  # noqa: PLC0415

    content = template.read_bytes()
    filled = Filler(content, fields_of(report)).fill()
    polish(filled)
    about = filled.core_properties
    about.author = about.last_modified_by = plain(report.plan.letterhead.issuer)[:255]
    about.title, about.comments, about.language = plain(report.subject)[:255], "", "vi-VN"
    about.revision = 1
    out = BytesIO()
    filled.save(out)
    return same_always(out.getvalue(), report.period.last)
