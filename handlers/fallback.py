"""What nothing else takes: a clear answer, never silence."""

from __future__ import annotations

from bot.language import later
from bot.model import Answer, Event
from bot.routing import Context
from handlers.menu import menu

# What somebody is told of a picture that cannot be taken, by the kind of fault.
PICTURE_FAULTS = {
    "not-a-picture": later("This file is not a picture that I can open. It was not kept."),
    "too-large": later("This picture is too large. It was not kept."),
    "gone": later("The picture could not be fetched. Please send it once more."),
}


async def not_known(event: Event, context: Context) -> Answer:
    """An unknown word with a slash, or a button of long ago."""
    say = context.say
    if context.argument.startswith("/"):
        text = say("I do not know this command. Here is what I can do.")
    else:
        text = say("That button is from an older message. Here is what I can do now.")
    shown = await menu(event, context)
    return context.answer(context.reply(text), *shown.replies)


async def missed_number(event: Event, context: Context) -> Answer:
    """A number without a list that it could mean."""
    text = context.say("There is no such number in the last list. Here is the menu.")
    shown = await menu(event, context)
    return context.answer(context.reply(text), *shown.replies)


async def attachment(event: Event, context: Context) -> Answer:
    """Pictures and files: nothing of them is kept, and the person is told so."""
    say = context.say
    problem = event.attachment.problem if event.attachment else ""
    refused = later(
        "Thank you, but I can only read text at the moment. The file was not kept. "
        "Please write your question in words."
    )
    text = say(PICTURE_FAULTS.get(problem, refused))
    shown = await menu(event, context)
    return context.answer(context.reply(text), *shown.replies)
