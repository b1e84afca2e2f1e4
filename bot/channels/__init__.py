"""What a channel must be able to do, and the ways in which sending can fail."""

from __future__ import annotations

from typing import Protocol

from bot.store import Pending


class SendError(Exception):
    """A send did not succeed; the subclass says what to do about it."""


class Unreachable(SendError):
    """This address takes nothing until its person writes again (blocked, deleted)."""


class Refused(SendError):
    """The platform will never take this message, to whoever it goes."""


class Throttled(SendError):
    """Too fast; nothing was delivered. Wait `seconds`, then the same message may go.

    `is_of_all`: so long nothing may go in bulk, to whoever it is.
    """

    def __init__(self, seconds: float, *, is_of_all: bool = False) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds
        self.is_of_all = is_of_all


class NotNow(SendError):
    """The platform's rules forbid it until the person writes again; then it may be handed over."""


class Unsent(SendError):
    """Provably never on the wire: it may be sent again without doubling."""


class Unknown(SendError):
    """Perhaps it arrived: a time-out, a cut connection, an ambiguous 5xx."""


class ChannelDown(Exception):
    """The channel cannot work at all (a wrong token); one sentence for the operator."""


class Outbound(Protocol):
    """Says replies on one channel."""

    name: str
    # Whether a reply counts as said only when the other side has acknowledged it.
    waits_for_receipt: bool

    @property
    def per_second(self) -> float:
        """How many replies a second it takes at most, as far as is known now."""

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> bool:
        """Sends one reply. True: it has arrived; False: its receipt will be told later.

        What is sent in bulk leaves room for answers to people. Raises SendError.
        """
