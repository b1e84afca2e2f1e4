"""/contact: a way to a human: the union's office and public numbers. That one asked is not kept."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Answer, Event
from bot.organisation import Unit
from bot.routing import Context
from handlers.menu import menu_choice
from handlers.sources import source_of


async def contact(_event: Event, context: Context) -> Answer:
    say, library = context.say, context.services.library
    office = [line for unit in _nearest(context) for line in _office(unit, context)]
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


def _nearest(context: Context) -> list[Unit]:
    """The offices from the person's own unit up to the top, nearest first."""
    own = context.tree.get(context.person.unit_id) or context.tree.top
    return [unit for unit in context.tree.above(own) if unit.has_office]


def _office(unit: Unit, context: Context) -> list[str]:
    say, lines = context.say, [unit.title]
    if unit.office_address:
        lines.append(f"- {unit.office_address}")
    if unit.office_hours:
        lines.append("- " + say("Hours: {hours}", hours=unit.office_hours))
    if unit.office_line:
        lines.append("- " + say("Phone: {phone}", phone=unit.office_line))
    return lines
