"""When and how often a message goes out, in plain words, for who writes and who approves it."""

from __future__ import annotations

from datetime import date, datetime

from bot.campaigns import Campaign
from bot.language import Voice
from bot.repeats import parts_of, planned
from bot.routing import Context

_NEXT_SHOWN = 3
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SHORTEST_MONTH = 28
# A rule of these parts only can be told in a sentence.
_PLAIN = {
    "DAILY": frozenset[str](),
    "WEEKLY": frozenset({"BYDAY", "WKST"}),
    "MONTHLY": frozenset[str](),
    "YEARLY": frozenset[str](),
}
_ENDS = frozenset({"FREQ", "COUNT", "UNTIL", "SKIP"})


def when_lines(context: Context, one: Campaign) -> list[str]:
    """When; of what is repeated also how often, until when, and the next few days."""
    say, zone = context.say, context.services.zone
    if one.at is None:
        return [say("When: {when}", when=say("at once"))]
    local = one.at.astimezone(zone)
    if not one.repeat:
        return [say("When: {when}", when=f"{say.date(local.date())} {local:%H:%M}")]
    dates = planned(one, zone)
    first = dates[0] if dates else local
    lines = [say("When: {when}", when=f"{rule_words(one.repeat, first, say)}, {first:%H:%M}")]
    if dates:
        last = say.date(dates[-1].date())
        lines.append(
            say.count(
                "Until {day}: {number} time", "Until {day}: {number} times", len(dates), day=last
            )
        )
    coming = [day.date() for day in dates if day >= one.at and day > context.now]
    return lines + next_line(coming[:_NEXT_SHOWN], context)


def next_line(days: list[date], context: Context) -> list[str]:
    """The days on which it goes out next, or no line."""
    say, year = context.say, context.today.year
    if not days:
        return []
    told = (say.day(day) if day.year == year else say.date(day) for day in days)
    return [say("Next: {days}", days=say.list(tuple(told)))]


def rule_words(rule: str, first: datetime, say: Voice) -> str:
    """`Each week: Monday`; a rule that is no such sentence is told as it stands."""
    parts = parts_of(rule)
    if parts.get("RSCALE") == "VIETNAMESE":
        lunar = f"{parts['BYMONTHDAY']}/{parts['BYMONTH']}"
        return say("Each year: {day} of the lunar calendar", day=lunar)
    freq = parts["FREQ"]
    if set(parts) - _ENDS - _PLAIN[freq]:
        return say("By the rule {rule}", rule=rule)
    if freq == "DAILY":
        return say("Each day")
    if freq == "WEEKLY":
        codes = parts.get("BYDAY", _WEEKDAYS[first.weekday()]).split(",")
        days = tuple(say.weekday(_WEEKDAYS.index(code)) for code in codes)
        return say("Each week: {days}", days=say.list(days))
    if freq == "YEARLY":
        return say("Each year: {day}", day=f"{first.day}/{first.month}")
    if first.day > _SHORTEST_MONTH:
        return say("Each month: day {day}, or its last day", day=first.day)
    return say("Each month: day {day}", day=first.day)
