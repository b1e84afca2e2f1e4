"""The page of a campaign: how far it is, how fast, and the words that an officer may say to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.audience import read_audience
from bot.campaigns import (
    AWAITING,
    CANCELLED,
    DELETE,
    DONE,
    PAUSED,
    RUNNING,
    SCHEDULED,
    Campaign,
    reaching,
)
from bot.language import later
from bot.model import Choice, Reply
from bot.rights import Office
from bot.routing import Context
from handlers.corrections import correction_line
from handlers.menu import menu_choice
from handlers.office import Offices
from handlers.schedules import next_line, when_lines

STATES = {
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
# Why one that is repeated does not go out as it was approved.
_HELD = {
    "office": later("Its author or its approver holds no office for these people any more."),
    "few": later("Too few people would get it now."),
    "many": later("More people would get it now than may be written to without approval."),
    "restored": later("The bot came back from a backup: it may have gone out since then."),
}
_HELD_WORDS = {"adopt": later("Ask for approval"), "cancel": later("Stop repeating")}
_FOLLOWED = frozenset({SCHEDULED, RUNNING, PAUSED})
# A rate that is measured over less tells little.
_LEAST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts by state, how many of the queued are left in peace until later, and what of the
    same series goes out next."""

    counts: Mapping[str, int]
    asleep: int = 0
    coming: Campaign | None = None

    @property
    def whole(self) -> int:
        return sum(self.counts.values())

    @property
    def over(self) -> int:
        return self.whole - self.counts["queued"] - self.counts["sending"]


# So many were over at that moment.
Measure = tuple[datetime, int]


async def figures_of(context: Context, found: Campaign) -> Figures:
    """What waited for somebody counts as what became of it since, once the sending is over."""
    campaigns = context.store.campaigns
    coming = await context.store.series.coming(found.series) if found.series else None
    if found.state in _FOLLOWED:
        return Figures(*await campaigns.progress(found.id, context.now), coming)
    return Figures(await campaigns.tally(found.id), coming=coming)


def page(
    context: Context,
    offices: Offices,
    found: Campaign,
    figures: Figures,
    measure: Measure | None = None,
) -> Reply:
    """All at a glance; while it is under way the message is kept up to date in place."""
    say = context.say
    lines = [line(found, context), *_told(context, found, figures, measure)]
    if found.corrects is not None:
        lines.insert(1, correction_line(found, say))
    coming = figures.coming
    if found.launched_at is None and (found.at or found.state == AWAITING):
        lines += when_lines(context, found)
    elif coming is not None and coming.at is not None:
        lines += next_line([coming.at.astimezone(context.services.zone).date()], context)
    if found.reason in _HELD:
        lines.append("⚠ " + say(_HELD[found.reason]))
    if found.reason == "errors":
        lines.append(say("It paused by itself, since too many messages failed."))
    reply = context.reply("\n".join(lines), choices=_choices(context, offices, found, figures))
    return replace(reply, follows=found.id) if found.state in _FOLLOWED else reply


def line(one: Campaign, context: Context) -> str:
    title = next(iter(one.message.text.values())).title
    state = context.say(STATES[one.state])
    if one.state == SCHEDULED and one.at is not None and one.at > context.now:
        at = one.at.astimezone(context.services.zone)
        state = f"{context.say.day(at.date())}, {at:%H:%M}"
    return f"№ {one.id}: {title} ({state})"


def words(found: Campaign) -> Mapping[str, str]:
    """The words that may be said now, with their buttons.

    What was held back before it began is asked for anew, or never goes out.
    """
    if found.state == PAUSED and found.launched_at is None:
        return _HELD_WORDS if found.repeat else {**_HELD_WORDS, "cancel": later("Cancel it")}
    usual = _WORDS.get(found.state, {})
    return {**usual, "cancel": _HELD_WORDS["cancel"]} if found.repeat and usual else usual


def may(context: Context, offices: Offices, found: Campaign, word: str) -> Office | None:
    """The office that may say the word: to approve, another's than the author's; to change it,
    only the author's."""
    verb = "approve" if word == "approve" else "broadcast"
    is_author = found.author in {one.id for one in offices if not one.is_standing_in}
    stands_in = found.author in {one.id for one in offices}
    if (word == "approve" and stands_in) or (word == "edit" and not is_author):
        return None
    audience = read_audience(found.audience)
    return reaching(offices, verb, context.tree, audience, found.message.topic)


def sees(context: Context, offices: Offices, found: Campaign) -> bool:
    """Also a deputy, who may approve and nothing else."""
    audience, topic = read_audience(found.audience), found.message.topic
    verbs = ("broadcast", "approve")
    return any(reaching(offices, verb, context.tree, audience, topic) for verb in verbs)


def _told(
    context: Context, found: Campaign, figures: Figures, measure: Measure | None
) -> list[str]:
    """Delivery counts of a campaign are told whatever their size; a bar shows how far it is."""
    say, whole = context.say, figures.whole
    if not whole:
        return []
    full = round(10 * figures.over / whole)
    lines = [
        f"{'▓' * full}{'░' * (10 - full)} {say.number(figures.over)}/{say.number(whole)}",
        *(_speed(context, figures, measure) if found.state == RUNNING else ()),
    ]
    named = {state: text for state, text in _COUNTS.items() if figures.counts[state]}
    lines += [
        "- " + say(text, number=say.number(figures.counts[state])) for state, text in named.items()
    ]
    if figures.asleep and found.state == RUNNING:
        asleep = say.number(figures.asleep)
        lines.append("- " + say("of them not yet, because of quiet hours: {number}", number=asleep))
    return lines


def _speed(context: Context, figures: Figures, measure: Measure | None) -> list[str]:
    """How many a second over the last while, and how long the rest takes at that rate."""
    if measure is None:
        return []
    say, (since, before) = context.say, measure
    seconds = (context.now - since).total_seconds()
    gone = figures.over - before
    left = figures.whole - figures.over - figures.asleep
    if seconds < _LEAST_SECONDS or gone <= 0 or left <= 0:
        return []
    rate = gone / seconds
    told = say.number(round(rate) if rate >= 2 else round(rate, 1))
    time = say.duration(left / rate)
    return [say("{number} a second, about {time} left", number=told, time=time)]


def _choices(context: Context, offices: Offices, found: Campaign, figures: Figures) -> list[Choice]:
    say, counts = context.say, figures.counts
    choices = [
        Choice(say(text), f"campaign:{found.id}:{word}")
        for word, text in words(found).items()
        if may(context, offices, found, word)
    ]
    coming = figures.coming
    if coming is not None and coming.id != found.id and may(context, offices, coming, "cancel"):
        choices.insert(0, Choice(say("Stop repeating"), f"campaign:{coming.id}:cancel"))
    if counts["failed"]:
        choices.append(Choice(say("Try the failed again"), f"campaign:{found.id}:failed"))
    if counts["uncertain"]:
        choices.append(Choice(say("Send the uncertain again"), f"campaign:{found.id}:uncertain"))
    is_over = found.state in {DONE, CANCELLED} and found.launched_at is not None
    if is_over and found.manner != DELETE and found.author in {one.id for one in offices}:
        choices.append(Choice(say("Correct it"), f"campaign:{found.id}:correct"))
    if is_over and figures.whole:
        choices.append(Choice(say("Tally"), f"campaign:{found.id}:tally"))
    if found.state in _FOLLOWED:
        choices.append(Choice(say("Look again"), f"campaign:{found.id}"))
    return [*choices, Choice(say("Campaigns"), "/campaigns"), menu_choice(context)]
