"""/language: choosing the language, at the start or later."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Answer, Choice, Event
from bot.routing import Context
from handlers.consent import consent_request
from handlers.menu import menu, menu_choice
from handlers.start import linked


async def languages(_event: Event, context: Context) -> Answer:
    names = context.services.languages
    choices = [Choice(names.name(tag), f"language:{tag}") for tag in names.tags]
    reply = context.reply(
        context.say("Which language do you read?"),
        title=context.say("Language"),
        choices=[*choices, menu_choice(context)],
    )
    return context.answer(reply)


async def choose_language(event: Event, context: Context) -> Answer:
    """Takes the language, then goes on with what the first contact was about."""
    tag = context.services.languages.lookup(context.argument)
    if tag is None:
        return await languages(event, context)
    is_beginning = context.session.state == "start.language"
    payload = context.session.data.get("payload", "")
    context.work.choose_language(context.person, tag)
    context.person = replace(context.person, language=tag)
    context.say = context.services.languages.voice(tag)
    if opened := await linked(payload, context):
        return context.answer(*opened)
    if is_beginning and context.person.consent is None:
        return context.answer(*consent_request(context))
    name = context.services.languages.name(tag)
    done = context.reply(context.say("From now on I write in: {language}.", language=name))
    shown = await menu(event, context)
    return context.answer(done, *shown.replies)
