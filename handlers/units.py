"""/units: for officers, their part of the tree with counts that give no small group away."""

from __future__ import annotations

from bot.model import Answer, Choice, Event
from bot.organisation import SMALLEST, Unit, told_totals, totals
from bot.rights import permitting
from bot.routing import Context
from bot.row_numbers import page_number
from handlers.menu import menu_choice
from handlers.office import Offices, needs, own_units

_A_PAGE = 8


@needs("units")
async def units(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/units [CODE]`: the unit, how many people it reaches, and the units right below."""
    say, tree = context.say, context.tree
    code, _, start = context.argument.partition(":")
    mine = own_units(offices, "units", context)
    unit = tree.find(code) if code else mine[0]
    if unit is None or permitting(offices, "units", tree, unit) is None:
        told = say("There is no such unit among yours.")
        return context.answer(context.reply(told, choices=[Choice(say("Units"), "/units")]))
    counts = await context.store.organisation.count_people()
    told_counts, whole = told_totals(tree, counts), totals(tree, counts)
    below, first = tree.children(unit), page_number(start)
    page = below[first : first + _A_PAGE]

    def line(one: Unit) -> str:
        return (
            f"{one.title} ({one.code}): {count_told(told_counts[one.id], whole[one.id], context)}"
        )

    lines = [line(unit), *(f"- {line(child)}" for child in page)]
    choices = [Choice(child.title[:60], f"units:{child.code}") for child in page]
    if first + _A_PAGE < len(below):
        choices.append(Choice(say("More"), f"units:{unit.code}:{first + _A_PAGE}"))
    above = tree.get(unit.parent_id)
    if above is not None and permitting(offices, "units", tree, above):
        choices.append(Choice(say("Up: {unit}", unit=above.title[:50]), f"units:{above.code}"))
    if not code:
        others = mine[1:]
        choices += [Choice(other.title[:60], f"units:{other.code}") for other in others]
    choices.append(Choice(say("Poster"), f"poster:{unit.code}"))
    reply = context.reply(
        "\n".join(lines), title=say("Units"), choices=[*choices, menu_choice(context)]
    )
    return context.answer(reply)


def count_told(told: int | None, whole: int, context: Context) -> str:
    """So many people, or why they are not told."""
    say = context.say
    if told is not None:
        return say.count("{number} person", "{number} people", told)
    if whole < SMALLEST:
        return say("fewer than {number} people", number=SMALLEST)
    return say("not told, so that no small group is seen")
