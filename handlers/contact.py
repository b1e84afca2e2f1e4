"""/contact: a way to a human: the union's office and public numbers. That one asked is not kept."""

from __future__ import annotations

from dataclasses import replace

from bot.library import Unit
from bot.model import Answer, Event
from bot.routing import Context
from handlers.menu import menu_choice
from handlers.sources import source_of


async def contact(_event: Event, context: Context) -> Answer:
    say, library = context.say, context.services.library
    office = [line for unit in library.offices for line in _office(unit, context)]
    shown = [one for one in library.contacts if one.confirmed is not None]
    numbers = [
        f"- {context.pick(one.name)}: {one.number}. {context.pick(one.about)}" for one in shown
    ]
    blocks = [
        "\n".join(office) or say("The office of the union has not been entered here yet."),
        "\n".join([say("Public numbers:"), *numbers] if numbers else []),
        say("I am an automatic service. For advice on your own case speak with a person."),
    ]
    sources = tuple(source_of(source, say) for one in shown for source in one.sources)
    reply = context.reply(
        "\n\n".join(block for block in blocks if block),
        title=say("Speak with a person"),
        choices=[menu_choice(context)],
    )
    label = say("Sources") if sources else ""
    return context.answer(replace(reply, sources=sources, sources_label=label))


def _office(unit: Unit, context: Context) -> list[str]:
    say, place = context.say, unit.office
    assert place is not None
    lines = [unit.name]
    if place.address:
        lines.append(f"- {place.address}")
    if place.hours:
        lines.append("- " + say("Hours: {hours}", hours=place.hours))
    if place.phone:
        lines.append("- " + say("Phone: {phone}", phone=place.phone))
    return lines
