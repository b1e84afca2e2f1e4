"""A report by its code: where it stands, until when an answer is promised, what was found."""

from __future__ import annotations

from bot.claims import CLOSED, LONGEST, READING, TAKEN, Case, CaseMessage, Claim, Statement
from bot.language import Voice, later
from bot.model import Answer, Choice, Event, Reply
from bot.reporting import masked_part
from bot.routing import Context, Services
from bot.row_numbers import row_number
from handlers.checks import told_finding
from handlers.joining import too_many
from handlers.menu import menu_choice

ANSWER = "case.answer"
_STATES = {
    TAKEN: later("An officer is working on it."),
    READING: later("A second officer is reading the answer."),
}
_WAITS = later("It waits for an officer.")


async def case(_event: Event, context: Context) -> Answer:
    """`/case CODE` shows one, `/case` the own ones; the code is enough, whoever holds it."""
    code = context.argument.strip()
    if not code:
        return await _own(context)
    if await context.store.codes.is_blocked(context.person, context.now):
        return context.answer(too_many(context))
    found = await context.store.claims.case(code)
    if found is None:
        context.work.miss_code(context.person, context.now)
        told = context.say("There is no report with this code, or not any more.")
        return context.answer(context.reply(told, choices=_back(context)))
    return context.answer(_page(found, context))


async def one_case(_event: Event, context: Context) -> Answer:
    """`case:ID` shows a report of one's own, `case:ID:answer` answers a question of the desk."""
    number, _, word = context.argument.partition(":")
    found = await _mine(context, number)
    if found is None:
        return await _own(context)
    if word != "answer" or not found.claim.is_open:
        return context.answer(_page(found, context))
    asked = context.say(
        "Write what you know about it. Officers read it without knowing who you are. Names and "
        "numbers are hidden."
    )
    session = context.session.at(ANSWER, report=number)
    choices = [Choice(context.say("Cancel"), f"case:{number}")]
    return context.answer(context.reply(asked, choices=choices), session=session)


async def take_answer(event: Event, context: Context) -> Answer:
    """What a reporter says to a question of the desk, masked, joins their report."""
    found = await _mine(context, context.session.data.get("report", ""))
    if found is None or found.statement is None or not found.claim.is_open:
        return await _own(context)
    said = masked_part(event.text)
    text = f"{found.statement.text}\n\n{said}"[:LONGEST]
    context.work.add_to_report(found.id, Statement(text, found.statement.domains))
    told = context.say("Thank you. It was added: “{words}”", words=said)
    return context.answer(context.reply(told, choices=_back(context)))


async def _mine(context: Context, number: str) -> Case | None:
    return await context.store.claims.own_case(context.person, row_number(number))


async def _own(context: Context) -> Answer:
    say = context.say
    found = await context.store.claims.own_cases(context.person)
    told = say("Your reports that are still known. Others can be seen by their code: /case CODE")
    if not found:
        told = say("Write the code of the report: /case CODE")
    choices = [Choice(_label(one, context), f"case:{one.id}") for one in found]
    choices += [Choice(say("Report a post"), "/report"), menu_choice(context)]
    return context.answer(context.reply(told, title=say("My reports"), choices=choices))


def _label(one: Case, context: Context) -> str:
    words = " ".join(one.statement.text.split()[:8]) if one.statement else context.say("Report")
    day = context.say.day(one.opened_at.astimezone(context.zone).date())
    return f"{day}: {words}"[:60]


def _page(found: Case, context: Context) -> Reply:
    say, claim = context.say, found.claim
    choices = _back(context)
    if claim.finding is not None and claim.revision:
        return told_finding(
            claim.finding,
            say,
            context.services.languages,
            sender=context.services.structure.sender,
            choices=tuple(_public(claim, say) + choices),
            title=say("Your report was answered"),
        )
    if claim.state == CLOSED:
        return context.reply(say("It was closed, and the answer is not kept any more."),
                             title=say("Your report"), choices=choices)  # fmt: skip
    choices.insert(0, Choice(say("Add something"), f"case:{found.id}:answer"))
    state = say(_STATES.get(claim.state, _WAITS))
    day = say.date(claim.due_at.astimezone(context.zone).date())
    promised = say("An answer is promised by {day}.", day=day)
    return context.reply(f"{state} {promised}", title=say("Your report"), choices=choices)


def _back(context: Context) -> list[Choice]:
    return [Choice(context.say("My reports"), "/case"), menu_choice(context)]


def _public(claim: Claim, say: Voice) -> list[Choice]:
    return [Choice(say("The public page"), f"check:{claim.slug}")] if claim.slug else []


def case_reply(services: Services, message: CaseMessage) -> Reply | None:
    """What a reporter is told unasked; None when it is not to be said any more."""
    say, claim = services.languages.voice(message.language), message.claim
    look = Choice(say("Look at it"), f"case:{message.report_id}", word="/case")
    menu = Choice(say("Menu"), "/menu")
    if message.kind in {"verdict", "correction"}:
        if claim.finding is None:
            return None
        is_correction = message.kind == "correction"
        again = say("The answer that you had was wrong or not whole. This is the right one.")
        title = say("Corrected answer") if is_correction else say("Your report was answered")
        return told_finding(
            claim.finding,
            say,
            services.languages,
            sender=services.structure.sender,
            choices=(*_public(claim, say), look, menu),
            title=title,
            lines=[again] if is_correction else (),
        )
    title, body = _words(services, message, say)
    answer = Choice(say("Answer"), f"case:{message.report_id}:answer")
    choices = (answer, menu) if message.kind == "question" else (look, menu)
    note = say("Sent by {sender}. Automatic message. To leave, write: stop.",
               sender=services.structure.sender)  # fmt: skip
    return Reply(title=title, body=body, choices=choices, note=note, language=say.tag)


def _words(services: Services, message: CaseMessage, say: Voice) -> tuple[str, str]:
    if message.kind == "question":
        asked = say("An officer asks about what you reported: “{words}”", words=message.text)
        return say("A question about your report"), asked
    if message.kind == "late":
        day = say.date(message.claim.due_at.astimezone(services.zone).date())
        told = say("The answer to your report takes longer than promised: until {day}.", day=day)
        return say("Your report needs more time"), told
    at = message.expires_at
    day = say.date(at.astimezone(services.zone).date()) if at else ""
    told = say(
        "On {day} what is kept of your report is destroyed, and its code leads nowhere any more. "
        "What is public can still be read.",
        day=day,
    )
    return say("Your report is forgotten soon"), told
