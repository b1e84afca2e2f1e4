"""The menu: all that this person can do, within two taps."""

from __future__ import annotations

from bot.consents import holds
from bot.model import Answer, Choice, Event
from bot.routing import Context


async def menu(_event: Event, context: Context) -> Answer:
    say = context.say
    choices = [
        Choice(say("Newest"), "/read"),
        Choice(say("Topics"), "/topics"),
        Choice(say("Search"), "/search"),
        Choice(say("Is it true? Have a post checked"), "/report"),
        Choice(say("Quiz"), "/quiz"),
        Choice(say("Calendar"), "/calendar"),
        Choice(say("My dates"), "/remind"),
        Choice(say("The award"), "/award"),
        Choice(say("Speak with a person"), "/contact"),
        Choice(say("Settings"), "/settings"),
        Choice(say("Help"), "/help"),
    ]
    if await context.store.officers.offices(context.person, context.today):
        choices.insert(0, Choice(say("For officers"), "/office"))
    if holds(context.person.consent):
        body = say("Tap a button, or just write what you are looking for.")
    else:
        choices.insert(0, Choice(say("Receive messages"), "/subscribe"))
        body = say(
            "You are reading as a guest: nothing is sent to you unasked. "
            "Tap a button, or just write what you are looking for."
        )
    return context.answer(context.reply(body, title=say("Menu"), choices=choices))


def menu_choice(context: Context) -> Choice:
    return Choice(context.say("Menu"), "/menu")
