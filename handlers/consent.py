"""Consent and privacy: what is kept, in plain words, before anything is sent unasked."""

from __future__ import annotations

from dataclasses import replace

from bot.language import Voice
from bot.model import Answer, Choice, Event, Reply
from bot.routing import Context
from handlers.menu import menu_choice
from handlers.settings import first_wishes, save, show_settings

# The day on which the consent text last changed in meaning; who agreed to another is asked again.
CONSENT_VERSION = "2026-11-29"


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


async def privacy(_event: Event, context: Context) -> Answer:
    say = context.say
    choices = [
        Choice(say("My data"), "/mydata"),
        Choice(say("Erase everything"), "/erase"),
        menu_choice(context),
    ]
    if context.person.consent:
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
            "Who sees it: nobody but the operator of this service, {sender}. It is given to nobody "
            "else.\n\n"
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
        + f"\n\n{practice_line(say)}\n\n"
        + say(
            "Who takes part in a contest: your answers, your guess, the group you chose and your "
            "unit of that time, until 60 days after the end of the round. What is published names "
            "only who has claimed a prize."
        )
        + "\n\n"
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
        + f"\n\n{practice_line(say)}\n\n"
        + say(
            "Who takes part in a contest: your answers, your guess, the group you chose and your "
            "unit of that time, until 60 days after the end of the round. What is published names "
            "nobody."
        ),
        title=say("Receive messages?"),
        choices=[
            Choice(say("I agree"), f"consent:{CONSENT_VERSION}"),
            Choice(say("Just look around"), "/menu"),
            Choice(say("Privacy"), "/privacy"),
        ],
    )
    return (replace(reply, note=_version(context)),)


def practice_line(say: Voice) -> str:
    return say(
        "So that questions you got wrong come back to you, which ones you answered in practice is "
        "kept, and when: for 180 days."
    )


def _version(context: Context) -> str:
    return context.say("Version {version} of this text.", version=CONSENT_VERSION)
