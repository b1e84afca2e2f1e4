"""/link and /unlink: one person on several channels, and where messages then arrive."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Answer, Choice, Event, Reply
from bot.routing import Context
from bot.store import new_code
from bot.ways import channel_name
from handlers.joining import too_many
from handlers.menu import menu_choice
from handlers.ways import ways_in


async def link(_event: Event, context: Context) -> Answer:
    """`/link` gives a code for another channel; `/link CODE` is that code."""
    if context.argument:
        return context.answer(await link_question(context.argument, context))
    say = context.say
    code = new_code()
    context.work.give_link_code(code, context.person, context.now)
    here = await context.store.addresses(context.person)
    body = [
        say(
            "Do you also write to me elsewhere? Open a link there, or write the code there, within "
            "10 minutes. Then both chats are one: each message arrives once. Give the code to "
            "nobody else."
        ),
        await ways_in(context, "l", code),
    ]
    choices = [menu_choice(context)]
    if len(here) > 1:
        choices = [
            Choice(say("Where messages arrive"), "prefer:"),
            Choice(say("Take a chat out"), "/unlink"),
            *choices,
        ]
    reply = context.reply("\n\n".join(body), title=say("My chats"), choices=choices)
    return context.answer(reply)


async def link_question(code: str, context: Context) -> Reply:
    """Asks before two chats become one."""
    say = context.say
    if await context.store.codes.is_blocked(context.person, context.now):
        return too_many(context)
    kept = await context.store.codes.linked_person(code, context.now)
    if kept is None:
        context.work.miss_code(context.person, context.now)
        told = say("This code does not exist or is older than 10 minutes. Write /link for another.")
        return context.reply(told, choices=[menu_choice(context)])
    if kept == context.person.id:
        told = say("That is your own code. Write it in your other chat.")
        return context.reply(told, choices=[menu_choice(context)])
    return context.reply(
        say(
            "Did you make this code yourself, in another chat of yours? Then this chat and that "
            "one become one person: what each was sent, its topics, dates and offices are shared. "
            "If somebody else gave you the code, say no."
        ),
        title=say("Join the two chats?"),
        choices=[
            Choice(say("Yes, it is mine"), f"link:{code}"),
            Choice(say("No"), "/menu"),
        ],
    )


async def join(event: Event, context: Context) -> Answer:
    """`link:CODE`: said yes."""
    kept = await context.store.codes.linked_person(context.argument, context.now)
    if kept is None or kept == context.person.id:
        return context.answer(await link_question(context.argument, context))
    channel = event.address.channel
    context.work.join(kept, context.person, channel, context.now)
    there = await context.store.addresses(replace(context.person, id=kept))
    channels = dict.fromkeys([channel, *(address.channel for _, address in there)])
    told = context.say("Done: the chats are one now. To undo it, write: /unlink")
    return context.answer(_ask_where(context, tuple(channels), told))


async def prefer(_event: Event, context: Context) -> Answer:
    """`prefer:CHANNEL`, `prefer:last`; `prefer:` asks."""
    here = await context.store.addresses(context.person)
    channels = tuple(dict.fromkeys(address.channel for _, address in here))
    if context.argument not in {*channels, "last"}:
        return context.answer(_ask_where(context, channels))
    channel = None if context.argument == "last" else context.argument
    context.work.prefer_channel(context.person, channel)
    reply = context.reply(context.say("Saved."), choices=[menu_choice(context)])
    return context.answer(reply)


def _ask_where(context: Context, channels: tuple[str, ...], told: str = "") -> Reply:
    say = context.say
    choices = [Choice(channel_name(name), f"prefer:{name}") for name in channels]
    asked = say("Where shall messages arrive? On the web they wait until you open the page.")
    return context.reply(
        "\n\n".join(part for part in (told, asked) if part),
        title=say("My chats"),
        choices=[*choices, Choice(say("Where I wrote last"), "prefer:last"), menu_choice(context)],
    )


async def unlink(event: Event, context: Context) -> Answer:
    """`/unlink` shows the chats that are one; each can be taken out."""
    say = context.say
    here = await context.store.addresses(context.person)
    if len(here) < 2:
        told = say("This chat is joined with no other. To join one, write: /link")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    choices = []
    for number, address in here:
        name = channel_name(address.channel)
        is_this = address == event.address
        label = say("{channel} (this chat)", channel=name) if is_this else name
        choices.append(Choice(label, f"unlink:{number}"))
    reply = context.reply(
        say(
            "Which chat shall go its own way? It keeps its language and your consent; your "
            "topics, dates, unit and offices stay with the others."
        ),
        title=say("Take a chat out"),
        choices=[*choices, menu_choice(context)],
    )
    return context.answer(reply)


async def take_out(event: Event, context: Context) -> Answer:
    """`unlink:ID` of one of the person's own addresses."""
    here = await context.store.addresses(context.person)
    wanted = context.argument
    if len(here) < 2 or wanted not in {str(number) for number, _ in here}:
        return await unlink(event, context)
    context.work.leave_person(context.person, int(wanted), context.today)
    reply = context.reply(context.say("Done."), choices=[menu_choice(context)])
    return context.answer(reply)
