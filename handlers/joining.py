"""My unit: joined by a code from a poster, after asking; left as easily."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Answer, Choice, Event, Reply
from bot.organisation import Unit
from bot.routing import Context
from handlers.consent import CONSENT_VERSION, consent_request
from handlers.menu import menu, menu_choice

_STATE = "unit.code"


async def my_unit(_event: Event, context: Context) -> Answer:
    """`/unit` shows the unit that was chosen; `/unit CODE`, or a code written, asks to join."""
    if context.argument:
        return context.answer(await unit_question(context.argument, context))
    say, unit = context.say, context.tree.get(context.person.unit_id)
    if unit is None:
        body = say("You have chosen no unit. Write the code on your union's poster to choose one.")
        choices = [menu_choice(context)]
    else:
        body = say("You have chosen: {unit}.", unit=place(unit, context))
        body += "\n\n" + say("To change, write the code on another poster.")
        choices = [Choice(say("No unit"), "unit:none"), menu_choice(context)]
    reply = context.reply(body, title=say("My unit"), choices=choices)
    return context.answer(reply, session=context.session.at(_STATE))


async def unit_question(code: str, context: Context) -> Reply:
    """Asks whether to join; nothing is kept before the person has said yes."""
    say = context.say
    if await context.store.codes.is_blocked(context.person, context.now):
        return too_many(context)
    unit = context.tree.find(code) or context.tree.find(code.replace("__", "."))
    if unit is None:
        context.work.miss_code(context.person, context.now)
        return context.reply(
            say("There is no unit of this code. Please look at the poster again."),
            choices=[menu_choice(context)],
        )
    return context.reply(
        say(
            "Do you belong to {unit}?\n\n"
            "If you say yes, messages of this unit and of those above it reach you too. Only the "
            "unit is kept, not your name. Its figures are told only for five people or more. You "
            "may also choose no unit, and change it at any time.",
            unit=place(unit, context),
        ),
        title=say("Your unit"),
        choices=[
            Choice(say("Yes, my unit"), f"unit:join:{unit.code}"),
            Choice(say("No unit"), "unit:none"),
            menu_choice(context),
        ],
    )


async def choose_unit(event: Event, context: Context) -> Answer:
    """`unit:join:CODE` or `unit:none`; then consent is asked for, where there is none yet."""
    verb, _, code = context.argument.partition(":")
    unit = context.tree.find(code) if verb == "join" else None
    if verb == "join" and unit is None:
        return context.answer(await unit_question(code, context))
    context.work.choose_unit(context.person, unit.id if unit else None)
    context.person = replace(context.person, unit_id=unit.id if unit else None)
    say = context.say
    told = say("Your unit: {unit}.", unit=unit.title) if unit else say("You belong to no unit.")
    if context.person.consent != CONSENT_VERSION:
        return context.answer(context.reply(told), *consent_request(context))
    shown = await menu(event, context)
    return context.answer(context.reply(told), *shown.replies)


def place(unit: Unit, context: Context) -> str:
    """The unit's name, and what it is part of, without the top."""
    above = context.tree.above(unit)[1:-1]
    if not above:
        return unit.title
    return f"{unit.title} ({', '.join(one.title for one in above)})"


def too_many(context: Context) -> Reply:
    """Whoever guesses codes is held up; so is who mistypes very often, and is told why."""
    return context.reply(
        context.say("That was too many wrong codes. Please try again in an hour."),
        choices=[menu_choice(context)],
    )
