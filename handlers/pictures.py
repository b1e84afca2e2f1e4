"""The picture of a draft: sent in the chat, cleaned, described in words, or taken out again."""

from __future__ import annotations

from dataclasses import replace

from bot.campaigns import Campaign, Picture
from bot.intake import clean_picture
from bot.language import SOURCE_LANGUAGE
from bot.model import Answer, Event
from bot.pictures import CleanPicture, PictureFault
from bot.routing import Context
from handlers.draft_questions import ask_alt, ask_picture, ask_text
from handlers.drafts import go_on, open_draft
from handlers.fallback import PICTURE_FAULTS
from handlers.office import Offices, needs

_LONGEST_ALT = 200


@needs("broadcast")
async def picture(_event: Event, context: Context, offices: Offices) -> Answer:
    """`picture:ask`, `picture:alt:LANGUAGE`, `picture:remove`."""
    draft = await open_draft(context, offices)
    if draft is None:
        return ask_text(context)
    what, _, tag = context.argument.partition(":")
    if what == "remove":
        return await _kept(context, offices, draft, None)
    known = context.services.languages.lookup(tag)
    if what == "alt" and known and draft.message.picture is not None:
        return ask_alt(context, known)
    return ask_picture(context, draft)


@needs("broadcast")
async def take_picture(event: Event, context: Context, offices: Offices) -> Answer:
    """What was sent, made clean. A short caption is what it shows; else that is asked for."""
    draft = await open_draft(context, offices)
    if draft is None:
        return ask_text(context)
    try:
        clean = await _clean(event, context)
    except PictureFault as fault:
        return _told(context, context.say(PICTURE_FAULTS[fault.kind]))
    context.work.keep_picture(clean.file, clean.content, context.now)
    caption = " ".join(event.text.split())
    alt = {SOURCE_LANGUAGE: caption} if 0 < len(caption) <= _LONGEST_ALT else {}
    return await _kept(context, offices, draft, Picture(clean.file, alt))


@needs("broadcast")
async def take_alt(event: Event, context: Context, offices: Offices) -> Answer:
    draft = await open_draft(context, offices)
    if draft is None or draft.message.picture is None:
        return ask_text(context)
    shows, there = " ".join(event.text.split()), draft.message.picture
    if len(shows) > _LONGEST_ALT:
        return _told(context, context.say("At most {number} letters.", number=_LONGEST_ALT))
    tag = context.session.data.get("tag", SOURCE_LANGUAGE)
    return await _kept(context, offices, draft, replace(there, alt={**there.alt, tag: shows}))


async def _clean(event: Event, context: Context) -> CleanPicture:
    """Fetched only here: of what others send along nothing is ever fetched."""
    attachment, fetch = event.attachment, context.services.fetch
    assert attachment is not None
    assert fetch is not None
    if attachment.problem or attachment.kind != "picture":
        raise PictureFault(attachment.problem or "not-a-picture")
    return await clean_picture(await fetch(event.address, attachment.handle))


def _told(context: Context, fault: str) -> Answer:
    """It is still asked for."""
    return context.answer(context.reply(fault), session=context.session)


async def _kept(
    context: Context, offices: Offices, draft: Campaign, there: Picture | None
) -> Answer:
    draft = replace(draft, message=replace(draft.message, picture=there))
    context.work.keep_draft(draft, context.now)
    return await go_on(context, offices, draft)
