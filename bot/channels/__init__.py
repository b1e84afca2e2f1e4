"""What a channel must be able to do, and the ways in which sending can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.model import Address, Reply
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


class Unchangeable(SendError):
    """What was said cannot be changed any more: too old, deleted, or of another kind."""


class ChannelDown(Exception):
    """The channel cannot work at all (a wrong token); one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a reply: not `has_arrived`: its receipt will be told later.

    `numbers` are the platform's own numbers of the messages that it took, in order, where the
    channel can change them later.
    """

    has_arrived: bool = True
    numbers: tuple[int, ...] = ()

    @property
    def number(self) -> int | None:
        """The number of the one message that it took; None for several, which stay as they are."""
        return self.numbers[0] if len(self.numbers) == 1 else None


class Outbound(Protocol):
    """Says replies on one channel."""

    name: str
    # Whether a reply counts as said only when the other side has acknowledged it.
    waits_for_receipt: bool

    @property
    def per_second(self) -> float:
        """How many replies a second it takes at most, as far as is known now."""

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> Said:
        """Sends one reply. What is sent in bulk leaves room for answers to people.

        Raises SendError.
        """


@runtime_checkable
class Changing(Protocol):
    """A channel that can change what it has said."""

    def can_change(self, address: Address) -> bool:
        """Whether this process may do it for that address just now."""

    async def change(
        self, address: Address, number: int, reply: Reply, *, in_bulk: bool = False
    ) -> None:
        """The message says something else from now on. Raises SendError, Unchangeable.

        As often as one likes: the second time changes nothing and is no error.
        """


@runtime_checkable
class Deleting(Protocol):
    """A channel that can take back what it has said."""

    async def delete(self, address: Address, number: int) -> None:
        """The message is gone; also when it was before. Raises SendError, Unchangeable."""
