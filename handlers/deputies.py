"""/deputy: during leave another officer approves and answers at the desk in one's place."""

from __future__ import annotations

from datetime import timedelta

from bot.model import Answer, Choice, Event
from bot.rights import READER, Office, permitting
from bot.routing import Context
from bot.row_numbers import page_number
from handlers.menu import menu_choice
from handlers.office import Offices, needs, office_line

_DAYS = (3, 7, 14, 30)
_A_PAGE = 8


@needs("deputy")
async def deputy(_event: Event, context: Context, offices: Offices) -> Answer:
    """The own offices that can be lent, and until when they are."""
    say = context.say
    own = _lendable(context, offices)
    lent = {leave.office_id: leave for leave in await context.store.officers.leaves(context.today)}
    lines, choices = [], []
    for one in own:
        line = office_line(one, context)
        if one.id in lent:
            until = say.date(lent[one.id].until)
            line += ". " + say("Somebody stands in until {day}.", day=until)
            choices.append(Choice(say("End: № {number}", number=one.id), f"deputy:{one.id}:end"))
        else:
            label = say("Name a deputy: № {number}", number=one.id)
            choices.append(Choice(label, f"deputy:{one.id}"))
        lines.append(f"- {line}")
    body = say("A deputy approves and answers at the desk in your place, and nothing else.")
    reply = context.reply(
        "\n".join([body, *lines]),
        title=say("My deputy"),
        choices=[*choices, menu_choice(context)],
    )
    return context.answer(reply)


@needs("deputy")
async def choose(event: Event, context: Context, offices: Offices) -> Answer:
    """`deputy:OWN`, then `deputy:OWN:OTHER`, then `deputy:OWN:OTHER:DAYS`; `deputy:OWN:end`."""
    own_id, other_id, days = (*context.argument.split(":"), "", "")[:3]
    own = next((one for one in _lendable(context, offices) if str(one.id) == own_id), None)
    if own is None:
        return await deputy(event, context)
    say = context.say
    if other_id == "end":
        context.work.end_deputy(own, context.now)
        return context.answer(context.reply(say("Done."), choices=[menu_choice(context)]))
    others = await _candidates(context, offices, own)
    other = next((one for one in others if str(one.id) == other_id), None)
    if other is None:
        start = page_number(other_id[1:]) if other_id[:1] == "+" else 0
        return _ask_who(context, own, others, start)
    if days not in {str(number) for number in _DAYS}:
        return _ask_how_long(context, own, other)
    last = context.today + timedelta(days=int(days) - 1)
    context.work.name_deputy(own, other.id, context.today, last, context.now)
    told = say("Done: until {day}, that day included. The deputy is told.", day=say.date(last))
    return context.answer(context.reply(told, choices=[menu_choice(context)]))


def _ask_who(context: Context, own: Office, others: list[Office], start: int) -> Answer:
    say = context.say
    page = others[start : start + _A_PAGE]
    choices = [Choice(office_line(one, context)[:60], f"deputy:{own.id}:{one.id}") for one in page]
    if start + _A_PAGE < len(others):
        choices.append(Choice(say("More"), f"deputy:{own.id}:+{start + _A_PAGE}"))
    body = say("Who stands in?") if page else say("There is no other officer here yet.")
    return context.answer(context.reply(body, choices=[*choices, menu_choice(context)]))


def _ask_how_long(context: Context, own: Office, other: Office) -> Answer:
    say = context.say
    choices = [
        Choice(
            say.count("{number} day", "{number} days", number),
            f"deputy:{own.id}:{other.id}:{number}",
        )
        for number in _DAYS
    ]
    asked = say("For how long, from today on?")
    return context.answer(context.reply(asked, choices=[*choices, menu_choice(context)]))


def _lendable(context: Context, offices: Offices) -> list[Office]:
    may = (permitting((one,), "deputy", context.tree) for one in offices)
    return [one for one in may if one is not None]


async def _candidates(context: Context, offices: Offices, own: Office) -> list[Office]:
    """Officers above, beside or below whose office is not the asker's own."""
    mine = {one.id for one in offices}
    tree, home = context.tree, context.tree.get(own.unit_id)
    assert home is not None
    found = []
    for one in await context.store.officers.all():
        unit = tree.get(one.unit_id)
        is_near = unit is not None and (
            tree.is_within(unit, home.id) or tree.is_within(home, unit.id)
        )
        if is_near and one.role != READER and one.id not in mine:
            found.append(one)
    return found
