"""What an officer types of an activity, as it is kept: without persons, a day, a number."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.activities import LONGEST_SOURCE, MOST_PEOPLE, OLDEST
from bot.award import read_link
from bot.links import links_in
from bot.masking import MARK, mask
from bot.reporting import masked_part

_SHORT_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})")
_NUMBER = re.compile(r"\d{1,3}(?:[., ]\d{3})*|\d{1,6}")
# Long numbers in an address are those of articles; these kinds are found for nothing else there.
_OF_ARTICLES = frozenset({"account", "identity"})


def masked_line(text: str) -> str:
    """One line without links and persons; nothing where only those were in it."""
    line = " ".join(masked_part(text).split())
    return line if line.replace(MARK, "").strip(" .,;:-–") else ""


def masked_source(text: str) -> str:
    """A link as it is, unless it leads to a person: then its site. Else the name of a document.

    Nothing is left of what is longer than a source may be.
    """
    if len(text) > LONGEST_SOURCE:
        return ""
    link = read_link(text)
    if link is None:
        return masked_line(text)
    if set(mask(link).hidden) <= _OF_ARTICLES:
        return link
    return next((found.domain for found in links_in(link)), "")


def read_short_day(text: str, today: date) -> date | None:
    """25/11, this year's; last year's where that is still to come and last year's is near."""
    match = _SHORT_DAY.fullmatch(text.strip())
    if match is None:
        return None
    day, month = int(match[1]), int(match[2])
    found = [made for year in (today.year, today.year - 1) if (made := _made(year, month, day))]
    return next((one for one in found if is_recent(one, today)), found[0] if found else None)


def is_recent(day: date, today: date) -> bool:
    """Whether an activity of that day may be reported today."""
    return today - timedelta(days=OLDEST) <= day <= today


def read_people(text: str) -> int | None:
    """How many took part, from `40`, `1.200` or `1 200`; None for what is no such number."""
    plain = text.strip()
    if _NUMBER.fullmatch(plain) is None:
        return None
    number = int(re.sub(r"\D", "", plain))
    return number if number <= MOST_PEOPLE else None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
