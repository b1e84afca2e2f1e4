"""What a report leads to: a check that is out, or the desk with a code and a promised day."""

from __future__ import annotations

from datetime import timedelta

from bot.claims import HARMS, Intake
from bot.factchecks import Published
from bot.fingerprints import Fingerprint
from bot.language import later
from bot.model import Answer, Choice, Event
from bot.reporting import marks_of, same_claim
from bot.routing import Context
from bot.store import NewReport, new_case_code
from handlers.checks import check_choices, check_reply
from handlers.menu import menu_choice
from handlers.office import offices_for

HARM_WORDS = {
    "money": later("Money"),
    "health": later("Health or safety"),
    "work": later("Work or pay"),
    "other": later("Something else"),
}
# From so many reports a day on one person's reports come to the desk later and later.
_UNHURRIED, _LATER, _LATEST = 5, timedelta(hours=1), timedelta(days=7)
_A_DAY = timedelta(days=1)
_TOLD = 5
_SHOWN = 3


async def answer_at_once(
    event: Event, context: Context, intake: Intake, slug: str = ""
) -> Answer | None:
    """The check that surely answers it, or those that may; else it goes to the desk.

    None: nothing is known, and nothing was said in words either.
    """
    known, today = context.services.factchecks, context.today
    if slug and (chosen := known.get(slug, today)) is not None:
        return _is_this_it(context, chosen)
    links = [bytes.fromhex(one) for one in intake.links]
    prints = [bytes.fromhex(one) for one in intake.pictures]
    match = known.match(intake.text, today)
    sure = known.linked(links, today) or (known.get(match.sure, today) if match.sure else None)
    named = (known.get(hit.check, today) for hit in match.possible)
    found = [*known.pictured(prints, today), *(one for one in named if one is not None)]
    possible = list({one.check.id: one for one in found}.values())[:_SHOWN]
    if not (sure or possible or intake.parts):
        return None
    _count(event, context, "sure" if sure else "possible" if possible else "none")
    if sure is not None:
        return _is_this_it(context, sure)
    if not possible:
        return await hand_over(event, context, intake, "")
    say = context.say
    choices = check_choices(context, possible, "report:see")
    choices.append(Choice(say("None of these"), "report:desk"))
    told = say("Perhaps one of these claims is what you mean. They were checked.")
    reply = context.reply(told, choices=choices)
    return context.answer(reply, session=context.session.rested())


def _is_this_it(context: Context, published: Published) -> Answer:
    say = context.say
    choices = (
        Choice(say("Yes, that answers it"), f"report:yes:{published.check.id}"),
        Choice(say("Not what I meant"), "report:desk"),
    )
    asked = context.reply(say("Is this what you meant?"), choices=choices)
    return context.answer(
        check_reply(published, context, ()), asked, session=context.session.rested()
    )


def yes(event: Event, context: Context) -> Answer:
    """It was answered: nothing of it is kept."""
    say = context.say
    _count(event, context, "answered")
    context.work.end_intake(context.person)
    told = say("Good. Nothing of what you sent is kept.")
    choices = [Choice(say("Report another post"), "/report"), menu_choice(context)]
    return context.answer(context.reply(told, choices=choices))


async def hand_over(event: Event, context: Context, intake: Intake, harm: str) -> Answer:
    """Shows what the desk will see, and sends it off when a harm is chosen."""
    say = context.say
    if harm in HARMS:
        return await _send(event, context, intake, harm)
    shown = say("This is what officers will see. Names and numbers are hidden:")
    domains = say("Links to: {domains}", domains=say.list(intake.domains)) if intake.domains else ""
    asked = say("What harm do you fear from it? A tap sends it.")
    choices = [Choice(say(word), f"report:send:{name}") for name, word in HARM_WORDS.items()]
    choices.append(Choice(say("In other words"), "report:words"))
    choices.append(Choice(say("Cancel"), "report:cancel"))
    parts = [shown, f"“{intake.statement.text}”", domains, asked]
    reply = context.reply("\n\n".join(filter(None, parts)), choices=choices)
    return context.answer(reply, session=context.session.rested())


async def _send(event: Event, context: Context, intake: Intake, harm: str) -> Answer:
    claims, now = context.store.claims, context.now
    recent = () if intake.is_counter else await claims.own_since(context.person, now - _A_DAY)
    claim_id = await _same(context, intake)
    if claim_id and claim_id in recent:
        return _twice(context)
    wait = max(0, len(recent) - _UNHURRIED + 1) * _LATER
    shown_from = now + min(wait, _LATEST)
    code, due = new_case_code(), context.services.deadlines.due(harm, shown_from)
    is_counter = intake.is_counter
    new = NewReport(
        code=code,
        statement=intake.statement,
        marks=marks_of(intake),
        harm=harm,
        language=context.say.tag,
        channel="desk" if is_counter else event.address.channel,
        due_at=due,
        shown_from=shown_from,
        person_id=0 if is_counter else context.person.id,
        address=None if is_counter else context.store.reporters.close(event.address, now),
        claim_id=claim_id,
    )
    context.work.report(new, await _to_tell(context, is_shown=not wait), now)
    context.work.end_intake(context.person)
    context.work.count_report("desk", new.channel, context.today)
    day = context.say.date(due.astimezone(context.zone).date())
    return _sent(context, code, day, is_counter=is_counter)


async def _to_tell(context: Context, *, is_shown: bool) -> list[int]:
    """The offices of the desk, when it was empty: who works there looks by themselves else. Of
    what is slowed down nobody is told."""
    if not is_shown or await context.store.claims.count_open(context.now):
        return []
    return [one.id for one in await offices_for(context, "desk")][:_TOLD]


async def _same(context: Context, intake: Intake) -> int:
    """The open claim that this is about: by its link or picture, else by its words."""
    claims = context.store.claims
    links = [value for kind, value in marks_of(intake) if kind == "link"]
    if links and (found := await claims.marked("link", links)):
        return found
    prints = [Fingerprint(value) for kind, value in marks_of(intake) if kind == "picture"]
    for claim_id, there in await claims.open_pictures() if prints else ():
        if any(not Fingerprint(there).distance(one) for one in prints):  # the very same one
            return claim_id
    others = context.services.factchecks.wordings(context.today)
    return same_claim(intake.statement.text, await claims.open_texts(), others)


def _sent(context: Context, code: str, day: str, *, is_counter: bool) -> Answer:
    say = context.say
    lines = [say("It is at the desk. Its code: {code}", code=code)]
    if is_counter:
        lines.append(say("Give the code to the person. Anybody who has it can follow it."))
        lines.append(say("An answer is promised by {day}.", day=day))
    else:
        lines.append(say("An answer is promised by {day}. It comes here by itself.", day=day))
        lines.append(
            say("Officers do not see who you are. With the code you can look at it: /case {code}",
                code=code)
        )  # fmt: skip
    choices = [Choice(say("Look at it"), f"/case {code}"), menu_choice(context)]
    return context.answer(
        context.reply("\n\n".join(lines), title=say("Thank you"), choices=choices)
    )


def _twice(context: Context) -> Answer:
    say = context.say
    context.work.end_intake(context.person)
    told = say("You have reported this before. It is being looked at.")
    choices = [Choice(say("My reports"), "/case"), menu_choice(context)]
    return context.answer(context.reply(told, choices=choices))


def _count(event: Event, context: Context, what: str) -> None:
    context.work.count_report(what, event.address.channel, context.today)
