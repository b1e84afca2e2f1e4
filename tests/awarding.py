"""The award for tests: an edition whose days are known, and a member who registers a work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.library import Award, Known, Library
from tests.conftest import LIBRARY
from tests.people import Heard, Talker


def library_with(*, categories: tuple[str, ...] = (), **days: date) -> Library:
    """The content with those days known; of the categories only those named, else all."""
    award = the_award()
    known = {name: Known(day=day, sources=("site",)) for name, day in days.items()}
    edition = award.edition.model_copy(update=known)
    kept = tuple(one for one in award.categories if not categories or one.id in categories)
    changed = award.model_copy(update={"edition": edition, "categories": kept})
    return replace(LIBRARY, award=changed)


def the_award() -> Award:
    assert LIBRARY.award is not None
    return LIBRARY.award


async def join(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")
    await person.taps("I agree")


async def register(
    person: Talker, title: str = "Voices of the zone", link: str = "https://example.vn/a"
) -> Heard:
    """A radio work in Korean; without a link it is brought to the office."""
    await person.taps_value("enter:radio:ko")
    await person.says(title)
    await (person.says(link) if link else person.taps("I bring it to the office"))
    await person.taps("Leave it out")
    return await person.taps("I agree")
