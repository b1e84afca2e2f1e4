"""/stats: for officers, figures of their unit and all below as charts, for a period."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Answer, Bar, Chart, Choice, Event, Reply, Section
from bot.organisation import Unit, told_totals, totals
from bot.planreport.periods import Period
from bot.rights import permitting
from bot.routing import Context
from bot.row_numbers import page_number
from bot.unit_months import closed_months
from handlers.menu import menu_choice
from handlers.office import Offices, needs, own_units
from handlers.stats_periods import chosen, periods
from handlers.stats_sections import part_section, topic_sections, whole_sections
from handlers.units import count_told

_A_PAGE = 6


@needs("stats")
async def stats(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/stats [CODE]`, `stats:CODE:PERIOD:FIRST`: what arrived and was read there, and who is
    there. The choice only names what is asked for: whether it may be seen is looked at anew."""
    say, tree = context.say, context.tree
    code, _, asked = context.argument.partition(":")
    mine = own_units(offices, "stats", context)
    if not code and len(mine) > 1:
        choices = [Choice(one.title[:60], f"stats:{one.code}") for one in mine]
        reply = context.reply(
            say("Of which unit?"), title=say("Figures"), choices=[*choices, menu_choice(context)]
        )
        return context.answer(reply)
    unit = tree.find(code) if code else mine[0]
    if unit is None or permitting(offices, "stats", tree, unit) is None:
        told = say("There is no such unit among yours.")
        return context.answer(context.reply(told, choices=[Choice(say("Figures"), "/stats")]))
    named, _, start = asked.partition(":")
    period = chosen(context, unit, named)
    choices = _ways(context, offices, unit, period, page_number(start))
    figures, people = await _figures(context, unit, period), await _people(context, unit)
    return context.answer(figures, replace(people, choices=tuple(choices)))


async def _figures(context: Context, unit: Unit, period: Period) -> Reply:
    """Messages and readings; of a part of the union only what its closed months tell."""
    say, zone, store = context.say, context.services.zone, context.store
    months = await closed_months(store, period, zone)
    is_whole = unit.id == context.tree.top.id
    figures = await store.figures.of(period.first, period.last) if is_whole else ()
    sections = (
        whole_sections(context, figures, months)
        if is_whole
        else topic_sections(context, unit, months)
    )
    sections += part_section(context, unit, months)
    names = say.list(tuple(say.month(month.period.first) for month in months)) or "–"
    notes = [] if sections else [say("There are no figures of these days.")]
    if months or not is_whole:
        notes += [
            say(
                "Units are told by whole months, two days after their end: {months}.", months=names
            ),
            say("What fewer than five people stand behind counts in the unit above."),
        ]
    title = f"{say('Figures')}: {unit.title}"
    days = f"{say.date(period.first)} – {say.date(period.last)}"
    return _charted(context, title, days, sections, notes)


async def _people(context: Context, unit: Unit) -> Reply:
    """As /units tells them."""
    say, tree = context.say, context.tree
    counts = await context.store.organisation.count_people()
    told, whole = told_totals(tree, counts), totals(tree, counts)
    units = [unit, *tree.children(unit)]
    known = sorted(
        ((one, count) for one in units if (count := told[one.id]) is not None),
        key=lambda row: (row[0] is not unit, -row[1]),
    )
    bars = [Bar(one.title, (count,), say.number(count)) for one, count in known[:_A_PAGE]]
    sections = [Section("", tuple(bars))] if bars else []
    notes = [] if bars else [f"{unit.title}: {count_told(told[unit.id], whole[unit.id], context)}"]
    return _charted(context, say("People who receive messages"), "", sections, notes)


def _charted(
    context: Context, title: str, days: str, sections: list[Section], notes: list[str]
) -> Reply:
    """The picture, and the same in words below it."""
    lines = [days] if days else []
    for section in sections:
        lines += ["", section.title] if section.title else []
        lines += [f"- {bar.label}: {bar.told}" for bar in section.bars]
    body = "\n".join([*lines, *(["", *notes] if lines else notes)]).strip()
    reply = context.reply(body, title=title)
    if not sections:
        return reply
    chart = Chart(title, tuple(sections), alt=f"{title}\n{body}", language=context.say.tag)
    return replace(reply, chart=chart)


def _ways(
    context: Context, offices: Offices, unit: Unit, period: Period, first: int
) -> list[Choice]:
    """Other times, the units right below, the one above, as far as they are the officer's."""
    say, tree = context.say, context.tree
    now = f"{unit.code}:{period.code}"
    choices = [
        Choice(label, f"stats:{unit.code}:{one.code}")
        for label, one in periods(context, unit)
        if one != period
    ]
    below = tree.children(unit)
    choices += [
        Choice(child.title[:60], f"stats:{child.code}:{period.code}")
        for child in below[first : first + _A_PAGE]
    ]
    if first + _A_PAGE < len(below):
        choices.append(Choice(say("More"), f"stats:{now}:{first + _A_PAGE}"))
    above = tree.get(unit.parent_id)
    if above is not None and permitting(offices, "stats", tree, above):
        label = say("Up: {unit}", unit=above.title[:50])
        choices.append(Choice(label, f"stats:{above.code}:{period.code}"))
    return [*choices, Choice(say("Units"), f"units:{unit.code}"), menu_choice(context)]
