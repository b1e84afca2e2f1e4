"""The pages of a round, for who takes part: its rules, a question, the overview, the end."""

from __future__ import annotations

from dataclasses import replace

from bot.consents import CONTEST, holds
from bot.contests import Attempt, Question, Round, Wording, options_for
from bot.language import later
from bot.model import Choice, Reply
from bot.routing import Context
from handlers.consent import contest_line
from handlers.menu import menu_choice

_NUMBERED = 3
_COUNTS = {"best": later("The best attempt counts."), "last": later("The last attempt counts.")}


def question_page(context: Context, one: Round, mine: Attempt, at: int) -> Reply:
    """One question with its options in this attempt's order, and how much time is left."""
    say = context.say
    question = one.frozen.questions[mine.drawn[at]]
    wording, shown = wording_in(question, context)
    chosen = mine.answers[at]
    choices = [
        Choice(
            ("☑ " if chosen == str(option) else "") + wording.options[option],
            f"try:{mine.id}:q:{at}:{option}",
        )
        for option in options_for(mine.code, one.frozen, question)
    ]
    if at + 1 < len(mine.drawn):
        choices.append(Choice(say("Later"), f"try:{mine.id}:q:{at + 1}"))
    choices.append(Choice(say("Overview"), f"try:{mine.id}"))
    lines = [wording.question, _time_left(mine, context)]
    if shown != say.tag:
        names = context.services.languages
        own, other = names.name(say.tag), names.name(shown)
        told = say("Not available in {own} yet. Shown in: {other}.", own=own, other=other)
        lines.append(told)
    title = say("Question {number} of {all}", number=at + 1, all=len(mine.drawn))
    reply = context.reply("\n\n".join(lines), title=title, choices=choices)
    return replace(reply, spelled=len(wording.options))


def overview(context: Context, one: Round, mine: Attempt, *, is_asked: bool = False) -> Reply:
    """What is answered and what is not, the guess, and handing in."""
    say, whole = context.say, len(mine.drawn)
    lines = [
        say("Answered: {number} of {all}", number=whole - len(mine.unanswered), all=whole),
        _time_left(mine, context),
    ]
    if one.frozen.rules.predicts and mine.prediction is not None:
        lines.append(say("Your guess: {number}", number=say.number(mine.prediction)))
    if is_asked:
        lines.append(say("Some questions have no answer yet. Hand in all the same?"))
    choices = [
        Choice(say("Question {number}", number=at + 1), f"try:{mine.id}:q:{at}")
        for at in mine.unanswered[:_NUMBERED]
    ]
    if len(mine.unanswered) < whole:
        choices.append(Choice(say("Look through all"), f"try:{mine.id}:q:0"))
    if one.frozen.rules.predicts:
        choices.append(Choice(say("Guess"), f"try:{mine.id}:guess"))
    choices.append(Choice(say("Hand in"), f"try:{mine.id}:{'yes' if is_asked else 'in'}"))
    return context.reply("\n".join(lines), title=say("Overview"), choices=choices)


def rules_page(context: Context, one: Round, attempts: tuple[Attempt, ...]) -> Reply:
    """The rules in one's own language, before anything runs."""
    say, rules = context.say, one.frozen.rules
    until = one.closes_at.astimezone(context.zone)
    left = rules.attempts - len(attempts)
    lines = [
        context.pick(rules.about),
        "",
        "- " + say("Open until {day}, {time}", day=say.date(until.date()), time=f"{until:%H:%M}"),
        "- " + say.count("{number} question", "{number} questions", rules.length),
        "- " + say.count("{number} minute", "{number} minutes", rules.minutes),
        "- " + say.count("{number} attempt left", "{number} attempts left", left),
        "- "
        + (
            say("The best attempt counts.")
            if rules.counts == "best"
            else say("The last attempt counts.")
        ),
        "- " + say("Ranked by points, then by the guess, then by who was earlier."),
        "- " + say("Right answers are told when the round is over."),
        *(f"- {say('Prizes')}: {told}" for told in prize_lines(context, one)),
        *([] if attempts else ["", contest_line(say)]),
        "",
        say("Answers and draw are fixed by this number; afterwards anyone can check it:"),
        one.commitment,
    ]
    if attempts:
        choices = [Choice(say("Begin"), f"round:{one.id}:begin")] if left > 0 else []
    else:  # what is kept of who takes part is agreed to with the same tap
        choices = [Choice(say("I agree and begin"), f"round:{one.id}:{CONTEST}")]
        if holds(context.person.consent):
            choices.append(Choice(say("Remind me before the end"), f"round:{one.id}:remind"))
    return context.reply(
        "\n".join(lines), title=context.pick(rules.title), choices=[*choices, menu_choice(context)]
    )


def prize_lines(context: Context, one: Round) -> list[str]:
    """What there is to win, for whom and how."""
    say, rules = context.say, one.frozen.rules
    told = []
    for prize in rules.prizes:
        how = say("for the best") if prize.by == "rank" else say("by lot")
        league = context.pick(rules.leagues[prize.league]) if prize.league else ""
        parts = ", ".join(filter(None, (how, league)))
        told.append(f"{say.number(prize.count)} × {context.pick(prize.title)} ({parts})")
    return told


def handed_in(context: Context, one: Round, mine: Attempt) -> Reply:
    say, until = context.say, one.closes_at.astimezone(context.zone)
    told = say(
        "Handed in. Points and right answers are told when the round is over: {day}, {time}.",
        day=say.date(until.date()),
        time=f"{until:%H:%M}",
    )
    choices = [Choice(say("The round"), f"round:{one.id}"), menu_choice(context)]
    if not holds(context.person.consent):
        told += " " + say("You have not agreed to messages, so look for it yourself: /quiz.")
        choices.insert(1, Choice(say("Receive messages"), "/subscribe"))
    if one.frozen.rules.essay:
        choices.insert(0, Choice(say("Your own text"), f"essay:{mine.id}"))
    return context.reply(told, choices=choices)


def over(context: Context, one: Round) -> Reply:
    say = context.say
    told = say("This attempt is handed in, or its time is up: nothing can be changed any more.")
    choices = [Choice(say("The round"), f"round:{one.id}"), menu_choice(context)]
    return context.reply(told, choices=choices)


def gone(context: Context) -> Reply:
    told = context.say("There is no such round or attempt of yours.")
    return context.reply(told, choices=[Choice(context.say("Quiz"), "/quiz"), menu_choice(context)])


def wording_in(question: Question, context: Context) -> tuple[Wording, str]:
    """The question in the first of the person's languages that it has, and which that is."""
    tag = next(one for one in (*context.languages, *question.text) if one in question.text)
    return question.text[tag], tag


def _time_left(mine: Attempt, context: Context) -> str:
    left = (mine.ends_at - max(context.now, mine.last_at)).total_seconds()
    return context.say("{time} left", time=context.say.duration(max(0.0, left)))
