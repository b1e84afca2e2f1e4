"""A round of a contest, for who takes part: its rules, an attempt against the clock, handing in."""

from __future__ import annotations

from dataclasses import replace

from bot.consents import CONTEST, holds
from bot.contests import (
    OPEN,
    UNANSWERED,
    Attempt,
    Round,
    drawn_for,
    end_of,
)
from bot.model import Answer, Choice, Event
from bot.routing import Context
from bot.row_numbers import is_number, row_number
from bot.store import new_code
from handlers.contest_pages import (
    gone,
    handed_in,
    over,
    overview,
    question_page,
    rules_page,
)
from handlers.menu import menu_choice

_LARGEST_GUESS = 1_000_000


async def contest_choices(context: Context) -> list[Choice]:
    """The rounds that are open now; below them the last one that is over."""
    say, found = context.say, []
    for one in await context.store.contests.rounds(OPEN):
        if one.takes_answers(context.heard_at):
            title = f"{say('Contest')}: {context.pick(one.frozen.rules.title)}"
            if one.frozen.rules.label:
                title = f"{title}, {context.pick(one.titles)}"
            found.append(Choice(title[:80], f"round:{one.id}"))
    closed = await context.store.contests.rounds("closed", limit=1)
    return found + [Choice(say("Results"), f"result:{one.id}") for one in closed]


async def open_round(_event: Event, context: Context) -> Answer:
    """`round:ID` tells the rules; `…:remind` notes a wish; `…:VERSION[:LEAGUE]`, by which the text
    of that version is agreed to, begins an attempt, and `…:begin` another one."""
    number, _, word = context.argument.partition(":")
    one = await context.store.contests.round(row_number(number))
    if one is None:
        return context.answer(gone(context))
    if not one.takes_answers(context.heard_at):
        told = context.say("This round is over.")
        choices = [Choice(context.say("Results"), f"result:{one.id}"), menu_choice(context)]
        return context.answer(context.reply(told, choices=choices))
    attempts = await context.store.contests.attempts(context.person, one)
    running = next((each for each in attempts if each.is_running(context.heard_at)), None)
    if running is not None:
        return context.answer(question_page(context, one, running, _first_open(running)))
    if word == "remind" and not attempts and holds(context.person.consent):
        context.work.wish_round(context.person, one)
        told = context.say("Noted: you are reminded once, before the round is over.")
        choices = [Choice(context.say("The round"), f"round:{one.id}"), menu_choice(context)]
        return context.answer(context.reply(told, choices=choices))
    begins, _, league = word.partition(":")
    is_begun = begins == CONTEST or (begins == "begin" and attempts)
    if not is_begun or len(attempts) >= one.frozen.rules.attempts:
        return context.answer(rules_page(context, one, attempts))
    return _begin(context, one, attempts, league)


def _begin(context: Context, one: Round, attempts: tuple[Attempt, ...], league: str) -> Answer:
    """Asks for the league at the first attempt; the clock runs from the first question on."""
    leagues = one.frozen.rules.leagues
    league = attempts[0].league if attempts else league
    if leagues and league not in leagues:
        choices = [
            Choice(context.pick(name), f"round:{one.id}:{CONTEST}:{slug}")
            for slug, name in leagues.items()
        ]
        asked = context.say("In which group do you take part? It stays so for this round.")
        return context.answer(context.reply(asked, choices=choices))
    code = new_code()
    drawn = drawn_for(code, one.frozen)
    attempt = Attempt(
        0,
        one.id,
        len(attempts) + 1,
        code,
        league if leagues else "",
        drawn,
        UNANSWERED * len(drawn),
        None,
        context.now,
        end_of(context.now, one.frozen.rules, one.closes_at),
        context.now,
    )
    context.work.begin_attempt(context.person, attempt, one.frozen.rules.attempts)
    say = context.say
    lines = [
        say("The clock is running. Answers may be changed until you hand in or the time is up."),
        say("Your code in the published list: {code}", code=code),
    ]
    first = [Choice(say("First question"), f"round:{one.id}")]
    return context.answer(context.reply("\n".join(lines), choices=first))


async def attempt(_event: Event, context: Context) -> Answer:
    """`try:ID`, `try:ID:q:AT`, `try:ID:q:AT:OPTION`, `try:ID:guess`, `try:ID:in`, `try:ID:yes`."""
    number, _, rest = context.argument.partition(":")
    found = await _found(context, number)
    if found is None:
        return context.answer(gone(context))
    mine, one = found
    if not mine.is_running(context.heard_at) or not one.takes_answers(context.heard_at):
        return context.answer(over(context, one))
    word, _, value = rest.partition(":")
    if word == "q":
        return _question(context, one, mine, value)
    if word == "guess":
        return _ask_guess(context, mine)
    if word == "in" and one.frozen.rules.predicts and mine.prediction is None:
        return _ask_guess(context, mine, is_last=True)
    if word == "in" and mine.unanswered:
        return context.answer(overview(context, one, mine, is_asked=True))
    if word in {"in", "yes"}:
        context.work.hand_in(context.person, mine, context.heard_at)
        return context.answer(handed_in(context, one, mine))
    return context.answer(overview(context, one, mine))


def _question(context: Context, one: Round, mine: Attempt, value: str) -> Answer:
    place, _, option = value.partition(":")
    at = int(place) if place.isdecimal() and len(place) < 3 else -1
    if not 0 <= at < len(mine.drawn):
        return context.answer(overview(context, one, mine))
    if not option:
        return context.answer(question_page(context, one, mine, at))
    question = one.frozen.questions[mine.drawn[at]]
    count = len(next(iter(question.text.values())).options)
    if not (option.isdecimal() and len(option) == 1 and int(option) < count):
        return context.answer(question_page(context, one, mine, at))
    context.work.answer(context.person, mine, at, int(option), context.heard_at)
    answered = _with_answer(mine, at, option)
    following = next((n for n in answered.unanswered if n > at), _first_open(answered))
    if not answered.unanswered:
        return context.answer(overview(context, one, answered))
    return context.answer(question_page(context, one, answered, following))


def _with_answer(mine: Attempt, at: int, option: str) -> Attempt:
    return replace(mine, answers=mine.answers[:at] + option + mine.answers[at + 1 :])


async def take_guess(event: Event, context: Context) -> Answer:
    """The number that was written for the guess."""
    found = await _found(context, context.session.data.get("attempt", ""))
    if found is None:
        return context.answer(gone(context))
    mine, one = found
    if not mine.is_running(context.heard_at):
        return context.answer(over(context, one))
    plain = event.text.strip().replace(".", "").replace(",", "").replace(" ", "")
    if not (is_number(plain) and int(plain) <= _LARGEST_GUESS):
        return _ask_guess(context, mine)
    context.work.guess(context.person, mine, int(plain), context.heard_at)
    return context.answer(overview(context, one, replace(mine, prediction=int(plain))))


def _ask_guess(context: Context, mine: Attempt, *, is_last: bool = False) -> Answer:
    say = context.say
    asked = say(
        "How many people will have all answers right? Write a number. It only decides between "
        "people with the same points."
    )
    back = Choice(say("Without a guess"), f"try:{mine.id}:yes" if is_last else f"try:{mine.id}")
    state = context.session.at("try.guess", attempt=str(mine.id))
    reply = replace(context.reply(asked, choices=[back]), asks_number=True)
    return context.answer(reply, session=state)
    return context.answer(context.reply(asked, choices=[back]), session=state)


async def _found(context: Context, number: str) -> tuple[Attempt, Round] | None:
    """The person's own attempt of that number, and its round."""
    return await context.store.contests.entered(context.person, row_number(number))


def _first_open(mine: Attempt) -> int:
    return mine.unanswered[0] if mine.unanswered else 0
