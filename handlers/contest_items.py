"""`rounds:ID:items:PAGE`, for officers: how the questions went, and what to look at.

While a round is open nothing of what was chosen is told: no officer learns a right answer by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.contest_alike import MOST, Alike, Quick
from bot.contest_items import FEWEST, KEY, REASONS, Item, Study
from bot.contests import CLOSED, Round
from bot.language import Voice
from bot.model import Choice, Reply
from bot.routing import Context
from bot.row_numbers import page_number
from handlers.contest_pages import wording_in
from handlers.menu import menu_choice

_ON_A_PAGE = 6
_VOIDS_ON_A_PAGE = 6  # of handlers/contest_desk.py
_SHOWN, _CODES = 10, 8
ENTRIES = "entries"


async def items_page(context: Context, one: Round, value: str) -> Reply:
    """The page of that number, or the last one; the first for anything else."""
    page = page_number(value)
    if one.state != CLOSED:
        items = await context.store.contests.standings.so_far(one, context.now)
        told = context.say(
            "While the round is open only this is told: how many were asked, and how long it took."
        )
        return _page(context, one, told, items, page)
    found = await context.store.contests.standings.study(one)
    if found is None:
        told = context.say("This is being counted: ask again in a minute.")
        again = Choice(context.say("Look again"), f"rounds:{one.id}:items:0")
        return context.reply(told, choices=[again, *_ways(context, one)])
    if not found.entries:
        told = context.say("There are no answers: nobody took part, or they are not kept any more.")
        return context.reply(told, choices=_ways(context, one))
    if value == ENTRIES:
        return _entries(context, one, found)
    return _page(context, one, _head(context.say, found), found.flagged_first, page)


def _head(say: Voice, found: Study) -> str:
    flagged = sum(bool(item.flags) for item in found.items)
    if not flagged:
        return say("No question stands out.")
    return say.count(
        "{number} question to look at comes first. There may be good reasons.",
        "{number} questions to look at come first. There may be good reasons.",
        flagged,
    )


def _page(context: Context, one: Round, told: str, items: Sequence[Item], page: int) -> Reply:
    say, last = context.say, max(0, (len(items) - 1) // _ON_A_PAGE)
    page = min(page, last)
    shown = items[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
    blocks = [told, *("\n".join(_lines(context, one, item)) for item in shown)]
    choices = [
        Choice(
            say("Void: {number}", number=item.at + 1),
            f"rounds:{one.id}:void:{item.at // _VOIDS_ON_A_PAGE}",
        )
        for item in shown
    ]
    if page < last:
        choices.append(Choice(say("Next"), f"rounds:{one.id}:items:{page + 1}"))
    if one.state == CLOSED:
        choices.append(Choice(say("Entries to look at"), f"rounds:{one.id}:items:{ENTRIES}"))
    title = say("Questions: how they went")
    return context.reply("\n\n".join(blocks), title=title, choices=[*choices, *_ways(context, one)])


def _ways(context: Context, one: Round) -> list[Choice]:
    return [Choice(context.say("The round"), f"rounds:{one.id}"), menu_choice(context)]


def _lines(context: Context, one: Round, item: Item) -> list[str]:
    """The question, its figures, and a line for each reason to look at it."""
    say, question = context.say, one.frozen.questions[item.at]
    wording, _ = wording_in(question, context)
    void = f" ({say('void')})" if question.id in one.voided else ""
    lines = [f"{item.at + 1}. {wording.question}{void}"]
    lines.append("- " + say("Asked: {number}", number=say.number(item.asked)))
    if not item.is_told:
        lines.append("- " + say("Too few to tell: it takes {number}.", number=FEWEST))
        return lines
    lines += [f"- {line}" for line in _figures(say, item)]
    for flag in item.flags:
        lines.append(f"- ⚠ {say(REASONS[flag])}")
        if flag == KEY:
            option, share = max(item.wrong.items(), key=lambda each: each[1])
            lines.append(f"- “{wording.options[option]}”: {_percent(say, share)}")
    return lines


def _figures(say: Voice, item: Item) -> list[str]:
    """Those that are known: while the round is open only the seconds."""
    lines = []
    if item.right is not None and item.unanswered is not None:
        lines.append(
            say(
                "Right: {right}, left open: {open}",
                right=_percent(say, item.right),
                open=_percent(say, item.unanswered),
            )
        )
    if item.discrimination is not None:
        number = say.number(round(item.discrimination, 2))
        lines.append(say("Tells apart (from -1 to 1): {number}", number=number))
    if item.seconds is not None:
        lines.append(say("Half took at most: {time}", time=say.duration(item.seconds)))
    return lines


def _entries(context: Context, one: Round, found: Study) -> Reply:
    """By code, never by person, and never with a verdict."""
    say = context.say
    blocks = [
        say(
            "These are questions, not verdicts: people who learn together give the same answers, "
            "and some are fast. Nothing follows from this alone."
        )
    ]
    if found.quick:
        head = say("Many right in less time than it takes to read:")
        blocks.append("\n".join([head, *_listed(say, [_quick(say, q) for q in found.quick])]))
    if found.alike:
        head = say("Wrong in the same way, far more often than by chance:")
        blocks.append("\n".join([head, *_listed(say, [_alike(say, a) for a in found.alike])]))
    if not (found.quick or found.alike):
        blocks.append(say("Nothing stands out."))
    if found.is_cut:
        blocks.append(say("There were too many to compare them all: some may be missing."))
    back = Choice(say("Questions: how they went"), f"rounds:{one.id}:items:0")
    choices = [back, *_ways(context, one)]
    return context.reply("\n\n".join(blocks), title=say("Entries to look at"), choices=choices)


def _listed(say: Voice, lines: list[str]) -> list[str]:
    """The first of them; the study itself ends at MOST, so then there may be even more."""
    shown = [f"- {line}" for line in lines[:_SHOWN]]
    if len(lines) <= _SHOWN:
        return shown
    open_end = "+" if len(lines) >= MOST else ""
    return [*shown, say("… and {number} more", number=f"{len(lines) - _SHOWN}{open_end}")]


def _quick(say: Voice, one: Quick) -> str:
    return say(
        "{code}: {right} of {all} right, half of the answers in at most {time}",
        code=one.code,
        right=one.right,
        all=one.of,
        time=say.duration(one.seconds),
    )


def _alike(say: Voice, one: Alike) -> str:
    codes = ", ".join(one.codes[:_CODES])
    if len(one.codes) > _CODES:
        codes += f", +{say.number(len(one.codes) - _CODES)}"
    return say(
        "{codes}: {same} wrong answers in common on {shared} questions of both",
        codes=codes,
        same=one.same,
        shared=one.shared,
    )


def _percent(say: Voice, share: float) -> str:
    return f"{say.number(round(100 * share, 1))}%"
