"""/campaigns: what is being sent, and an officer's word on it: approve, pause, resume, cancel."""

from __future__ import annotations

from dataclasses import replace

from bot.audience import EVERYONE, Audience
from bot.campaigns import AWAITING, DELETE, MOVES, Campaign
from bot.model import Answer, Choice, Event, Reply
from bot.organisation import Unit
from bot.rights import permitting
from bot.routing import Context
from bot.row_numbers import row_number
from handlers.approvals import ask_choices, asked_lines, first_asked
from handlers.campaign_page import STATES, figures_of, line, may, page, sees, words
from handlers.corrections import correction_choices
from handlers.drafts import NO_APPROVER, previews, warnings
from handlers.forecasts import forecast_lines
from handlers.menu import menu_choice
from handlers.office import Offices, needs, own_units
from handlers.tallies import tally_of

_SHOWN = 8
# After these words the page itself is the answer; approving or changing leads elsewhere.
_IN_PLACE = frozenset({"pause", "resume", "cancel"})


@needs("campaigns", "approve")
async def campaigns(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/campaigns [UNIT]`: the last campaigns, and the forecast of a message to all of a unit."""
    say, tree = context.say, context.tree
    mine = own_units(offices, "campaigns", context)
    unit = tree.find(context.argument) if context.argument else next(iter(mine), None)
    if context.argument and not _reaches(context, offices, unit):
        told = say("There is no such unit among yours.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    found = await context.store.campaigns.find(*STATES)
    seen = [one for one in found if sees(context, offices, one)][:_SHOWN]
    lines = [f"- {line(one, context)}" for one in seen]
    choices = [Choice(f"№ {one.id}", f"campaign:{one.id}") for one in seen]
    choices += [Choice(one.title[:60], f"campaigns:{one.code}") for one in mine if one != unit]
    if unit is not None:
        lines += [*([""] if lines else []), *(await _forecast(context, unit))]
        choices.append(Choice(say("Send a message"), "/broadcast"))
    body = "\n".join(lines) or say("Nothing yet.")
    reply = context.reply(body, title=say("Campaigns"), choices=[*choices, menu_choice(context)])
    return context.answer(reply)


def _reaches(context: Context, offices: Offices, unit: Unit | None) -> bool:
    return unit is not None and bool(permitting(offices, "campaigns", context.tree, unit))


async def _forecast(context: Context, unit: Unit) -> list[str]:
    planner = context.services.planner
    assert planner is not None
    made = await planner.forecast(_all_of(unit), None, context.now)
    asked = context.say("If a message went to all of {unit} now:", unit=unit.title)
    return [asked, *forecast_lines(made, context.say)]


@needs("campaigns", "approve")
async def campaign(event: Event, context: Context, offices: Offices) -> Answer:
    """`campaign:ID` shows it; `campaign:ID:WORD` says the word, if it may be said."""
    number, _, word = context.argument.partition(":")
    found = await context.store.campaigns.get(row_number(number))
    if found is None or found.state not in STATES or not sees(context, offices, found):
        told = context.say("There is no such message among yours.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    if word == "tally":
        return context.answer(await _tally(context, found))
    if word == "correct" and found.launched_at is not None:
        return context.answer(await correction_choices(context, found))
    if word:
        return await _say(event, context, offices, found, word)
    return await _page(event, context, offices, found)


async def _page(event: Event, context: Context, offices: Offices, found: Campaign) -> Answer:
    """In the place of the message that follows it, if its own button was tapped."""
    made = page(context, offices, found, await figures_of(context, found))
    if await _is_status(event, context, found):
        made = replace(made, replaces=event.tapped)
    if found.state != AWAITING:
        return context.answer(made)
    warned = [f"⚠ {text}" for text in await warnings(context, found)]
    if found.manner == DELETE:
        warned.append(context.say("This is what would be deleted:"))
    asked = await asked_lines(context, offices, found)
    choices = (*await ask_choices(context, offices, found), *made.choices)
    made = replace(made, body="\n".join([made.body, *warned, *asked]), choices=choices)
    shown = previews(context, found)
    both = (made, *shown) if found.manner == DELETE else (*shown, made)
    return context.answer(*both)


async def _is_status(event: Event, context: Context, found: Campaign) -> bool:
    """Whether a button of the very message was tapped that follows this campaign."""
    if not event.tapped:
        return False
    return event.tapped == await context.store.statuses.at(event.address, found.id)


async def _tally(context: Context, found: Campaign) -> Reply:
    tally = await context.store.campaigns.full_tally(found.id)
    return tally_of(found, tally, context.say, context.services.languages, context.tree)


async def _say(
    event: Event, context: Context, offices: Offices, found: Campaign, word: str
) -> Answer:
    say, now = context.say, context.now
    by = may(context, offices, found, word)
    back = [Choice(say("Follow it"), f"campaign:{found.id}"), menu_choice(context)]
    if by is None:
        told = say("You may not do that with this message.")
        return context.answer(context.reply(told, choices=back))
    if word in {"failed", "uncertain"}:
        context.work.put_again(found, word, by, now)
    elif word == "adopt" and word in words(found):
        approvers = await first_asked(context, offices, found)
        if not approvers:
            return context.answer(context.reply(say(NO_APPROVER), choices=back))
        context.work.ask_approval(found, approvers, by, now, context.today, "adopt")
    elif word in words(found):
        context.work.move_campaign(found, word, by, now)
    elif word == "approve":  # on another chat, or by another officer
        told = say("It was decided already: {state}.", state=say(STATES[found.state]))
        return context.answer(context.reply(told, choices=back))
    else:
        told = say("It is not in a state for that any more.")
        return context.answer(context.reply(told, choices=back))
    if word in _IN_PLACE and await _is_status(event, context, found):
        moved = replace(found, state=MOVES[word][1], reason=None)
        made = page(context, offices, moved, await figures_of(context, found))
        # Also of one that is over now: what it says is put right in a moment.
        return context.answer(replace(made, follows=found.id, replaces=event.tapped))
    return context.answer(context.reply(say("Done."), choices=back))


def _all_of(unit: Unit) -> Audience:
    """Of the top: everyone, also who has chosen no unit."""
    return EVERYONE if unit.parent_id is None else Audience({"unit": (unit.code,)}, {})
