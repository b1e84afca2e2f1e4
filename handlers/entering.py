"""Registering a work for the award: category, language, title, link, contact, consent."""

from __future__ import annotations

from collections.abc import Mapping

from bot.award import (
    COMPLETE,
    LONGEST_CONTACT,
    LONGEST_TITLE,
    MOST_WORKS,
    OPEN,
    OTHER_LANGUAGE,
    Details,
    Entry,
    forget_on,
    read_link,
)
from bot.library import Category
from bot.model import Answer, Choice, Event, Reply
from bot.routing import Context
from bot.store import new_code
from handlers.works import award_of, back, entry_lines, language_name

# The day on which the consent text last changed in meaning.
ENTRY_VERSION = "2026-11-29"


async def enter(_event: Event, context: Context) -> Answer:
    """`enter:new`, `enter:CATEGORY`, `enter:CATEGORY:LANGUAGE`: asks for the rest."""
    if refused := await _refusal(context):
        return context.answer(refused)
    identifier, _, language = context.argument.partition(":")
    category = award_of(context).category(identifier)
    if category is None:
        told = "" if identifier == "new" else context.say("There is no such category (any more).")
        return context.answer(ask_category(context, "enter", told))
    if category.languages == "vietnamese":
        language = "vi"
    if language not in offered_languages(category, context):
        return context.answer(ask_language(category, context, f"enter:{category.id}"))
    return _ask_title(context, {"category": category.id, "language": language})


async def take_title(_event: Event, context: Context) -> Answer:
    title = " ".join(context.argument.split())
    data = dict(context.session.data)
    if len(title) > LONGEST_TITLE:
        return _ask_title(context, data, too_long(context, LONGEST_TITLE))
    return _ask_link(context, {**data, "title": title})


async def take_link(_event: Event, context: Context) -> Answer:
    link = read_link(context.argument)
    data = dict(context.session.data)
    if link is None:
        return _ask_link(context, data, no_link(context))
    return _ask_contact(context, {**data, "link": link})


async def refuse_file(_event: Event, context: Context) -> Answer:
    """A file that was sent along: platforms keep it for a while only, so it is not taken."""
    told = context.say("I do not keep files. Send a link, or bring the file to the office.")
    return _ask_again(context, told)


async def bring(_event: Event, context: Context) -> Answer:
    """`bring:office` and `bring:later` in place of a link."""
    if context.session.state != "award.link" or context.argument not in {"office", "later"}:
        return await _nothing_open(context)
    return _ask_contact(context, {**context.session.data, "link": ""})


async def take_contact(_event: Event, context: Context) -> Answer:
    contact = " ".join(context.argument.split())
    data = dict(context.session.data)
    if len(contact) > LONGEST_CONTACT:
        return _ask_contact(context, data, too_long(context, LONGEST_CONTACT))
    return _ask_consent(context, {**data, "contact": contact})


async def no_contact(_event: Event, context: Context) -> Answer:
    if context.session.state != "award.contact":
        return await _nothing_open(context)
    return _ask_consent(context, {**context.session.data, "contact": ""})


async def ask_again(_event: Event, context: Context) -> Answer:
    """Something else was written where a button was asked for."""
    return _ask_again(context, "")


async def agree(_event: Event, context: Context) -> Answer:
    """`agree:VERSION` of the text that was shown; all is looked at once more, and kept."""
    if context.session.state != "award.consent":
        return await _nothing_open(context)
    if context.argument != ENTRY_VERSION:
        return _ask_consent(context, dict(context.session.data))
    if refused := await _refusal(context):
        return context.answer(refused)
    entry = _entry(context)
    category = award_of(context).category(entry.category)
    if category is None:
        told = context.say("There is no such category (any more).")
        return context.answer(ask_category(context, "enter", told))
    context.work.register(context.person, entry, ENTRY_VERSION, context.now)
    say = context.say
    told = say("Registered. The code of your work: {code}", code=entry.code)
    hint = say(
        "The office looks at it and puts the dossier together. Nothing is sent in by itself."
    )
    reply = context.reply(
        "\n\n".join([told, hint, *_missing(entry, context)]),
        choices=[Choice(say("My works"), "work:mine"), *back(context)],
    )
    return context.answer(reply)


def ask_category(context: Context, verb: str, told: str = "") -> Reply:
    found = award_of(context)
    asked = context.say("In which category?") + " " + context.pick(found.categories_from.text)
    choices = [Choice(context.pick(one.name), f"{verb}:{one.id}") for one in found.categories]
    body = f"{told} {asked}".strip()
    return context.reply(body, title=context.say("Register a work"), choices=choices)


def ask_language(category: Category, context: Context, before: str) -> Reply:
    choices = [
        Choice(language_name(tag, context), f"{before}:{tag}")
        for tag in offered_languages(category, context)
    ]
    return context.reply(context.say("In which language is the work?"), choices=choices)


def offered_languages(category: Category, context: Context) -> list[str]:
    tags = (*context.services.languages.tags, OTHER_LANGUAGE)
    return [tag for tag in tags if category.allows(tag)]


def too_long(context: Context, most: int) -> str:
    return context.say("That is too long: {number} letters at most.", number=most)


def no_link(context: Context) -> str:
    return context.say("That is no link. It begins with https:// or http:// and has no spaces.")


async def _refusal(context: Context) -> Reply | None:
    """Why nothing can be registered now."""
    say, edition = context.say, award_of(context).edition
    if edition.is_closed(context.today):
        assert edition.deadline is not None
        day = say.date(edition.deadline.day)
        told = say("The deadline was {day}. Nothing more can be registered or changed.", day=day)
        return context.reply(told, choices=back(context))
    if len(await context.store.awards.own(context.person)) >= MOST_WORKS:
        told = say("You have {number} works already. Withdraw one first.", number=MOST_WORKS)
        return context.reply(told, choices=[Choice(say("My works"), "work:mine"), *back(context)])
    return None


def _ask_title(context: Context, data: Mapping[str, str], told: str = "") -> Answer:
    asked = context.say("What is the title of the work?")
    reply = context.reply(f"{told} {asked}".strip())
    return context.answer(reply, session=context.session.at("award.title", **data))


def _ask_link(context: Context, data: Mapping[str, str], told: str = "") -> Answer:
    say, category = context.say, award_of(context).category(data.get("category", ""))
    forms = category.forms if category else ()
    choices = [Choice(say("I give it later"), "bring:later")]
    if "office" in forms:
        choices.insert(0, Choice(say("I bring it to the office"), "bring:office"))
    asked = say("Where can the work be seen? Write a link (https://…).")
    reply = context.reply(f"{told} {asked}".strip(), choices=choices)
    return context.answer(reply, session=context.session.at("award.link", **data))


def _ask_contact(context: Context, data: Mapping[str, str], told: str = "") -> Answer:
    say = context.say
    asked = say("How may the office reach you about this work? Write it, or leave it out.")
    choices = [Choice(say("Leave it out"), "reach:none")]
    reply = context.reply(f"{told} {asked}".strip(), choices=choices)
    return context.answer(reply, session=context.session.at("award.contact", **data))


def _ask_consent(context: Context, data: Mapping[str, str]) -> Answer:
    say, session = context.say, context.session.at("award.consent", **data)
    context.session = session
    entry = _entry(context)
    text = say(
        "What is kept, sealed: the title, the link and the contact you gave; beside them category, "
        "language and your unit. What for: so that the office can put together the dossier for "
        "the award, and nothing else. Who sees it: the officers of your unit and of those above "
        "it. How long: until half a year after the results, until {day} at the latest, or until "
        "you withdraw it: write /award.",
        day=say.date(entry.forget_on),
    )
    lines = "\n".join(entry_lines(entry, context.tree.get(entry.unit_id), context))
    reply = context.reply(
        f"{lines}\n\n{text}",
        title=say("Register this work?"),
        choices=[Choice(say("I agree"), f"agree:{ENTRY_VERSION}"), Choice(say("No"), "/award")],
    )
    return context.answer(reply, session=session)


def _ask_again(context: Context, told: str) -> Answer:
    data = dict(context.session.data)
    asks = {"award.title": _ask_title, "award.link": _ask_link, "award.contact": _ask_contact}
    if context.session.state in asks:
        return asks[context.session.state](context, data, told)
    return _ask_consent(context, data)


def _entry(context: Context) -> Entry:
    """The work as it was told so far."""
    data, edition = context.session.data, award_of(context).edition
    link = data.get("link", "")
    return Entry(
        code=new_code()[:9],
        edition=edition.id,
        category=data.get("category", ""),
        language=data.get("language", OTHER_LANGUAGE),
        details=Details(data.get("title", ""), link, data.get("contact", "")),
        state=COMPLETE if link else OPEN,
        forget_on=forget_on(context.today, edition.days["results"]),
        unit_id=context.person.unit_id,
        registered_on=context.today,
    )


def _missing(entry: Entry, context: Context) -> list[str]:
    if entry.state == COMPLETE:
        return []
    return [
        context.say("The work itself is still missing: give a link, or bring it to the office.")
    ]


async def _nothing_open(context: Context) -> Answer:
    """A button of a talk that is over, or was tapped twice."""
    told = context.say("That is not open any more.")
    choices = [Choice(context.say("My works"), "work:mine"), *back(context)]
    return context.answer(context.reply(told, choices=choices))
