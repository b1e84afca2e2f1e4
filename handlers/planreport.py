"""/planreport: the plan's report of some days on a phone, and the rows behind its numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.accounts import report_of
from bot.language import Voice
from bot.library import Plan
from bot.model import Answer, Choice, Event
from bot.planreport.composing import traced
from bot.planreport.duties import duties
from bot.planreport.periods import Period, PeriodFault, quarter_of, read_period, whole_month
from bot.planreport.report import Figure, Report, Result
from bot.rights import permitting
from bot.routing import Context
from handlers.menu import menu_choice
from handlers.office import Offices, needs

PERIOD = "planreport.period"
WHY = "why"
# What an officer looks for first, by the names of the figures.
_FIRST = (
    "tin_da_gui", "luot_doc", "nguoi_nhan_tin", "nguoi_dang_ky", "bai_dang", "luot_du_thi",
    "tin_kiem_chung", "hoat_dong",
)  # fmt: skip
_ROWS, _TASKS = 20, 6


@needs("planreport")
async def planreport(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/planreport`, `/planreport 2026Q3`, `/planreport why 2026Q3-7`."""
    said = context.argument.strip()
    plan = context.services.library.plan
    if plan is None or permitting(offices, "planreport", context.tree, context.tree.top) is None:
        return refused(context, has_plan=plan is not None)
    word, _, rest = said.partition(" ")
    if word.lower() == WHY:
        return await _why(context, plan, rest)
    return await _page(context, plan, said) if said else ask(context, plan)


async def take_period(event: Event, context: Context) -> Answer:
    """A period that was typed; the right is looked at as ever."""
    context.argument = event.text
    return await planreport(event, context)


def refused(context: Context, *, has_plan: bool) -> Answer:
    say = context.say
    told = say("The report is of the whole federation: its own officers write it.")
    if not has_plan:
        told = say("There is no plan yet. The operator puts it into content/plan.yaml.")
    return context.answer(context.reply(told, choices=[menu_choice(context)]))


def ask(context: Context, plan: Plan, fault: PeriodFault | None = None) -> Answer:
    """Which period it is to be; `fault` is why that was none."""
    say, today = context.say, context.house_day
    quarter = quarter_of(today)
    month = whole_month(today.year, today.month).before()
    asked = {
        duty.period: say("due on {day}", day=say.date(duty.due)) for duty in duties(plan, today)
    }
    periods = dict.fromkeys([*asked, quarter.before(), quarter, month])
    choices = [
        Choice(_labelled(one, asked.get(one, "")), f"/planreport {one.code}")
        for one in periods
        if one.first <= today
    ]
    lines = [_told(fault, say)] if fault else []
    lines.append(say("For which days? Tap, or write: 2026Q3, 2026-07, 1/1/2026 - 31/10/2026."))
    reply = context.reply(
        "\n\n".join(lines),
        title=say("Reports of the plan"),
        choices=[*choices, menu_choice(context)],
    )
    return context.answer(reply, session=context.session.at(PERIOD))


def _labelled(period: Period, due: str) -> str:
    title = period.title[:1].upper() + period.title[1:]
    return f"{title} ({due})" if due else title


async def _page(context: Context, plan: Plan, said: str) -> Answer:
    say = context.say
    try:
        period = read_period(said)
        report = await _made(context, plan, period)
    except PeriodFault as fault:
        return ask(context, plan, fault)
    notes = [note async for note in _notes(context, report)]
    lines = [
        f"- {one.label}: {_with_unit(one)} [{one.number}]"
        for name in _FIRST
        if (one := report.figures.get(name)) is not None
    ]
    body = "\n\n".join(filter(None, ["\n".join(lines), _tasks(report.results, say), *notes]))
    files = [
        Choice(say("Word document"), f"plan:{period.code}:docx"),
        Choice(say("Spreadsheet"), f"plan:{period.code}:xlsx"),
        Choice(say("Picture"), f"plan:{period.code}:png"),
        Choice(say("Text to paste"), f"plan:{period.code}:txt"),
        Choice(say("Other days"), "/planreport"),
        menu_choice(context),
    ]
    hint = say("Where a number comes from: /planreport why {code}", code=f"{period.code}-1")
    reply = context.reply(f"{body}\n\n{hint}", title=report.subject, choices=files)
    return context.answer(reply)


async def _made(context: Context, plan: Plan, period: Period) -> Report:
    services = context.services
    return await report_of(
        context.store, services.library, plan, services.zone, period, context.now
    )


def _with_unit(one: Figure) -> str:
    return one.told if one.amount is None else f"{one.told} {one.unit}"


def _told(fault: PeriodFault, say: Voice) -> str:
    if fault.reason == "future":
        return say("Those days are still to come.")
    if fault.reason == "backwards":
        return say("The last day is before the first.")
    return say("These days cannot be read.")


def _tasks(results: tuple[Result, ...], say: Voice) -> str:
    """How many tasks stand where, and what is missing of those that are late."""
    counts = {
        state: sum(one.state == state for one in results)
        for state in ("done", "under-way", "late", "missing")
    }
    told = say(
        "Tasks: {done} done, {going} under way, {late} late, {missing} not begun.",
        done=counts["done"], going=counts["under-way"], late=counts["late"],
        missing=counts["missing"],
    )  # fmt: skip
    late = [one for one in results if one.state in {"late", "missing"}]
    lines = [f"- {one.title}: {one.shortfall} [{one.figure.number}]" for one in late[:_TASKS]]
    return "\n".join([told, *lines])


async def _notes(context: Context, report: Report) -> AsyncIterator[str]:
    say, period = context.say, report.period
    if not any(one.amount for one in report.figures.values()):
        yield say("Nothing was counted in these days.")
    if report.open_days:
        first, last = report.open_days[0], report.open_days[-1]
        yield say("Figures may still change: {first} – {last}. A day is closed after 48 hours.",
                  first=say.date(first), last=say.date(last))  # fmt: skip
    for one in await context.store.plan.reports():
        other = Period(one.first, one.last)
        if other.overlaps(period):
            yield say("Some days are in a report that was written too: {title}.", title=other.title)
            return


async def _why(context: Context, plan: Plan, ref: str) -> Answer:
    """The aggregated rows behind a number: what they add up to is that number."""
    say = context.say
    code, _, _ = ref.strip().strip("[]").rpartition("-")
    back = [Choice(say("Reports of the plan"), "/planreport"), menu_choice(context)]
    try:
        report = await _made(context, plan, read_period(code))
    except PeriodFault:
        told = say("There is no number {code}. A reference looks like 2026Q3-7.", code=ref[:40])
        return context.answer(context.reply(told, choices=back))
    found = traced(report, ref)
    if found is None:
        told = say("There is no number {code}. A reference looks like 2026Q3-7.", code=ref[:40])
        return context.answer(context.reply(told, choices=back))
    label, told, rows = found
    lines = [" · ".join(cells) for cells in rows.cells[:_ROWS]]
    body = [told] if told else []
    if lines:
        body.append("\n".join([" · ".join(rows.columns), *(f"- {line}" for line in lines)]))
    else:
        body.append(say("There are no rows that may be shown."))
    if (left := len(rows.cells) - _ROWS) > 0:
        body.append(say("and {number} more rows in the spreadsheet", number=left))
    back.insert(0, Choice(say("Spreadsheet"), f"plan:{report.period.code}:xlsx"))
    reply = context.reply("\n\n".join(body), title=label, choices=back)
    return context.answer(reply)
