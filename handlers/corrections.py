"""Corrections of what was sent: edited or deleted where it can be, or a message to who got it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.campaigns import DELETE, DRAFT, EDIT, SEND, Campaign
from bot.language import Voice, later
from bot.model import Choice, Reply
from bot.rights import Office
from bot.routing import Context
from handlers.menu import menu_choice

# So long Telegram lets its bots delete a message.
_DELETABLE = timedelta(hours=48)
_LINES = {
    EDIT: later("Corrects № {number}: changed where it can be, else sent anew."),
    SEND: later("Corrects № {number}: sent to all who got it."),
    DELETE: later("Deletes № {number} where it can be deleted."),
}


def correction_line(one: Campaign, say: Voice) -> str:
    return say(_LINES[one.manner], number=one.corrects)


async def correction_choices(context: Context, found: Campaign) -> Reply:
    """What can be done about a message that is wrong, and for how many people."""
    say, number = context.say, found.id
    people, changeable = await context.store.campaigns.count_reached(number)
    told = [say("It reached {number} people, or waits for them.", number=say.number(people))]
    choices = []
    if changeable:
        can = say.number(changeable)
        told.append(say("In the chats of {number} of them it can still be changed.", number=can))
        choices.append(Choice(say("Change it, send the rest anew"), f"begin:edit:{number}"))
    if people:
        choices.append(Choice(say("Send a correction"), f"begin:correct:{number}"))
    until = _deletable_until(found)
    if changeable and until > context.now:
        local = until.astimezone(context.services.zone)
        when = f"{say.date(local.date())} {local:%H:%M}"
        told.append(say("It can be deleted there until {when} at the latest.", when=when))
        choices.append(Choice(say("Delete it"), f"begin:delete:{number}"))
    back = Choice(say("Look at it"), f"campaign:{number}")
    return context.reply("\n".join(told), choices=[*choices, back, menu_choice(context)])


def _deletable_until(found: Campaign) -> datetime:
    """The last of it was sent when it ended, or before; each message has its own hours."""
    assert found.launched_at is not None
    return (found.ended_at or found.launched_at) + _DELETABLE


def correction_of(earlier: Campaign, by: Office, manner: str) -> Campaign:
    """A draft for exactly those who got the earlier message; only a deletion needs no text.

    It begins without the picture, which might be what was wrong.
    """
    bare = replace(earlier.message, text={}, picture=None)
    message = earlier.message if manner == DELETE else bare
    return Campaign(
        0,
        DRAFT,
        message,
        f"{earlier.audience} got:{earlier.id}",
        is_urgent=earlier.is_urgent,
        author=by.id,
        corrects=earlier.id,
        manner=manner,
    )
