"""What a scheduled message says: made when it is sent, in its person's language of that moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from bot.library import Article
from bot.model import Choice, Parcel, Reply
from bot.routing import Services
from handlers.articles import Reader, article_reply
from handlers.calendar import entry_text
from handlers.notices import notice
from handlers.sources import source_of


def render(services: Services, parcel: Parcel, language: str | None, today: date) -> Reply | None:
    """The reply of a parcel; None when there is nothing (any more) to send."""
    reader = Reader(services, services.languages.voice(language))
    make: dict[str, Callable[[Reader, Parcel, date], Reply | None]] = {
        "article": _article,
        "digest": _digest,
        "calendar": _calendar,
        "reminder": _reminder,
        "notice": _notice,
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


def _notice(reader: Reader, parcel: Parcel, _today: date) -> Reply | None:
    return notice(parcel, reader.say)


def _sender(reader: Reader) -> str:
    sender = reader.services.structure.sender
    return reader.say("Sent by {sender}. Automatic message. To leave, write: stop.", sender=sender)
