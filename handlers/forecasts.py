"""What a message would become, in a few lines; a count that is too small is not told."""

from __future__ import annotations

from collections.abc import Collection

from bot.audience import SMALLEST
from bot.language import Languages, Voice
from bot.planner import Forecast
from bot.tallies import told


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


def missing_lines(made: Forecast, tags: Collection[str], say: Voice, names: Languages) -> list[str]:
    """How many read a language that the message has not; nothing that tells of a small group."""
    missing = {tag: count for tag, count in made.languages.items() if tag not in tags and count}
    number = sum(missing.values())
    if not number or min(number, made.people - number or SMALLEST) < SMALLEST:
        return []
    shown, _ = told({tag: (count, 0) for tag, count in missing.items()}, (number, 0))
    named = [f"{names.name(tag)} {say.number(cells[0])}" for tag, cells in shown.items()]
    text = say(
        "{number} of {all} read a language that has no text here",
        number=say.number(number),
        all=say.number(made.people),
    )
    return [f"- {text}: {say.list(tuple(named))}" if named else f"- {text}"]
