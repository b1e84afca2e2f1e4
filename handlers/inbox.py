"""/inbox: what was sent to somebody lately, in their language."""

from __future__ import annotations

from bot.model import Answer, Choice, Event
from bot.routing import Context
from bot.row_numbers import row_number
from handlers.articles import Reader
from handlers.delivered import campaign_reply
from handlers.menu import menu_choice

_SHOWN = 8


async def inbox(_event: Event, context: Context) -> Answer:
    """`/inbox` lists the messages; `inbox:ID` shows one of them again."""
    say = context.say
    numbers = await context.store.campaigns.inbox(context.person, _SHOWN)
    known = context.services.campaigns
    messages = {n: known[n].message_on(context.today) for n in numbers if n in known}
    reader = Reader(context.services, say)
    asked = row_number(context.argument)
    if asked in messages:
        made = campaign_reply(messages[asked], reader, context.today)
        if made is not None:
            return context.answer(made)
    made_of = {n: campaign_reply(m, reader, context.today) for n, m in messages.items()}
    shown = {number: reply for number, reply in made_of.items() if reply is not None}
    body = say("What you were sent lately. Tap a message to read it again.")
    reply = context.reply(
        body if shown else say("Nothing was sent to you lately."),
        title=say("Inbox"),
        choices=[
            *(Choice(reply.title[:60], f"inbox:{number}") for number, reply in shown.items()),
            menu_choice(context),
        ],
    )
    return context.answer(reply)
