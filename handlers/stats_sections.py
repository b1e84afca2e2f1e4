"""Figures of a unit as bars: by topic, by channel and language, by the units right below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.figures import DayFigure
from bot.language import later
from bot.model import Bar, Section
from bot.organisation import Unit
from bot.routing import Context
from bot.unit_months import ClosedMonth, told_languages, told_units
from bot.ways import channel_name

_MOST_BARS = 8
_BY_TOPIC: Mapping[str, str] = {
    "sent": later("Messages that arrived, by topic"),
    "read": later("Readings, by topic"),
}


def topic_sections(context: Context, unit: Unit, months: Sequence[ClosedMonth]) -> list[Section]:
    """What may be told of a part of the union."""
    found = []
    for kind, title in _BY_TOPIC.items():
        topics = told_units(context.tree, months, kind).get(unit.id, {})
        named = [(_topic(context, slug), amount) for slug, amount in topics.items()]
        found += _section(context, context.say(title), named)
    return found


def whole_sections(
    context: Context, figures: Sequence[DayFigure], months: Sequence[ClosedMonth]
) -> list[Section]:
    """Of the whole union: its messages are no secret; by language only what months tell."""
    say, found = context.say, []
    channels = Counter[str]()
    for kind, title in _BY_TOPIC.items():
        topics = Counter[str]()
        for one in figures:
            if one.kind == kind:
                topics[_topic(context, one.topic)] += one.amount
                channels[channel_name(one.channel)] += one.amount * (kind == "sent")
        found += _section(context, say(title), topics.items())
    found += _section(context, say("By channel"), channels.items())
    told, others = told_languages(months, "sent")
    languages = [(context.services.languages.name(tag), count) for tag, count in told.items()]
    return found + _section(context, say("By language"), languages, others)


def part_section(context: Context, unit: Unit, months: Sequence[ClosedMonth]) -> list[Section]:
    """Messages of the units right below."""
    told = told_units(context.tree, months, "sent")
    parts = [
        (child.title, sum(told[child.id].values()))
        for child in context.tree.children(unit)
        if child.id in told
    ]
    return _section(context, context.say("By unit"), parts)


def _topic(context: Context, slug: str) -> str:
    topic = context.services.library.topics.get(slug)
    return context.pick(topic.name) if topic else slug or "-"


def _section(
    context: Context, title: str, amounts: Iterable[tuple[str, int]], others: int = 0
) -> list[Section]:
    """The largest bars, and the rest as one; nothing where nothing was counted."""
    rows = sorted((row for row in amounts if row[1]), key=lambda row: -row[1])
    others += sum(amount for _, amount in rows[_MOST_BARS:])
    shown = rows[:_MOST_BARS] + ([(context.say("all others"), others)] if others else [])
    bars = tuple(Bar(name, (n,), context.say.number(n)) for name, n in shown)
    return [Section(title, bars)] if rows else []
