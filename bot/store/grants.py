"""Tokens that a platform rotates: one owner refreshes them, since a refresh token works only once.

The owner takes a lease in one transaction, asks the platform outside of it, and keeps the new pair
in a second one. A transaction held open during the call would stop all writing on SQLite.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from bot.model import Parcel
from bot.store import notices, schema
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.rows import in_utc, upsert
from bot.store.seal import Seal, Unsealable

_GRANT = schema.platform_grant.c
_PURPOSE = "platform grant"


@dataclass(frozen=True, slots=True)
class Grant:
    """The access token as it stands; `generation` tells one rotation from the next."""

    generation: int
    access: str
    expires_at: datetime | None
    is_dead: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """What the platform gave: a new access token, and the refresh token that follows."""

    access: str
    refresh: str
    expires_at: datetime


class Grants:
    """The grants of platforms, by channel; each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, seal: Seal, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._seal = seal
        self._codecs = codecs

    async def plant(self, channel: str, refresh: str) -> None:
        """Takes up a refresh token that was set by hand, unless it is the one known already."""
        seed = self._seal.recognise("refresh token", refresh)
        sealed = self._seal.seal(refresh.encode(), _PURPOSE)
        await self._writes.run(lambda c: _plant(c, channel, seed, sealed))

    async def read(self, channel: str) -> Grant | None:
        query = select(schema.platform_grant).where(_GRANT.channel == channel)
        row = await self._reads.run(lambda c: c.execute(query).first())
        if row is None:
            return None
        try:
            self._seal.open(row.refresh, _PURPOSE)
            access = self._seal.open(row.access, _PURPOSE).decode() if row.access else ""
        except Unsealable:  # sealed under another SECRET_KEY: lost, and to be granted anew
            return Grant(row.generation, "", None, is_dead=True)
        return Grant(row.generation, access, in_utc(row.expires_at), row.dead_since is not None)

    async def claim(
        self, channel: str, generation: int, holder: str, now: datetime, lease: timedelta
    ) -> str | None:
        """The refresh token, if `holder` is the one who may spend it now."""
        free = _GRANT.lease_until.is_(None) | (_GRANT.lease_until < now)
        mine = (*_standing(channel, generation), _GRANT.dead_since.is_(None), free)
        taken = update(schema.platform_grant).where(*mine)
        taken = taken.values(held_by=holder, lease_until=now + lease)
        statement = taken.returning(_GRANT.refresh)
        sealed = await self._writes.run(lambda c: c.execute(statement).scalar_one_or_none())
        return self._seal.open(sealed, _PURPOSE).decode() if sealed else None

    async def renew(self, channel: str, generation: int, pair: Pair) -> None:
        """Keeps a new pair, also when the lease has run out meanwhile: there is no other."""
        values = {
            "generation": generation + 1,
            "access": self._seal.seal(pair.access.encode(), _PURPOSE),
            "refresh": self._seal.seal(pair.refresh.encode(), _PURPOSE),
            "expires_at": pair.expires_at,
            "held_by": None,
            "lease_until": None,
            "dead_since": None,
        }
        statement = update(schema.platform_grant).where(*_standing(channel, generation))
        await self._writes.run(lambda c: c.execute(statement.values(values)))

    async def give_back(self, channel: str, generation: int, holder: str) -> None:
        """Ends a lease whose token was certainly not spent."""
        mine = (*_standing(channel, generation), _GRANT.held_by == holder)
        statement = update(schema.platform_grant).where(*mine)
        ended = statement.values(held_by=None, lease_until=None)
        await self._writes.run(lambda c: c.execute(ended))

    async def bury(self, channel: str, generation: int, notice: Parcel, now: datetime) -> bool:
        """The grant is dead. Only the first to find out tells the administrators: True."""
        codecs = self._codecs

        def bury(connection: Connection) -> bool:
            alive = (*_standing(channel, generation), _GRANT.dead_since.is_(None))
            statement = update(schema.platform_grant).where(*alive)
            ended = statement.values(dead_since=now, held_by=None, lease_until=None)
            is_first = connection.execute(ended).rowcount == 1
            if is_first:
                notices.tell_administrators(connection, codecs, notice, now, besides=channel)
            return is_first

        return await self._writes.run(bury)


def _plant(connection: Connection, channel: str, seed: bytes, sealed: bytes) -> None:
    row = {"channel": channel, "seed": seed, "generation": 1, "refresh": sealed}
    added = upsert(connection, schema.platform_grant).values(row).on_conflict_do_nothing()
    connection.execute(added)
    other = update(schema.platform_grant).where(_GRANT.channel == channel, _GRANT.seed != seed)
    connection.execute(
        other.values(
            seed=seed,
            generation=_GRANT.generation + 1,
            refresh=sealed,
            access=None,
            expires_at=None,
            held_by=None,
            lease_until=None,
            dead_since=None,
        )
    )


def _standing(channel: str, generation: int) -> tuple[ColumnElement[bool], ...]:
    return (_GRANT.channel == channel, _GRANT.generation == generation)
