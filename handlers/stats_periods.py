"""For which days an officer may see figures: the whole union's so far, a unit's by whole months."""

from __future__ import annotations

from bot.organisation import Unit
from bot.planreport.periods import Period, quarter_of, whole_month, whole_year
from bot.routing import Context

Named = tuple[str, Period]


def periods(context: Context, unit: Unit) -> tuple[Named, ...]:
    """With their names; the month that is under way only for the whole union."""
    say, today = context.say, context.house_day
    month, quarter = whole_month(today.year, today.month), quarter_of(today)
    found = (
        (say("This month so far"), month),
        (say("Last month"), month.before()),
        (say("This quarter"), quarter),
        (say("Last quarter"), quarter.before()),
        (say("This year"), whole_year(today.year)),
    )
    return found if unit.id == context.tree.top.id else found[1:]


def chosen(context: Context, unit: Unit, code: str) -> Period:
    """The one of that code, else the first: an old button's month may be over by now."""
    known = periods(context, unit)
    return next((one for _, one in known if one.code == code), known[0][1])
