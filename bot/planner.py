"""What a platform lets us send to whom, and what it costs: windows, welcome messages, the budget.

The rules of Zalo's Official Account as of 2026 (fact sheet B4): free within 48 hours of the last
contact, billed from there to 7 days, refused later. Who only followed may be sent about three
messages. Broadcasts of Zalo take reviewed articles only, promotion and transaction messages were
closed in March 2026, and templates must be approved one by one: none of them is used, so what has
no window waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.audience import Audience
from bot.model import Parcel
from bot.store import Allowances, Openings, Window

WINDOWED = "zalo-oa"
FREE = timedelta(hours=48)
BILLED = timedelta(days=7)
# Zalo's clock and ours differ; a message takes a moment to get there.
_MARGIN = timedelta(minutes=1)
_MONEY = "dong"


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


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would become of one message to an audience: people and, for `cost`, đồng."""

    people: int
    now: int
    waiting: int
    cost: int
    channels: Mapping[str, int]
    languages: Mapping[str, int]


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


class Planner:
    """Permits each send, or refuses what the platform would refuse or nobody would pay."""

    def __init__(self, allowances: Allowances, terms: Terms, zone: ZoneInfo) -> None:
        self._allowances = allowances
        self._terms = terms
        self._zone = zone

    async def permit(
        self, address_id: int, parts: int, now: datetime, *, is_answer: bool = False
    ) -> Plan:
        """The plan by which it goes now, and what it costs is spent; or one that says `later`.

        The last answer to who has just been erased finds no window, though one is open.
        """
        window = await self._allowances.window(address_id)
        if window is None and is_answer:
            return Plan("free")
        made = plan(window, parts, self._terms, now)
        if made.way == "later":
            return made
        if made.cost and not await self._spend(made.cost, now):
            return Plan("later", made.closes_at)
        if made.welcome_left is not None:
            await self._allowances.use_welcome(address_id, parts)
        return made

    async def give_back(self, made: Plan, now: datetime) -> None:
        """The message certainly did not go out: it costs nothing."""
        if made.cost:
            await self._allowances.use(WINDOWED, self._month(now), _MONEY, -made.cost)

    async def forecast(
        self, audience: Audience, topic: str | None, now: datetime, parts: int = 1
    ) -> Forecast:
        """What one message of so many parts to the audience would become at this moment."""
        paid = self._terms.is_paid
        openings = Openings(
            WINDOWED, now - FREE + _MARGIN, now - BILLED + _MARGIN if paid else None
        )
        reach = await self._allowances.reach(audience, topic, openings)
        channels: Counter[str] = Counter()
        languages: Counter[str] = Counter()
        ways: Counter[str] = Counter()
        for one in reach:
            channels[one.channel] += one.people
            languages[one.language] += one.people
            ways[one.way] += one.people
        billed = min(ways["billed"], await self._affordable(parts, now))
        people = ways.total()
        reached = ways["now"] + billed
        cost = billed * parts * self._terms.price
        return Forecast(people, reached, people - reached, cost, channels, languages)

    async def _affordable(self, parts: int, now: datetime) -> int:
        """How many billed messages the rest of the month's budget pays for."""
        spent = await self._allowances.used(WINDOWED, self._month(now), _MONEY)
        left = max(0, self._terms.budget - spent)
        each = parts * self._terms.price
        return left // each if each else 10**9

    async def _spend(self, cost: int, now: datetime) -> bool:
        month, budget = self._month(now), self._terms.budget
        if await self._allowances.spend(WINDOWED, month, _MONEY, cost, budget):
            return True
        if budget:
            notice = Parcel("notice", label=f"zalo-oa-budget:{budget}")
            await self._allowances.tell_once(WINDOWED, month, "budget told", notice, now)
        return False

    def _month(self, now: datetime) -> str:
        return f"{now.astimezone(self._zone):%Y-%m}"
