"""/campaigns: what is being sent, and an officer's word on it: approve, pause, resume, cancel."""

from __future__ import annotations

from collections.abc import Mapping

from bot.audience import EVERYONE, Audience, read_audience
from bot.campaigns import (
    AWAITING,
    CANCELLED,
    DONE,
    PAUSED,
    RUNNING,
    SCHEDULED,
    Campaign,
    reaching,
)
from bot.language import later
from bot.model import Answer, Choice, Event
from bot.organisation import Unit
from bot.rights import Office, permitting
from bot.routing import Context
from handlers.approvals import ask_choices, asked_lines
from handlers.drafts import previews, warnings
from handlers.forecasts import forecast_lines
from handlers.menu import menu_choice
from handlers.office import Offices, needs, own_units

_SHOWN = 8
_STATES = {
    AWAITING: later("waits for approval"),
    SCHEDULED: later("starts soon"),
    RUNNING: later("on its way"),
    PAUSED: later("paused"),
    DONE: later("done"),
    CANCELLED: later("cancelled"),
}
_COUNTS = {
    "sent": later("arrived: {number}"),
    "queued": later("still to come: {number}"),
    "sending": later("going out now: {number}"),
    "waiting": later("wait for the person's next contact: {number}"),
    "unreachable": later("cannot be reached: {number}"),
    "failed": later("failed: {number}"),
    "uncertain": later("may or may not have arrived: {number}"),
    "dropped": later("not sent any more: {number}"),
}
# The words that may be said in a state, with the button that says them.
_WORDS = {
    AWAITING: {
        "approve": later("Approve"),
        "edit": later("Change it"),
        "cancel": later("Cancel it"),
    },
    SCHEDULED: {"edit": later("Change it"), "cancel": later("Cancel it")},
    RUNNING: {"pause": later("Pause"), "cancel": later("Cancel it")},
    PAUSED: {"resume": later("Go on"), "cancel": later("Cancel it")},
}


@needs("campaigns", "approve")
async def campaigns(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/campaigns [UNIT]`: the last campaigns, and the forecast of a message to all of a unit."""
    say, tree = context.say, context.tree
    mine = own_units(offices, "campaigns", context)
    unit = tree.find(context.argument) if context.argument else next(iter(mine), None)
    if context.argument and not _reaches(context, offices, unit):
        told = say("There is no such unit among yours.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    found = await context.store.campaigns.find(*_STATES)
    seen = [one for one in found if _sees(context, offices, one)][:_SHOWN]
    lines = [f"- {_line(one, context)}" for one in seen]
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
async def campaign(_event: Event, context: Context, offices: Offices) -> Answer:
    """`campaign:ID` shows it; `campaign:ID:WORD` says the word, if it may be said."""
    number, _, word = context.argument.partition(":")
    found = await context.store.campaigns.get(int(number)) if number.isdecimal() else None
    if found is None or found.state not in _STATES or not _sees(context, offices, found):
        told = context.say("There is no such message among yours.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    if word:
        return await _say(context, offices, found, word)
    counts = await context.store.campaigns.tally(found.id)
    shown = previews(context, found) if found.state == AWAITING else []
    lines = [_line(found, context), *_told_counts(context, counts)]
    if found.state == AWAITING:
        lines += [f"⚠ {text}" for text in await warnings(context, found)]
    lines += await asked_lines(context, offices, found)
    if found.reason == "errors":
        lines.append(context.say("It paused by itself, since too many messages failed."))
    choices = await ask_choices(context, offices, found)
    choices += _choices(context, offices, found, counts)
    return context.answer(*shown, context.reply("\n".join(lines), choices=choices))


async def _say(context: Context, offices: Offices, found: Campaign, word: str) -> Answer:
    say, now = context.say, context.now
    by = _may(context, offices, found, word)
    back = [Choice(say("Follow it"), f"campaign:{found.id}"), menu_choice(context)]
    if by is None:
        told = say("You may not do that with this message.")
        return context.answer(context.reply(told, choices=back))
    if word in {"failed", "uncertain"}:
        context.work.put_again(found, word, by, now)
    elif word in _WORDS.get(found.state, {}):
        context.work.move_campaign(found, word, by, now)
    elif word == "approve":  # on another chat, or by another officer
        told = say("It was decided already: {state}.", state=say(_STATES[found.state]))
        return context.answer(context.reply(told, choices=back))
    else:
        told = say("It is not in a state for that any more.")
        return context.answer(context.reply(told, choices=back))
    return context.answer(context.reply(say("Done."), choices=back))


def _may(context: Context, offices: Offices, found: Campaign, word: str) -> Office | None:
    """The office that may say the word: to approve, another's than the author's; to change it,
    only the author's."""
    verb = "approve" if word == "approve" else "broadcast"
    is_author = found.author in {one.id for one in offices if not one.is_standing_in}
    stands_in = found.author in {one.id for one in offices}
    if (word == "approve" and stands_in) or (word == "edit" and not is_author):
        return None
    audience = read_audience(found.audience)
    return reaching(offices, verb, context.tree, audience, found.message.topic)


def _sees(context: Context, offices: Offices, found: Campaign) -> bool:
    """Also a deputy, who may approve and nothing else."""
    audience, topic = read_audience(found.audience), found.message.topic
    verbs = ("broadcast", "approve")
    return any(reaching(offices, verb, context.tree, audience, topic) for verb in verbs)


def _line(one: Campaign, context: Context) -> str:
    title = next(iter(one.message.text.values())).title
    return f"№ {one.id}: {title} ({context.say(_STATES[one.state])})"


def _told_counts(context: Context, counts: Mapping[str, int]) -> list[str]:
    """Delivery counts of a campaign are told whatever their size; a bar shows how far it is."""
    say, whole = context.say, sum(counts.values())
    if not whole:
        return []
    over = whole - counts["queued"] - counts["sending"]
    full = round(10 * over / whole)
    lines = [f"{'▓' * full}{'░' * (10 - full)} {say.number(over)}/{say.number(whole)}"]
    named = {state: text for state, text in _COUNTS.items() if counts[state]}
    return lines + [
        "- " + say(text, number=say.number(counts[state])) for state, text in named.items()
    ]


def _choices(
    context: Context, offices: Offices, found: Campaign, counts: Mapping[str, int]
) -> list[Choice]:
    say = context.say
    choices = [
        Choice(say(text), f"campaign:{found.id}:{word}")
        for word, text in _WORDS.get(found.state, {}).items()
        if _may(context, offices, found, word)
    ]
    if counts["failed"]:
        choices.append(Choice(say("Try the failed again"), f"campaign:{found.id}:failed"))
    if counts["uncertain"]:
        choices.append(Choice(say("Send the uncertain again"), f"campaign:{found.id}:uncertain"))
    if found.state == DONE and found.author in {one.id for one in offices}:
        choices.append(Choice(say("Send a correction"), f"begin:correct:{found.id}"))
    if found.state in {SCHEDULED, RUNNING, PAUSED}:
        choices.append(Choice(say("Look again"), f"campaign:{found.id}"))
    return [*choices, Choice(say("Campaigns"), "/campaigns"), menu_choice(context)]


def _all_of(unit: Unit) -> Audience:
    """Of the top: everyone, also who has chosen no unit."""
    return EVERYONE if unit.parent_id is None else Audience({"unit": (unit.code,)}, {})
