"""/quiz: where questions are answered; the way into a round that is open, and into practice."""

from __future__ import annotations

from bot.model import Answer, Event
from bot.routing import Context
from handlers.certificates import certificate_choices
from handlers.contest import contest_choices
from handlers.menu import menu_choice
from handlers.practice import kept_choices, kept_line, practice_choices


async def quiz(_event: Event, context: Context) -> Answer:
    say = context.say
    about = say("Practise as long as you like. After each answer you see why, and the source.")
    reply = context.reply(
        f"{about}\n\n{kept_line(context)}",
        title=say("Quiz"),
        choices=[
            *await contest_choices(context),
            *await certificate_choices(context),
            *practice_choices(context),
            *kept_choices(context),
            menu_choice(context),
        ],
    )
    return context.answer(reply)
