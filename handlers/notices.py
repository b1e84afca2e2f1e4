"""What officers and joined people are told unasked: what happened and what to do."""

from __future__ import annotations

from bot.language import Voice, later
from bot.model import Choice, Parcel, Reply
from bot.ways import channel_name

# Title and text by the notice's name; a number after a colon in the name fills the gap.
_NOTICES = {
    "zalo-oa-grant": (
        later("Zalo needs you"),
        later(
            "Zalo does not accept the Official Account's permission any more, so nothing can be "
            "sent there. What is to be sent waits. What to do:\n\n"
            "- Open the developers' page of Zalo as administrator of the Official Account.\n"
            "- Grant the app its permission again and copy the new refresh token.\n"
            "- Give it to who runs the server: set ZALO_OA_REFRESH_TOKEN and restart.\n\n"
            "The steps are in docs/zalo.md. You are told this "
            "once."
        ),
    ),
    "zalo-bot-people": (
        later("The Zalo pilot is nearly full"),
        later(
            "{number} people have written to the Zalo bot. Zalo lets it reach 50 at most. For "
            "more people an Official Account is needed: see docs/zalo.md."
        ),
    ),
    "zalo-bot-messages": (
        later("The Zalo pilot's month is nearly used up"),
        later(
            "The Zalo bot has sent {number} messages this month. Zalo lets it send 3,000. The last "
            "300 are kept for answers: what comes unasked waits for each person's next contact."
        ),
    ),
    "invitation-taken": (
        later("Your invitation was accepted"),
        later(
            "It is now office № {number}. If the person you invited knows nothing of it, end that "
            "office at once: write /officers."
        ),
    ),
    "office-ended": (
        later("An office of yours has ended"),
        later("Your office № {number} was ended by another officer."),
    ),
    "deputy": (
        later("You stand in for somebody"),
        later(
            "Until {day} you stand in for office № {number}: you may approve and answer at the "
            "desk in its place."
        ),
    ),
    "deputy-ended": (
        later("You do not stand in any more"),
        later("Your time as deputy of office № {number} has ended."),
    ),
    "campaign-asks": (
        later("A message waits for you"),
        later("Message № {number} waits for a second officer. Look at it: write /campaigns."),
    ),
    "campaign-approve": (
        later("Your message was approved"),
        later("Message № {number} was approved and goes out. Follow it: write /campaigns."),
    ),
    "campaign-cancel": (
        later("Your message was cancelled"),
        later("Message № {number} was cancelled by another officer."),
    ),
    "campaign-pause": (
        later("Your message was paused"),
        later("Message № {number} was paused by another officer."),
    ),
    "campaign-resume": (
        later("Your message goes on"),
        later("Message № {number} goes on: another officer said so."),
    ),
    "campaign-line": (
        later("A message goes out in your name"),
        later(
            "Message № {number} was started by command line, with you as its author or approver. "
            "If you know nothing of it, pause it at once."
        ),
    ),
    "campaign-done": (
        later("Your message is through"),
        later(
            "Message № {number} arrived {sent} times. {waiting} people get it at their next "
            "contact, {failed} times it failed. More: write /campaigns."
        ),
    ),
    "campaign-hold": (
        later("A repeated message was held back"),
        later(
            "Message № {number} was to go out again, but not as it was approved: the page says "
            "why. Nobody got it. It needs a new approval."
        ),
    ),
    "campaign-skip": (
        later("A repeated message was left out"),
        later(
            "Message № {number} did not go out on its day, since the bot was not running. The "
            "next time is {day}."
        ),
    ),
    "campaign-late": (
        later("A repeated message was left out"),
        later(
            "Message № {number} did not go out on its day, since the bot was not running. That "
            "was the last time."
        ),
    ),
    "contest-soon": (
        later("A round is nearly over"),
        later("You wished to be reminded: the round closes soon."),
    ),
    "contest-closed": (
        later("The round is over"),
        later("Your points, your rank and the right answers can be read now."),
    ),
    "contest-void": (
        later("A question was made void"),
        later("It counts as right for all who were asked it, and the ranks are made anew."),
    ),
    "contest-prize": (
        later("You have won a prize"),
        later("Look at what it is, and claim it. Nobody knows that it is yours before."),
    ),
    "desk-reads": (
        later("An answer waits for a second reader"),
        later("The answer to claim № {number} waits for a second officer. Look at it."),
    ),
    "desk-waits": (
        later("Something waits at the desk"),
        later("Claim № {number} was reported. More may follow; you are told of the first."),
    ),
    "desk-back": (
        later("Your answer came back"),
        later("The second reader sent your answer to claim № {number} back. It is a draft again."),
    ),
    "channel-joined": (
        later("Another chat was joined with this one"),
        later(
            "A chat on {number} was joined with this one, by a code made here. If that was not "
            "you, write /unlink at once."
        ),
    ),
    "restored": (
        later("The bot came back from a backup"),
        later(
            "What happened since {day} is lost. Messages to many are paused: they may have gone "
            "out since, so look at each under /campaigns. Offices that were ended since then are "
            "there again: write /officers."
        ),
    ),
    "incident": (
        later("Something does not work"),
        later(
            "{what}\n\nSince {day}, {time}. What to do: tell who runs the server. The steps are "
            "in docs/operations.md, under “{part}”."
        ),
    ),
    "incident-over": (
        later("It works again"),
        later("It was like this since {day}, {time}: {what}"),
    ),
    "zalo-oa-budget": (
        later("Zalo's budget of this month is used up"),
        later(
            "Messages to people who have not written for two days cost money, and this month's "
            "budget of {number} đồng is spent. They wait now and are handed over at each person's "
            "next contact."
        ),
    ),
}
# What people notice of a trouble, by the part that /health/ready names.
_TROUBLES = {
    "database": later("The database does not answer. Nobody gets an answer, on no channel."),
    "disk": later(
        "A disk of the server is nearly full. When it is full nobody gets an answer any more."
    ),
    "background": later("A job in the background stands still. Messages that are due come late."),
    "clock": later("The servers' clocks differ. Messages may come late or at the wrong hour."),
    "content": later("A round of the contest cannot be opened, since its questions are missing."),
}
_OF_A_CHANNEL = later(
    "{channel} does not work. Who writes there gets no answer until it does; nothing is sent there."
)
# The page that a contest's notice leads to.
_CONTEST = {
    "contest-soon": "round",
    "contest-closed": "result",
    "contest-void": "result",
    "contest-prize": "prize",
}


def notice(parcel: Parcel, say: Voice) -> Reply | None:
    """The notice in a language; None for one that is not known any more."""
    name, _, number = parcel.label.partition(":")
    if name not in _NOTICES:
        return None
    title, text = _NOTICES[name]
    is_amount = name.startswith("zalo") and number.isdecimal()
    shown = say.number(int(number)) if is_amount else channel_name(number)
    gaps = {"day": say.date(parcel.day)} if parcel.day else {}
    if name.startswith("incident"):
        gaps |= {"what": _trouble(number, say), "part": number, "time": parcel.articles[0]}
    if name == "campaign-done":
        gaps |= dict(zip(("sent", "waiting", "failed"), parcel.articles, strict=False))
    body = say(text, number=shown, **gaps) if number or gaps else say(text)
    menu = (*_buttons(name, number, say), Choice(say("Menu"), "/menu"))
    return Reply(title=say(title), body=body, choices=menu, language=say.tag)


def _trouble(part: str, say: Voice) -> str:
    words = _TROUBLES.get(part)
    return say(words) if words else say(_OF_A_CHANNEL, channel=channel_name(part))


def _buttons(name: str, number: str, say: Voice) -> tuple[Choice, ...]:
    """What is done next, one tap away."""
    if name == "campaign-line":
        return (Choice(say("Pause"), f"campaign:{number}:pause"),)
    if name in _CONTEST:
        return (Choice(say("Look at it"), f"{_CONTEST[name]}:{number}"),)
    if name.startswith("desk-"):
        return (Choice(say("Look at it"), f"desk:{number}"),)
    if name.startswith("campaign-"):
        return (Choice(say("Look at it"), f"campaign:{number}"),)
    return ()
