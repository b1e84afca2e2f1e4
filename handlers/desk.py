"""The desk: what is reported and waits for an answer, the one that is due first first."""

from __future__ import annotations

from bot.claims import CLOSED, NEW, READING, TAKEN, Claim
from bot.language import later
from bot.model import Answer, Choice, Event
from bot.rights import Office, permitting
from bot.routing import Context
from handlers.checks import verdict_lines
from handlers.menu import menu_choice
from handlers.office import Offices, needs, office_line
from handlers.report import begin
from handlers.report_answer import HARM_WORDS

_A_PAGE, _TEXTS, _LONGEST = 8, 5, 700
_STATES = {
    NEW: later("new"),
    TAKEN: later("taken"),
    READING: later("waits for a second reader"),
    CLOSED: later("answered"),
}


@needs("desk")
async def desk(_event: Event, context: Context, _offices: Offices) -> Answer:
    """`/desk`: the queue."""
    return await queue(context)


async def queue(context: Context, page: int = 0, told: str = "", *, gone: int = 0) -> Answer:
    """`gone` is a claim that this very answer takes out of it."""
    say, claims = context.say, context.store.claims
    count = await claims.count_open(context.now) - (1 if gone else 0)
    some = await claims.queue(context.now, _A_PAGE, page * _A_PAGE)
    some = tuple(one for one in some if one.id != gone)
    choices = [Choice(_label(one, context), f"desk:{one.id}") for one in some]
    if count > (page + 1) * _A_PAGE:
        choices.append(Choice(say("More"), f"desk:page:{page + 1}"))
    choices += [
        Choice(say("Answered"), "desk:closed"),
        Choice(say("Take down a report"), "desk:counter"),
        Choice(say("Figures"), "desk:figures"),
        menu_choice(context),
    ]
    waits = say.count("{number} claim waits.", "{number} claims wait.", count)
    body = f"{told}\n\n{waits}" if told else waits
    return context.answer(context.reply(body, title=say("Desk"), choices=choices))


def _label(one: Claim, context: Context) -> str:
    say = context.say
    due = say.day(one.due_at.astimezone(context.zone).date())
    late = "⚠ " if one.due_at < context.now else ""
    reports = say.count("{number} report", "{number} reports", one.reports)
    return f"{late}№ {one.id}, {due}: {say(HARM_WORDS[one.harm])}, {reports}"


async def closed(context: Context) -> Answer:
    """What was answered last; its verdict can be changed."""
    say = context.say
    found = await context.store.claims.closed(_A_PAGE)
    choices = [Choice(f"№ {one.id}: {_title(one)}"[:60], f"desk:{one.id}") for one in found]
    choices += [Choice(say("Desk"), "/desk"), menu_choice(context)]
    told = say("Answered last:") if found else say("Nothing was answered yet.")
    return context.answer(context.reply(told, title=say("Desk"), choices=choices))


def _title(one: Claim) -> str:
    return next(iter(one.finding.claim.values()), "") if one.finding else ""


async def claim_page(context: Context, offices: Offices, claim: Claim, told: str = "") -> Answer:
    """All that is known of a claim, which is nothing about who reported it."""
    say = context.say
    statements = await context.store.claims.statements(claim.id)
    lines = [
        say("State: {state}", state=say(_STATES[claim.state])),
        say("Harm feared: {harm}", harm=say(HARM_WORDS[claim.harm])),
        say("Reported in: {language}", language=context.services.languages.name(claim.language)),
        say.count("{number} report", "{number} reports", claim.reports),
    ]
    if claim.is_open:
        due = claim.due_at.astimezone(context.zone).date()
        lines.append(say("Promised by {day}", day=say.date(due)))
    held = {one.id: one for one in await context.store.officers.all()}
    if claim.is_open and claim.office in held:
        lines.append(say("Taken by {office}", office=office_line(held[claim.office], context)))
    texts = [f"“{_short(one.text)}”" for _, one in statements[:_TEXTS]]
    domains = dict.fromkeys(name for _, one in statements for name in one.domains)
    if domains:
        lines.append(say("Links to: {domains}", domains=say.list(tuple(domains))))
    found = await _found_lines(context, claim)
    body = "\n\n".join(filter(None, [told, *texts, "\n".join(f"- {x}" for x in lines), *found]))
    choices = await _choices(context, offices, claim, len(statements))
    if not claim.looked_at:
        context.work.look_at_claim(claim, context.now)
    title = say("Claim № {number}", number=claim.id)
    return context.answer(context.reply(body, title=title, choices=choices))


async def _found_lines(context: Context, claim: Claim) -> list[str]:
    """What was found, and how many have been told; of a draft, what it says."""
    say, lines = context.say, list[str]()
    finding = claim.draft or claim.finding
    if finding is not None and finding.verdict:
        heading = say("Draft:") if claim.draft else say("Answer:")
        lines.append(f"{heading} {' '.join(verdict_lines(finding.verdict, say))}")
        names = context.services.languages
        lines += [f"{names.name(tag)}: {text}" for tag, text in finding.summary.items()]
        lines += [f"- {one.issuer}: {one.title} {one.url}".strip() for one in finding.sources]
        if finding.summary:
            public, private = say("It is published."), say("Only reporters are told.")
            lines.append(public if finding.is_public else private)
    if claim.revision:
        states = await context.store.claims.message_states(claim.id)
        arrived = sum(states.get(name, 0) for name in ("sent",))
        coming = sum(states.get(name, 0) for name in ("queued", "sending", "waiting"))
        lost = sum(states.values()) - arrived - coming
        lines.append(
            say("Messages to reporters: {sent} arrived, {coming} to come, {lost} not arrived.",
                sent=arrived, coming=coming, lost=lost)
        )  # fmt: skip
    return lines


async def _choices(
    context: Context, offices: Offices, claim: Claim, statements: int
) -> list[Choice]:
    say, own = context.say, {one.id for one in offices}
    steps: list[tuple[str, str]] = []
    if claim.state == READING:
        if claim.draft_by in own:
            steps.append((say("Take it back"), "back"))
        else:
            steps += [(say("I have read it and agree"), "agree"), (say("Send it back"), "back")]
    elif claim.is_open:
        is_mine = claim.office in own
        steps += [(say("Go on with the answer"), "answer")] if claim.draft else []
        steps += [] if is_mine else [(say("I take it"), "take")]
        steps += [(say("Answer it"), "verdict"), (say("Ask the reporters"), "ask")]
        steps.append((say("It is the same as another"), "merge"))
        steps += [(say("Take one out"), "split")] if statements > 1 else []
        steps += [(say("Hand it over"), "give")] if is_mine else []
    elif claim.finding is not None and claim.finding.summary:
        steps.append((say("Change the answer"), "verdict"))
        states = await context.store.claims.message_states(claim.id)
        if states.get("uncertain") or states.get("failed"):
            steps.append((say("Send again what did not arrive"), "again"))
    choices = [Choice(label, f"desk:{claim.id}:{word}") for label, word in steps]
    return [*choices, Choice(say("Desk"), "/desk"), menu_choice(context)]


def counter(context: Context) -> Answer:
    """For somebody at the counter or on the phone: only the code is kept."""
    return begin(context, is_counter=True)


def acting(offices: Offices, context: Context) -> Office:
    """The office by which the person works at the desk."""
    found = permitting(offices, "desk", context.tree)
    assert found is not None
    return found


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + "…"
