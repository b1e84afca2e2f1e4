"""What became of a round, told to who took part: rank and points, then each question with why."""

from __future__ import annotations

from bot.contests import CLOSED, Attempt, Round
from bot.model import Answer, Choice, Event, Reply
from bot.routing import Context
from bot.row_numbers import row_number
from handlers.contest_boards import BOARDS, board_page
from handlers.contest_pages import wording_in
from handlers.menu import menu_choice
from handlers.prizes import prize_line

_ON_A_PAGE = 5


async def results(_event: Event, context: Context) -> Answer:
    """`result:ID` tells the own rank; `result:ID:PAGE` the own answers, five at a time;
    `result:ID:best`, `…:best:LEAGUE`, `…:units` and `…:means` how all did."""
    number, _, page = context.argument.partition(":")
    one = await context.store.contests.round(row_number(number))
    if one is None or one.state != CLOSED:
        told = context.say("This round is not over yet: right answers are told afterwards.")
        return context.answer(context.reply(told, choices=[menu_choice(context)]))
    word, _, league = page.partition(":")
    if word in BOARDS and (board := await board_page(context, one, word, league)):
        return context.answer(board)
    attempts = await context.store.contests.attempts(context.person, one)
    mine = next((each for each in attempts if each.counts), None)
    if mine is None:
        return context.answer(await _rank_page(context, one, None))
    if page.isdecimal() and len(page) < 3:
        return context.answer(_answers_page(context, one, mine, int(page)))
    return context.answer(await _rank_page(context, one, mine))


async def _rank_page(context: Context, one: Round, mine: Attempt | None) -> Reply:
    say, rules = context.say, one.frozen.rules
    turnout = await context.store.contests.turnout(one)
    lines = []
    if mine is not None:
        points = say.number(mine.points or 0)
        lines += [
            say("Your points: {number} of {all}", number=points, all=rules.length),
            say("Your rank: {number}", number=say.number(mine.rank or 0)),
            say("Your code in the published list: {code}", code=mine.code),
        ]
        if mine.league in rules.leagues:
            place, whole = await context.store.contests.standings.place(one, mine)
            told = say("Your place in your group: {place} of {all}",
                       place=say.number(place), all=say.number(whole))  # fmt: skip
            lines.insert(2, told)
        if mine.gap is not None:
            lines.append(say("Your guess was off by {number}.", number=say.number(mine.gap)))
    lines += [
        say("Took part: {number}", number=say.number(turnout.people)),
        say("All right: {number}", number=say.number(one.perfect or 0)),
    ]
    choices = [
        Choice(say("Best entries"), f"result:{one.id}:best"),
        Choice(say("Units"), f"result:{one.id}:units"),
        menu_choice(context),
    ]
    if mine is not None:
        choices.insert(0, Choice(say("My answers"), f"result:{one.id}:0"))
        choices.insert(1, Choice(say("Certificate"), f"certificate:{one.id}"))
    if won := await context.store.contests.prizes.mine(context.person, one.id):
        lines.insert(0, prize_line(context, one, won))
        choices.insert(0, Choice(say("Your prize"), f"prize:{one.id}"))
    return context.reply("\n".join(lines), title=context.pick(rules.title), choices=choices)


def _answers_page(context: Context, one: Round, mine: Attempt, page: int) -> Reply:
    """Question, right answer, one's own, and why, with the source."""
    say, first = context.say, page * _ON_A_PAGE
    blocks = []
    for at in range(first, min(first + _ON_A_PAGE, len(mine.drawn))):
        question = one.frozen.questions[mine.drawn[at]]
        wording, _ = wording_in(question, context)
        given = mine.answers[at]
        is_void = question.id in one.voided
        mark = "✓" if is_void or given == str(question.answer) else "✗"
        lines = [f"{mark} {at + 1}. {wording.question}"]
        lines.append("- " + say("Right: {answer}", answer=wording.options[question.answer]))
        if given.isdecimal() and int(given) != question.answer:
            lines.append("- " + say("Yours: {answer}", answer=wording.options[int(given)]))
        if is_void:
            lines.append("- " + say("This question was made void: it counts as right for all."))
        source = question.sources[0]
        lines.append(f"{wording.explanation} ({source.title}, {source.issuer})")
        blocks.append("\n".join(lines))
    choices = [menu_choice(context)]
    if first + _ON_A_PAGE < len(mine.drawn):
        choices.insert(0, Choice(say("Next"), f"result:{one.id}:{page + 1}"))
    return context.reply("\n\n".join(blocks), title=say("My answers"), choices=choices)
