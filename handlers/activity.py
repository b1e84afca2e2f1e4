"""/activity: a unit reports what it did itself, in a few taps; no incidents, no people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from bot.activities import Activity
from bot.activity_words import is_recent
from bot.language import later
from bot.model import Answer, Choice, Event
from bot.planreport.duties import duty_holding
from bot.planreport.periods import quarter_of
from bot.routing import Context
from bot.row_numbers import page_number
from handlers.activity_fields import LEFT_OUT, LONGEST, NotThat, chosen_value, read_value
from handlers.activity_list import (
    KIND_WORDS,
    activity_lines,
    after_choices,
    allowing,
    house_day,
    list_page,
    take_back,
    within_reach,
)
from handlers.office import Offices, needs

# What is asked for, in this order. In the session each has the state `activity.NAME`.
FIELDS = ("unit", "kind", "topic", "day", "title", "place", "people", "source")
SURE = "sure"
_UNITS_A_PAGE = 6
_ASKED: Mapping[str, str] = {
    "unit": later("For which unit? Tap one, or write its code."),
    "kind": later("What did the unit do? What was done without the internet counts too."),
    "topic": later("Which topic was it about?"),
    "day": later("On which day was it? Tap one, or write it like 25/11."),
    "title": later("What was it? Write one line, without names of people."),
    "place": later("Where was it? Write it, or leave it out."),
    "people": later("How many people took part? Write a number, or leave it out."),
    "source": later("What shows it? Write a link or the name of a document, or leave it out."),
}
_LABELS: Mapping[str, str] = {
    "kind": later("Kind"),
    "topic": later("Topic"),
    "day": later("Day"),
    "title": later("What it was"),
    "place": later("Place"),
    "people": later("People who took part"),
    "source": later("Source"),
}


@needs("activity")
async def activity(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/activity`: begins anew."""
    return _go_on(context, offices, {})


@needs("activity")
async def step(_event: Event, context: Context, offices: Offices) -> Answer:
    """`activity:FIELD:VALUE`, `activity:units:FIRST`, `activity:again:FIELD`, `activity:send`,
    `activity:cancel`, `activity:list`, `activity:back:ID`."""
    what, _, value = context.argument.partition(":")
    if what == "list":
        return await list_page(context, offices, value)
    if what == "back":
        return await take_back(context, offices, value)
    if not context.session.state.startswith("activity."):
        told = context.say("That is not open any more.")
        return context.answer(context.reply(told, choices=after_choices(context)))
    data = dict(context.session.data)
    if what == "cancel":
        told = context.say("Nothing was kept.")
        return context.answer(context.reply(told, choices=after_choices(context)))
    if what == "units":
        return _ask(context, offices, "unit", data, start=value)
    if what == "again":
        data.pop(value, None)
    elif what == "send":
        return _send(context, offices, data)
    elif what in FIELDS and (chosen := chosen_value(context, what, value)) is not None:
        data[what] = chosen
    return _go_on(context, offices, data)


@needs("activity")
async def take(_event: Event, context: Context, offices: Offices) -> Answer:
    """What was written where a field was asked for."""
    field, data = context.session.state.removeprefix("activity."), dict(context.session.data)
    text = " ".join(context.argument.split())
    if field not in FIELDS:
        return _go_on(context, offices, data)
    try:
        kept = read_value(context, offices, field, text)
    except NotThat as fault:
        return _ask(context, offices, field, data, told=str(fault))
    told = ""
    if field in LONGEST and kept != text:
        told = context.say("Without people and numbers it reads: {words}", words=kept)
    return _go_on(context, offices, {**data, field: kept}, told)


@needs("activity")
async def refuse_file(_event: Event, context: Context, offices: Offices) -> Answer:
    """A picture or a file: what shows it is named, not kept."""
    field, data = context.session.state.removeprefix("activity."), dict(context.session.data)
    told = context.say("Files are not kept here.")
    if field in FIELDS:
        return _ask(context, offices, field, data, told=told)
    return _go_on(context, offices, data, told)


def _go_on(context: Context, offices: Offices, data: Mapping[str, str], told: str = "") -> Answer:
    """Asks for what is missing, one thing at a time; with all there, shows it."""
    kept = _still_valid(context, offices, data)
    missing = next((field for field in FIELDS if field not in kept), None)
    if missing is not None:
        return _ask(context, offices, missing, kept, told=told)
    say = context.say
    body = "\n".join(filter(None, [told, *activity_lines(_activity(context, kept), context)]))
    choices = [Choice(say("Send"), "activity:send")]
    choices += [Choice(say(label), f"activity:again:{field}") for field, label in _LABELS.items()]
    reply = context.reply(
        body, title=say("Report this activity?"), choices=[*choices, _cancel(context)]
    )
    return context.answer(reply, session=context.session.at(f"activity.{SURE}", **kept))


def _ask(
    context: Context,
    offices: Offices,
    field: str,
    data: Mapping[str, str],
    *,
    told: str = "",
    start: str = "",
) -> Answer:
    say = context.say
    choices = [*_choices(context, offices, field, start), _cancel(context)]
    body = f"{told}\n\n{say(_ASKED[field])}" if told else say(_ASKED[field])
    reply = context.reply(body, title=say("Report an activity"), choices=choices)
    if field == "people":
        reply = replace(reply, asks_number=True)
    return context.answer(reply, session=context.session.at(f"activity.{field}", **data))


def _choices(context: Context, offices: Offices, field: str, start: str) -> list[Choice]:
    say = context.say
    if field in LEFT_OUT:
        return [Choice(say("Leave it out"), f"activity:{field}:none")]
    if field == "day":
        return [Choice(say("today"), "activity:day:0"), Choice(say("yesterday"), "activity:day:1")]
    offer: dict[str, Callable[[], list[Choice]]] = {
        "unit": lambda: _units(context, offices, start),
        "kind": lambda: [
            *(Choice(say(label), f"activity:kind:{kind}") for kind, label in KIND_WORDS.items()),
            Choice(say("Reported activities"), "activity:list"),
        ],
        "topic": lambda: [
            Choice(context.pick(topic.name), f"activity:topic:{slug}")
            for slug, topic in context.services.library.topics.items()
        ],
    }
    return offer[field]() if field in offer else []


def _units(context: Context, offices: Offices, start: str) -> list[Choice]:
    say = context.say
    units = within_reach(context, offices)
    first = page_number(start)
    page = units[first : first + _UNITS_A_PAGE]
    choices = [Choice(unit.title[:60], f"activity:unit:{unit.id}") for unit in page]
    if first + _UNITS_A_PAGE < len(units):
        choices.append(Choice(say("More"), f"activity:units:{first + _UNITS_A_PAGE}"))
    return [*choices, Choice(say("Reported activities"), "activity:list")]


def _still_valid(context: Context, offices: Offices, data: Mapping[str, str]) -> dict[str, str]:
    """Without what does not hold (any more): a unit out of reach, a topic that is gone."""
    kept, today = dict(data), house_day(context)
    units = within_reach(context, offices)
    if len(units) == 1:
        kept["unit"] = str(units[0].id)
    if "unit" in kept and allowing(context, offices, int(kept["unit"])) is None:
        kept.pop("unit")
    if kept.get("topic") not in context.services.library.topics:
        kept.pop("topic", None)
    if "day" in kept and not is_recent(date.fromisoformat(kept["day"]), today):
        kept.pop("day")
    return kept


def _send(context: Context, offices: Offices, data: Mapping[str, str]) -> Answer:
    """Keeps it, and says in which report it will stand."""
    say, kept = context.say, _still_valid(context, offices, data)
    by = allowing(context, offices, int(kept.get("unit", "0")))
    if by is None or any(field not in kept for field in FIELDS):
        return _go_on(context, offices, kept)
    made = _activity(context, kept)
    context.work.report_activity(made, by, context.now)
    plan = context.services.library.plan
    duty = duty_holding(plan, made.recorded_on) if plan else None
    period = duty.period if duty else quarter_of(made.recorded_on)
    first, last = say.date(period.first), say.date(period.last)
    told = say(
        "Thank you. It will stand in the report on {first} – {last}.", first=first, last=last
    )
    return context.answer(context.reply(told, choices=after_choices(context)))


def _activity(context: Context, data: Mapping[str, str]) -> Activity:
    """What was told, of the unit as it is by now."""
    unit = context.tree.get(int(data["unit"]))
    assert unit is not None
    return Activity(
        0,
        unit.id,
        data["kind"],
        data["topic"],
        date.fromisoformat(data["day"]),
        int(data["people"]) if data["people"] else None,
        data["title"],
        data["place"],
        data["source"],
        house_day(context),
    )


def _cancel(context: Context) -> Choice:
    return Choice(context.say("Cancel"), "activity:cancel")
