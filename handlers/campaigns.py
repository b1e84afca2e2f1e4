"""/campaigns: for officers, what a message to their unit would become now."""

from __future__ import annotations

from bot.audience import EVERYONE, SMALLEST, Audience
from bot.language import Voice
from bot.model import Answer, Choice, Event
from bot.organisation import Unit
from bot.planner import Forecast
from bot.rights import permitting
from bot.routing import Context
from handlers.menu import menu_choice
from handlers.office import Offices, needs, own_units


@needs("campaigns")
async def campaigns(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/campaigns [UNIT]`: the forecast of a message to all of one's unit and below."""
    say, tree = context.say, context.tree
    mine = own_units(offices, "campaigns", context)
    unit = tree.find(context.argument) if context.argument else mine[0]
    if unit is None or permitting(offices, "campaigns", tree, unit) is None:
        told = say("There is no such unit among yours.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    planner = context.services.planner
    assert planner is not None
    made = await planner.forecast(_all_of(unit), None, context.now)
    asked = say("If a message went to all of {unit} now:", unit=unit.title)
    body = "\n".join([asked, *forecast_lines(made, say)])
    choices = [
        Choice(other.title[:60], f"campaigns:{other.code}") for other in mine if other != unit
    ]
    reply = context.reply(body, title=say("Campaigns"), choices=[*choices, menu_choice(context)])
    return context.answer(reply)


def _all_of(unit: Unit) -> Audience:
    """Of the top: everyone, also who has chosen no unit."""
    return EVERYONE if unit.parent_id is None else Audience({"unit": (unit.code,)}, {})


def forecast_lines(made: Forecast, say: Voice) -> list[str]:
    """What a message would become; a count that is too small to be told is not told."""
    if made.people < SMALLEST:
        return ["- " + say("fewer than {number} people", number=SMALLEST)]
    return [
        "- " + say.count("{number} person", "{number} people", made.people),
        "- " + say("reached at once: {number}", number=say.number(made.now)),
        "- " + say("at their next contact: {number}", number=say.number(made.waiting)),
        "- " + say("cost: {number} đồng", number=say.number(made.cost)),
    ]
