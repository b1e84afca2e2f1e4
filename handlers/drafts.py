"""The page of a draft: what it says, whom it reaches, what to look at; and its sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.audience import SMALLEST, Audience, read_audience
from bot.campaigns import (
    DELETE,
    DONE,
    DRAFT,
    EDIT,
    RUNNING,
    SEND,
    WITHOUT_APPROVAL,
    Campaign,
    reaching,
)
from bot.drafting import has_numbers
from bot.language import SOURCE_LANGUAGE, Voice, later
from bot.model import Answer, Choice, Reply
from bot.names import private_names
from bot.planner import Forecast
from bot.routing import Context
from handlers.approvals import asked_now, first_asked
from handlers.articles import Reader
from handlers.corrections import correction_line
from handlers.delivered import campaign_reply
from handlers.draft_questions import ask_alt, ask_audience, ask_source, ask_text, ask_topic
from handlers.forecasts import forecast_lines, missing_lines
from handlers.menu import menu_choice
from handlers.office import Offices
from handlers.schedules import when_lines

A_DAY = timedelta(hours=24)
NO_APPROVER = later("Nobody else may approve this. An administrator must invite a second officer.")
# Whom a correction is for is known; a deletion has nothing of its own.
_UNASKED = {
    SEND: ("draft:audience",),
    EDIT: ("draft:audience",),
    DELETE: tuple(
        f"draft:{part}"
        for part in ("text", "language", "topic", "source", "audience", "expires", "urgent")
    ),
}


async def open_draft(context: Context, offices: Offices) -> Campaign | None:
    """The newest draft of the person's own offices: one at a time, on whatever phone."""
    own = [one.id for one in offices if not one.is_standing_in]
    found = await context.store.campaigns.find(DRAFT, author=own, limit=1)
    return found[0] if found else None


async def draft_page(context: Context, draft: Campaign) -> Answer:
    """All of the draft at a glance, and what may be changed."""
    say = context.say
    made = await forecast_of(context, draft)
    warned = [f"⚠ {text}" for text in await warnings(context, draft)]
    lines = [
        *_lines(context, draft),
        *forecast_lines(made, say),
        *missing_lines(made, draft.message.text, say, context.services.languages),
        *warned,
    ]
    urgent = say("Not urgent") if draft.is_urgent else say("Urgent")
    send_it = say("Send") if await is_alone(context, draft, made) else say("Ask for approval")
    choices = [
        Choice(send_it, "draft:send"),
        Choice(say("Preview"), "draft:preview"),
        Choice(say("Text"), "draft:text"),
        Choice(say("Other languages"), "draft:language"),
        Choice(say("Picture"), "picture:ask"),
        Choice(say("Topic"), "draft:topic"),
        Choice(say("Source"), "draft:source"),
        Choice(say("For whom"), "draft:audience"),
        Choice(say("When"), "draft:at"),
        Choice(say("Expires"), "draft:expires"),
        Choice(urgent, "draft:urgent"),
        Choice(say("Delete the draft"), "draft:delete"),
        menu_choice(context),
    ]
    unasked = _UNASKED[draft.manner] if draft.corrects is not None else ()
    choices = [one for one in choices if one.value not in unasked]
    title = next(iter(draft.message.text.values())).title
    return context.answer(context.reply("\n".join(lines), title=title, choices=choices))


async def go_on(context: Context, offices: Offices, draft: Campaign) -> Answer:
    """Asks for what is missing, one thing at a time; with all there, shows the page."""
    if not draft.missing:
        return await draft_page(context, draft)
    first = draft.missing[0]
    if first == "text":
        return ask_text(context)
    if first == "topic":
        return ask_topic(context, draft)
    if first == "source":
        return await ask_source(context, offices)
    if first == "alt":
        return ask_alt(context)
    return ask_audience(context, offices)


def _lines(context: Context, draft: Campaign) -> list[str]:
    say, message = context.say, draft.message
    names, topics = context.services.languages, context.services.library.topics
    topic, source = topics.get(message.topic), message.sources[0]
    spoken = say.list(tuple(names.name(tag) for tag in message.text))
    lines = [
        "- " + say("Topic: {topic}", topic=context.pick(topic.name) if topic else message.topic),
        "- " + say("Source: {source}", source=f"{source.title}, {source.issuer}"),
        "- " + say("Languages: {languages}", languages=spoken),
        "- " + _for_whom(draft, say),
        *(f"- {line}" for line in when_lines(context, draft)),
    ]
    if message.picture is not None:
        lines.append("- " + say("Picture: {shows}", shows=context.pick(message.picture.alt)))
    if message.expires is not None:
        lines.append("- " + say("Expires: {day}", day=say.date(message.expires)))
    if draft.is_urgent:
        lines.append("- " + say("Urgent: also in quiet hours, and to who muted the topic."))
    return lines


def _for_whom(draft: Campaign, say: Voice) -> str:
    if draft.corrects is not None:
        return correction_line(draft, say)
    return say("For: {audience}", audience=draft.audience)


async def forecast_of(context: Context, draft: Campaign) -> Forecast:
    planner = context.services.planner
    assert planner is not None
    if draft.corrects is not None:  # whoever got the first, whatever they wish for by now
        got = Audience({"got": (str(draft.corrects),)}, {})
        return await planner.forecast(got, None, context.now)
    topic = None if draft.is_urgent else draft.message.topic
    parts = 1 if draft.message.picture is None else 2  # Zalo sends and bills it apart
    return await planner.forecast(read_audience(draft.audience), topic, context.now, parts)


async def warnings(context: Context, draft: Campaign) -> list[str]:
    """What an officer should look at before it goes out; nothing here forbids it."""
    say, since = context.say, context.now - A_DAY
    recent = [
        one
        for one in await context.store.campaigns.find(RUNNING, DONE)
        if one.launched_at is not None and one.launched_at > since
    ]
    told = []
    if any(one.message.text == draft.message.text for one in recent):
        told.append(say("The same text was sent in the last 24 hours."))
    same = [one for one in recent if one.audience == draft.audience]
    if same:
        told.append(say("The same audience was written to in the last 24 hours."))
    ordinary = [one for one in same if not one.is_urgent]
    if len(ordinary) >= context.services.broadcasts_per_day and not draft.is_urgent:
        told.append(say("These people have had {number} messages today.", number=len(same)))
    if any(has_numbers(words) for words in draft.message.text.values()):
        told.append(say("There is a long number in the text. Is it public, and not a person's?"))
    if named := private_names_of(draft):
        asked = say("Is this a private person: {names}? Then it is better to leave the name out.",
                    names=say.list(named))  # fmt: skip
        told.append(asked)
    return told


def private_names_of(draft: Campaign) -> tuple[str, ...]:
    """What looks like names of private people in what is Vietnamese; at most three are shown."""
    words, picture = draft.message.text.get(SOURCE_LANGUAGE), draft.message.picture
    shows = picture.alt.get(SOURCE_LANGUAGE, "") if picture else ""
    written = f"{words.title}\n{words.body}" if words else ""
    return private_names(f"{written}\n{shows}")[:3]


async def is_alone(context: Context, draft: Campaign, made: Forecast) -> bool:
    """Whether so few are reached in a day that no second officer must look at it."""
    before = await context.store.campaigns.reached_alone(draft.author, context.now - A_DAY)
    return before + made.people <= WITHOUT_APPROVAL


def previews(context: Context, draft: Campaign) -> list[Reply]:
    """The message as it will look here, once in each language that it has."""
    shown = []
    for tag in draft.message.text:
        reader = Reader(context.services, context.services.languages.voice(tag))
        made = campaign_reply(draft.message, reader, context.today, is_correction=_is_new(draft))
        if made is not None:
            shown.append(replace(made, choices=()))
    return shown


def _is_new(draft: Campaign) -> bool:
    return draft.corrects is not None and draft.manner != DELETE


async def send(context: Context, offices: Offices, draft: Campaign) -> Answer:
    """Goes out, or to a second officer; refused where nobody or too few would be reached."""
    if draft.missing:  # a button of before it was begun anew
        return await go_on(context, offices, draft)
    say, made = context.say, await forecast_of(context, draft)
    audience = read_audience(draft.audience)
    by = reaching(offices, "broadcast", context.tree, audience, draft.message.topic)
    back = [Choice(say("Draft"), "/broadcast"), menu_choice(context)]
    if by is None:
        told = say("Your office does not reach all of that. Name units of yours: unit:CODE")
        return context.answer(context.reply(told, choices=back))
    may_be_few = audience.is_of_officers or draft.corrects is not None
    if made.people == 0 or (made.people < SMALLEST and not may_be_few):
        told = say("Fewer than {number} people would get it: it is not sent.", number=SMALLEST)
        return context.answer(context.reply(told, choices=back))
    watch = [Choice(say("Follow it"), f"campaign:{draft.id}"), menu_choice(context)]
    if await is_alone(context, draft, made):
        context.work.move_campaign(draft, "send", by, context.now)
        return context.answer(context.reply(say("On its way."), choices=watch))
    approvers = await first_asked(context, offices, draft)
    if not approvers:
        return context.answer(context.reply(say(NO_APPROVER), choices=back))
    context.work.ask_approval(draft, approvers, by, context.now, context.today)
    told = say.count(
        "{number} officer is asked to approve it.",
        "{number} officers are asked to approve it.",
        len(approvers),
    )
    lines = await asked_now(context, approvers)
    return context.answer(context.reply("\n".join([told, *lines]), choices=watch))
