"""A draft that begins with something there is: an article, an earlier message, a correction."""

from __future__ import annotations

from datetime import date

from bot.campaigns import (
    CANCELLED,
    DELETE,
    DONE,
    DRAFT,
    EDIT,
    RUNNING,
    SEND,
    Campaign,
    Message,
    Picture,
    Words,
)
from bot.model import Answer, Choice, Event
from bot.rights import Office, permitting
from bot.routing import Context
from bot.row_numbers import row_number
from handlers.corrections import correction_of
from handlers.days_ahead import draft_of_day
from handlers.drafts import go_on
from handlers.menu import menu_choice
from handlers.office import Offices, needs
from handlers.sources import origins_of

_OFFERED = 3
_MANNERS = {"correct": SEND, "edit": EDIT, "delete": DELETE}


@needs("broadcast")
async def begin(_event: Event, context: Context, offices: Offices) -> Answer:
    """`begin:article:ID`, `begin:day:ENTRY:DAY`, `begin:again:NUMBER`; and corrections."""
    kind, _, value = context.argument.partition(":")
    by = permitting(offices, "broadcast", context.tree)
    assert by is not None
    made = {"article": _of_article, "day": draft_of_day}.get(kind)
    found = made(context, by, value) if made else None
    if kind in {"again", *_MANNERS}:
        earlier = await _earlier(context, offices, row_number(value))
        found = _of_earlier(earlier, by, kind, context.today) if earlier else None
    if found is None:
        told = context.say("There is no such message among yours.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    context.work.keep_draft(found, context.now)
    return await go_on(context, offices, found)


async def beginnings(context: Context, offices: Offices) -> list[Choice]:
    """What may be begun with instead of a paste: the last few messages of these offices."""
    own = [one.id for one in offices]
    earlier = await context.store.campaigns.find(RUNNING, DONE, author=own)
    say, again = context.say, [one for one in earlier if one.corrects is None][:_OFFERED]
    return [
        Choice(say("Again: {title}", title=_title(one)), f"begin:again:{one.id}") for one in again
    ]


def _title(one: Campaign) -> str:
    return next(iter(one.message.text.values())).title[:50]


def _of_article(context: Context, by: Office, identifier: str) -> Campaign | None:
    """All its languages, its topic and its sources; only whom it is for is asked."""
    article = context.services.library.articles.get(identifier)
    if article is None or not article.is_out(context.today):
        return None
    message = Message(
        {tag: Words(text.title, text.body) for tag, text in article.text.items()},
        article.topic,
        origins_of(article.sources),
        article.expires,
        by.unit_id,
        Picture(article.picture.file, article.picture.alt) if article.picture else None,
    )
    return Campaign(0, DRAFT, message, "", author=by.id)


async def _earlier(context: Context, offices: Offices, number: int) -> Campaign | None:
    """One that was sent, and by an office of theirs."""
    found = await context.store.campaigns.get(number)
    if found is None or found.launched_at is None:
        return None
    return found if found.author in {one.id for one in offices} else None


def _of_earlier(earlier: Campaign, by: Office, kind: str, today: date) -> Campaign | None:
    """The same once more; or a correction of one that is over, and was no deletion."""
    if kind == "again":
        return Campaign(0, DRAFT, earlier.message_on(today), earlier.audience, author=by.id)
    if earlier.state not in {DONE, CANCELLED} or earlier.manner == DELETE:
        return None
    return correction_of(earlier, by, _MANNERS[kind])
