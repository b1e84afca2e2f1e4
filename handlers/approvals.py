"""Who may approve a message: the nearest bodies first; who was asked, and who else may be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from bot.audience import read_audience
from bot.campaigns import AWAITING, Campaign, reaching
from bot.language import later
from bot.model import Answer, Choice, Event
from bot.rights import ADMINISTRATOR, Office
from bot.routing import Context
from bot.row_numbers import row_number
from handlers.menu import menu_choice
from handlers.office import Offices, needs, office_line

# So many are asked at once; the author may ask others.
_AT_ONCE = 5
_OFFERED = 8
_AGAIN_SECONDS = 3600
_STATES = {
    "has": later("has it"),
    "waits": later("waits"),
    "lost": later("cannot be reached"),
}


async def first_asked(context: Context, offices: Offices, draft: Campaign) -> list[Office]:
    """The officers of the nearest body of which one can be reached, and a handful at most.

    Who could not be reached on the way there is among them, so that the author sees it.
    """
    reachable = await context.store.approvals.reachable(context.today)
    asked: list[Office] = []
    for body in _bodies(await may_approve(context, offices, draft)):
        asked += body
        if any(one.id in reachable for one in body):
            break
    return sorted(asked, key=lambda one: one.id not in reachable)[:_AT_ONCE]


async def may_approve(context: Context, offices: Offices, draft: Campaign) -> list[Office]:
    """Offices of others that may approve it for all whom it reaches, the nearest first."""
    audience, topic = read_audience(draft.audience), draft.message.topic
    mine = {one.id for one in offices}
    found = [
        one
        for one in await context.store.officers.all()
        if one.id not in mine and reaching((one,), "approve", context.tree, audience, topic)
    ]
    steps = _steps_up(context, offices, draft)
    return sorted(found, key=lambda one: (*_distance(context, one, steps), one.unit_id, one.id))


def _bodies(nearest: list[Office]) -> Iterator[list[Office]]:
    """The same in groups: those of one unit, its administrators apart."""
    for _, body in groupby(nearest, key=lambda one: (one.role == ADMINISTRATOR, one.unit_id)):
        yield list(body)


def _steps_up(context: Context, offices: Offices, draft: Campaign) -> dict[int, int]:
    """How far above the author's own unit each unit is."""
    own = next((one.unit_id for one in offices if one.id == draft.author), draft.message.unit_id)
    unit = context.tree.get(own)
    above = context.tree.above(unit) if unit else ()
    return {one.id: step for step, one in enumerate(above)}


def _distance(context: Context, one: Office, steps: dict[int, int]) -> tuple[bool, int]:
    """Own unit first, then each above, then those that only reach the audience; administrators,
    to whom all the messages of a small body would come, last."""
    unit = context.tree.get(one.unit_id)
    return one.role == ADMINISTRATOR, steps.get(unit.id, len(steps)) if unit else len(steps)


async def asked_lines(context: Context, offices: Offices, found: Campaign) -> list[str]:
    """For the author: who was asked, by office, and who has it."""
    if not _is_authors(offices, found):
        return []
    asked = {one.office_id: one.state for one in await context.store.approvals.asked(found.id)}
    held = {one.id: one for one in await context.store.officers.all() if one.id in asked}
    lines = [_line(context, held[number], state) for number, state in asked.items()
             if number in held]  # fmt: skip
    return [context.say("Asked to approve it:"), *lines] if lines else []


def _line(context: Context, one: Office, state: str) -> str:
    return f"- {office_line(one, context)}: {context.say(_STATES[state])}"


async def asked_now(context: Context, asked: list[Office]) -> list[str]:
    """The same right after the asking."""
    reachable = await context.store.approvals.reachable(context.today)
    return [_line(context, one, "waits" if one.id in reachable else "lost") for one in asked]


async def ask_choices(context: Context, offices: Offices, found: Campaign) -> list[Choice]:
    if not _is_authors(offices, found):
        return []
    choices = []
    if await _others(context, offices, found):
        choices.append(Choice(context.say("Ask another"), f"ask:{found.id}"))
    if await _may_ask_again(context, found):
        choices.append(Choice(context.say("Ask again"), f"ask:{found.id}:again"))
    return choices


@needs("broadcast")
async def ask(_event: Event, context: Context, offices: Offices) -> Answer:
    """`ask:ID` lists who else may approve, `ask:ID:OFFICE` asks one, `ask:ID:again` all again."""
    number, _, whom = context.argument.partition(":")
    say = context.say
    found = await context.store.campaigns.get(row_number(number))
    if found is None or not _is_authors(offices, found):
        told = say("There is no such message among yours.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    back = [Choice(say("Follow it"), f"campaign:{found.id}"), menu_choice(context)]
    others = await _others(context, offices, found)
    chosen = [one.id for one in others if str(one.id) == whom]
    if whom == "again" and await _may_ask_again(context, found):
        chosen = [one.office_id for one in await context.store.approvals.asked(found.id)]
    if chosen:
        by = next(one for one in offices if one.id == found.author)
        context.work.ask_more(found, chosen, by, context.now, context.today)
        return context.answer(context.reply(say("Done."), choices=back))
    choices = [
        Choice(office_line(one, context)[:60], f"ask:{found.id}:{one.id}")
        for one in others[:_OFFERED]
    ]
    nobody = say("Nobody else may approve this. An administrator must invite a second officer.")
    told = say("Who else is to be asked?") if choices else nobody
    return context.answer(context.reply(told, choices=[*choices, *back]))


def _is_authors(offices: Offices, found: Campaign) -> bool:
    own = {one.id for one in offices if not one.is_standing_in}
    return found.state == AWAITING and found.author in own


async def _others(context: Context, offices: Offices, found: Campaign) -> list[Office]:
    asked = {one.office_id for one in await context.store.approvals.asked(found.id)}
    return [one for one in await may_approve(context, offices, found) if one.id not in asked]


async def _may_ask_again(context: Context, found: Campaign) -> bool:
    """Not every minute: an hour after the last asking."""
    asked = await context.store.approvals.asked(found.id)
    last = max((one.asked_at for one in asked), default=context.now)
    return (context.now - last).total_seconds() >= _AGAIN_SECONDS
