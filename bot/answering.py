"""Tells reporters what was found, asked or delayed; nobody is lost, nobody doubled by itself.

The address of a reporter is known here only, and only while something is on its way to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.channels import NotNow, Outbound, Refused, SendError, Throttled, Unreachable, Unsent
from bot.claims import CaseMessage, Deadlines
from bot.delivery import House
from bot.model import Address, Reply
from bot.pulse import beat
from bot.schedule import allowed_from
from bot.store import Claims, Pending, surely

_log = logging.getLogger(__name__)
AT_ONCE = 8  # so many are uncertain after a kill
_LOOK_SECONDS = 2.0
_PROMISE_SECONDS = 60.0
_RETRY = timedelta(seconds=30)

Make = Callable[[CaseMessage], Reply | None]
Clock = Callable[[], datetime]


class Answering:
    """Any number of processes may run one."""

    def __init__(
        self,
        claims: Claims,
        channels: Mapping[str, Outbound],
        house: House,
        make: Make,
        deadlines: Deadlines,
        clock: Clock,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """`leads`: whether this process is the one that sends in bulk."""
        self._claims = claims
        self._channels = channels
        self._house = house
        self._make = make
        self._deadlines = deadlines
        self._clock = clock
        self._leads = leads
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._turn = asyncio.Lock()
        self._is_ending = False

    async def run(self) -> None:
        """Until it is cancelled."""
        await asyncio.gather(
            _again_and_again(self.send_ripe, _LOOK_SECONDS, "answers to reporters"),
            _again_and_again(self.keep_promises, _PROMISE_SECONDS, "promises of the desk"),
        )

    async def stop(self, seconds: float) -> None:
        """Takes nothing more, and waits for what is on its way."""
        self._is_ending = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._turn:
                pass

    async def keep_promises(self) -> None:
        await self._claims.keep_promises(self._deadlines, self._clock())

    async def send_ripe(self) -> int:
        """Sends until nothing is ripe any more; how many were taken."""
        async with self._turn:
            if lost := await self._claims.messages.give_up_leases(self._clock()):
                _log.warning("%d answers to reporters may or may not have arrived", lost)
            taken = 0
            while self._leads() and not self._is_ending:
                found = await self._claims.messages.claim(self._name, self._clock(), AT_ONCE)
                if not found:
                    break
                taken += len(found)
                beat("answers to reporters")
                await asyncio.gather(*(self._send(message, to) for message, to in found))
            return taken

    async def _send(self, message: CaseMessage, to: Address) -> None:
        messages, now = self._claims.messages, self._clock()
        allowed = allowed_from(now, self._house.zone_of(None), self._house.quiet_of(None))
        if allowed > now:
            await self._put_back(message, allowed)
            return
        reply = self._make(message)
        if reply is None:
            await surely(lambda: messages.settle(message.id, "dropped"))
            return
        channel = self._channels.get(to.channel)
        if channel is None:  # switched off; perhaps on again later
            await self._put_back(message, now + timedelta(hours=1))
            return
        try:
            at = await messages.find(to)
        except Exception:  # the database: nothing has gone out, so nobody need be uncertain
            await self._put_back(message, now)
            return
        if not at:
            await surely(lambda: messages.settle(message.id, "unreachable"))
            return
        try:
            await self._say(channel, message, Pending(0, at, to, reply, comes_unasked=True), now)
        except SendError as error:
            fault = error
            await surely(lambda: self._settle(fault, message, to, now))

    async def _put_back(self, message: CaseMessage, not_before: datetime) -> None:
        await surely(lambda: self._claims.messages.put_back(message.id, not_before, counts=False))

    async def _say(
        self, channel: Outbound, message: CaseMessage, pending: Pending, now: datetime
    ) -> None:
        if channel.waits_for_receipt:
            number = await self._claims.messages.keep_for_page(
                message, pending.address_id, pending.reply, now
            )
            await channel.say(replace(pending, id=number))
            return
        await channel.say(pending, in_bulk=True)
        messages, revision = self._claims.messages, message.claim.revision
        await surely(lambda: messages.settle(message.id, "sent", revision))

    async def _settle(
        self, error: SendError, message: CaseMessage, to: Address, now: datetime
    ) -> None:
        """What becomes of what did not surely arrive."""
        messages = self._claims.messages
        if isinstance(error, Throttled):
            later = now + timedelta(seconds=error.seconds)
            await messages.put_back(message.id, later, counts=False)
        elif isinstance(error, Unsent):
            await messages.put_back(message.id, now + _RETRY, counts=True)
        elif isinstance(error, NotNow):
            await messages.settle(message.id, "waiting")
        elif isinstance(error, Unreachable):
            await messages.mark_unreachable(message.id, to)
        elif isinstance(error, Refused):
            await messages.settle(message.id, "failed")
        else:  # it may have arrived
            await messages.settle(message.id, "uncertain", message.claim.revision)


async def _again_and_again(look: Callable[[], Awaitable[object]], pause: float, job: str) -> None:
    while True:
        try:
            await look()
            beat(job)
        except Exception:  # the next look may succeed; one that ends is silent for good
            _log.exception("the answers to reporters had a bad moment")
        await asyncio.sleep(pause)
