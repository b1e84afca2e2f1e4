"""What administrators are told when a platform needs a hand: what happened and what to do."""

from __future__ import annotations

from bot.language import Voice, later
from bot.model import Choice, Reply

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
    "zalo-oa-budget": (
        later("Zalo's budget of this month is used up"),
        later(
            "Messages to people who have not written for two days cost money, and this month's "
            "budget of {number} đồng is spent. They wait now and are handed over at each person's "
            "next contact."
        ),
    ),
}


def notice(label: str, say: Voice) -> Reply | None:
    """The notice in a language; None for one that is not known any more."""
    name, _, number = label.partition(":")
    if name not in _NOTICES:
        return None
    title, text = _NOTICES[name]
    shown = say.number(int(number)) if number.isdecimal() else number
    body = say(text, number=shown) if number else say(text)
    menu = (Choice(say("Menu"), "/menu"),)
    return Reply(title=say(title), body=body, choices=menu, language=say.tag)
