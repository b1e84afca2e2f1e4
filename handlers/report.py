"""A doubtful post is reported: taken in part by part, answered at once where a check is out."""

from __future__ import annotations

from bot.claims import Intake
from bot.intake import fingerprint_of
from bot.model import Answer, Choice, Event, Reply
from bot.pictures import PictureFault
from bot.reporting import with_picture, with_text, with_words
from bot.routing import Context
from handlers.fallback import PICTURE_FAULTS
from handlers.menu import menu_choice
from handlers.report_answer import answer_at_once, hand_over, yes
from handlers.search import search

# What is forwarded in one go arrives within so many seconds.
_TOGETHER = 0.8
PARTS, WORDS = "report.parts", "report.words"


async def report(_event: Event, context: Context) -> Answer:
    """`/report`: asks for what is doubted."""
    return begin(context)


def begin(context: Context, *, is_counter: bool = False) -> Answer:
    say = context.say
    context.work.keep_intake(context.person, Intake(is_counter=is_counter), context.now)
    asked = say(
        "Send what you doubt: a text, a link, a picture, or forward the post. Several are fine. "
        "Links are never opened. It is about what is claimed: who wrote or sent it is not kept."
    )
    if is_counter:
        asked = say("Write down what the person at the counter doubts. Nothing of them is kept.")
    else:
        asked += "\n\n" + say(
            "What goes to officers is kept until 90 days after the answer: the claim, without "
            "names, numbers and links, and, sealed, where the answer goes."
        )
    reply = context.reply(asked, title=say("Report a post"), choices=[_cancel(context)])
    return context.answer(reply, session=context.session.at(PARTS))


async def take(event: Event, context: Context) -> Answer:
    """One part more."""
    intake = await context.store.claims.intake(context.person, context.now)
    if intake is None:  # a quarter of an hour has passed: what is written now is a question
        context.session = context.session.rested()
        return await search(event, context)
    return await _take(event, context, intake)


async def take_forwarded(event: Event, context: Context) -> Answer:
    """Somebody forwards a post out of the blue: surely they doubt it."""
    return await _take(event, context, Intake())


async def _take(event: Event, context: Context, intake: Intake) -> Answer:
    """The question whether that is all comes after the last of the parts."""
    told, session = "", context.session.at(PARTS)
    if event.attachment is not None:
        intake, told = await _with_picture(event, context, intake)
    if event.text.strip():
        intake = with_text(intake, event.text, context.store.claims.link_key)
    context.work.keep_intake(context.person, intake, context.now)
    is_batch = event.is_forwarded or event.attachment is not None
    if not told and await context.more_follow(_TOGETHER if is_batch else 0):
        return Answer((), session)
    return context.answer(_is_that_all(context, intake, told), session=session)


async def take_words(event: Event, context: Context) -> Answer:
    """The reporter's own wording of the claim."""
    intake = await context.store.claims.intake(context.person, context.now)
    if intake is None:
        context.session = context.session.rested()
        return await search(event, context)
    intake = with_words(intake, event.text)
    context.work.keep_intake(context.person, intake, context.now)
    answer = None
    if context.session.data.get("asked") == "done":
        answer = await answer_at_once(event, context, intake)
    return answer or await hand_over(event, context, intake, "")


async def step(event: Event, context: Context) -> Answer:
    """`report:done`, `report:see:SLUG`, `report:yes:SLUG`, `report:desk`, `report:words`,
    `report:send:HARM`, `report:cancel`."""
    word, _, value = context.argument.partition(":")
    intake = await context.store.claims.intake(context.person, context.now)
    if word == "cancel" or intake is None:
        context.work.end_intake(context.person)
        told = context.say("Nothing was kept.") if word == "cancel" else ""
        return _over(context, told)
    if word == "yes":
        return yes(event, context)
    if intake.is_empty:
        return begin(context, is_counter=intake.is_counter)
    answer = None
    if word in {"done", "see"}:
        answer = await answer_at_once(event, context, intake, value)
    elif word != "words" and intake.parts:
        answer = await hand_over(event, context, intake, value)
    return answer or _ask_words(context, intake, word)


async def _with_picture(event: Event, context: Context, intake: Intake) -> tuple[Intake, str]:
    """The print of a picture and, where that is set, the words in it, for the reporter to approve.

    The picture itself is looked at by nobody and kept nowhere.
    """
    attachment, fetch = event.attachment, context.services.fetch
    assert attachment is not None
    try:
        if attachment.problem or attachment.kind != "picture" or fetch is None:
            raise PictureFault(attachment.problem or "not-a-picture")
        content = await fetch(event.address, attachment.handle)
        fingerprint = await fingerprint_of(content)
        intake = with_picture(intake, fingerprint.content)
        if context.services.read_text is None:
            return intake, ""
        said = await context.services.read_text(content)
        return with_text(intake, said, context.store.claims.link_key), ""
    except PictureFault as fault:
        return intake, context.say(PICTURE_FAULTS[fault.kind])


def _is_that_all(context: Context, intake: Intake, told: str) -> Reply:
    say = context.say
    count = len(intake.parts) + len(intake.pictures) + (0 if intake.parts else len(intake.links))
    taken = say.count("{number} part is here.", "{number} parts are here.", count)
    lines = [told, taken if count else "", say("Is that all? You may send more.")]
    choices = [Choice(say("That is all"), "report:done"), _cancel(context)]
    return context.reply("\n\n".join(filter(None, lines)), choices=choices)


def _ask_words(context: Context, intake: Intake, word: str) -> Answer:
    """Of a link or a picture alone nobody can say what it claims."""
    say = context.say
    if intake.parts:
        asked = say("Write in your own words what is claimed. Leave names out.")
    else:
        asked = say(
            "Write in a few words what the post or picture claims. The link is not opened and the "
            "picture is shown to nobody."
        )
    session = context.session.at(WORDS, asked="done" if word in {"done", "see"} else "")
    return context.answer(context.reply(asked, choices=[_cancel(context)]), session=session)


def _cancel(context: Context) -> Choice:
    return Choice(context.say("Cancel"), "report:cancel")


def _over(context: Context, told: str) -> Answer:
    say = context.say
    told = told or say("This took longer than 15 minutes, so nothing was kept. Please begin anew.")
    choices = [Choice(say("Report a post"), "/report"), menu_choice(context)]
    return context.answer(context.reply(told, choices=choices))
