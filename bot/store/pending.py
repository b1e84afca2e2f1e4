"""A reply that is committed and has not been said yet."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Address, Reply


@dataclass(frozen=True, slots=True)
class Pending:
    """A committed reply that has not been said yet; one of a delivery was not asked for.

    Nor was what `comes_unasked`, which no delivery holds.
    """

    id: int
    address_id: int
    address: Address
    reply: Reply
    delivery_id: int = 0
    comes_unasked: bool = False

    @property
    def is_unasked(self) -> bool:
        return bool(self.delivery_id) or self.comes_unasked
