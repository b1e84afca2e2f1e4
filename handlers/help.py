"""/help: what can be written, and who is behind this."""

from __future__ import annotations

from bot.model import Answer, Event
from bot.routing import Context
from handlers.menu import menu_choice


async def help_page(_event: Event, context: Context) -> Answer:
    say = context.say
    reply = context.reply(
        say(
            "Write what you are looking for, with or without accents, for example: tien luong. "
            "Or write one of these words:\n\n"
            "- menu: everything at a glance\n"
            "- topics: articles by topic\n"
            "- read: the newest articles\n"
            "- language: choose your language\n"
            "- stop: leave\n\n"
            "Where there are no buttons, write the number of a line.\n\n"
            "This is an automatic service of {sender}. It gives no legal advice: for your own "
            "case ask your union.",
            sender=context.services.structure.sender,
        ),
        title=say("Help"),
        choices=[menu_choice(context)],
    )
    return context.answer(reply)
