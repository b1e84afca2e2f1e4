"""/start: who is speaking, in which language, and what for."""

from __future__ import annotations

from bot.model import Answer, Choice, Event, Reply
from bot.routing import Context
from handlers.articles import show_article
from handlers.consent import CONSENT_VERSION, consent_request
from handlers.invitations import invitation
from handlers.joining import unit_question
from handlers.linking import link_question
from handlers.menu import menu


async def start(event: Event, context: Context) -> Answer:
    """Asks for the language at the first contact; `/start PAYLOAD` opens what a link led to."""
    say = context.say
    payload = context.argument[:64]
    if context.person.language is None:
        return context.answer(
            _greeting(context), session=context.session.at("start.language", payload=payload)
        )
    opened = await linked(payload, context)
    if context.person.consent != CONSENT_VERSION and not opened:
        # Also who agreed to an earlier text: its meaning has changed since.
        return context.answer(*consent_request(context))
    if opened:
        return context.answer(*opened)
    shown = await menu(event, context)
    return context.answer(context.reply(say("Welcome back.")), *shown.replies)


async def linked(payload: str, context: Context) -> tuple[Reply, ...]:
    """What a link's payload opens: `a_ID` an article, `u_CODE` a unit, `i_CODE` an invitation,
    `l_CODE` the other chat of the same person; anything else nothing."""
    kind, _, code = payload.partition("_")
    if kind == "a" and code:
        return _article(code, context)
    asks = {"u": unit_question, "i": invitation, "l": link_question}
    return (await asks[kind](code, context),) if kind in asks and code else ()


def _article(identifier: str, context: Context) -> tuple[Reply, ...]:
    article = context.services.library.articles.get(identifier)
    if article is None or not article.is_out(context.today):
        return ()
    return (show_article(article, context),)


def _greeting(context: Context) -> Reply:
    """In the language that the client says; every language is one tap away, that one first."""
    say, languages = context.say, context.services.languages
    sender = context.services.structure.sender
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
