"""The reminder before the award's deadline: for officers, for makers, for those who asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.language import later
from bot.model import Choice, Parcel, Reply
from handlers.articles import Reader

_TEXTS: Mapping[str, str] = {
    "officer": later("Dossiers of registered works wait for the office: look at their checklists."),
    "maker": later("A work of yours is not complete yet: give a link, or bring it to the office."),
    "wish": later("You asked to be reminded. How to enter: write /award."),
}
_BUTTONS: Mapping[str, tuple[str, str]] = {
    "officer": (later("Works of members"), "works:all"),
    "maker": (later("My works"), "work:mine"),
}


def award_due(reader: Reader, parcel: Parcel, today: date) -> Reply | None:
    """None when the deadline is another by now, or has passed."""
    award, say, day = reader.services.library.award, reader.say, parcel.day
    if award is None or day is None or day < today or award.edition.days["deadline"] != day:
        return None
    kinds = [kind for kind in parcel.label.split(",") if kind in _TEXTS]
    left = say.count("{number} day is left", "{number} days are left", (day - today).days)
    lines = [f"{say('deadline')}: {say.date(day)} ({left})", *(say(_TEXTS[one]) for one in kinds)]
    buttons = [_BUTTONS[kind] for kind in kinds if kind in _BUTTONS]
    choices = [Choice(say(label), value) for label, value in buttons]
    sender = reader.services.structure.sender
    return Reply(
        title=reader.pick(award.name),
        body="\n\n".join(lines),
        choices=(*choices, Choice(say("The award"), "/award")),
        note=say("Sent by {sender}. Automatic message. To leave, write: stop.", sender=sender),
        language=say.tag,
    )
