"""/start: who is speaking, in which language, and what for."""

from __future__ import annotations

from bot.model import Answer, Choice, Event, Reply
from bot.routing import Context
from handlers.articles import show_article
from handlers.consent import CONSENT_VERSION, consent_request
from handlers.menu import menu

_ARTICLE = "a_"


async def start(event: Event, context: Context) -> Answer:
    """Asks for the language at the first contact; `/start PAYLOAD` opens what a link led to."""
    say = context.say
    payload = context.argument[:64]
    if context.person.language is None:
        return context.answer(
            _greeting(context), session=context.session.at("start.language", payload=payload)
        )
    opened = linked(payload, context)
    if context.person.consent != CONSENT_VERSION and not opened:
        # Also who agreed to an earlier text: its meaning has changed since.
        return context.answer(*consent_request(context))
    if opened:
        return context.answer(*opened)
    shown = await menu(event, context)
    return context.answer(context.reply(say("Welcome back.")), *shown.replies)


def linked(payload: str, context: Context) -> tuple[Reply, ...]:
    """What a link's payload opens: `a_ID` an article; anything else nothing."""
    article = context.services.library.articles.get(payload.removeprefix(_ARTICLE))
    if not payload.startswith(_ARTICLE) or article is None or not article.is_out(context.today):
        return ()
    return (show_article(article, context),)


def _greeting(context: Context) -> Reply:
    """In the language that the client says; every language is one tap away, that one first."""
    say, languages = context.say, context.services.languages
    sender = context.services.library.sender
    ordered = dict.fromkeys((say.tag, *languages.tags))
    return context.reply(
        say(
            "I am Cầu Nối, an automatic service of {sender}. I bring sourced information: "
            "rights at work, events, policy. Which language do you read?",
            sender=sender,
        ),
        title=say("Welcome"),
        choices=[Choice(languages.name(tag), f"language:{tag}") for tag in ordered],
    )
