"""/award: what the award is, its days (or openly that they are not known), how to enter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from bot.consents import holds
from bot.language import later
from bot.library import Award, Edition, Statement
from bot.model import Answer, Choice, Event
from bot.routing import Context
from handlers.menu import menu_choice
from handlers.registered import overview
from handlers.works import award_of, back, not_without_consent, sourced

_DAYS: Mapping[str, str] = {
    "launch": later("launch"),
    "published_from": later("first day of publication"),
    "published_until": later("last day of publication"),
    "deadline": later("deadline"),
    "results": later("results"),
}
# The days to which is counted down.
_COUNTED = ("published_until", "deadline")


async def award(_event: Event, context: Context) -> Answer:
    """The first page: what it is, the days, and what one can do."""
    say, found = context.say, award_of(context)
    blocks = [" ".join(context.pick(one.text) for one in found.about), days(found.edition, context)]
    choices = [Choice(say("Register a work"), "enter:new")]
    if await context.store.awards.own(context.person):
        choices.append(Choice(say("My works"), "work:mine"))
    offices = await context.store.officers.offices(context.person, context.today)
    if told := await overview(offices, context):
        blocks.append(told)
        choices.append(Choice(say("Works of members"), "works:all"))
    is_wished = await context.store.awards.wishes(context.person)
    wish = say("Do not remind me any more") if is_wished else say("Remind me of the deadline")
    choices += [
        Choice(wish, "award:remind:off" if is_wished else "award:remind:on"),
        Choice(say("Categories"), "award:categories"),
        Choice(say("How to enter"), "award:how"),
        Choice(say("Who holds it"), "award:who"),
        Choice(say("More on this topic"), "topic:award"),
        menu_choice(context),
    ]
    reply = context.reply("\n\n".join(blocks), title=context.pick(found.name), choices=choices)
    return context.answer(sourced(reply, _cited(found), [one.text for one in found.about], context))


async def page(event: Event, context: Context) -> Answer:
    """`award:categories`, `award:how`, `award:who`, `award:remind:on`, `award:remind:off`."""
    say, found = context.say, award_of(context)
    if context.argument == "categories":
        lines = [f"- {context.pick(one.name)}" for one in found.categories]
        before = context.pick(found.categories_from.text)
        body = "\n\n".join([before, "\n".join(lines)])
        return _page(say("Categories"), body, [found.categories_from], context)
    if context.argument == "how":
        body = "\n\n".join([_told(found.how, context), days(found.edition, context)])
        return _page(say("How to enter"), body, found.how, context)
    if context.argument == "who":
        return _page(
            say("Who holds it"), _told(found.organisers, context), found.organisers, context
        )
    if context.argument in {"remind:on", "remind:off"}:
        return _remind(context)
    return await award(event, context)


def days(edition: Edition, context: Context) -> str:
    """The days of the edition, how many are left, and which are not known, as of when."""
    say, lines = context.say, [f"{context.pick(edition.name)}:"]
    for key, day in edition.days.items():
        if day is not None:
            left = f" ({_left(day, context)})" if key in _COUNTED else ""
            lines.append(f"- {say(_DAYS[key])}: {say.date(day)}{left}")
    missing = tuple(say(_DAYS[key]) for key, day in edition.days.items() if day is None)
    if missing and edition.unknown is not None:
        looked = say.date(edition.unknown.looked_on)
        told = say(
            "Not known yet, looked up on {day}: {dates}.", day=looked, dates=say.list(missing)
        )
        lines.append(f"- {told} {context.pick(edition.unknown.note)}")
    return "\n".join(lines)


def _left(day: date, context: Context) -> str:
    say, left = context.say, (day - context.today).days
    if left < 0:
        return say("passed")
    if left == 0:
        return say("today")
    return say.count("{number} day is left", "{number} days are left", left)


def _told(statements: Iterable[Statement], context: Context) -> str:
    return "\n".join(f"- {context.pick(one.text)}" for one in statements)


def _cited(found: Award) -> list[str]:
    edition = found.edition
    known = (edition.launch, edition.published_from, edition.published_until, edition.deadline,
             edition.results, edition.unknown)  # fmt: skip
    return [
        *(key for one in found.about for key in one.sources),
        *(key for moment in known if moment is not None for key in moment.sources),
    ]


def _page(title: str, body: str, told: Iterable[Statement], context: Context) -> Answer:
    statements = tuple(told)
    keys = [key for one in statements for key in one.sources]
    reply = context.reply(body, title=title, choices=back(context))
    return context.answer(sourced(reply, keys, [one.text for one in statements], context))


def _remind(context: Context) -> Answer:
    say = context.say
    if context.argument == "remind:off":
        context.work.end_award_wish(context.person)
        told = say("I do not remind you of the award any more.")
        return context.answer(context.reply(told, choices=back(context)))
    if not holds(context.person.consent):
        return context.answer(not_without_consent(context))
    context.work.wish_award(context.person, context.today)
    told = say(
        "I write to you 30, 15 and 5 days before the deadline. While it is not known, nothing "
        "comes."
    )
    return context.answer(context.reply(told, choices=back(context)))
