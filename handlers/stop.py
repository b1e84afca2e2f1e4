"""/stop: leaving, with one word and without a question."""

from __future__ import annotations

from bot.model import Answer, Choice, Event
from bot.routing import Context


async def stop(_event: Event, context: Context) -> Answer:
    say = context.say
    context.work.count_leaving(context.person, context.house_day)
    context.work.stop(context.person)
    told = say("You have left. Nothing will be sent to you. You can still read and search here.")
    if await context.store.awards.own(context.person):
        told += " " + say("Works that you registered stay so: to withdraw one, write /award.")
    reply = context.reply(
        told,
        title=say("Goodbye"),
        choices=[Choice(say("Receive messages"), "/subscribe"), Choice(say("Menu"), "/menu")],
    )
    return context.answer(reply)
