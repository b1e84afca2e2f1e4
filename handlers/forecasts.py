"""What a message would become, in a few lines; a count that is too small is not told."""

from __future__ import annotations

from bot.audience import SMALLEST
from bot.language import Voice
from bot.planner import Forecast


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
