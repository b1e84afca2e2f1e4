"""/contest: officers see how a round goes, extend or close it, and make a question void."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.contests import CLOSED, OPEN, Round
from bot.language import Voice
from bot.library import ContentError
from bot.model import Answer, Choice, Event, Reply
from bot.rights import Office, permitting
from bot.routing import Context
from bot.row_numbers import is_number, page_number, row_number
from handlers.contest_items import items_page
from handlers.contest_pages import wording_in
from handlers.contest_prizes import prizes_page
from handlers.essays import read_essays
from handlers.menu import menu_choice
from handlers.office import Offices, needs

_EXTENSIONS = (1, 6, 24)
_ON_A_PAGE = 6


@needs("contest")
async def contest(_event: Event, context: Context, _offices: Offices) -> Answer:
    """The rounds that are known, open ones first."""
    say = context.say
    found = await context.store.contests.rounds()
    lines = [f"- {_line(one, context)}" for one in found]
    choices = [Choice(f"№ {one.id}", f"rounds:{one.id}") for one in found[:6]]
    coming = _coming(context, found)
    lines += [f"- {told}" for _, told in coming]
    choices += [
        Choice(say("Open now: {round}", round=name), f"rounds:open:{name.replace('/', ':')}")
        for name, _ in coming[:3]
    ]
    body = "\n".join(lines) or say("No round has been opened yet. Rounds open at their time.")
    reply = context.reply(body, title=say("Contest"), choices=[*choices, menu_choice(context)])
    return context.answer(reply)


def _coming(context: Context, known: Sequence[Round]) -> list[tuple[str, str]]:
    """The rounds of the content that are not opened yet, by name and in words."""
    say, opened = context.say, {(one.contest, one.name) for one in known}
    now = context.now.astimezone(context.services.zone).replace(tzinfo=None)
    found = []
    for name, contest in context.services.library.contests.items():
        for one in contest.rounds:
            if (name, one.id) not in opened and one.closes > now:
                title = context.pick(one.title) if one.title else one.id
                told = f"{context.pick(contest.title)}, {title} ({_opens(say, one.opens)})"
                found.append((f"{name}/{one.id}", told))
    return found


def _opens(say: Voice, opens: datetime) -> str:
    return say("opens {day}, {time}", day=say.day(opens.date()), time=f"{opens:%H:%M}")


async def _open(context: Context, rest: str, by: Office) -> Answer:
    """Before its time, once more asked: its bank is frozen from here on."""
    say, (name, label, sure) = context.say, (*rest.split(":"), "", "", "")[:3]
    contest = context.services.library.contests.get(name)
    back = [Choice(say("Contest"), "/contest"), menu_choice(context)]
    if contest is None or label not in {one.id for one in contest.rounds}:
        return context.answer(context.reply(say("There is no such round."), choices=back))
    if sure != "yes":
        asked = say("Open the round now? Its questions cannot be changed any more.")
        yes = Choice(say("Open it now"), f"rounds:open:{name}:{label}:yes")
        return context.answer(context.reply(asked, choices=[yes, *back]))
    assert context.services.open_round is not None
    try:
        one = await context.services.open_round(name, label, context.now)
    except ContentError as error:
        told = say("The round cannot be opened: {fault}", fault=str(error))
        return context.answer(context.reply(told, choices=back))
    if one is not None:
        context.work.note("contest.open", f"round:{one.id}", by, context.now)
        back.insert(0, Choice(say("The round"), f"rounds:{one.id}"))
    return context.answer(context.reply(say("Done."), choices=back))


@needs("contest")
async def one_round(_event: Event, context: Context, offices: Offices) -> Answer:
    """`rounds:ID`, `…:extend:HOURS`, `…:close`, `…:close:yes`, `…:void:PAGE`, `…:voids:AT`,
    `…:items:PAGE`, `…:items:entries`."""
    number, _, rest = context.argument.partition(":")
    by = permitting(offices, "contest", context.tree, context.tree.top)
    if number == "open" and by is not None:
        return await _open(context, rest, by)
    one = await context.store.contests.round(row_number(number))
    if one is None or by is None:
        told = context.say("There is no such round.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    word, _, value = rest.partition(":")
    page = page_number(value)
    if word == "prizes":
        return await prizes_page(context, one, by, value)
    if word == "essays":
        return await read_essays(context, one, page)
    if word == "void":
        return context.answer(_voidable(context, one, page))
    if word == "items":
        return context.answer(await items_page(context, one, value))
    return await _change(context, one, by, word, value) or await _page(context, one)


async def _change(context: Context, one: Round, by: Office, word: str, value: str) -> Answer | None:
    """Longer, closed, or a question void; None: nothing that can be done now was asked for."""
    say = context.say
    back = [Choice(say("The round"), f"rounds:{one.id}"), menu_choice(context)]
    done = context.answer(context.reply(say("Done."), choices=back))
    if word == "extend" and one.state == OPEN and row_number(value) in _EXTENSIONS:
        until = one.closes_at + timedelta(hours=row_number(value))
        context.work.move_round_end(one, until, by, context.now)
        return done
    if word == "close" and one.state == OPEN and value == "yes":
        context.work.move_round_end(one, context.now, by, context.now)
        return done
    if word == "close" and one.state == OPEN:
        yes = Choice(say("Close it now"), f"rounds:{one.id}:close:yes")
        asked = say("Close the round now? What runs is handed in as it is.")
        return context.answer(context.reply(asked, choices=[yes, *back]))
    if word == "voids" and is_number(value) and int(value) < len(one.frozen.questions):
        if await context.store.contests.prizes.of(one.id):
            told = say("The prizes are drawn: take the draw back first.")
            back.insert(0, Choice(say("Prizes"), f"rounds:{one.id}:prizes"))
            return context.answer(context.reply(told, choices=back))
        context.work.void_question(one, one.frozen.questions[int(value)].id, by, context.now)
        return done
    return None


async def _page(context: Context, one: Round) -> Answer:
    say = context.say
    turnout = await context.store.contests.turnout(one)
    lines = [
        _line(one, context),
        "- " + say("Took part: {number}", number=say.number(turnout.people)),
        "- "
        + say(
            "Attempts: {number}, handed in: {handed}",
            number=say.number(turnout.begun),
            handed=say.number(turnout.handed),
        ),
        "- " + say("Void questions: {number}", number=len(one.voided)),
        "",
        say("Answers and draw are fixed by this number; afterwards anyone can check it:"),
        one.commitment,
    ]
    choices = []
    if one.state == OPEN:
        choices += [
            Choice(
                say.count("{number} hour longer", "{number} hours longer", hours),
                f"rounds:{one.id}:extend:{hours}",
            )
            for hours in _EXTENSIONS
        ]
        choices.append(Choice(say("Close it now"), f"rounds:{one.id}:close"))
    else:
        choices.append(Choice(say("Results"), f"result:{one.id}"))
    if one.frozen.rules.essay:
        choices.append(Choice(say("Texts of people"), f"rounds:{one.id}:essays:0"))
    choices += [
        Choice(say("Questions: how they went"), f"rounds:{one.id}:items:0"),
        Choice(say("Make a question void"), f"rounds:{one.id}:void:0"),
        Choice(say("Prizes"), f"rounds:{one.id}:prizes"),
        Choice(say("Contest"), "/contest"),
        menu_choice(context),
    ]
    return context.answer(context.reply("\n".join(lines), choices=choices))


def _voidable(context: Context, one: Round, page: int) -> Reply:
    """The questions of the bank; while the round is open an officer sees no right answer."""
    say, first = context.say, page * _ON_A_PAGE
    shown = list(enumerate(one.frozen.questions))[first : first + _ON_A_PAGE]
    void = say("void")
    lines = [
        f"{at + 1}. {wording_in(question, context)[0].question}"
        + (f" ({void})" if question.id in one.voided else "")
        for at, question in shown
    ]
    choices = [
        Choice(say("Void: {number}", number=at + 1), f"rounds:{one.id}:voids:{at}")
        for at, question in shown
        if question.id not in one.voided
    ]
    if first + _ON_A_PAGE < len(one.frozen.questions):
        choices.append(Choice(say("Next"), f"rounds:{one.id}:void:{page + 1}"))
    choices.append(Choice(say("The round"), f"rounds:{one.id}"))
    told = say("A void question counts as right for all who drew it; ranks are made anew.")
    return context.reply("\n".join([told, "", *lines]), choices=choices)


def _line(one: Round, context: Context) -> str:
    say, until = context.say, one.closes_at.astimezone(context.services.zone)
    title = context.pick(one.frozen.rules.title)
    state = (
        say("closed")
        if one.state == CLOSED
        else say("open until {day}, {time}", day=say.day(until.date()), time=f"{until:%H:%M}")
    )
    return f"№ {one.id}: {title}, {context.pick(one.titles)} ({state})"
