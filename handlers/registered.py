"""For officers: how many works are registered, and each work's dossier with its checklist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from textwrap import shorten

from bot.award import COMPLETE, TOPIC, Entry
from bot.library import CheckItem
from bot.model import Answer, Choice, Event
from bot.organisation import SMALLEST, Tree, Unit, totals
from bot.rights import Office, permitting
from bot.routing import Context
from bot.row_numbers import page_number
from handlers.office import Offices, needs
from handlers.works import award_of, back, category_name, entry_lines, sourced

_A_PAGE = 8


async def overview(offices: Offices, context: Context) -> str:
    """How many works officers have before them, by category; nothing for who is none."""
    if not permitting_entry(offices, context.tree):
        return ""
    say, found = context.say, award_of(context)
    entries = await _entries(offices, context)
    if await _is_small(offices, context):
        few = say("not told, so that no small group is seen")
        return say("Works registered: {number}", number=few)
    counts = Counter(entry.category for entry in entries)
    names = [one.id for one in found.categories if counts[one.id]]
    gone = sorted(set(counts) - set(names))
    lines = [f"- {category_name(name, context)}: {counts[name]}" for name in (*names, *gone)]
    return "\n".join([say("Works registered: {number}", number=len(entries)), *lines])


@needs("award")
async def works(_event: Event, context: Context, offices: Offices) -> Answer:
    """`works:all` or `works:all:FIRST`: the works in the officer's part of the tree."""
    say = context.say
    _, _, start = context.argument.partition(":")
    first = page_number(start)
    entries = await _entries(offices, context)
    page = await context.store.awards.entries([one.code for one in entries[first:][:_A_PAGE]])
    lines = [f"- {_line(one, context)}" for one in page]
    choices = [Choice(one.details.title[:50], f"dossier:{one.code}") for one in page]
    if first + _A_PAGE < len(entries):
        choices.append(Choice(say("More"), f"works:all:{first + _A_PAGE}"))
    if entries:
        choices.append(Choice(say("The list as a file"), "sheet:award"))
    body = "\n".join(lines) or say("Nobody has registered a work yet.")
    reply = context.reply(body, title=say("Works of members"), choices=[*choices, *back(context)])
    return context.answer(reply)


@needs("award")
async def dossier(_event: Event, context: Context, offices: Offices) -> Answer:
    """`dossier:CODE`, `dossier:CODE:tick:ITEM`, `dossier:CODE:untick:ITEM`, `dossier:CODE:here`."""
    code, verb, item = [*context.argument.split(":", 2), "", ""][:3]
    entry = next(iter(await context.store.awards.entries([code])), None)
    by = permitting_entry(offices, context.tree, entry) if entry else None
    if entry is None or by is None:
        told = context.say("There is no such work among yours (any more).")
        choices = [Choice(context.say("Works of members"), "works:all"), *back(context)]
        return context.answer(context.reply(told, choices=choices))
    found = award_of(context)
    items = {one.id for one in found.items(found.category(entry.category))}
    done = entry.done
    if verb in {"tick", "untick"} and item in items:
        is_done = verb == "tick"
        context.work.tick(code, item, by, context.now, is_done=is_done)
        done = done | {item} if is_done else done - {item}
    is_complete = entry.state == COMPLETE
    if verb == "here" and not is_complete:
        context.work.receive(code, by, context.now)
        is_complete = True
    state = COMPLETE if is_complete else entry.state
    return await _dossier(replace(entry, done=done, state=state), context)


def permitting_entry(offices: Offices, tree: Tree, entry: Entry | None = None) -> Office | None:
    """The office by which the work may be looked at; without one, any work at all.

    Whose unit was not told then is only for officers of the top.
    """
    unit = (tree.get(entry.unit_id) or tree.top) if entry else None
    return permitting(offices, "award", tree, unit, TOPIC)


def told_units(tree: Tree, people: Mapping[int, int]) -> Mapping[int, Unit]:
    """By unit the nearest one above it (or itself) that has five people, which may be told."""
    whole, found = totals(tree, people), {}
    for identifier in tree.by_id:
        unit = tree.get(identifier)
        above = tree.above(unit) if unit else ()
        if told := next((one for one in above if whole[one.id] >= SMALLEST), None):
            found[identifier] = told
    return found


async def _entries(offices: Offices, context: Context) -> list[Entry]:
    """The works before these officers, not opened."""
    outlines = await context.store.awards.outlines(award_of(context).edition.ids)
    return [one for one in outlines if permitting_entry(offices, context.tree, one)]


async def _is_small(offices: Offices, context: Context) -> bool:
    """Whether a number would be one about fewer than five people."""
    people, tree = await context.store.organisation.count_people(), context.tree
    mine = {
        unit_id: count
        for unit_id, count in people.items()
        if (unit := tree.get(unit_id)) and permitting(offices, "award", tree, unit, TOPIC)
    }
    reaches_all = permitting(offices, "award", tree, tree.top, TOPIC) is not None
    return not reaches_all and sum(mine.values()) < SMALLEST


def _line(entry: Entry, context: Context) -> str:
    say, found = context.say, award_of(context)
    items = found.items(found.category(entry.category))
    done = sum(item.id in entry.done for item in items)
    state = say("complete") if entry.state == COMPLETE else say("still missing")
    ticked = say("{done} of {number} ticked", done=done, number=len(items))
    category = category_name(entry.category, context)
    return f"{entry.code}: {entry.details.title} ({category}; {state}; {ticked})"


async def _dossier(entry: Entry, context: Context) -> Answer:
    """The work and its checklist: what is ticked, and how sure each item is."""
    say, found = context.say, award_of(context)
    people = await context.store.organisation.count_people()
    unit = told_units(context.tree, people).get(entry.unit_id or 0)
    lines = entry_lines(entry, unit, context)
    items = found.items(found.category(entry.category))
    checklist = [f"{_box(entry, item)} {_item(item, context)}" for item in items]
    choices = [
        Choice(
            shorten(f"{_box(entry, item)} {context.pick(item.text)}", 60, placeholder="…"),
            f"dossier:{entry.code}:{'untick' if item.id in entry.done else 'tick'}:{item.id}",
        )
        for item in items
    ]
    if entry.state != COMPLETE:
        choices.insert(0, Choice(say("The work is at the office"), f"dossier:{entry.code}:here"))
    choices += [Choice(say("Works of members"), "works:all"), *back(context)]
    body = "\n\n".join(["\n".join(lines), "\n".join([say("Checklist:"), *checklist])])
    keys = [key for item in items for key in item.sources]
    reply = context.reply(body, title=entry.code, choices=choices)
    return context.answer(sourced(reply, keys, [item.text for item in items], context))


def _box(entry: Entry, item: CheckItem) -> str:
    return "☑" if item.id in entry.done else "☐"


def _item(item: CheckItem, context: Context) -> str:
    usual = context.say("usual for such dossiers, to be confirmed")
    return context.pick(item.text) + (f" ({usual})" if item.usual else "")
