"""The questions that a draft asks until nothing is missing, each with what fits best first."""

from __future__ import annotations

from collections.abc import Sequence

from bot.campaigns import Campaign, Origin
from bot.language import SOURCE_LANGUAGE
from bot.model import Answer, Choice
from bot.routing import Context
from handlers.office import Offices, own_units

_SOURCES_OFFERED = 5


def ask_text(context: Context, instead: Sequence[Choice] = (), tag: str = "") -> Answer:
    """The message itself; `instead` offers what there is already."""
    say, languages = context.say, context.services.languages
    known = languages.lookup(tag) if tag else None
    asked = say(
        "Paste the message. The first line becomes its title. 3,500 letters at most, plain text."
    )
    if known:
        asked = say("Paste the text in this language: {language}.", language=languages.name(known))
    state = context.session.at("draft.text", tag=known or SOURCE_LANGUAGE)
    reply = context.reply(asked, title=say("Send a message"), choices=instead)
    return context.answer(reply, session=state)


def ask_topic(context: Context, draft: Campaign) -> Answer:
    """The topic that the text looks like comes first."""
    topics = dict(context.services.library.topics)
    words = draft.message.text.get(SOURCE_LANGUAGE) or next(iter(draft.message.text.values()))
    question = f"{words.title} {words.body[:200]}"
    hits = context.services.search.find(question, context.languages, context.today)
    ordered = dict.fromkeys([*(hit.article.topic for hit in hits[:3]), *topics])
    choices = [Choice(context.pick(topics[slug].name), f"draft:topic:{slug}") for slug in ordered]
    return context.answer(context.reply(context.say("On which topic is it?"), choices=choices))


async def ask_source(context: Context, offices: Offices) -> Answer:
    say = context.say
    sources = await earlier_sources(context, offices)
    choices = [Choice(f"{one.title}, {one.issuer}"[:60], f"draft:source:{number}")
               for number, one in enumerate(sources)]  # fmt: skip
    asked = say(
        "On what source? Tap one, or write: title; issuer; number; link. "
        "Title and issuer are needed."
    )
    state = context.session.at("draft.source")
    return context.answer(context.reply(asked, choices=choices), session=state)


async def earlier_sources(context: Context, offices: Offices) -> list[Origin]:
    """The last few that these offices named."""
    earlier = await context.store.campaigns.find(author=[one.id for one in offices])
    found = dict.fromkeys(one for campaign in earlier for one in campaign.message.sources)
    return list(found)[:_SOURCES_OFFERED]


def ask_audience(context: Context, offices: Offices) -> Answer:
    """All of one's own unit, officers of it, or terms that are written."""
    say, choices = context.say, []
    for unit in own_units(offices, "broadcast", context)[:4]:
        is_top = unit.parent_id is None
        term = "everyone" if is_top else f"unit:{unit.code}"
        label = say("Everyone") if is_top else say("All of {unit}", unit=unit.title[:50])
        choices.append(Choice(label, f"draft:audience:{term}"))
    asked = say(
        "For whom? Tap, or write terms: everyone, unit:CODE, language:en, topic:rights, "
        "channel:zalo-oa, role:reader, since:2026-11-01. Terms of one kind are alternatives, "
        "different kinds must all hold; a minus excludes: -unit:CODE"
    )
    reply = context.reply(asked, choices=choices)
    return context.answer(reply, session=context.session.at("draft.audience"))


def ask_language(context: Context, draft: Campaign) -> Answer:
    """In which language there is a text too; what has none falls back, and says so."""
    say, languages = context.say, context.services.languages
    mark = dict.fromkeys(draft.message.text, "☑ ")
    choices = [
        Choice(mark.get(tag, "") + languages.name(tag), f"draft:text:{tag}")
        for tag in languages.tags
    ]
    asked = say("In which language do you have the text? Others get the nearest, labelled so.")
    return context.answer(context.reply(asked, choices=choices))


def ask_picture(context: Context, draft: Campaign) -> Answer:
    """The picture itself; of one that is there already, a description in a language more."""
    say, names = context.say, context.services.languages
    there, choices = draft.message.picture, []
    if there is not None:
        choices = [
            Choice(say("Describe it: {language}", language=names.name(tag)), f"picture:alt:{tag}")
            for tag in dict.fromkeys((SOURCE_LANGUAGE, *draft.message.text))
        ]
        choices.append(_without_picture(context))
    choices.append(Choice(say("Draft"), "/broadcast"))
    asked = say("Send the picture now, as a photo or a file: JPEG or PNG, 10 MB at most.")
    reply = context.reply(asked, choices=choices)
    return context.answer(reply, session=context.session.at("draft.picture"))


def ask_alt(context: Context, tag: str = SOURCE_LANGUAGE) -> Answer:
    """What the picture shows, for who cannot see it; without it no picture goes out."""
    say, language = context.say, context.services.languages.name(tag)
    asked = say("What does the picture show? One line, for who cannot see it: {language}.",
                language=language)  # fmt: skip
    reply = context.reply(asked, choices=[_without_picture(context)])
    return context.answer(reply, session=context.session.at("draft.alt", tag=tag))


def _without_picture(context: Context) -> Choice:
    return Choice(context.say("Without a picture"), "picture:remove")


def ask_expiry(context: Context) -> Answer:
    """After that day it is sent to nobody any more."""
    say = context.say
    choices = [
        Choice(say.count("{number} day", "{number} days", days), f"draft:expires:{days}")
        for days in (3, 7, 30)
    ]
    choices.append(Choice(say("Never"), "draft:expires:0"))
    return context.answer(context.reply(say("For how long, from today on?"), choices=choices))
