"""/officers: the offices in one's part of the tree, each of which can be ended; and the audit."""

from __future__ import annotations

from bot.language import later
from bot.model import Answer, Choice, Event
from bot.rights import ADMINISTRATOR, Office, giving, permitting
from bot.routing import Context
from bot.row_numbers import page_number, row_number
from handlers.menu import menu_choice
from handlers.office import Offices, needs, office_line

_A_PAGE = 8
_AUDIT_PAGE = 15
_VERBS = {
    "office.give": later("gave an office"),
    "office.take": later("ended an office"),
    "invitation.make": later("invited"),
    "invitation.take": later("accepted an invitation"),
    "deputy.name": later("named a deputy"),
    "deputy.end": later("ended a deputy's time"),
    "poster.make": later("made a poster"),
    "contest.end": later("moved the end of a round"),
    "contest.void": later("made a question void"),
    "campaign.ask": later("asked for approval"),
    "campaign.approve": later("approved a message"),
    "campaign.send": later("sent a message"),
    "campaign.launch": later("started a message"),
    "campaign.pause": later("paused a message"),
    "campaign.hold": later("a message was held back"),
    "campaign.adopt": later("asked for approval"),
    "campaign.resume": later("let a message go on"),
    "campaign.cancel": later("cancelled a message"),
    "campaign.finish": later("a message is through"),
    "campaign.again": later("sent again what failed"),
    "activity.report": later("reported an activity"),
    "activity.withdraw": later("took an activity back"),
    "award.tick": later("changed a dossier for the award"),
    "award.sheet": later("took the list of works for the award"),
    "units.load": later("loaded units"),
    "unit.merge": later("merged a unit"),
    "unit.move": later("moved a unit"),
    "unit.rename": later("renamed a unit"),
    "unit.close": later("closed a unit"),
}


@needs("officers")
async def officers(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/officers [FIRST]`: all offices that this officer may see, by number."""
    say = context.say
    first = page_number(context.argument)
    seen = await _seen(context, offices)
    page = seen[first : first + _A_PAGE]
    lines = [f"- {office_line(one, context)}" for one in page]
    choices = [Choice(f"№ {one.id}", f"office:{one.id}") for one in page]
    if first + _A_PAGE < len(seen):
        choices.append(Choice(say("More"), f"officers:{first + _A_PAGE}"))
    choices.append(Choice(say("Invite an officer"), "/invite"))
    reply = context.reply(
        "\n".join(lines) or say("Nobody holds an office here yet."),
        title=say("Officers"),
        choices=[*choices, menu_choice(context)],
    )
    return context.answer(reply)


@needs("officers")
async def one_office(_event: Event, context: Context, offices: Offices) -> Answer:
    """`office:ID` asks, `office:ID:end` ends it."""
    say = context.say
    number, _, verb = context.argument.partition(":")
    found = next((one for one in await _seen(context, offices) if str(one.id) == number), None)
    by = _may_end(context, offices, found) if found else None
    back = [Choice(say("Officers"), "/officers"), menu_choice(context)]
    if found is None or by is None:
        told = say("There is no such office that you could end.")
        return context.answer(context.reply(told, choices=back))
    if await _is_last(context, found):
        told = say("This is the last administrator. Invite another one first.")
        return context.answer(context.reply(told, choices=back))
    if verb != "end":
        asked = say("End this office? What it invited or who stands in for it ends too.")
        end = Choice(say("End it"), f"office:{found.id}:end")
        body = f"{office_line(found, context)}\n\n{asked}"
        return context.answer(context.reply(body, choices=[end, *back]))
    context.work.revoke(found.id, by, context.now)
    left = [one for one in offices if one.id != found.id]
    if permitting(left, "officers", context.tree) is None:  # it was their own
        back = [menu_choice(context)]
    return context.answer(context.reply(say("Done. Who held it is told."), choices=back))


@needs("audit")
async def audit(_event: Event, context: Context, offices: Offices) -> Answer:
    """`/audit [BEFORE]`: what officers did, newest first; only for administrators of the top."""
    say, tree = context.say, context.tree
    if permitting(offices, "audit", tree, tree.top) is None:
        told = say("Only administrators of the whole federation read this.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    before = row_number(context.argument) or None
    entries = await context.store.officers.audit(_AUDIT_PAGE, before)
    lines = []
    for entry in entries:
        who = f"№ {entry.officer}" if entry.officer else say("command line")
        verb = say(_VERBS[entry.verb]) if entry.verb in _VERBS else entry.verb
        at = entry.at.astimezone(context.zone)
        lines.append(f"- {say.date(at.date())} {at:%H:%M}, {who}: {verb}, {entry.object}")
    choices = [menu_choice(context)]
    if len(entries) == _AUDIT_PAGE:
        choices.insert(0, Choice(say("More"), f"audit:{entries[-1].id}"))
    reply = context.reply(
        "\n".join(lines) or say("Nothing yet."), title=say("What officers did"), choices=choices
    )
    return context.answer(reply)


async def _seen(context: Context, offices: Offices) -> list[Office]:
    """Those in the officer's part of the tree."""
    found = []
    for one in await context.store.officers.all():
        unit = context.tree.get(one.unit_id)
        if unit is not None and permitting(offices, "officers", context.tree, unit):
            found.append(one)
    return found


def _may_end(context: Context, offices: Offices, one: Office) -> Office | None:
    unit = context.tree.get(one.unit_id)
    return giving(offices, one.role, context.tree, unit) if unit else None


async def _is_last(context: Context, one: Office) -> bool:
    if one.role != ADMINISTRATOR:
        return False
    held = await context.store.officers.all()
    return sum(o.role == ADMINISTRATOR and o.unit_id == one.unit_id for o in held) == 1
