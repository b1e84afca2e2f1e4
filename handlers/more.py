"""More lines of the last list, where choices are numbered and only nine stand at once."""

from __future__ import annotations

from bot.model import LIST_LINES, Answer, Event
from bot.routing import Context
from handlers.menu import menu


async def more(event: Event, context: Context) -> Answer:
    """The choices that the last list did not show; they are numbered from 1 again."""
    left = context.session.choices[LIST_LINES:]
    if not left:
        return await menu(event, context)
    return context.answer(context.reply(context.say("Further choices:"), choices=left))
