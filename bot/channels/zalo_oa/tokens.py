"""The Official Account's tokens: fresh ahead of time, each refresh token spent once."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels import SendError, Throttled, Unknown, Unsent
from bot.channels.calls import Answered, Caller
from bot.channels.zalo_oa.errors import code_of, parsed_object
from bot.model import Parcel
from bot.store import Grant, Grants, Pair

_log = logging.getLogger(__name__)
AHEAD = timedelta(hours=1)
LEASE = timedelta(seconds=60)
_CALL_SECONDS = 20.0
_LOOK_SECONDS = 60.0
_WAIT_SECONDS = 0.1
_INVALID_REFRESH_TOKEN = -14014
DEAD = "Zalo does not accept the Official Account's refresh token; the steps are in docs/zalo.md"


class GrantDead(Throttled):
    """Nothing can be sent until somebody grants the permission again; nothing is lost."""


@dataclass(frozen=True)
class Credentials:
    """The app's id and secret at Zalo's OAuth server, and the refresh token set by hand."""

    app_id: str
    app_secret: str
    refresh_token: str
    base: str


class Tokens:
    """Gives the access token; any number of processes may hold one of these."""

    def __init__(
        self,
        channel: str,
        credentials: Credentials,
        grants: Grants,
        caller: Caller,
        clock: Callable[[], datetime],
    ) -> None:
        self._channel = channel
        self._credentials = credentials
        self._grants = grants
        self._caller = caller
        self._clock = clock
        self._holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._one_at_a_time = asyncio.Lock()
        self._known: Grant | None = None
        self.trouble = ""

    async def open(self) -> None:
        """Takes up the refresh token that was set, unless it was taken up before."""
        if self._credentials.refresh_token:
            await self._grants.plant(self._channel, self._credentials.refresh_token)

    async def access(self) -> Grant:
        """A grant whose access token is good. Raises Throttled, GrantDead."""
        grant = self._known or await self._read()
        if grant.is_dead:
            grant = await self._read()  # perhaps somebody has mended it
        if _is_good(grant, self._clock()) and not grant.is_dead:
            return grant
        return await self.refresh(grant.generation)

    async def refresh(self, generation: int) -> Grant:
        """A grant newer than `generation`, by whoever's refresh. Raises Throttled, GrantDead."""
        async with self._one_at_a_time:
            deadline = self._clock() + LEASE
            while True:
                grant = await self._read()
                if grant.generation > generation and grant.access:
                    return grant
                if grant.is_dead:
                    raise GrantDead(_LOOK_SECONDS)
                now = self._clock()
                spendable = await self._grants.claim(
                    self._channel, grant.generation, self._holder, now, LEASE
                )
                if spendable is not None:
                    return await self._spend(grant.generation, spendable)
                if now > deadline:
                    raise Throttled(_LOOK_SECONDS)
                await asyncio.sleep(_WAIT_SECONDS)

    async def keep_fresh(self) -> None:
        """Refreshes an hour before the end, for ever; a failure is tried again in a minute."""
        while True:
            try:
                await self._look()
            except SendError:
                pass  # it has been told where it was met
            except Exception:
                _log.exception("the Zalo token could not be looked after")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self) -> None:
        grant = await self._read()
        if not grant.is_dead and not _is_good(grant, self._clock() + AHEAD):
            await self.refresh(grant.generation)

    async def _read(self) -> Grant:
        grant = await self._grants.read(self._channel)
        if grant is None:
            self.trouble = "ZALO_OA_REFRESH_TOKEN has never been set"
            raise GrantDead(_LOOK_SECONDS)
        self._known = grant
        if grant.is_dead:
            self.trouble = DEAD
        elif grant.access:
            self.trouble = ""
        return grant

    async def _spend(self, generation: int, refresh_token: str) -> Grant:
        """Exchanges the refresh token. Whether it was spent is known only from a clear answer."""
        try:
            answered = await self._ask(refresh_token)
        except Unsent:
            await self._grants.give_back(self._channel, generation, self._holder)
            raise Throttled(_LOOK_SECONDS) from None
        except Unknown:
            _log.warning("no word from Zalo whether the token was refreshed; it is tried again")
            raise Throttled(LEASE.total_seconds()) from None
        pair = self._pair(answered, refresh_token)
        if pair is not None:
            await self._grants.renew(self._channel, generation, pair)
            _log.info("the Zalo token was refreshed, it is good until %s", pair.expires_at)
            return await self._read()
        return await self._failed(generation, answered)

    async def _ask(self, refresh_token: str) -> Answered:
        credentials = self._credentials
        form = {
            "refresh_token": refresh_token,
            "app_id": credentials.app_id,
            "grant_type": "refresh_token",
        }
        return await self._caller.call(
            "POST",
            f"{credentials.base}/v4/oa/access_token",
            headers={"secret_key": credentials.app_secret},
            data=form,
            seconds=_CALL_SECONDS,
        )

    def _pair(self, answered: Answered, refresh_token: str) -> Pair | None:
        parsed = parsed_object(answered.body) or {}
        access, given = parsed.get("access_token"), parsed.get("refresh_token")
        if not isinstance(access, str) or not access:
            return None
        try:  # a string of seconds; 25 hours
            seconds = int(parsed.get("expires_in") or 0)
        except (TypeError, ValueError):
            seconds = 0
        if not given:  # uncertain whether Zalo ever does this
            _log.warning("Zalo gave no new refresh token; the old one is kept")
        life = timedelta(seconds=seconds or 90_000)
        return Pair(access, str(given or refresh_token), self._clock() + life)

    async def _failed(self, generation: int, answered: Answered) -> Grant:
        """A spent refresh token is answered with nothing at all, an unknown one with its code."""
        is_spent = answered.status == 200 and not answered.body.strip()
        parsed = parsed_object(answered.body) or {}
        code = code_of(parsed)
        if is_spent or code == _INVALID_REFRESH_TOKEN:
            return await self._bury(generation)
        if code:
            await self._grants.give_back(self._channel, generation, self._holder)
            self.trouble = f"Zalo refuses to refresh the token (error {code}): look at the app's id"
            _log.error("%s and secret", self.trouble)
        raise Throttled(LEASE.total_seconds())

    async def _bury(self, generation: int) -> Grant:
        notice = Parcel("notice", label="zalo-oa-grant")
        is_first = await self._grants.bury(self._channel, generation, notice, self._clock())
        grant = await self._read()
        if not grant.is_dead and grant.generation > generation:
            return grant  # another process had refreshed it at the same moment
        if is_first:
            _log.error(DEAD)
        raise GrantDead(_LOOK_SECONDS)


def _is_good(grant: Grant, at: datetime) -> bool:
    return bool(grant.access) and grant.expires_at is not None and grant.expires_at > at
