"""What Zalo lets us send to whom, and what it costs: windows, welcome messages, the month's budget.

The rules as of 2026 (fact sheet B4): free within 48 hours of the last contact, billed from there to
7 days, refused later. Who only followed may be sent about three messages. Broadcasts of Zalo take
reviewed articles only, promotion and transaction messages were closed in March 2026, and templates
must be approved one by one: none of them is used, so what has no window waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.channels import NotNow
from bot.model import Parcel
from bot.store import Window

FREE = timedelta(hours=48)
BILLED = timedelta(days=7)
# Zalo's clock and ours differ; a message takes a moment to get there.
_MARGIN = timedelta(minutes=1)
MONEY = "dong"


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be spent: whether at all, đồng for a message, đồng in a month."""

    is_paid: bool = False
    price: int = 55
    budget: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """`way` is `free`, `billed` or `later`; `closes_at` is when the free window does."""

    way: str
    closes_at: datetime | None = None
    cost: int = 0
    welcome_left: int | None = None


def plan(window: Window | None, parts: int, terms: Terms, now: datetime) -> Plan:
    """What happens to a message of so many parts, as far as the address alone decides it."""
    if window is None or window.contacted_at is None:
        return Plan("later")
    age, closes_at = now - window.contacted_at, window.contacted_at + FREE
    if window.welcome_left is not None:
        is_open = age < FREE - _MARGIN and parts <= window.welcome_left
        return Plan("free" if is_open else "later", closes_at, 0, window.welcome_left)
    if age < FREE - _MARGIN:
        return Plan("free", closes_at)
    if terms.is_paid and age < BILLED - _MARGIN:
        return Plan("billed", closes_at, parts * terms.price)
    return Plan("later", closes_at)


class Allowance(Protocol):
    """What the planner asks of the store."""

    async def window(self, address_id: int) -> Window | None: ...
    async def use_welcome(self, address_id: int) -> None: ...
    async def use(self, channel: str, period: str, what: str, amount: int) -> int: ...
    async def spend(
        self, channel: str, period: str, what: str, amount: int, limit: int
    ) -> bool: ...
    async def tell_once(
        self, channel: str, period: str, what: str, notice: Parcel, now: datetime
    ) -> bool: ...


class Planner:
    """Permits each send, or refuses what the platform would refuse or nobody would pay."""

    def __init__(self, channel: str, allowance: Allowance, terms: Terms, zone: ZoneInfo) -> None:
        self._channel = channel
        self._allowance = allowance
        self._terms = terms
        self._zone = zone

    async def permit(
        self, address_id: int, parts: int, now: datetime, *, is_answer: bool = False
    ) -> Plan:
        """The plan by which it may go now; what it costs is spent. Raises NotNow.

        The last answer to who has just been erased finds no window, though one is open.
        """
        window = await self._allowance.window(address_id)
        if window is None and is_answer:
            return Plan("free")
        made = plan(window, parts, self._terms, now)
        if made.way == "later":
            raise NotNow("no window is open")
        if made.welcome_left is not None:
            for _ in range(parts):
                await self._allowance.use_welcome(address_id)
        if made.cost and not await self._spend(made.cost, now):
            raise NotNow("the month's budget is spent")
        return made

    async def give_back(self, made: Plan, now: datetime) -> None:
        """The message certainly did not go out: it costs nothing."""
        if made.cost:
            await self._allowance.use(self._channel, self._month(now), MONEY, -made.cost)

    async def _spend(self, cost: int, now: datetime) -> bool:
        month, budget = self._month(now), self._terms.budget
        if await self._allowance.spend(self._channel, month, MONEY, cost, budget):
            return True
        notice = Parcel("notice", label=f"zalo-oa-budget:{budget}")
        await self._allowance.tell_once(self._channel, month, "budget told", notice, now)
        return False

    def _month(self, now: datetime) -> str:
        return f"{now.astimezone(self._zone):%Y-%m}"
