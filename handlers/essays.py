"""A short text beside an attempt that was handed in; officers read it without knowing whose."""

from __future__ import annotations

from bot.contests import OPEN, Attempt, Round
from bot.model import Answer, Choice, Event
from bot.routing import Context
from bot.row_numbers import row_number
from handlers.contest_pages import gone
from handlers.menu import menu_choice

_LONGEST = 1500


async def essay(_event: Event, context: Context) -> Answer:
    """`essay:ATTEMPT` shows the own text and asks for one; `…:none` forgets it."""
    number, _, word = context.argument.partition(":")
    mine, one = await _found(context, number)
    if mine is None or one is None:
        return context.answer(gone(context))
    if word == "none":
        context.work.write_essay(context.person, mine, "", context.now)
        return _done(context, one)
    return _ask(context, mine, await context.store.contests.essays.own(mine.id))


async def take_essay(event: Event, context: Context) -> Answer:
    mine, one = await _found(context, context.session.data.get("attempt", ""))
    if mine is None or one is None:
        return context.answer(gone(context))
    text = event.text.strip()
    if not text or len(text) > _LONGEST:
        told = context.say("At most {number} letters.", number=context.say.number(_LONGEST))
        return _ask(context, mine, "", told)
    context.work.write_essay(context.person, mine, text, context.now)
    return _done(context, one)


async def read_essays(context: Context, one: Round, at: int) -> Answer:
    """For officers: one text a page, under the code of its attempt."""
    say, essays = context.say, context.store.contests.essays
    back = [Choice(say("The round"), f"rounds:{one.id}"), menu_choice(context)]
    found = await essays.at(one.id, at)
    if found is None:
        return context.answer(context.reply(say("There is no such text."), choices=back))
    count = await essays.count(one.id)
    title = say("Text {number} of {all}", number=at + 1, all=count)
    following = [Choice(say("Next"), f"rounds:{one.id}:essays:{at + 1}")] if at + 1 < count else []
    reply = context.reply(f"{found.code}\n\n{found.text}", title=title, choices=following + back)
    return context.answer(reply)


async def _found(context: Context, number: str) -> tuple[Attempt | None, Round | None]:
    """The person's own attempt that was handed in, in a round that is open and asks for a text."""
    contests = context.store.contests
    entered = await contests.entered(context.person, row_number(number))
    if entered is None or entered[0].is_running(context.heard_at):
        return None, None
    mine, one = entered
    is_asked = one.frozen.rules.essay and one.state == OPEN and one.takes_answers(context.heard_at)
    return (mine, one) if is_asked else (None, None)


def _ask(context: Context, mine: Attempt, written: str, wrong: str = "") -> Answer:
    say = context.say
    asked = say(
        "If you like, write a few lines of your own on the topic of this round. Officers read "
        "them without knowing who wrote them; they count for no points."
    )
    lines = [wrong, asked, say("So far: {words}", words=written) if written else ""]
    choices = [menu_choice(context)]
    if written:
        choices.insert(0, Choice(say("Forget my text"), f"essay:{mine.id}:none"))
    reply = context.reply(
        "\n\n".join(filter(None, lines)), title=say("Your own text"), choices=choices
    )
    return context.answer(reply, session=context.session.at("essay.text", attempt=str(mine.id)))


def _done(context: Context, one: Round) -> Answer:
    say = context.say
    choices = [Choice(say("The round"), f"round:{one.id}"), menu_choice(context)]
    return context.answer(context.reply(say("Done."), choices=choices))
