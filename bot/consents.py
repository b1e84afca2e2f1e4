"""Which texts of consent to messages there have been, and what a new one means for who agreed.

A text's version is the day on which its meaning changed, so versions are compared as words. Three
kinds of change (docs/privacy.md tells why):

* wording only: the version stays, nobody is asked;
* something new (a kind of data): a new line below. Everybody is asked once, and what they agreed
  to before goes on. A new purpose has a question of its own, where it begins;
* something that was agreed to is changed (another recipient, a longer time, another operator): a
  new line below, and OLDEST becomes it. Until they agree nobody is sent anything.
"""

from __future__ import annotations

VERSIONS = (
    "2026-11-23",  # what one wants to be sent
    "2026-11-25",  # the unit that somebody chose
    "2026-11-29",  # answers in practice, so that wrong ones come back
    # Rights, through whom messages pass, what is kept of guests; practice and contests ask by
    # themselves from then on.
    "2026-11-30",
)
NEWEST = VERSIONS[-1]
# Who agreed to an older text than this is written to no more.
OLDEST = VERSIONS[0]
# Each purpose is agreed to by itself (Law 91/2025, Article 9(4)). The newest text of what is kept
# of practice, and of what is kept of who begins an attempt in a contest.
PRACTICE = "2026-11-30"
CONTEST = "2026-11-30"


def holds(version: str | None) -> bool:
    """Whether an agreement to that text still lets us write to somebody."""
    return version is not None and version >= OLDEST
