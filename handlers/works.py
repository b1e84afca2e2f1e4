"""How a registered work is shown, and what all pages about the award share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.award import COMPLETE, OTHER_LANGUAGE, Entry
from bot.library import Award
from bot.model import Choice, Reply
from bot.organisation import Unit
from bot.routing import Context
from handlers.menu import menu_choice
from handlers.sources import source_of


def award_of(context: Context) -> Award:
    """What content/award.yaml says; the bot does not start without it."""
    found = context.services.library.award
    assert found is not None
    return found


def back(context: Context) -> list[Choice]:
    return [Choice(context.say("The award"), "/award"), menu_choice(context)]


def not_without_consent(context: Context) -> Reply:
    say = context.say
    return context.reply(
        say("For this you must first agree to receive messages."),
        choices=[Choice(say("Receive messages"), "/subscribe"), *back(context)],
    )


def sourced(
    reply: Reply, keys: Iterable[str], texts: Iterable[Mapping[str, str]], context: Context
) -> Reply:
    """The reply with the sources of those keys, its language, and whether that was checked."""
    say, found, names = context.say, award_of(context), context.services.languages
    sources = tuple(source_of(found.sources[key], say) for key in dict.fromkeys(keys))
    shown = [next(tag for tag in (*context.languages, "vi", *one) if tag in one) for one in texts]
    lines = []
    if other := next((tag for tag in shown if tag != say.tag), ""):
        gaps = {"own": names.name(say.tag), "other": names.name(other)}
        lines.append(say("Not available in {own} yet. Shown in: {other}.", **gaps))
    if any(tag not in found.checked for tag in shown):
        lines.append(say("This text has not been checked by an editor yet."))
    label = say("Sources") if sources else ""
    return replace(reply, sources=sources, sources_label=label, note="\n".join(lines))


def language_name(tag: str, context: Context) -> str:
    if tag == OTHER_LANGUAGE:
        return context.say("Another language")
    return context.services.languages.name(tag)


def category_name(identifier: str, context: Context) -> str:
    """Its name; for one that is gone its id."""
    category = award_of(context).category(identifier)
    return context.pick(category.name) if category else f"{identifier} (?)"


def entry_lines(entry: Entry, unit: Unit | None, context: Context) -> list[str]:
    """A work line by line, with the unit that may be told to who reads it."""
    say, details = context.say, entry.details
    work = details.link or say("brought to the office")
    if not details.link and entry.state != COMPLETE:
        work = say("still missing")
    return [
        f"- {say('Title')}: {details.title}",
        f"- {say('Category')}: {category_name(entry.category, context)}",
        f"- {say('Language')}: {language_name(entry.language, context)}",
        f"- {say('Work')}: {work}",
        f"- {say('Contact')}: {details.contact or '-'}",
        f"- {say('Unit')}: {unit.title if unit else '-'}",
    ]
