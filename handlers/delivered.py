"""What a scheduled message says: made when it is sent, in its person's language of that moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from bot.campaigns import Message
from bot.factchecks import as_source
from bot.library import Article
from bot.model import Choice, Media, Parcel, Reply
from bot.routing import Services
from handlers.articles import Reader, article_reply
from handlers.award_due import award_due
from handlers.calendar import entry_text
from handlers.days_ahead import days_ahead
from handlers.notices import notice
from handlers.plan_due import plan_due
from handlers.sources import source_of
from handlers.tallies import with_tally


def render(services: Services, parcel: Parcel, language: str | None, today: date) -> Reply | None:
    """The reply of a parcel; None when there is nothing (any more) to send."""
    reader = Reader(services, services.languages.voice(language))
    make: dict[str, Callable[[Reader, Parcel, date], Reply | None]] = {
        "article": _article,
        "digest": _digest,
        "calendar": _calendar,
        "reminder": _reminder,
        "notice": _notice,
        "campaign": _campaign,
        "award": award_due,
        "plan": plan_due,
        "days": days_ahead,
    }
    return make[parcel.kind](reader, parcel, today)


def _out(reader: Reader, parcel: Parcel, today: date) -> list[Article]:
    """The articles of the parcel that are still to be read."""
    library = reader.services.library
    known = (library.articles.get(identifier) for identifier in parcel.articles)
    return [article for article in known if article is not None and article.is_out(today)]


def _article(reader: Reader, parcel: Parcel, today: date) -> Reply | None:
    articles = _out(reader, parcel, today)
    return article_reply(articles[0], reader) if articles else None


def _digest(reader: Reader, parcel: Parcel, today: date) -> Reply | None:
    say, articles = reader.say, _out(reader, parcel, today)
    if not articles:
        return None
    titles = [reader.title(article) for article in articles]
    return Reply(
        title=say("This week"),
        body="\n".join(f"- {title}" for title in titles),
        choices=tuple(
            Choice(title, f"article:{article.id}", reader.word(article))
            for title, article in zip(titles, articles, strict=True)
        ),
        note=_sender(reader),
        language=say.tag,
    )


def _calendar(reader: Reader, parcel: Parcel, _today: date) -> Reply | None:
    day = parcel.day
    assert day is not None
    say, entries = reader.say, reader.services.library.marked(day)
    if not entries:
        return None
    lines = [f"- {entry_text(entry, day, say, reader.languages)}" for entry in entries]
    return Reply(
        title=say("Today, {day}", day=say.date(day)),
        body="\n".join(lines),
        choices=(Choice(say("Calendar"), "/calendar"),),
        sources_label=say("Sources"),
        sources=tuple(source_of(source, say) for entry in entries for source in entry.sources),
        note=_sender(reader),
        language=say.tag,
    )


def _reminder(reader: Reader, parcel: Parcel, today: date) -> Reply | None:
    day, say = parcel.day, reader.say
    assert day is not None
    if day < today:
        return None
    left = (day - today) // timedelta(days=1)
    body = say.count(
        "{label} ends on {day}: {number} day is left.",
        "{label} ends on {day}: {number} days are left.",
        left,
        label=parcel.label,
        day=say.date(day),
    )
    reply = Reply(title=say("A date of yours"), body=body, language=say.tag, note=_sender(reader))
    return replace(reply, choices=(Choice(say("My dates"), "/remind"),))


def _campaign(reader: Reader, parcel: Parcel, today: date) -> Reply | None:
    campaign = reader.services.campaigns.get(int(parcel.label))
    if campaign is None:
        return None
    is_correction = campaign.corrects is not None
    message = campaign.message_on(today)
    return campaign_reply(message, reader, today, is_correction=is_correction)


def campaign_reply(
    message: Message, reader: Reader, today: date, *, is_correction: bool = False
) -> Reply | None:
    """A broadcast in the reader's language, or openly in the nearest; None when it has expired."""
    if message.expires is not None and message.expires < today:
        return None
    say, names = reader.say, reader.services.languages
    shown = next(tag for tag in (*reader.languages, "vi", *message.text) if tag in message.text)
    words, unit = message.text[shown], reader.services.structure.tree.get(message.unit_id)
    lines = [say("Corrected: this replaces an earlier message.")] if is_correction else []
    if shown != say.tag:
        own, other = names.name(say.tag), names.name(shown)
        lines.append(say("Not available in {own} yet. Shown in: {other}.", own=own, other=other))
    sender = unit.title if unit else reader.services.structure.sender
    sent = say("Sent by {sender}. Automatic message. To leave, write: stop.", sender=sender)
    return Reply(
        title=words.title,
        body=words.body,
        media=_media(message, shown, reader),
        sources_label=say("Sources"),
        sources=tuple(source_of(as_source(one), say) for one in message.sources),
        choices=(Choice(say("Menu"), "/menu"),),
        note="\n".join([*lines, sent]),
        language=say.tag,
        text_language=shown,
    )


def _media(message: Message, shown: str, reader: Reader) -> tuple[Media, ...]:
    """What it shows is told in the language of the text, else in the nearest, named then."""
    picture = message.picture
    if picture is None or not picture.alt:
        return ()
    alt, languages = picture.alt, (shown, *reader.languages, "vi", *picture.alt)
    told = next(tag for tag in languages if tag in alt)
    label = "" if told == shown else f" ({reader.services.languages.name(told)})"
    return (Media("image", picture.file, f"{alt[told]}{label}"),)


def _notice(reader: Reader, parcel: Parcel, _today: date) -> Reply | None:
    made = notice(parcel, reader.say)
    if made is None or not parcel.label.startswith("campaign-done:"):
        return made
    return with_tally(made, parcel, reader.services)


def _sender(reader: Reader) -> str:
    sender = reader.services.structure.sender
    return reader.say("Sent by {sender}. Automatic message. To leave, write: stop.", sender=sender)
