"""The question when a draft goes out, and how often: a few taps, or typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.campaigns import Campaign
from bot.drafting import DraftFault
from bot.lunar import lunar_of
from bot.model import Answer, Choice
from bot.repeats import read_repeat, simple_rule
from bot.routing import Context
from bot.timing import Moment, coming_days, offered_times, read_moment
from handlers.calendar import entry_text
from handlers.schedules import rule_words

_TIMES_OFFERED, _DAYS_OFFERED = 3, 3
_TAPPED = "%Y%m%dT%H%M"
# For how long: how it stands in a value, and how long it is.
_OFFERED = ("weekly", "monthly", "yearly", "lunar")
_LENGTHS = {
    "weekly": ("4w", "3m", "1y"),
    "monthly": ("3m", "6m", "1y"),
}


def ask_time(context: Context, draft: Campaign) -> Answer:
    """Now, the next sensible hours, the next marked days, or again and again."""
    say, zone, services = context.say, context.services.zone, context.services
    choices = [Choice(say("Now"), "draft:now")]
    for at in offered_times(context.now, zone, _TIMES_OFFERED):
        label = f"{say.day(at.date())}, {at:%H:%M}"
        choices.append(Choice(label, f"draft:at:{at.strftime(_TAPPED)}"))
    for day, entry in coming_days(services.library.calendar, context.today, _DAYS_OFFERED):
        text = entry_text(entry, day, say, context.languages)
        choices.append(Choice(f"{say.day(day)}: {text}"[:60], f"draft:at:calendar:{entry.id}"))
    choices.append(Choice(say("Repeat it"), "draft:repeat"))
    if draft.repeat:
        choices.append(Choice(say("Only once"), "draft:repeat:none"))
    asked = say("When? Tap, or write: 18:00, 30/11 18:00, or by the lunar calendar: âl 10/3 08:00.")
    reply = context.reply(asked, choices=choices)
    return context.answer(reply, session=context.session.at("draft.at"))


def timed(context: Context, draft: Campaign, text: str) -> tuple[Campaign, list[str]]:
    """The draft at that time, once, and what must be said about it.

    Raises DraftFault, ValueError.
    """
    zone, calendar = context.services.zone, context.services.library.calendar
    moment = _tapped(text, context) or read_moment(text, context.now, zone, calendar)
    say, notes = context.say, []
    if moment.is_clamped(zone):
        notes.append(say("That lunar month has 29 days: its 29th is meant."))
    if moment.has_leap_after(zone):
        notes.append(say("That month comes twice in that lunar year: the first one is meant."))
    return once(draft, moment.at), notes


def once(draft: Campaign, at: datetime | None) -> Campaign:
    """The draft at that time, and never again."""
    return replace(draft, at=at, repeat="", began_at=None, series=0)


def repeated(context: Context, draft: Campaign, value: str) -> Campaign | None:
    """The draft with that repeat: `weekly:3m`, `yearly`; None for what must be asked further."""
    freq, _, length = value.partition(":")
    first = _first(context, draft)
    if freq == "none":
        return once(draft, draft.at)
    if length not in _LENGTHS.get(freq, ("",)) or freq not in _OFFERED:
        return None
    rule = read_repeat(simple_rule(freq, first.date(), length), first, context.services.zone)
    at = first.astimezone(UTC)
    return replace(draft, at=at, repeat=rule, began_at=at, series=0)


def ask_repeat(context: Context, draft: Campaign, freq: str = "") -> Answer:
    """How often, from the time on that the draft has; then for how long."""
    say, first = context.say, _first(context, draft)
    if freq in _LENGTHS:
        lengths = [Choice(_length(one, context), f"draft:repeat:{freq}:{one}")
                   for one in _LENGTHS[freq]]  # fmt: skip
        return context.answer(context.reply(say("For how long?"), choices=lengths))
    choices = [
        Choice(rule_words(f"FREQ={one.upper()}", first, say), f"draft:repeat:{one}")
        for one in _OFFERED[:3]
    ]
    lunar = say("Each year: {day} of the lunar calendar", day=lunar_of(first.date())[0])
    choices.append(Choice(lunar, "draft:repeat:lunar"))
    asked = say("How often? It begins on {day}.", day=f"{say.date(first.date())} {first:%H:%M}")
    return context.answer(context.reply(asked, choices=choices))


def _length(length: str, context: Context) -> str:
    number, say = int(length[:-1]), context.say
    if length.endswith("w"):
        return say.count("{number} week", "{number} weeks", number)
    if length.endswith("m"):
        return say.count("{number} month", "{number} months", number)
    return say.count("{number} year", "{number} years", number)


def _first(context: Context, draft: Campaign) -> datetime:
    """The draft's time, or this minute, by the house's clock."""
    at = draft.at if draft.at and draft.at > context.now else context.now
    return at.astimezone(context.services.zone).replace(second=0, microsecond=0)


def _tapped(text: str, context: Context) -> Moment | None:
    """A time of the list that was offered; None for what was typed. Raises DraftFault."""
    try:
        at = datetime.strptime(text, _TAPPED).replace(tzinfo=context.services.zone)
    except ValueError:
        return None
    if at <= context.now:
        raise DraftFault("past")
    return Moment(at.astimezone(UTC))
