"""Which texts of consent there have been, and what a new one means for who agreed before.

A text's version is the day on which its meaning changed, so versions are compared as words. Three
kinds of change (docs/privacy.md tells why):

* wording only: the version stays, nobody is asked;
* something new (a purpose, a kind of data): a new line below. Everybody is asked once. What they
  agreed to before goes on; what is new looks at `covers` and begins for who agreed to it;
* something that was agreed to is changed (another recipient, a longer time, another operator): a
  new line below, and OLDEST becomes it. Until they agree nobody is sent anything.
"""

from __future__ import annotations

VERSIONS = (
    "2026-11-23",  # what one wants to be sent
    "2026-11-25",  # the unit that somebody chose
    "2026-11-29",  # answers in practice, so that wrong ones come back
    "2026-11-30",  # rights, through whom messages pass, what is kept of guests
)
NEWEST = VERSIONS[-1]
# Who agreed to an older text than this is written to no more.
OLDEST = VERSIONS[0]
PRACTICE = "2026-11-29"


def holds(version: str | None) -> bool:
    """Whether an agreement to that text still lets us write to somebody."""
    return version is not None and version >= OLDEST


def covers(version: str | None, since: str) -> bool:
    """Whether it was given to a text that told of what came with `since`."""
    return holds(version) and version is not None and version >= since
