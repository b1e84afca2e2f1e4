"""/invite: a one-time link to an office, bound to the first who opens it; and its acceptance."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model import Answer, Choice, Event, Reply
from bot.organisation import Unit
from bot.rights import GIVES, ROLES, giving
from bot.routing import Context
from bot.store import Invitation, new_code
from handlers.joining import place, too_many
from handlers.menu import menu_choice
from handlers.office import Offices, needs, own_units, role_name
from handlers.ways import ways_in

_LABEL_AT_MOST = 40
_STATE = "invite."
_ALL = "*"


@needs("invite")
async def invite(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/invite ROLE UNIT [post]`; what is missing is asked for, one thing at a time."""
    role, _, rest = context.argument.partition(" ")
    unit, _, label = rest.strip().partition(" ")
    given = {"role": role, "unit": unit}
    if label:
        given |= {"topic": _ALL, "label": label}
    return await _next(context, offices, given)


@needs("invite")
async def choose(_event: Event, context: Context, offices: Offices) -> Answer:
    """`invite:WHAT:VALUE`: something tapped; what was said before is in the session."""
    what, _, value = context.argument.partition(":")
    return await _next(context, offices, {**_said(context), what: value})


@needs("invite")
async def take(event: Event, context: Context, offices: Offices) -> Answer:
    """What was asked for, written."""
    what = context.session.state.removeprefix(_STATE)
    return await _next(context, offices, {**_said(context), what: " ".join(event.text.split())})


def _said(context: Context) -> Mapping[str, str]:
    return context.session.data if context.session.state.startswith(_STATE) else {}


async def _next(context: Context, offices: Offices, said: Mapping[str, str]) -> Answer:
    """Asks for what is missing; with all there, makes the invitation."""
    role, code = said.get("role", ""), said.get("unit", "")
    if role not in ROLES:
        return _ask_role(context, offices)
    unit = context.tree.find(code) if code else None
    if unit is None:
        return _ask_unit(context, offices, role, code)
    by = giving(offices, role, context.tree, unit)
    if by is None:
        told = context.reply(context.say("You may not give this role in this unit."))
        return context.answer(told, *_ask_role(context, offices).replies)
    topics = context.services.library.topics
    if said.get("topic", "") not in {_ALL, *topics}:
        return _ask_topic(context, said)
    if "label" not in said:
        return _ask_label(context, said)
    code = new_code()
    topic = said["topic"] if said["topic"] in topics else ""
    label = said["label"][:_LABEL_AT_MOST]
    context.work.invite(code, role, unit.id, by, context.now, topic=topic, label=label)
    return await _made(context, role, unit, code)


async def _made(context: Context, role: str, unit: Unit, code: str) -> Answer:
    """A message for the officer, and one that can be passed on as it is."""
    say = context.say
    first = context.reply(
        say("Pass the next message on, to one person only. It serves once, within 24 hours."),
        title=say("Invitation"),
    )
    text = say(
        "You are invited as {role}, for {unit}. Open a link, or write the code to the bot.",
        role=role_name(role, say),
        unit=unit.title,
    )
    ways = await ways_in(context, "i", code)
    return context.answer(first, context.reply(f"{text}\n\n{ways}", choices=[menu_choice(context)]))


def _ask_role(context: Context, offices: Offices) -> Answer:
    say = context.say
    may = {role for one in offices for role in GIVES[one.role] if not one.is_standing_in}
    choices = [Choice(role_name(role, say), f"invite:role:{role}") for role in ROLES if role in may]
    reply = context.reply(
        say("As what do you invite?"),
        title=say("Invite an officer"),
        choices=[*choices, menu_choice(context)],
    )
    return context.answer(reply, session=context.session.at(f"{_STATE}role"))


def _ask_unit(context: Context, offices: Offices, role: str, wrong: str) -> Answer:
    say = context.say
    asked = say("For which unit? Tap one, or write its code.")
    if wrong:
        asked = say("There is no unit {code}.", code=wrong[:32]) + " " + asked
    units = own_units(offices, "invite", context)
    choices = [Choice(unit.title[:60], f"invite:unit:{unit.code}") for unit in units[:8]]
    reply = context.reply(asked, choices=[*choices, menu_choice(context)])
    return context.answer(reply, session=context.session.at(f"{_STATE}unit", role=role))


def _ask_topic(context: Context, said: Mapping[str, str]) -> Answer:
    say = context.say
    topics = context.services.library.topics.values()
    choices = [
        Choice(say("All topics"), f"invite:topic:{_ALL}"),
        *(Choice(context.pick(topic.name), f"invite:topic:{topic.slug}") for topic in topics),
    ]
    reply = context.reply(say("For all topics, or for one?"), choices=choices)
    state = context.session.at(f"{_STATE}topic", role=said["role"], unit=said["unit"])
    return context.answer(reply, session=state)


def _ask_label(context: Context, said: Mapping[str, str]) -> Answer:
    say = context.say
    reply = context.reply(
        say(
            "By which word do officers recognise this office in their list? Write the post, for "
            "example: vice chair. Not a name."
        ),
        choices=[Choice(say("No word"), "invite:label:"), menu_choice(context)],
    )
    kept = {name: said[name] for name in ("role", "unit", "topic")}
    return context.answer(reply, session=context.session.at(f"{_STATE}label", **kept))


async def invitation(code: str, context: Context) -> Reply:
    """What an opened invitation says; from now on it is this person's only."""
    say, found = context.say, await _open(code, context)
    if isinstance(found, Reply):
        return found
    unit = context.tree.get(found.unit_id)
    assert unit is not None
    context.work.open_invitation(found, context.person)
    return context.reply(
        say(
            "You are invited as {role}, for {unit}. Officers' actions are kept in a list of what "
            "was done by which office. If you accept, who invited you is told so.",
            role=role_name(found.role, say),
            unit=place(unit, context),
        ),
        title=say("Invitation"),
        choices=[
            Choice(say("Accept"), f"accept:{code}"),
            Choice(say("Not now"), "/menu"),
        ],
    )


async def accept(_event: Event, context: Context) -> Answer:
    """`accept:CODE`: the office is taken, once."""
    found = await _open(context.argument, context)
    if isinstance(found, Reply):
        return context.answer(found)
    if found.person_id != context.person.id:
        return context.answer(await invitation(context.argument, context))
    context.work.accept_invitation(found, context.person, context.now)
    say = context.say
    told = context.reply(
        say("Thank you. You now are {role}.", role=role_name(found.role, say)),
        choices=[Choice(say("For officers"), "/office"), menu_choice(context)],
    )
    return context.answer(told)


async def _open(code: str, context: Context) -> Invitation | Reply:
    """The invitation, or why it cannot be used."""
    say = context.say
    if await context.store.codes.is_blocked(context.person, context.now):
        return too_many(context)
    found = await context.store.codes.invitation(code, context.now)
    if found is None:
        context.work.miss_code(context.person, context.now)
        told = say("This invitation does not exist, was used, or is older than 24 hours.")
    elif found.person_id not in {None, context.person.id}:
        told = say("This invitation was opened by somebody else first. Please ask for a new one.")
    else:
        return found
    return context.reply(told, choices=[menu_choice(context)])
