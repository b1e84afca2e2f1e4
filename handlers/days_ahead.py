"""A marked day that comes in a week: told to officers, each with a draft that waits for a tap."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from bot.campaigns import DRAFT, Campaign, Message, Words
from bot.drafting import MAX_TITLE
from bot.language import Voice, pick
from bot.library import CalendarEntry
from bot.model import Choice, Parcel, Reply
from bot.rights import Office
from bot.routing import Context, Services
from handlers.articles import Reader
from handlers.calendar import country_name, entry_text
from handlers.sources import origins_of, source_of

_AT = time(8)


def days_ahead(reader: Reader, parcel: Parcel, today: date) -> Reply | None:
    """What the day is marked for and what a message would say; None once the day is there."""
    day, say = parcel.day, reader.say
    assert day is not None
    entries = reader.services.library.marked(day)
    if not entries or day <= today:
        return None
    texts = [words_of(entry, day, say, reader.languages) for entry in entries]
    choices = [
        Choice(say("Draft: {title}", title=text.title)[:60], f"begin:day:{entry.id}:{day:%y%m%d}")
        for entry, text in zip(entries, texts, strict=True)
    ]
    return Reply(
        title=say("Coming on {day}", day=say.date(day)),
        body="\n\n".join(f"{text.title}\n{text.body}" for text in texts),
        choices=(*choices, Choice(say("Menu"), "/menu")),
        sources_label=say("Sources"),
        sources=tuple(source_of(source, say) for entry in entries for source in entry.sources),
        note=say("Sent by {sender}. Automatic message. To leave, write: stop.",
                 sender=reader.services.structure.sender),
        language=say.tag,
    )  # fmt: skip


def draft_of_day(context: Context, by: Office, value: str) -> Campaign | None:
    """`ENTRY:yymmdd`: a message in each language that has a text, for eight o'clock of that day."""
    name, _, code = value.partition(":")
    services = context.services
    entry = next((one for one in services.library.calendar if one.id == name), None)
    day = _day(code)
    if entry is None or day is None or day <= context.today or not entry.falls_on(day):
        return None
    words = {
        tag: words_of(entry, day, services.languages.voice(tag), (tag,))
        for tag in services.languages.tags
        if entry.kind == "diplomatic" or tag in entry.text
    }
    if not words:  # a day that an editor gave a name only
        say = services.languages.voice("vi")
        words = {"vi": words_of(entry, day, say, ("vi",))}
    message = Message(words, entry.topic, origins_of(entry.sources), None, by.unit_id)
    return Campaign(0, DRAFT, message, "", at=_eight(day, services), author=by.id)


def words_of(entry: CalendarEntry, day: date, say: Voice, languages: tuple[str, ...]) -> Words:
    """What a message about that day says in the language of `say`."""
    title = entry_text(entry, day, say, languages)[:MAX_TITLE]
    if entry.kind == "diplomatic":
        assert entry.since is not None
        country = country_name(entry, say, languages)
        body = say(
            "Viet Nam and {country} established diplomatic relations on {day}.",
            country=country,
            day=say.date(entry.since),
        )
    else:
        body = pick(entry.text, languages) if entry.text else say.date(day)
    return Words(title, body)


def _day(code: str) -> date | None:
    try:
        return datetime.strptime(code, "%y%m%d").date()  # noqa: DTZ007  # a day, not a moment
    except ValueError:
        return None


def _eight(day: date, services: Services) -> datetime:
    return datetime.combine(day, _AT, services.zone).astimezone(UTC)
