"""Practice: one question at a time, the answer at once with its reason and its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from secrets import SystemRandom

from bot.consents import PRACTICE
from bot.library import Question
from bot.model import Answer, Choice, Event, Remembered, Reply
from bot.practice import coming, next_day_back, remember
from bot.routing import Context
from handlers.consent import practice_line
from handlers.menu import menu_choice
from handlers.search import search
from handlers.sittings import Sitting
from handlers.sources import source_of

ALL = "all"
_AGAIN = "again"
_DICE = SystemRandom()


def practice_choices(context: Context) -> list[Choice]:
    """All topics mixed, then each topic that has questions."""
    library = context.services.library
    asked = {question.topic for question in library.questions.values()}
    names = [
        Choice(context.pick(topic.name), f"practice:{topic.slug}")
        for topic in library.topics.values()
        if topic.slug in asked
    ]
    return [Choice(context.say("All topics mixed"), f"practice:{ALL}"), *names] if names else []


def kept_line(context: Context) -> str:
    """What is kept of practice, or would be."""
    say = context.say
    if _is_kept(context):
        return practice_line(say)
    return say(
        "Nothing of it is kept, so nothing comes back. If you agree, it is kept which questions "
        "you answered in practice, and when, for 180 days: those you got wrong come back."
    )


def kept_choices(context: Context) -> list[Choice]:
    """To agree that it is kept, and to take that back."""
    if _is_kept(context):
        return [Choice(context.say("Keep nothing of practice"), "practised:forget")]
    agreed = context.say("I agree: ask wrong ones again")
    return [Choice(agreed, f"practised:keep:{PRACTICE}")]


async def practised(_event: Event, context: Context) -> Answer:
    """`practised:keep:VERSION` of the text that was shown, or `practised:forget`."""
    say, word = context.say, context.argument
    if word == f"keep:{PRACTICE}":
        context.work.agree_to_practice(context.person, PRACTICE, context.now)
        told = say("Those you get wrong from now on come back.")
    elif word == "forget":
        context.work.end_practice(context.person)
        told = say("What was kept of practice is forgotten, and nothing more is kept.")
    else:  # an older text
        told = kept_line(context)
    choices = [Choice(say("Quiz"), "/quiz"), menu_choice(context)]
    return context.answer(context.reply(told, choices=choices))


async def practise(_event: Event, context: Context) -> Answer:
    """The next question; the argument is `topic`, or `topic:again` for what rests as well."""
    topic, _, how = context.argument.partition(":")
    if topic != ALL and topic not in context.services.library.topics:
        return context.answer(_gone(context))
    sitting = Sitting.of(context.session)
    if sitting is None or sitting.topic != topic or how == _AGAIN:
        sitting = Sitting(topic, is_again=how == _AGAIN)
    if open_one := context.services.library.questions.get(sitting.open):  # Next, tapped twice
        return context.answer(_asked(context, open_one), session=context.session)
    remembered = await _remembered(context)
    bank = _bank(context, topic)
    question = coming(
        bank,
        remembered,
        sitting.seen,
        context.now,
        _DICE.choice,
        with_resting=sitting.is_again,
    )
    if question is None:
        return context.answer(_nothing_left(context, bank, remembered, topic))
    sitting = sitting.asking(question.id, context.now)
    is_back = question.id in remembered and remembered[question.id].due_at <= context.now
    reply = _asked(context, question, is_back=is_back)
    return context.answer(reply, session=sitting.kept(context.session))


async def answer(_event: Event, context: Context) -> Answer:
    """An option was chosen: `question:index`, as written. Only the open question counts, once."""
    identifier, _, picked = context.argument.rpartition(":")
    question = context.services.library.questions.get(identifier)
    if question is None or picked not in map(str, range(question.option_count)):
        return _beside(context, context.say("That question is no longer there."))
    sitting = Sitting.of(context.session) or Sitting()
    if sitting.open != identifier:
        return _beside(context, _why_not(context, sitting, identifier), question)
    is_right = int(picked) == question.answer
    if _is_kept(context) and sitting.asked_at is not None:
        before = (await _remembered(context)).get(identifier)
        kept = remember(identifier, before, context.now, is_right=is_right)
        context.work.practise(context.person, kept, sitting.asked_at)
    sitting = sitting.answered(is_right=is_right)
    told = context.say("Right.") if is_right else context.say("Not quite.")
    so_far = context.say(
        "So far {right} of {count} right.", right=sitting.right, count=sitting.count
    )
    reply = replace(
        _explained(context, question, f"{told} {so_far}"), choices=_onward(context, sitting.topic)
    )
    return context.answer(reply, session=sitting.kept(context.session))


async def typed(event: Event, context: Context) -> Answer:
    """Something typed beside an open question: a wrong number asks it anew, words are searched."""
    sitting = Sitting.of(context.session)
    question = context.services.library.questions.get(sitting.open if sitting else "")
    if question is None or not context.argument.isdecimal():
        return await search(event, context)
    return context.answer(_asked(context, question), session=context.session)


def _bank(context: Context, topic: str) -> list[Question]:
    every = context.services.library.questions.values()
    return [question for question in every if topic in {ALL, question.topic}]


def _is_kept(context: Context) -> bool:
    return context.person.practice is not None


async def _remembered(context: Context) -> dict[str, Remembered]:
    if not _is_kept(context):
        return {}
    return {one.question: one for one in await context.store.practice.of(context.person)}


def _asked(context: Context, question: Question, *, is_back: bool = False) -> Reply:
    """The question with its options in an order of chance."""
    say, names = context.say, context.services.languages
    shown = question.in_language(context.languages)
    text = question.text[shown]
    options = [
        Choice(option, f"answer:{question.id}:{index}") for index, option in enumerate(text.options)
    ]
    _DICE.shuffle(options)
    notes = [say("This one has come back to you.")] if is_back else []
    if shown != say.tag:
        own, other = names.name(say.tag), names.name(shown)
        notes.append(say("Not available in {own} yet. Shown in: {other}.", own=own, other=other))
    reply = context.reply(text.question, choices=[*options, menu_choice(context)])
    return replace(reply, note="\n".join(notes), text_language=shown, spelled=len(options))


def _explained(context: Context, question: Question, told: str) -> Reply:
    """What is right and why, after a word on how it went; labelled and with its sources."""
    say = context.say
    shown = question.in_language(context.languages)
    text = question.text[shown]
    is_draft = text.state == "draft"
    return replace(
        context.reply(f"{text.options[question.answer]}\n\n{text.explanation}", title=told),
        note=say("This text has not been checked by an editor yet.") if is_draft else "",
        sources_label=say("Sources"),
        sources=tuple(source_of(source, say) for source in question.sources),
        text_language=shown,
    )


def _why_not(context: Context, sitting: Sitting, identifier: str) -> str:
    if sitting.last == identifier:
        return context.say("You have answered this one already: only your first answer counts.")
    return context.say("This question is not open any more, so your answer does not count.")


def _beside(context: Context, told: str, question: Question | None = None) -> Answer:
    """An answer that changes nothing: an open question stays open, its list the last one."""
    sitting = Sitting.of(context.session)
    reply = _explained(context, question, told) if question else context.reply(told)
    if not (sitting and sitting.open):
        reply = replace(reply, choices=_onward(context, sitting.topic if sitting else ""))
    return context.answer(reply, session=context.session)


def _onward(context: Context, topic: str) -> tuple[Choice, ...]:
    say = context.say
    following = (Choice(say("Next question"), f"practice:{topic}"),) if topic else ()
    return (*following, Choice(say("Another topic"), "/quiz"), menu_choice(context))


def _nothing_left(
    context: Context,
    bank: Sequence[Question],
    remembered: dict[str, Remembered],
    topic: str,
) -> Reply:
    """All of it was asked; what rests may be asked again all the same."""
    say = context.say
    told = say("These were all questions of this topic for now.")
    if back := next_day_back(bank, remembered):
        day = say.date(back.astimezone(context.zone).date())
        told += " " + say("The next one comes back on {day}.", day=day)
    again = Choice(say("All once more"), f"practice:{topic}:{_AGAIN}")
    return context.reply(told, choices=(again, *_onward(context, "")))


def _gone(context: Context) -> Reply:
    told = context.say("There are no questions on this topic.")
    return context.reply(told, choices=_onward(context, ""))
