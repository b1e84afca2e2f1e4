"""/broadcast: an officer writes a message, step by step, and sends it or asks for approval."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.audience import AudienceError, read_audience
from bot.campaigns import DRAFT, Campaign, Message, reaching
from bot.drafting import DraftFault, read_source, read_words
from bot.language import SOURCE_LANGUAGE, later
from bot.model import Answer, Event
from bot.rights import Office, permitting
from bot.routing import Context
from bot.row_numbers import is_number
from handlers.beginnings import beginnings
from handlers.draft_questions import (
    ask_audience,
    ask_expiry,
    ask_language,
    ask_source,
    ask_text,
    ask_topic,
    earlier_sources,
)
from handlers.draft_times import ask_repeat, ask_time, once, repeated, timed
from handlers.drafts import draft_page, go_on, open_draft, previews, send
from handlers.menu import menu_choice
from handlers.office import Offices, needs

_FAULTS = {
    "empty": later("There is no text in it."),
    "long": later("This text is too long: 3,500 letters at most. Nothing of it was kept."),
    "link": later("There is a link in it that does not begin with http or https."),
    "source": later("Write the title and the issuer, parted by a semicolon."),
    "past": later("That time is over already."),
    "calendar": later("There is no such day in the calendar."),
}


@needs("broadcast")
async def broadcast(_event: Event, context: Context, offices: Offices) -> Answer:
    """The draft of this officer, wherever it was begun; else it asks for the text."""
    draft = await open_draft(context, offices)
    if draft is None:
        return ask_text(context, await beginnings(context, offices))
    return await go_on(context, offices, draft)


@needs("broadcast")
async def take_text(event: Event, context: Context, offices: Offices) -> Answer:
    """The text, pasted; in the language that was asked for, else in Vietnamese."""
    tag = context.session.data.get("tag", SOURCE_LANGUAGE)
    try:
        words = read_words(event.text)
    except DraftFault as fault:
        return context.answer(
            context.reply(context.say(_FAULTS[fault.kind])), session=context.session
        )
    draft = await open_draft(context, offices) or _new(context, offices)
    text = {**draft.message.text, tag: words}
    return await _kept(context, offices, replace(draft, message=replace(draft.message, text=text)))


@needs("broadcast")
async def take_source(event: Event, context: Context, offices: Offices) -> Answer:
    draft = await open_draft(context, offices)
    if draft is None:
        return ask_text(context)
    try:
        source = read_source(event.text)
    except DraftFault as fault:
        told = context.reply(context.say(_FAULTS[fault.kind]))
        return context.answer(told, session=context.session)
    return await _kept(
        context, offices, replace(draft, message=replace(draft.message, sources=(source,)))
    )


@needs("broadcast")
async def take_audience(event: Event, context: Context, offices: Offices) -> Answer:
    return await _take_audience(context, offices, event.text.strip())


@needs("broadcast")
async def take_time(event: Event, context: Context, offices: Offices) -> Answer:
    return await _take_time(context, offices, event.text)


@needs("broadcast")
async def change(_event: Event, context: Context, offices: Offices) -> Answer:
    """`draft:WHAT[:VALUE]`: something tapped on the page of a draft."""
    what, _, value = context.argument.partition(":")
    draft = await open_draft(context, offices)
    if what == "text" or draft is None:
        return ask_text(context, tag=value)
    changes = {
        "topic": lambda: _with(draft, topic=value),
        "urgent": lambda: replace(draft, is_urgent=not draft.is_urgent),
        "now": lambda: once(draft, None),
        "expires": lambda: _with(draft, expires=_day(value, context)),
    }
    if what == "topic" and value not in context.services.library.topics:
        return ask_topic(context, draft)
    if what == "expires" and not value:
        return ask_expiry(context)
    if what in changes:
        return await _kept(context, offices, changes[what]())
    if what == "at" and value:
        return await _take_time(context, offices, value)
    if what == "source":
        return await _source(context, offices, draft, value)
    if what == "audience" and value:
        return await _take_audience(context, offices, value)
    if what == "delete":
        context.work.move_campaign(draft, "cancel", _own(offices, draft), context.now)
        return context.answer(context.reply(context.say("Done."), choices=[menu_choice(context)]))
    return await _asked(what, context, offices, draft)


async def _asked(what: str, context: Context, offices: Offices, draft: Campaign) -> Answer:
    """What is not a change: another question, the preview, or off it goes."""
    if what == "audience":
        return ask_audience(context, offices)
    if what == "language":
        return ask_language(context, draft)
    if what == "at":
        return ask_time(context, draft)
    if what == "repeat":
        return await _take_repeat(context, offices, draft)
    if what == "preview" and not draft.missing:  # an old button may come before all is there
        page = await draft_page(context, draft)
        return context.answer(*previews(context, draft), *page.replies)
    if what == "send":
        return await send(context, offices, draft)
    return await go_on(context, offices, draft)


def _with(draft: Campaign, **changes: Any) -> Campaign:
    """The draft with something changed in its message."""
    return replace(draft, message=replace(draft.message, **changes))


def _day(value: str, context: Context) -> date | None:
    """So many days from today; 0: never."""
    days = int(value) if value.isdecimal() and len(value) < 4 else 0
    return context.today + timedelta(days=days) if days else None


def _own(offices: Offices, draft: Campaign) -> Office:
    """The office in whose name the draft was begun."""
    return next(one for one in offices if one.id == draft.author)


async def _take_time(context: Context, offices: Offices, text: str) -> Answer:
    """A time, tapped or written, with what must be said about it."""
    draft, say = await open_draft(context, offices), context.say
    if draft is None:
        return ask_text(context)
    try:
        changed, notes = timed(context, draft, text)
    except DraftFault as fault:
        told = say(_FAULTS[fault.kind])
    except ValueError:
        told = say("Write the time like 18:00, or with the day: 30/11 18:00.")
    else:
        page = await _kept(context, offices, changed)
        told_first = [context.reply(note) for note in notes]
        return replace(page, replies=(*told_first, *page.replies))
    return context.answer(context.reply(told), session=context.session.at("draft.at"))


async def _take_repeat(context: Context, offices: Offices, draft: Campaign) -> Answer:
    value = context.argument.partition(":")[2]
    changed = repeated(context, draft, value)
    if changed is None:
        return ask_repeat(context, draft, value)
    return await _kept(context, offices, changed)


async def _take_audience(context: Context, offices: Offices, text: str) -> Answer:
    """An expression, tapped or written: only what the office reaches is taken."""
    say, draft = context.say, await open_draft(context, offices)
    if draft is None:
        return ask_text(context)
    if draft.corrects is not None:
        return await go_on(context, offices, draft)
    try:
        audience = read_audience(text)
    except AudienceError as error:
        told = say("That cannot be read: {fault}", fault=error.part or text)
        return context.answer(context.reply(told), session=context.session.at("draft.audience"))
    topic = draft.message.topic
    if len(text) > 500 or not reaching(offices, "broadcast", context.tree, audience, topic):
        told = say("Your office does not reach all of that. Name units of yours: unit:CODE")
        return context.answer(context.reply(told), session=context.session.at("draft.audience"))
    return await _kept(context, offices, replace(draft, audience=text))


def _new(context: Context, offices: Offices) -> Campaign:
    by = permitting(offices, "broadcast", context.tree)
    assert by is not None
    unit = context.tree.get(by.unit_id)
    return Campaign(0, DRAFT, Message(unit_id=unit.id if unit else 0), "", author=by.id)


async def _kept(context: Context, offices: Offices, draft: Campaign) -> Answer:
    context.work.keep_draft(draft, context.now)
    return await go_on(context, offices, draft)


async def _source(context: Context, offices: Offices, draft: Campaign, value: str) -> Answer:
    sources = await earlier_sources(context, offices)
    if not is_number(value) or int(value) >= len(sources):
        return await ask_source(context, offices)
    chosen = sources[int(value)]
    message = replace(draft.message, sources=(chosen,))
    return await _kept(context, offices, replace(draft, message=message))
