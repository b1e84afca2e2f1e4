"""What officers share: the check before each verb, their page, how offices are named."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from bot.language import Voice, later
from bot.model import Answer, Choice, Event
from bot.organisation import Unit
from bot.rights import ADMINISTRATOR, FEDERATION, READER, UNIT, Office, allowed_verbs, permitting
from bot.routing import Context, Handler
from handlers.fallback import not_known
from handlers.menu import menu_choice

Offices = tuple[Office, ...]
OfficerHandler = Callable[[Event, Context, Offices], Awaitable[Answer]]

_ROLES = {
    ADMINISTRATOR: later("administrator"),
    FEDERATION: later("federation officer"),
    UNIT: later("unit officer"),
    READER: later("reader of the approved pack"),
}
# What stands on the officers' page, in this order, for who may.
_PAGE = {
    "broadcast": later("Send a message"),
    "campaigns": later("Campaigns"),
    "pack": later("Approved pack"),
    "activity": later("Report an activity"),
    "desk": later("Desk"),
    "contest": later("Contest"),
    "planreport": later("Reports of the plan"),
    "units": later("Units"),
    "stats": later("Figures"),
    "poster": later("Poster"),
    "invite": later("Invite an officer"),
    "officers": later("Officers"),
    "deputy": later("My deputy"),
    "audit": later("What officers did"),
}


def needs(*verbs: str) -> Callable[[OfficerHandler], Handler]:
    """For a handler of officers: whoever may do none of this anywhere knows no such word."""

    def guard(handler: OfficerHandler) -> Handler:
        @wraps(handler)
        async def checked(event: Event, context: Context) -> Answer:
            offices = await context.store.officers.offices(context.person, context.today)
            if not any(permitting(offices, verb, context.tree) for verb in verbs):
                context.argument = event.text if event.text.startswith("/") else f"/{verbs[0]}"
                return await not_known(event, context)
            return await handler(event, context, offices)

        return checked

    return guard


async def office(event: Event, context: Context) -> Answer:
    """The officers' page: the offices held, and what they allow."""
    offices = await context.store.officers.offices(context.person, context.today)
    if not offices:
        return await not_known(event, context)
    say = context.say
    may = allowed_verbs(offices, context.tree)
    lines = [f"- {office_line(one, context)}" for one in offices]
    if "desk" in may:
        waiting = await context.store.claims.count_open(context.now)
        lines.append(
            say.count(
                "At the desk {number} claim waits.", "At the desk {number} claims wait.", waiting
            )
        )
    choices = [Choice(say(text), f"/{verb}") for verb, text in _PAGE.items() if verb in may]
    reply = context.reply(
        "\n".join([say("You hold:"), *lines]),
        title=say("For officers"),
        choices=[*choices, menu_choice(context)],
    )
    return context.answer(reply)


def role_name(role: str, say: Voice) -> str:
    return say(_ROLES[role])


def office_line(one: Office, context: Context) -> str:
    """`№ 14: unit officer, KCN-01 (vice chair)`: by number, never by who holds it."""
    say, unit = context.say, context.tree.get(one.unit_id)
    parts = [role_name(one.role, say), unit.code if unit else "-"]
    if one.topic:
        topic = context.services.library.topics.get(one.topic)
        parts.append(context.pick(topic.name) if topic else one.topic)
    if one.is_standing_in:
        parts.append(say("as deputy"))
    label = f" ({one.label})" if one.label else ""
    return f"№ {one.id}: {', '.join(parts)}{label}"


async def offices_for(context: Context, verb: str, besides: Offices = ()) -> list[Office]:
    """All offices that allow the verb somewhere, but these."""
    found = await context.store.officers.all()
    others = [one for one in found if one.id not in {mine.id for mine in besides}]
    return [one for one in others if permitting((one,), verb, context.tree)]


def own_units(offices: Offices, verb: str, context: Context) -> list[Unit]:
    """The units of the offices that allow the verb, each once."""
    found = {}
    for one in offices:
        unit = context.tree.get(one.unit_id)
        if unit is not None and permitting((one,), verb, context.tree, unit):
            found[unit.id] = unit
    return list(found.values())
