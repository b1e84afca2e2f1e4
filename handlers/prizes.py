"""A prize that somebody has won: told with the result, claimed under a name, given back."""

from __future__ import annotations

from bot.contests import CLOSED, Round
from bot.holder import NAME_AT_MOST, tidy_name
from bot.model import Answer, Choice, Event
from bot.routing import Context
from bot.row_numbers import row_number
from bot.store.contest_prizes import Won
from handlers.contest_pages import gone
from handlers.menu import menu_choice


async def prize(_event: Event, context: Context) -> Answer:
    """`prize:ROUND` tells what was won, `…:claim` asks for a name, `…:yes` takes the one that was
    written, `…:withdraw` forgets it."""
    number, _, word = context.argument.partition(":")
    one = await context.store.contests.round(row_number(number))
    mine = await context.store.contests.prizes.mine(context.person, one.id) if one else None
    if one is None or mine is None or one.state != CLOSED:
        return context.answer(gone(context))
    typed = context.session.data.get("holder", "")
    if word == "yes" and typed and context.session.data.get("round") == number:
        context.work.claim_prize(context.person, mine.id, typed, context.now)
        return _told(context, one, mine, typed)
    if word == "withdraw" and mine.holder:
        context.work.claim_prize(context.person, mine.id, "", context.now)
        return _told(context, one, mine, "")
    if word == "claim":
        return _ask(context, one)
    return _told(context, one, mine, mine.holder)


async def take_holder(event: Event, context: Context) -> Answer:
    """The name that was written, shown once more before it counts."""
    number = context.session.data.get("round", "")
    one = await context.store.contests.round(row_number(number))
    mine = await context.store.contests.prizes.mine(context.person, one.id) if one else None
    if one is None or mine is None:
        return context.answer(gone(context))
    say, holder = context.say, tidy_name(event.text)
    if not holder or len(holder) > NAME_AT_MOST:
        return _ask(context, one, say("That cannot be read as a name."))
    choices = [
        Choice(say("Yes, claim the prize"), f"prize:{one.id}:yes"),
        Choice(say("Write it again"), f"prize:{one.id}:claim"),
        menu_choice(context),
    ]
    told = say("The prize is claimed by: {holder}. Is that right?", holder=holder)
    state = context.session.at("prize.holder", round=number, holder=holder)
    return context.answer(context.reply(told, choices=choices), session=state)


def _ask(context: Context, one: Round, wrong: str = "") -> Answer:
    say = context.say
    asked = say(
        "Under which name do you claim the prize? Write it. The office gets it with your unit, and "
        "it stands in the published list of winners. It is forgotten here after 60 days."
    )
    choices = [Choice(say("I do not claim it"), f"prize:{one.id}"), menu_choice(context)]
    reply = context.reply(f"{wrong} {asked}".strip(), title=say("Your prize"), choices=choices)
    state = context.session.at("prize.holder", round=str(one.id))
    return context.answer(reply, session=state)


def _told(context: Context, one: Round, mine: Won, holder: str) -> Answer:
    say = context.say
    lines = [prize_line(context, one, mine)]
    choices = [Choice(say("Results"), f"result:{one.id}"), menu_choice(context)]
    if holder:
        told = say("Claimed by: {holder}. The office tells you how you get it.", holder=holder)
        lines.append(told)
        choices.insert(0, Choice(say("Forget my name"), f"prize:{one.id}:withdraw"))
        choices.insert(0, Choice(say("Write it again"), f"prize:{one.id}:claim"))
    else:
        lines.append(say("Nobody knows that it is yours before you claim it."))
        choices.insert(0, Choice(say("Claim the prize"), f"prize:{one.id}:claim"))
    reply = context.reply("\n".join(lines), title=say("Your prize"), choices=choices)
    return context.answer(reply)


def prize_line(context: Context, one: Round, mine: Won) -> str:
    title = context.pick(one.frozen.rules.prizes[mine.prize].title)
    return context.say("You have won: {prize}", prize=title)
