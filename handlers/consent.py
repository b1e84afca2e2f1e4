"""Consent and privacy: what is kept, in plain words, before anything is sent unasked."""

from __future__ import annotations

from dataclasses import replace

from bot.consents import NEWEST, holds
from bot.language import Voice
from bot.model import Answer, Choice, Event, Reply
from bot.routing import Context, Handler
from handlers.menu import menu_choice
from handlers.settings import first_wishes, save, show_settings

# The day on which the consent text last changed in meaning; who agreed to another is asked again.
CONSENT_VERSION = NEWEST


async def ask_consent(_event: Event, context: Context) -> Answer:
    return context.answer(*consent_request(context))


async def consent(_event: Event, context: Context) -> Answer:
    """The argument is the version that was agreed to; an older one is shown anew."""
    if context.argument != CONSENT_VERSION:
        return context.answer(*consent_request(context))
    context.work.count_joining(context.person, context.house_day)
    context.work.consent(context.person, CONSENT_VERSION, context.now)
    context.person = replace(context.person, consent=CONSENT_VERSION, has_stopped=False)
    wish = await context.store.subscription(context.person)
    if wish is None:
        wish = first_wishes(context)
        save(context, wish)
    thanks = context.say("Thank you. You can leave at any time with one word: stop.")
    return show_settings(context, wish, thanks)


def asking_anew(handler: Handler) -> Handler:
    """The same handler; who agreed to an earlier text is asked about the new one, once, after the
    first answer that leaves no dialogue open. Whoever goes on reading is not asked again."""

    async def answering(event: Event, context: Context) -> Answer:
        answer = await handler(event, context)
        is_in_a_dialogue = answer.session.state or answer.session.data
        is_going = context.work.ends or context.work.erases
        if not _is_to_be_asked(context) or is_in_a_dialogue or is_going or not answer.replies:
            return answer
        context.work.note_asked(context.person, CONSENT_VERSION)
        if any(_is_question(reply) for reply in answer.replies):
            return answer
        return replace(answer, replies=(*answer.replies, *_changed(context)))

    vars(answering).update(vars(handler))  # as `needs` marks it
    answering.__name__ = getattr(handler, "__name__", "answering")
    return answering


async def privacy(_event: Event, context: Context) -> Answer:
    say = context.say
    choices = [
        Choice(say("My data"), "/mydata"),
        Choice(say("Erase everything"), "/erase"),
        menu_choice(context),
    ]
    if context.person.practice is not None:
        choices.insert(0, Choice(say("Keep nothing of practice"), "practised:forget"))
    if holds(context.person.consent):
        choices.insert(0, Choice(say("Leave"), "/stop"))
    else:
        choices.insert(0, Choice(say("Receive messages"), "/subscribe"))
    reply = context.reply(
        say(
            "What is kept: the number by which this app reaches you, your language, when you "
            "agreed and to which text, the day of your last contact (on Zalo also the time), the "
            "unit you chose if you chose one, which chats of yours you joined, what you asked to "
            "be sent and when, your time zone, and which articles you were sent. Officers see how "
            "many people a unit has, never who, and only from five people on. Sealed: your own "
            "dates, the messages on their way to you, and the last buttons shown "
            "to you. What you write is kept sealed only until it has been answered.\n\n"
            "What is not kept: your name, your phone number, your place, what you searched for or "
            "opened. Articles are counted by day, not by reader.\n\n"
            "Who sees it: the operator of this service, {sender}, and the app in which you write. "
            "Telegram and Zalo carry every message and can read it; Telegram's computers are "
            "abroad. What you write on the web page goes to this service alone. Nobody else gets "
            "it.\n\n"
            "How long: until you erase it. A guest who has not written for 30 days is forgotten. "
            "To leave, write one word: stop. To see all that is kept: /mydata. To erase it: "
            "/erase.",
            sender=context.services.structure.sender,
        )
        + "\n\n"
        + say(
            "Who registers a work for the award: its title, its link and the contact that was "
            "given, sealed, with your unit of that time; officers of that unit and above see them. "
            "Until the day you are told then, or until you withdraw it: /award."
        )
        + f"\n\n{practice_line(say)}\n\n{contest_line(say)}\n\n"
        + say(
            "Who claims a prize: the name that was written for it, sealed, for 60 days; the office "
            "gets it with the unit. Who adds a short text to the answers: officers read it without "
            "knowing whose it is, and it goes with the answers."
        )
        + "\n\n"
        + say(
            "Who asks for a certificate: the name that was written for it, sealed, and the result. "
            "Whoever has its code sees both. For three years, or until you withdraw it: /quiz."
        )
        + "\n\n"
        + say(
            "Who reports a post: what it claims, without names, numbers and links, and where the "
            "answer is to go, sealed for itself. Officers see the claim and not whose report it "
            "is. Until 90 days after the answer, or until you erase it. Who wrote or sent a post "
            "is not kept at all, and of an opinion nothing but that there was one."
        )
        + "\n\n"
        + say(
            "Who leaves or erases everything: for 90 days a mark without name or number, so that "
            "no copy of the data that is put back brings you back."
        )
        + "\n\n"
        + say(
            "On the web page: one cookie, for a year, by which it knows you again. It follows you "
            "nowhere else."
        )
        + "\n\n"
        + say(
            "Your rights: to know what is kept; to agree or not, and to take it back; to see, "
            "correct, limit or erase it; to object, to complain, to go to court and to be "
            "compensated. Whom to speak with: /contact. Please give what is true, and leave out "
            "what concerns other people."
        ),
        title=say("Privacy"),
        choices=choices,
    )
    return context.answer(replace(reply, note=_version(context)))


def consent_request(context: Context) -> tuple[Reply, ...]:
    say = context.say
    reply = context.reply(
        say(
            "May {sender} send you messages here? For this we keep the number by which this app "
            "reaches you, your language, your unit if you chose one, what you want to be sent and "
            "which articles you were sent. Nothing about what you search for or open. Leaving is "
            "one word: stop.\n\n"
            "Reading and searching work without it.",
            sender=context.services.structure.sender,
        )
        + " "
        + say(
            "While you only look around, that number and your language are kept for 30 days after "
            "you last wrote."
        )
        + "\n\n"
        + say("Practice, contests and the award ask by themselves.")
        + " "
        + say("You may see, correct, limit or erase what is kept, object and complain: /privacy."),
        title=say("Receive messages?"),
        choices=[
            Choice(say("I agree"), f"consent:{CONSENT_VERSION}"),
            Choice(say("Just look around"), "/menu"),
            Choice(say("Privacy"), "/privacy"),
        ],
    )
    return (replace(reply, note=_version(context)),)


def _is_to_be_asked(context: Context) -> bool:
    person = context.person
    is_older = person.consent is not None and person.consent < CONSENT_VERSION
    return is_older and person.consent_asked != CONSENT_VERSION


def _is_question(reply: Reply) -> bool:
    return any(choice.value == f"consent:{CONSENT_VERSION}" for choice in reply.choices)


def _changed(context: Context) -> tuple[Reply, ...]:
    """What the new text means for who agreed to another one, and the question."""
    say = context.say
    if holds(context.person.consent):
        told = say(
            "The text about your data has changed since you agreed to it. What you asked for goes "
            "on as before. What is new begins only when you agree."
        )
    else:
        told = say(
            "The text about your data has changed since you agreed to it. Until you agree to the "
            "new one nothing is sent to you. You can still read and search here."
        )
    return context.reply(told), *consent_request(context)


def practice_line(say: Voice) -> str:
    return say(
        "So that questions you got wrong come back to you, which ones you answered in practice is "
        "kept, and when: for 180 days."
    )


def contest_line(say: Voice) -> str:
    return say(
        "Who takes part in a contest: your answers, your guess, the group you chose and your "
        "unit of that time, until 60 days after the end of the round. What is published names "
        "only who has claimed a prize."
    )


def _version(context: Context) -> str:
    return context.say("Version {version} of this text.", version=CONSENT_VERSION)
