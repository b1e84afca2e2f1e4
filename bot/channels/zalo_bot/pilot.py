"""The limits of a free Zalo bot, counted ahead: 50 people in all, 3,000 messages a month."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.channels import NotNow
from bot.model import Parcel

MAX_PEOPLE = 50
MAX_MESSAGES = 3000
_PEOPLE_WARNED_AT = 40
_MESSAGES_WARNED_AT = 2400
# The last messages of a month are for answers: what comes unasked can wait.
_KEPT_FOR_ANSWERS = 300
PEOPLE, MESSAGES = "people", "messages"


class Allowance(Protocol):
    """What the pilot asks of the store."""

    async def used(self, channel: str, period: str, what: str) -> int: ...
    async def use(self, channel: str, period: str, what: str, amount: int) -> int: ...
    async def tell_once(
        self, channel: str, period: str, what: str, notice: Parcel, now: datetime
    ) -> bool: ...


class Pilot:
    """Counts messages and people, and warns the administrators once when they run out."""

    def __init__(self, channel: str, allowance: Allowance, zone: ZoneInfo) -> None:
        self._channel = channel
        self._allowance = allowance
        self._zone = zone

    async def permit(self, parts: int, now: datetime, *, in_bulk: bool) -> None:
        """Raises NotNow for what comes unasked when the month's messages run out."""
        if not in_bulk:
            return
        used = await self._allowance.used(self._channel, self._month(now), MESSAGES)
        if used + parts > MAX_MESSAGES - _KEPT_FOR_ANSWERS:
            raise NotNow("the rest of the month's messages is kept for answers")

    async def is_spent(self, now: datetime) -> bool:
        used = await self._allowance.used(self._channel, self._month(now), MESSAGES)
        return used >= MAX_MESSAGES

    async def count(self, now: datetime) -> None:
        """One message more."""
        month = self._month(now)
        used = await self._allowance.use(self._channel, month, MESSAGES, 1)
        if used >= _MESSAGES_WARNED_AT:
            await self._warn(month, MESSAGES, used, now)

    async def count_people(self, now: datetime) -> None:
        """Looks whether the pilot is nearly full. Who has been erased counts on: Zalo counts on."""
        used = await self._allowance.used(self._channel, "", PEOPLE)
        if used >= _PEOPLE_WARNED_AT:
            await self._warn("", PEOPLE, used, now)

    async def _warn(self, period: str, what: str, used: int, now: datetime) -> None:
        notice = Parcel("notice", label=f"zalo-bot-{what}:{used}")
        await self._allowance.tell_once(self._channel, period, f"{what} told", notice, now)

    def _month(self, now: datetime) -> str:
        return f"{now.astimezone(self._zone):%Y-%m}"
