"""/campaigns: for officers, what a message would become now: reached, waiting, cost."""

from __future__ import annotations

from bot.audience import EVERYONE, SMALLEST
from bot.language import Voice
from bot.model import Answer, Event
from bot.planner import Forecast
from bot.routing import Context
from handlers.fallback import not_known
from handlers.menu import menu_choice

SENDERS = frozenset({"administrator", "federation-officer", "unit-officer"})


async def campaigns(event: Event, context: Context) -> Answer:
    """The forecast of a message to everyone; whoever holds no such office knows no such word."""
    roles = await context.store.officers.roles(context.person)
    if not roles & SENDERS:
        context.argument = "/campaigns"
        return await not_known(event, context)
    planner = context.services.planner
    assert planner is not None
    made = await planner.forecast(EVERYONE, None, context.now)
    say = context.say
    body = "\n".join([say("If a message went to everyone now:"), *forecast_lines(made, say)])
    return context.answer(
        context.reply(body, title=say("Campaigns"), choices=[menu_choice(context)])
    )


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
