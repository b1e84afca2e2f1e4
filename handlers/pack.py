"""/pack: the published messages as they can be passed on, with sender, source and no buttons."""

from __future__ import annotations

from dataclasses import replace

from bot.library import Article
from bot.model import Answer, Choice, Event
from bot.rights import permitting
from bot.routing import Context
from bot.row_numbers import page_number
from handlers.articles import Reader, article_reply
from handlers.menu import menu_choice
from handlers.office import Offices, needs

_A_PAGE = 8


@needs("pack")
async def pack(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/pack`, `pack:+8` for further ones, `pack:ID[:LANGUAGE]` for one to pass on."""
    identifier, _, language = context.argument.partition(":")
    article = context.services.library.articles.get(identifier)
    if article is not None and article.is_out(context.today):
        return _one(article, language, context, offices)
    return _list(context, page_number(identifier[1:]))


def _list(context: Context, first: int) -> Answer:
    say, reader = context.say, Reader(context.services, context.say)
    articles = context.services.library.newest(context.today)
    page = articles[first : first + _A_PAGE]
    choices = [Choice(reader.title(article), f"pack:{article.id}") for article in page]
    if first + _A_PAGE < len(articles):
        choices.append(Choice(say("More"), f"pack:+{first + _A_PAGE}"))
    reply = context.reply(
        say("Tap a message to get it in a form that you can pass on."),
        title=say("Approved pack"),
        choices=[*choices, menu_choice(context)],
    )
    return context.answer(reply)


def _one(article: Article, language: str, context: Context, offices: Offices) -> Answer:
    """The article alone, then what can be done with it; to look at it is not counted a reading."""
    say, reader = context.say, Reader(context.services, context.say)
    names, shown = context.services.languages, reader.shown(article, language)
    others = [
        Choice(names.name(tag), f"pack:{article.id}:{tag}") for tag in article.text if tag != shown
    ]
    if permitting(offices, "broadcast", context.tree, topic=article.topic):
        others.insert(0, Choice(say("Send to members"), f"begin:article:{article.id}"))
    told = context.reply(
        say("Pass the message above on as it is: it says who sends it and on what source."),
        choices=[*others, Choice(say("Approved pack"), "/pack"), menu_choice(context)],
    )
    return context.answer(replace(article_reply(article, reader, language), choices=()), told)
