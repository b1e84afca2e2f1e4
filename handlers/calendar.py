"""/calendar: what today and the coming 30 days are marked for, each with its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.language import Voice, pick
from bot.library import CalendarEntry
from bot.model import Answer, Choice, Event, Source
from bot.routing import Context
from handlers.menu import menu_choice
from handlers.sources import source_of

_DAYS = 30
_MOST_SOURCES = 8


async def calendar(_event: Event, context: Context) -> Answer:
    say, library, today = context.say, context.services.library, context.today
    lines, sources = [], list[Source]()
    for ahead in range(_DAYS + 1):
        day = today + timedelta(days=ahead)
        for entry in library.marked(day):
            lines.append(f"- {say.day(day)}: {entry_text(entry, day, say, context.languages)}")
            sources += [source_of(source, say) for source in entry.sources]
    body = "\n".join(lines) or say("Nothing is marked in the coming 30 days.")
    reply = context.reply(
        body,
        title=say("Today and the coming 30 days"),
        choices=[Choice(say("Settings"), "/settings"), menu_choice(context)],
    )
    unique = tuple(dict.fromkeys(sources))[:_MOST_SOURCES]
    label = say("Sources") if unique else ""
    return context.answer(replace(reply, sources=unique, sources_label=label))


def entry_text(entry: CalendarEntry, day: date, say: Voice, languages: tuple[str, ...]) -> str:
    """What a day is marked for, in one line."""
    if entry.kind == "diplomatic":
        assert entry.since is not None
        years = day.year - entry.since.year
        country = country_name(entry, say, languages)
        return say.count(
            "{number} year of diplomatic relations between Viet Nam and {country}",
            "{number} years of diplomatic relations between Viet Nam and {country}",
            years,
            country=country,
        )
    text = pick(entry.name, languages)
    if entry.kind == "holiday":
        return say("{name} (paid public holiday)", name=text)
    return text


def country_name(entry: CalendarEntry, say: Voice, languages: tuple[str, ...]) -> str:
    """CLDR's name of a country, unless the entry itself names it."""
    assert entry.country is not None
    return pick(entry.name, languages) if entry.name else say.country(entry.country)
