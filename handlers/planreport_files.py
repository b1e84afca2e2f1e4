"""A plan's report to take along: a Word document, a spreadsheet, a picture, a text to paste."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.accounts import report_of
from bot.files import MadeFile, NoFile
from bot.model import Answer, Choice, Event, Person
from bot.official import DOCX
from bot.planreport.document import TEMPLATE
from bot.planreport.faults import DocumentError
from bot.planreport.making import make_document, make_workbook
from bot.planreport.paragraph import paragraph
from bot.planreport.periods import PeriodFault, read_period
from bot.planreport.report import Report
from bot.planreport.summary import summary
from bot.planreport.workbook import XLSX
from bot.rights import permitting
from bot.routing import Context, Services
from bot.store import Store, Ticket, new_code
from bot.ways import WEB
from handlers.menu import menu_choice
from handlers.office import Offices, needs
from handlers.planreport import ask, refused

TICKET = "plan"
_FILES = {"docx": DOCX, "xlsx": XLSX}


@needs("planreport")
async def plan_file(_event: Event, context: Context, offices: Offices) -> Answer:
    """`plan:2026Q3:docx`: a link for one download; `png` and `txt` are said at once."""
    code, _, kind = context.argument.partition(":")
    services, plan = context.services, context.services.library.plan
    by = permitting(offices, "planreport", context.tree, context.tree.top)
    if plan is None or by is None:
        return refused(context, has_plan=plan is not None)
    try:
        period = read_period(code)
        report = await report_of(
            context.store, services.library, plan, services.zone, period, context.now
        )
    except PeriodFault as fault:
        return ask(context, plan, fault)
    say = context.say
    back = [Choice(say("Back"), f"/planreport {period.code}"), menu_choice(context)]
    if kind == "txt":
        return context.answer(context.reply(paragraph(report), choices=back))
    if kind not in _FILES:
        drawn = summary(report)
        reply = context.reply(drawn.alt, choices=back)
        return context.answer(replace(reply, chart=drawn))
    if kind == "docx":
        try:  # told here, where it can be read, and not as a download that fails
            await _check(report, services.library.folder / TEMPLATE)
        except DocumentError as fault:
            told = say("The template content/report.docx has a fault: {fault}", fault=fault)
            return context.answer(context.reply(told, choices=back))
    made = new_code()
    context.work.give_file(made, context.person, f"{TICKET}:{period.code}:{kind}", context.now)
    context.work.note("planreport.make", f"period:{period.code}", by, context.now)
    url = (await context.store.links.all()).get(WEB, "")
    body = say("Download it here, once, within 15 minutes: {url}", url=f"{url}/files/{made}")
    return context.answer(context.reply(body, title=report.subject, choices=back))


# Templates that were filled in without a fault, as they were then: that takes a second or two.
_SOUND: set[tuple[Path, int]] = set()


async def _check(report: Report, template: Path) -> None:
    """Raises DocumentError, TemplateFault among them."""
    seen = (template, _written_at(template))
    if seen not in _SOUND:
        await make_document(report, template)
        _SOUND.add(seen)


def _written_at(template: Path) -> int:
    return template.stat().st_mtime_ns if template.is_file() else 0


async def make_report(services: Services, store: Store, ticket: Ticket) -> MadeFile:
    """The document or the sheet, of what is known now; the right is looked at again. Raises NoFile.

    A document of days that are over counts as the report that the plan asks for.
    """
    _, code, kind = ticket.what.split(":")
    plan, tree = services.library.plan, services.structure.tree
    offices = await store.officers.offices(Person(ticket.person_id), services.today())
    by = permitting(offices, "planreport", tree, tree.top)
    if plan is None or by is None or kind not in _FILES:
        raise NoFile
    now, period = datetime.now(UTC), read_period(code)
    try:
        report = await report_of(store, services.library, plan, services.zone, period, now)
        if kind == "xlsx":
            made = await make_workbook(report)
        else:
            made = await make_document(report, services.library.folder / TEMPLATE)
    except (PeriodFault, DocumentError):
        raise NoFile from None
    if kind == "docx" and period.last < services.today():
        await store.plan.note_report(period.code, period.first, period.last, now, by.id)
    return MadeFile(f"bao-cao-{period.code}.{kind}", _FILES[kind], made)
