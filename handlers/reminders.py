"""/remind: days over which workers lose money; label and date only, sealed, seen by nobody else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from bot.consents import holds
from bot.language import later
from bot.model import Answer, Choice, Event, Reminder, Reply
from bot.routing import Context
from bot.row_numbers import is_number
from handlers.menu import menu_choice

MOST = 20
LONGEST_LABEL = 60
_FURTHEST_YEARS = 15
_LABELS: Mapping[str, str] = {
    "permit": later("Work permit"),
    "card": later("Residence card"),
    "contract": later("End of contract"),
    "health": later("Health check"),
}
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[/.\-年년 ]\s*(\d{1,2})\s*[/.\-月월 ]\s*(\d{1,2})\s*[日일]?")
_BUDDHIST = 543


async def reminders(_event: Event, context: Context) -> Answer:
    """The own days, each with a button to take it away, and a way to add one."""
    say = context.say
    if not holds(context.person.consent):
        return context.answer(_not_without_consent(context))
    kept = await context.store.reminders(context.person)
    lines = [f"- {one.label}: {say.date(one.day)}" for one in kept]
    text = say(
        "I write to you 4 months, 14 days and 7 days before. Only the name and the date are kept, "
        "sealed; nobody else sees them."
    )
    choices = [Choice(say("Add a date"), "remind:add")]
    choices += [
        Choice(say("Remove: {label}", label=one.label), f"remind:remove:{one.id}") for one in kept
    ]
    body = "\n\n".join(part for part in ("\n".join(lines), text) if part)
    reply = context.reply(body, title=say("My dates"), choices=[*choices, menu_choice(context)])
    return context.answer(reply)


async def change(event: Event, context: Context) -> Answer:
    """`remind:add`, `remind:label:KIND`, `remind:other`, `remind:remove:ID`."""
    what, _, rest = context.argument.partition(":")
    if not holds(context.person.consent):
        return context.answer(_not_without_consent(context))
    if what == "add":
        return await _ask_label(context)
    if what == "label" and rest in _LABELS:
        return _ask_date(context, context.say(_LABELS[rest]))
    if what == "other":
        text = context.say("What is it? Write a short name, for example: driving licence.")
        return context.answer(context.reply(text), session=context.session.at("remind.label"))
    if what == "remove" and is_number(rest):
        return await _remove(context, int(rest))
    return await reminders(event, context)


async def take_label(_event: Event, context: Context) -> Answer:
    label = " ".join(context.argument.split())[:LONGEST_LABEL]
    return _ask_date(context, label)


async def take_date(_event: Event, context: Context) -> Answer:
    """The date as it was written; a clear answer when it is none, has passed or is far away."""
    say = context.say
    label = context.session.data.get("label", "")
    day = read_day(context.argument)
    if day is None:
        return _ask_date(context, label, say("That is not a date."))
    if day <= context.today:
        return _ask_date(context, label, say("That day has passed. Write one that is to come."))
    if day.year > context.today.year + _FURTHEST_YEARS:
        return _ask_date(context, label, say("That is too far away."))
    if len(await context.store.reminders(context.person)) >= MOST:
        return _full(context)
    context.work.add_reminder(context.person, Reminder(label, day), context.today)
    reply = context.reply(
        say("Kept: {label}, {day}.", label=label, day=say.date(day)),
        choices=[Choice(say("My dates"), "/remind"), menu_choice(context)],
    )
    return context.answer(reply)


def read_day(text: str) -> date | None:
    """From 31/12/2026, 2026-12-31, 2026年12月31日 and the like; Thai years are turned into ours."""
    text = text.strip()
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, match.groups())
    else:
        return None
    try:
        return date(year - _BUDDHIST if year > 2400 else year, month, day)
    except ValueError:
        return None


async def _ask_label(context: Context) -> Answer:
    if len(await context.store.reminders(context.person)) >= MOST:
        return _full(context)
    say = context.say
    choices = [Choice(say(text), f"remind:label:{kind}") for kind, text in _LABELS.items()]
    choices.append(Choice(say("Something else"), "remind:other"))
    reply = context.reply(say("What must not be forgotten?"), choices=choices)
    return context.answer(reply)


def _ask_date(context: Context, label: str, told: str = "") -> Answer:
    say = context.say
    asked = say("{label}: on which day does it end? Write it like 31/12/2027.", label=label)
    body = f"{told} {asked}" if told else asked
    reply = context.reply(body)
    return context.answer(reply, session=context.session.at("remind.date", label=label))


async def _remove(context: Context, identifier: int) -> Answer:
    kept = await context.store.reminders(context.person)
    mine = next((one for one in kept if one.id == identifier), None)
    told = context.say("That date is not kept any more.")
    if mine is not None:
        context.work.remove_reminder(context.person, identifier)
        told = context.say("Removed: {label}.", label=mine.label)
    choices = [Choice(context.say("My dates"), "/remind"), menu_choice(context)]
    return context.answer(context.reply(told, choices=choices))


def _full(context: Context) -> Answer:
    text = context.say("There are {number} dates already. Remove one first.", number=MOST)
    choices = [Choice(context.say("My dates"), "/remind"), menu_choice(context)]
    return context.answer(context.reply(text, choices=choices))


def _not_without_consent(context: Context) -> Reply:
    say = context.say
    return context.reply(
        say("To be reminded you must first agree to receive messages."),
        choices=[Choice(say("Receive messages"), "/subscribe"), menu_choice(context)],
    )
