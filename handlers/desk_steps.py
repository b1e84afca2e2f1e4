"""What an officer does with one claim at the desk, a step a tap."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.claim_slugs import slug_of
from bot.claims import NEW, READING, TAKEN, Claim
from bot.model import Answer, Choice, Event
from bot.routing import Context
from bot.row_numbers import page_number, row_number
from handlers.desk import acting, claim_page, closed, counter, queue
from handlers.desk_answer import answer_step, ask_verdict
from handlers.desk_figures import figures
from handlers.menu import menu_choice
from handlers.office import Offices, needs, office_line, offices_for

ASK = "desk.question"
_OFFERED = 8
Step = Callable[[Context, Offices, Claim, str], Awaitable[Answer]]


@needs("desk")
async def desk_step(_event: Event, context: Context, offices: Offices) -> Answer:
    """`desk:ID`, `desk:ID:STEP`, `desk:ID:STEP:VALUE`; `desk:page:N`, `desk:closed`…"""
    number, step, value = [*context.argument.split(":", 2), "", ""][:3]
    if number == "page":
        return await queue(context, page_number(step))
    if number == "closed":
        return await closed(context)
    if number == "counter":
        return counter(context)
    if number == "figures":
        return await figures(context)
    claim = await claim_of(context, number)
    if claim is None:
        return await queue(context, told=context.say("There is no such claim (any more)."))
    steps: dict[str, Step] = {
        "take": _take,
        "give": _give,
        "merge": _merge,
        "split": _split,
        "ask": _ask,
        "back": _back,
        "agree": _agree,
        "again": _again,
        "verdict": ask_verdict,
        "answer": answer_step,
    }
    if step not in steps:
        return await claim_page(context, offices, claim)
    return await steps[step](context, offices, claim, value)


@needs("desk")
async def take_question(event: Event, context: Context, offices: Offices) -> Answer:
    """The question goes to all who reported the claim; who they are nobody learns."""
    claim = await claim_of(context, context.session.data.get("claim", ""))
    if claim is None or not claim.is_open:
        return await queue(context, told=context.say("There is no such claim (any more)."))
    text = event.text.strip()[:500]
    context.work.ask_reporters(claim, text, acting(offices, context), context.now)
    return await claim_page(context, offices, claim, context.say("It was asked."))


async def claim_of(context: Context, number: str) -> Claim | None:
    return await context.store.claims.get(row_number(number))


async def _take(context: Context, offices: Offices, claim: Claim, _value: str) -> Answer:
    if claim.state not in {NEW, TAKEN}:
        return await claim_page(context, offices, claim)
    by = acting(offices, context)
    context.work.take_claim(claim, by, context.now)
    return await queue(context, told=context.say("Claim № {number} is yours.", number=claim.id))


async def _give(context: Context, offices: Offices, claim: Claim, value: str) -> Answer:
    """Hands it over to another office of the desk."""
    say = context.say
    others = await offices_for(context, "desk", besides=offices)
    chosen = next((one for one in others if str(one.id) == value), None)
    if chosen is not None and claim.state in {NEW, TAKEN}:
        context.work.take_claim(claim, chosen, context.now)
        return await queue(context, told=say("Done."))
    choices = [
        Choice(office_line(one, context)[:60], f"desk:{claim.id}:give:{one.id}")
        for one in others[:_OFFERED]
    ]
    return _asked(context, claim, say("To whom?"), choices)


async def _merge(context: Context, offices: Offices, claim: Claim, value: str) -> Answer:
    say = context.say
    others = [one for one in await context.store.claims.queue(context.now, 40)
              if one.id != claim.id and one.state in {NEW, TAKEN}]  # fmt: skip
    into = next((one for one in others if str(one.id) == value), None)
    if into is not None and claim.state in {NEW, TAKEN}:
        context.work.merge_claim(claim, into, acting(offices, context), context.now)
        told = say("It is part of claim № {number} now.", number=into.id)
        return await queue(context, told=told, gone=claim.id)
    choices = []
    for one in others[:_OFFERED]:
        statements = await context.store.claims.statements(one.id)
        words = " ".join(statements[0][1].text.split()[:9]) if statements else ""
        choices.append(Choice(f"№ {one.id}: {words}"[:60], f"desk:{claim.id}:merge:{one.id}"))
    return _asked(context, claim, say("The same as which?"), choices)


async def _split(context: Context, offices: Offices, claim: Claim, value: str) -> Answer:
    """One report is another claim after all."""
    say = context.say
    statements = await context.store.claims.statements(claim.id)
    chosen = next((number for number, _ in statements if str(number) == value), None)
    if chosen is not None and len(statements) > 1 and claim.state in {NEW, TAKEN}:
        context.work.split_claim(claim, chosen, acting(offices, context), context.now)
        return await queue(context, told=say("It is a claim of its own now."))
    choices = [
        Choice(" ".join(one.text.split()[:10])[:60] or "…", f"desk:{claim.id}:split:{number}")
        for number, one in statements[:_OFFERED]
    ]
    return _asked(context, claim, say("Which one is another claim?"), choices)


async def _ask(context: Context, _offices: Offices, claim: Claim, _value: str) -> Answer:
    say = context.say
    asked = say(
        "What do you want to ask those who reported it? They are asked here, you do not learn who "
        "they are, and what they say joins the claim."
    )
    reply = context.reply(asked, choices=[Choice(say("Back"), f"desk:{claim.id}")])
    session = context.session.at(ASK, claim=str(claim.id))
    return context.answer(reply, session=session)


async def _back(context: Context, offices: Offices, claim: Claim, _value: str) -> Answer:
    if claim.state != READING:
        return await claim_page(context, offices, claim)
    context.work.send_back_finding(claim, acting(offices, context), context.now)
    return await queue(context, told=context.say("It is a draft again."))


async def _agree(context: Context, offices: Offices, claim: Claim, _value: str) -> Answer:
    """By another office than the one that wrote it; by none of the same person."""
    say = context.say
    own = {one.id for one in offices}
    if claim.state != READING or claim.draft is None or claim.draft_by in own:
        return await claim_page(context, offices, claim)
    slug = slug_of(claim)
    context.work.agree_finding(claim, slug, acting(offices, context), context.now)
    told = say("It is told to everybody who asked, each in their language.")
    return await queue(context, told=told, gone=claim.id)


async def _again(context: Context, offices: Offices, claim: Claim, _value: str) -> Answer:
    """Those that may or may not have arrived are sent once more: at an officer's word only."""
    context.work.answer_again(claim, acting(offices, context), context.now)
    return await queue(context, told=context.say("Done."))


def _asked(context: Context, claim: Claim, asked: str, choices: list[Choice]) -> Answer:
    say = context.say
    told = asked if choices else say("There is nothing to choose from.")
    back = [Choice(say("Back"), f"desk:{claim.id}"), menu_choice(context)]
    return context.answer(context.reply(told, choices=[*choices, *back]))
