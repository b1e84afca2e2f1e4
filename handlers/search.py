"""Searching: any text that is nothing else is a question to the articles."""

from __future__ import annotations

from bot.model import Answer, Choice, Event
from bot.routing import Context
from handlers.checks import check_link
from handlers.menu import menu_choice

_SHOWN = 60


async def ask_question(event: Event, context: Context) -> Answer:
    """`/search words` answers at once; `/search` alone asks what for."""
    if context.argument:
        return await search(event, context)
    reply = context.reply(
        context.say("What are you looking for? Write a few words, with or without accents.")
    )
    return context.answer(reply, session=context.session.at("search"))


async def search(_event: Event, context: Context) -> Answer:
    say = context.say
    question = " ".join(context.argument.split())
    hits = context.services.search.find(question, context.languages, context.today)
    checks = check_link(context, question)
    shown = question if len(question) <= _SHOWN else question[:_SHOWN].rsplit(" ", 1)[0] + "…"
    if not hits and not checks:
        nothing = context.reply(
            say("Nothing was found for “{question}”. Try other words, or a topic.", question=shown),
            choices=[
                Choice(say("Have a post checked"), "/report"),
                Choice(say("Topics"), "/topics"),
                menu_choice(context),
            ],
        )
        return context.answer(nothing)
    lines = [f"- {hit.article.text[hit.language].title}: {hit.snippet}" for hit in hits]
    reply = context.reply(
        "\n".join(lines),
        title=say("Found for “{question}”", question=shown),
        choices=[
            *(
                Choice(hit.article.text[hit.language].title, f"article:{hit.article.id}")
                for hit in hits
            ),
            *checks,
            menu_choice(context),
        ],
    )
    return context.answer(reply)
