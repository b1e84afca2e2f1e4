"""Reading: topics, the newest articles, and one article with its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.language import COMMON_LANGUAGE, SOURCE_LANGUAGE, Voice, pick, words
from bot.library import Article
from bot.model import Answer, Choice, Event, Media, Reply
from bot.routing import Context, Services
from bot.row_numbers import page_number
from handlers.menu import menu_choice
from handlers.sources import source_of

# The first of them is the word that is offered with an article's number: `read 34`.
READ_WORDS = words("read, news, newest")
_A_PAGE = 8
_NEWEST = 5
_MORE = "more"


async def topics(_event: Event, context: Context) -> Answer:
    say = context.say
    reply = context.reply(
        say("What would you like to read about?"),
        title=say("Topics"),
        choices=[
            *(
                Choice(context.pick(topic.name), f"topic:{topic.slug}")
                for topic in context.services.library.topics.values()
            ),
            menu_choice(context),
        ],
    )
    return context.answer(reply)


async def choose_topic(_event: Event, context: Context) -> Answer:
    """The articles of a topic, a page at a time; the argument is `slug` or `slug:page`."""
    say = context.say
    slug, _, page = context.argument.partition(":")
    topic = context.services.library.topics.get(slug)
    if topic is None:
        return await topics(_event, context)
    articles = context.services.library.newest(context.today, slug)
    first = _A_PAGE * (page_number(page))
    some = articles[first : first + _A_PAGE]
    choices = [_article_choice(article, context) for article in some]
    if len(articles) > first + _A_PAGE:
        choices.append(Choice(say("More"), f"topic:{slug}:{first // _A_PAGE + 1}"))
    choices += [Choice(say("Topics"), "/topics"), menu_choice(context)]
    about = context.pick(topic.about)
    count = say.count("{number} article", "{number} articles", len(articles))
    name = context.pick(topic.name)
    reply = context.reply(f"{about}\n\n{count}", title=name, choices=choices)
    if topic.picture:
        alt = context.pick(topic.picture.alt)
        reply = replace(reply, media=(Media("image", topic.picture.file, alt),))
    return context.answer(reply)


async def newest(event: Event, context: Context) -> Answer:
    """The newest articles; `read 34` opens the one with that number, `read 34 en` in English."""
    number, _, language = context.argument.partition(" ")
    if article := context.services.numbered(number):
        context.argument = f"{article}:{language}"
        return await open_article(event, context)
    say = context.say
    articles = context.services.library.newest(context.today)[:_NEWEST]
    reply = context.reply(
        say("The newest articles. Tap one to read it.") if articles else say("No articles yet."),
        title=say("Newest"),
        choices=[
            *(_article_choice(article, context) for article in articles),
            Choice(say("Checked claims"), "check::0"),
            Choice(say("Topics"), "/topics"),
            menu_choice(context),
        ],
    )
    return context.answer(reply)


async def open_article(_event: Event, context: Context) -> Answer:
    """One article; the argument is `id`, or `id:language` for a language chosen by hand.

    `id:more`: which languages it speaks.
    """
    identifier, _, language = context.argument.partition(":")
    article = context.services.library.articles.get(identifier)
    if article is None or not article.is_out(context.today):
        gone = context.reply(
            context.say("That article is no longer available."),
            choices=[Choice(context.say("Newest"), "/read"), menu_choice(context)],
        )
        return context.answer(gone)
    if language == _MORE:
        return context.answer(_all_languages(article, context))
    return context.answer(show_article(article, context, language))


def show_article(article: Article, context: Context, language: str = "") -> Reply:
    """The article in `language`, else in the person's own, else the nearest; counts a reading."""
    reader = Reader(context.services, context.say)
    shown, unit_id = reader.shown(article, language), context.person.unit_id
    context.work.count_reading(article.id, shown, context.house_day, article.topic, unit_id)
    return article_reply(article, reader, language)


@dataclass(frozen=True)
class Reader:
    """Somebody who reads one language: what they are shown of texts in several."""

    services: Services
    say: Voice

    @property
    def languages(self) -> tuple[str, ...]:
        return self.services.languages.fallbacks(self.say.tag)

    def shown(self, article: Article, asked: str = "") -> str:
        """The language in which they get an article."""
        return asked if asked in article.text else article.in_language(self.languages)

    def title(self, article: Article) -> str:
        return article.text[self.shown(article)].title

    def word(self, article: Article, more: str = "") -> str:
        """What they may type for an article where there are no buttons: `read 34`."""
        number = self.services.numbers.get(article.id)
        word = self.say(READ_WORDS).partition(",")[0]
        return f"{word} {number}{more}" if number else ""

    def pick(self, texts: Mapping[str, str]) -> str:
        """The text in the first of their languages that there is."""
        return pick(texts, self.languages)


def article_reply(article: Article, reader: Reader, asked: str = "") -> Reply:
    """The article with its sources, and openly said: who sends it, its language, its state."""
    shown = reader.shown(article, asked)
    text = article.text[shown]
    picture = article.picture or reader.services.library.topics[article.topic].picture
    media = (Media("image", picture.file, reader.pick(picture.alt)),) if picture else ()
    return Reply(
        title=text.title,
        body=text.body,
        note=_note(article, shown, asked, reader),
        sources_label=reader.say("Sources"),
        sources=tuple(source_of(source, reader.say) for source in article.sources),
        choices=_choices(article, shown, reader),
        media=media,
        language=reader.say.tag,
        text_language=shown,
    )


def _note(article: Article, shown: str, asked: str, reader: Reader) -> str:
    """Who sends it, when it was published, in which language and whether that was checked."""
    say, languages = reader.say, reader.services.languages
    lines = []
    if shown not in {say.tag, asked}:
        own, other = languages.name(say.tag), languages.name(shown)
        lines.append(say("Not available in {own} yet. Shown in: {other}.", own=own, other=other))
    if article.text[shown].state == "draft":
        lines.append(say("This text has not been checked by an editor yet."))
    assert article.published is not None
    sender, day = reader.services.structure.sender, say.date(article.published)
    lines.append(say("Sent by {sender}, {day}. Automatic message.", sender=sender, day=day))
    return "\n".join(lines)


def _choices(article: Article, shown: str, reader: Reader) -> tuple[Choice, ...]:
    """Five at most, as many as are buttons on Zalo: other languages behind one of them."""
    others = [tag for tag in article.text if tag != shown]
    near = [tag for tag in others if tag in {SOURCE_LANGUAGE, COMMON_LANGUAGE}]
    offered = [_in_language(article, tag, reader) for tag in near]
    if len(others) > len(near):
        say, word = reader.say, reader.word(article, f" {_MORE}")
        offered.append(Choice(say("Other languages"), f"article:{article.id}:{_MORE}", word))
    more = Choice(reader.say("More on this topic"), f"topic:{article.topic}")
    return (more, *offered, Choice(reader.say("Menu"), "/menu"))


def _in_language(article: Article, tag: str, reader: Reader) -> Choice:
    name, word = reader.services.languages.name(tag), reader.word(article, f" {tag.lower()}")
    return Choice(name, f"article:{article.id}:{tag}", word)


def _all_languages(article: Article, context: Context) -> Reply:
    reader = Reader(context.services, context.say)
    choices = [_in_language(article, tag, reader) for tag in article.text]
    choices.append(menu_choice(context))
    return context.reply(
        reader.title(article), title=reader.say("Other languages"), choices=choices
    )


def _article_choice(article: Article, context: Context) -> Choice:
    reader = Reader(context.services, context.say)
    return Choice(reader.title(article), f"article:{article.id}")
