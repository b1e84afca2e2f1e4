"""What is told of an activity, one field at a time: a button's value, or what was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from bot.activities import LONGEST_PLACE, LONGEST_SOURCE, LONGEST_TITLE, MOST_PEOPLE, OLDEST
from bot.activity_words import is_recent, masked_line, masked_source, read_people, read_short_day
from bot.routing import Context
from handlers.activity_list import KIND_WORDS, allowing, house_day
from handlers.office import Offices
from handlers.reminders import read_day

# What is typed, and how many letters of it are taken.
LONGEST = {"title": LONGEST_TITLE, "place": LONGEST_PLACE, "source": LONGEST_SOURCE}
LEFT_OUT = frozenset({"place", "people", "source"})


class NotThat(ValueError):
    """What was written cannot be taken; the text says why, in the reader's language."""


def chosen_value(context: Context, field: str, value: str) -> str | None:
    """The value of a button as it is kept; None for one that is not offered."""
    today = house_day(context)
    if field == "day":
        days = {"0": today, "1": today - timedelta(days=1)}
        return days[value].isoformat() if value in days else None
    if field in LEFT_OUT:
        return "" if value == "none" else None
    offered: Mapping[str, object] = {
        "kind": KIND_WORDS,
        "topic": context.services.library.topics,
        "unit": {str(unit): "" for unit in context.tree.by_id},
    }.get(field, {})
    return value if value in offered else None


def read_value(context: Context, offices: Offices, field: str, text: str) -> str:
    """What was written, as it is kept. Raises NotThat."""
    say, today = context.say, house_day(context)
    if field == "unit":
        unit = context.tree.find(text)
        if unit is None or allowing(context, offices, unit.id) is None:
            raise NotThat(say("There is no unit {code} among yours.", code=text[:32]))
        return str(unit.id)
    if field == "day":
        return _held_on(context, text, today).isoformat()
    if field == "people":
        number = read_people(text)
        if number is None:
            most = say.number(MOST_PEOPLE)
            raise NotThat(say("That is not a number from 0 to {most}.", most=most))
        return str(number)
    if field not in LONGEST:  # there are buttons for it
        raise NotThat
    if len(text) > LONGEST[field]:
        raise NotThat(say("At most {number} letters.", number=say.number(LONGEST[field])))
    kept = masked_source(text) if field == "source" else masked_line(text)
    if not kept:
        raise NotThat(say("That names only a person, a number or a link."))
    return kept


def _held_on(context: Context, text: str, today: date) -> date:
    say = context.say
    day = read_day(text) or read_short_day(text, today)
    if day is None:
        raise NotThat(say("That is not a date."))
    if day > today:
        raise NotThat(say("That day has not come yet."))
    if not is_recent(day, today):
        raise NotThat(say("That is too long ago: {number} days at most.", number=OLDEST))
    return day
