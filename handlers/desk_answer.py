"""The answer of the desk, written on a phone: verdict, claim, summary, source, second reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.campaigns import Origin
from bot.checkable import looks_checkable
from bot.claims import CLOSED, NEW, OPINION, TAKEN, Claim, Finding
from bot.drafting import DraftFault, read_source
from bot.factchecks import Published
from bot.language import SOURCE_LANGUAGE
from bot.model import Answer, Choice, Event
from bot.rights import ADMINISTRATOR
from bot.routing import Context
from bot.row_numbers import row_number
from bot.verdicts import MEANINGS, VERDICTS
from handlers.checks import check_choices, found_checks
from handlers.desk import acting, claim_page, queue
from handlers.office import Offices, needs, offices_for

CLAIM, SUMMARY, SOURCE = "desk.claim", "desk.summary", "desk.source"
LONGEST_CLAIM, LONGEST_SUMMARY = 300, 1500
_ASKED_AT_ONCE = 5


async def ask_verdict(context: Context, offices: Offices, claim: Claim, value: str) -> Answer:
    """`desk:ID:verdict` asks which; with a word it is noted, and what is missing is asked for."""
    if claim.state not in {NEW, TAKEN, CLOSED}:
        return await claim_page(context, offices, claim)
    if value == OPINION and claim.is_open:
        return _ask_opinion(context, claim)
    if value == "opinion-yes" and claim.is_open:
        context.work.close_as_opinion(claim, acting(offices, context), context.now)
        told = context.say("It is closed as an opinion, and nothing of its text is kept.")
        return await queue(context, told=told, gone=claim.id)
    if value in VERDICTS and value != OPINION:
        start = claim.draft or claim.finding or Finding()
        return await _keep(context, offices, claim, replace(start, verdict=value, check=""))
    return await _which_verdict(context, claim)


async def _which_verdict(context: Context, claim: Claim) -> Answer:
    say = context.say
    statements = await context.store.claims.statements(claim.id)
    text = "\n".join(one.text for _, one in statements)
    order = list(VERDICTS)
    choices: list[Choice] = []
    if not looks_checkable(text):  # most harm is done where criticism is taken for falsehood
        order.sort(key=lambda word: word != OPINION)
    elif claim.is_open:
        found = found_checks(context, text)
        choices = check_choices(context, found, f"desk:{claim.id}:answer:check")
    if not claim.is_open:
        order.remove(OPINION)
    choices += [Choice(say(VERDICTS[word]), f"desk:{claim.id}:verdict:{word}") for word in order]
    asked = say("What was found? If a check that is out answers it, take that.")
    lines = [asked, *(f"- {say(VERDICTS[word])}: {say(MEANINGS[word])}" for word in order)]
    back = Choice(say("Back"), f"desk:{claim.id}")
    return context.answer(context.reply("\n".join(lines), choices=[*choices, back]))


def _ask_opinion(context: Context, claim: Claim) -> Answer:
    say = context.say
    asked = say(
        "Criticism is not false information. An opinion is not checked, not published and not "
        "kept: text, link and picture are gone at once, and only a count stays. Is it an opinion?"
    )
    choices = [
        Choice(say("Yes, an opinion"), f"desk:{claim.id}:verdict:opinion-yes"),
        Choice(say("No"), f"desk:{claim.id}"),
    ]
    return context.answer(context.reply(asked, choices=choices))


async def answer_step(context: Context, offices: Offices, claim: Claim, value: str) -> Answer:
    """`desk:ID:answer` and what follows it: `claim`, `summary:TAG`, `source`, `languages`,
    `check:SLUG`, `publish`, `private`, `drop`."""
    what, _, more = value.partition(":")
    if claim.state not in {NEW, TAKEN, CLOSED}:
        return await claim_page(context, offices, claim)
    if what == "check" and claim.is_open:
        return await _answer_with(context, offices, claim, more)
    if claim.draft is None:
        return await _which_verdict(context, claim)
    steps: dict[str, Callable[[], Answer]] = {
        "claim": lambda: _ask_claim(context, claim),
        "summary": lambda: _ask_summary(context, claim, more),
        "source": lambda: _ask_source(context, claim),
        "languages": lambda: _ask_language(context, claim),
    }
    if what in steps:
        return steps[what]()
    if what == "drop":
        context.work.draft_finding(claim, None, acting(offices, context))
        return await queue(context, told=context.say("Done."))
    if what in {"publish", "private"}:
        return await _hand_in(context, offices, claim, is_public=what == "publish")
    return await _go_on(context, claim, claim.draft)


@needs("desk")
async def take_claim_text(event: Event, context: Context, offices: Offices) -> Answer:
    text = " ".join(event.text.split())
    return await _take(
        context,
        offices,
        lambda draft: replace(draft, claim={**draft.claim, SOURCE_LANGUAGE: text}),
        too_long=len(text) > LONGEST_CLAIM,
    )


@needs("desk")
async def take_summary(event: Event, context: Context, offices: Offices) -> Answer:
    text, tag = event.text.strip(), context.session.data.get("tag", SOURCE_LANGUAGE)
    return await _take(
        context,
        offices,
        lambda draft: replace(draft, summary={**draft.summary, tag: text}),
        too_long=len(text) > LONGEST_SUMMARY,
    )


@needs("desk")
async def take_source(event: Event, context: Context, offices: Offices) -> Answer:
    try:
        source = read_source(event.text)
    except DraftFault:
        told = context.say("Title and issuer are needed, parted by a semicolon.")
        return context.answer(context.reply(told), session=context.session)
    return await _take(
        context, offices, lambda draft: replace(draft, sources=(*draft.sources, source)[-5:])
    )


async def _take(
    context: Context,
    offices: Offices,
    change: Callable[[Finding], Finding],
    *,
    too_long: bool = False,
) -> Answer:
    number = context.session.data.get("claim", "")
    claim = await context.store.claims.get(row_number(number))
    if claim is None or claim.draft is None or claim.state not in {NEW, TAKEN, CLOSED}:
        return await queue(context, told=context.say("There is no such claim (any more)."))
    if too_long:
        longest = LONGEST_CLAIM if context.session.state == CLAIM else LONGEST_SUMMARY
        told = context.say("At most {number} letters.", number=context.say.number(longest))
        return context.answer(context.reply(told), session=context.session)
    return await _keep(context, offices, claim, change(claim.draft))


async def _keep(context: Context, offices: Offices, claim: Claim, draft: Finding) -> Answer:
    context.work.draft_finding(claim, draft, acting(offices, context))
    return await _go_on(context, claim, draft)


async def _go_on(context: Context, claim: Claim, draft: Finding) -> Answer:
    """Asks for what is missing, one thing at a time; with all there, shows it."""
    if not draft.claim:
        return _ask_claim(context, claim)
    if not draft.summary:
        return _ask_summary(context, claim, "")
    if not draft.sources:
        return _ask_source(context, claim)
    say, names = context.say, context.services.languages
    lines = [f"“{text}”" for text in draft.claim.values()]
    lines.append(f"{say(VERDICTS[draft.verdict])}. {say(MEANINGS[draft.verdict])}")
    lines += [f"{names.name(tag)}: {text}" for tag, text in draft.summary.items()]
    lines.append(
        "\n".join(f"- {one.issuer}: {one.title} {one.url}".strip() for one in draft.sources)
    )
    lines.append(say("A second officer reads it before anybody is told."))
    step = f"desk:{claim.id}:answer"
    choices = [
        Choice(say("Publish it and tell the reporters"), f"{step}:publish"),
        Choice(say("Tell the reporters only"), f"{step}:private"),
        Choice(say("Other languages"), f"{step}:languages"),
        Choice(say("The claim"), f"{step}:claim"),
        Choice(say("The reasons"), f"{step}:summary"),
        Choice(say("One source more"), f"{step}:source"),
        Choice(say("Another verdict"), f"desk:{claim.id}:verdict"),
        Choice(say("Delete the draft"), f"{step}:drop"),
        Choice(say("Desk"), "/desk"),
    ]
    reply = context.reply("\n\n".join(lines), title=say("Your draft"), choices=choices)
    return context.answer(reply)


def _ask_claim(context: Context, claim: Claim) -> Answer:
    asked = context.say(
        "What is claimed? One sentence in Vietnamese, {number} letters at most, without names of "
        "people: this is what others are recognised by.",
        number=LONGEST_CLAIM,
    )
    return _ask(context, claim, asked, CLAIM)


def _ask_summary(context: Context, claim: Claim, tag: str) -> Answer:
    known = context.services.languages.lookup(tag) if tag else SOURCE_LANGUAGE
    language = context.services.languages.name(known or SOURCE_LANGUAGE)
    asked = context.say(
        "What is so, and why? {number} letters at most. Language: {language}",
        number=LONGEST_SUMMARY,
        language=language,
    )
    return _ask(context, claim, asked, SUMMARY, tag=known or SOURCE_LANGUAGE)


def _ask_source(context: Context, claim: Claim) -> Answer:
    asked = context.say(
        "On what source? Write: title; issuer; number; link. Title and issuer are needed."
    )
    return _ask(context, claim, asked, SOURCE)


def _ask(context: Context, claim: Claim, asked: str, state: str, **data: str) -> Answer:
    back = Choice(context.say("Back"), f"desk:{claim.id}")
    session = context.session.at(state, claim=str(claim.id), **data)
    return context.answer(context.reply(asked, choices=[back]), session=session)


def _ask_language(context: Context, claim: Claim) -> Answer:
    say, languages = context.say, context.services.languages
    there = claim.draft.summary if claim.draft else {}
    choices = [
        Choice(("☑ " if tag in there else "") + languages.name(tag),
               f"desk:{claim.id}:answer:summary:{tag}")
        for tag in languages.tags
    ]  # fmt: skip
    asked = say("In which language do you have the text? Others get the nearest, labelled so.")
    choices.append(Choice(say("Back"), f"desk:{claim.id}:answer"))
    return context.answer(context.reply(asked, choices=choices))


async def _answer_with(context: Context, offices: Offices, claim: Claim, slug: str) -> Answer:
    """A check that is out answers it: two have read that one already."""
    published = context.services.factchecks.get(slug, context.today)
    if published is None:
        return await claim_page(context, offices, claim)
    finding = _as_finding(published)
    context.work.answer_claim_with(claim, finding, acting(offices, context), context.now)
    told = context.say("It is told to everybody who asked, each in their language.")
    return await queue(context, told=told, gone=claim.id)


def _as_finding(published: Published) -> Finding:
    check = published.check
    sources = tuple(
        Origin(one.title, one.issuer, one.number or "", one.date, one.url or "")
        for one in check.sources
    )
    return Finding(check.verdict, dict(check.claim), dict(check.summary), sources, check=check.id)


async def _hand_in(context: Context, offices: Offices, claim: Claim, *, is_public: bool) -> Answer:
    say, draft = context.say, claim.draft
    if draft is None or draft.missing or not draft.claim:
        return await _go_on(context, claim, draft or Finding())
    readers = await offices_for(context, "desk", besides=offices)
    if not readers:
        told = say("Nobody else may read this. An administrator must invite a second officer.")
        return await queue(context, told=told)
    readers.sort(key=lambda one: one.role == ADMINISTRATOR)
    asked = [one.id for one in readers[:_ASKED_AT_ONCE]]
    by = acting(offices, context)
    context.work.draft_finding(claim, replace(draft, is_public=is_public), by)
    context.work.hand_in_finding(claim, asked, by, context.now, context.today)
    return await queue(context, told=say("It waits for a second reader, who is told of it."))
