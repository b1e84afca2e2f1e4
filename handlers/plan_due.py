"""The reminder of a report or a task of the plan: what, for which days, until when."""

from __future__ import annotations

from datetime import date

from bot.language import Voice
from bot.library import PlanReport, Task
from bot.model import Choice, Parcel, Reply
from bot.planreport.periods import read_period
from handlers.articles import Reader


def plan_due(reader: Reader, parcel: Parcel, today: date) -> Reply | None:
    """None for what the plan does not ask for any more."""
    plan, day = reader.services.library.plan, parcel.day
    kind, name, code = [*parcel.label.split(":"), ""][:3]
    if plan is None or day is None:
        return None
    if kind == "report":
        report = next((one for one in plan.reports if one.id == name), None)
        return _report(reader, report, code, day, today) if report else None
    task = next((one for one in plan.tasks if one.id == name), None)
    return _task(reader, task, day, today) if task and task.until == day else None


def _report(reader: Reader, report: PlanReport, code: str, due: date, today: date) -> Reply:
    say, period = reader.say, read_period(code)
    first, last, day = say.date(period.first), say.date(period.last), say.date(due)
    write = Choice(say("Write it"), f"/planreport {code}")
    if due < today:
        told = say("For {first} – {last}. It was due on {day} and is not written yet.",
                   first=first, last=last, day=day)  # fmt: skip
        return _reply(reader, say("A report is late"), report.title, told, write)
    told = say("For {first} – {last}. Due on {day} ({left}).",
               first=first, last=last, day=day, left=_left(due, today, say))  # fmt: skip
    return _reply(reader, say("A report is due"), report.title, told, write)


def _task(reader: Reader, task: Task, until: date, today: date) -> Reply:
    say, title = reader.say, reader.pick(task.title)
    day, target = say.date(until), say.number(task.target)
    does = Choice(say("Report an activity"), "/activity")
    choice = does if task.is_of_units else Choice(say("Reports of the plan"), "/planreport")
    if until < today:
        told = say("Target: {number}. It was to be reached by {day} and is not.",
                   number=target, day=day)  # fmt: skip
        return _reply(reader, say("A task of the plan is late"), title, told, choice)
    told = say("Target: {number}. To be reached by {day} ({left}).",
               number=target, day=day, left=_left(until, today, say))  # fmt: skip
    return _reply(reader, say("A task of the plan ends soon"), title, told, choice)


def _left(day: date, today: date, say: Voice) -> str:
    days = (day - today).days
    return (
        say.count("{number} day is left", "{number} days are left", days) if days else say("today")
    )


def _reply(reader: Reader, title: str, what: str, told: str, choice: Choice) -> Reply:
    say, sender = reader.say, reader.services.structure.sender
    return Reply(
        title=title,
        body=f"{what}\n\n{told}",
        choices=(choice, Choice(say("Menu"), "/menu")),
        note=say("Sent by {sender}. Automatic message. To leave, write: stop.", sender=sender),
        language=say.tag,
    )
