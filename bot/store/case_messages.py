"""What is told to reporters, as sentences: claim, settle, put back, wake; nobody is doubled.

A row is claimed under a lease; whoever dies with it leaves it uncertain, and it is never sent
again by itself. An address is opened here only, in the memory of the process that sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.claims import CaseMessage
from bot.model import Address, Reply
from bot.store import schema
from bot.store.claim_records import claim_of, person_key, read_or_none
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.ready import ready
from bot.store.replies import mark_unreachable
from bot.store.reporters import Reporters, SealedAddress
from bot.store.rows import in_utc
from bot.store.seal import Unsealable

LEASE = timedelta(minutes=5)
MAX_TRIES = 3
_MESSAGE, _REPORT = schema.report_message.c, schema.report.c
_VERDICTS = ("verdict", "correction")


class CaseMessages:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, codecs: Codecs, reporters: Reporters) -> None:
        self._writes = writes
        self._codecs = codecs
        self._reporters = reporters

    async def claim(
        self, holder: str, now: datetime, limit: int
    ) -> tuple[tuple[CaseMessage, Address], ...]:
        """Takes what is ripe; what cannot be addressed any more is settled at once."""
        rows = await self._writes.run(lambda c: _claim(c, holder, now, limit))
        found, lost = [], []
        for row, claim in rows:
            try:
                to = self._reporters.open(SealedAddress(row.under, row.wrapped, row.address))
            except (Unsealable, TypeError):
                lost.append(row.id)
                continue
            message = CaseMessage(
                row.id,
                row.report_id,
                row.kind,
                row.language,
                claim_of(claim, self._codecs),
                read_or_none(self._codecs.question, row.sealed) or "",
                in_utc(row.expires_at),
            )
            found.append((message, to))
        for one in lost:
            await self.settle(one, "unreachable")
        return tuple(found)

    async def settle(self, message_id: int, state: str, told: int = 0) -> None:
        """`told` is the revision of the finding that may have arrived."""
        await self._writes.run(lambda c: _settle(c, message_id, state, told))

    async def put_back(self, message_id: int, not_before: datetime, *, counts: bool) -> None:
        """Queued again for later; after the third try it has failed. Not what was given up."""
        values = {"state": "queued", "not_before": not_before, "held_by": None, "lease_until": None}
        mine = update(schema.report_message).where(_MESSAGE.id == message_id)

        def change(connection: Connection) -> None:
            going = mine.where(_MESSAGE.state == "sending")
            connection.execute(going.values(tries=_MESSAGE.tries + int(counts), **values))
            spent = mine.where(_MESSAGE.state == "queued", _MESSAGE.tries >= MAX_TRIES)
            connection.execute(spent.values(state="failed"))

        await self._writes.run(change)

    async def mark_unreachable(self, message_id: int, address: Address) -> None:
        def change(connection: Connection) -> None:
            _settle(connection, message_id, "unreachable", 0)
            mark_unreachable(connection, address)

        await self._writes.run(change)

    async def keep_for_page(
        self, message: CaseMessage, address_id: int, reply: Reply, now: datetime
    ) -> int:
        """It waits until the page has acknowledged it; its number there."""
        sealed = self._codecs.reply.write(reply)
        row = {"address_id": address_id, "number": 0, "sealed": sealed, "created_at": now}
        added = insert(schema.reply).values(row).returning(schema.reply.c.id)

        def change(connection: Connection) -> int:
            _settle(connection, message.id, "sent", message.claim.revision)
            return int(connection.execute(added).scalar_one())

        return await self._writes.run(change)

    async def find(self, address: Address) -> int:
        """The number of an address that may be written to, 0: it is gone, takes nothing, or its
        person has left."""
        one, person = schema.address.c, schema.person.c
        mine = (one.channel == address.channel, one.address == address.address)
        query = select(one.id).join(schema.person, person.id == one.person_id)
        query = query.where(*mine, one.is_unreachable.is_(False), person.has_stopped.is_(False))
        found = await self._writes.run(lambda c: c.execute(query).scalar_one_or_none())
        return int(found or 0)

    async def give_up_leases(self, now: datetime) -> int:
        """What a dead process was sending is uncertain from now on."""
        lost = (_MESSAGE.state == "sending", _MESSAGE.lease_until < now)

        def change(connection: Connection) -> int:
            rows = connection.execute(select(_MESSAGE.id).where(*lost)).scalars().all()
            for one in rows:
                _settle(connection, one, "uncertain", -1)
            return len(rows)

        return await self._writes.run(change)


# Built once: each message on Zalo runs it.
_WAKING = ready(
    update(schema.report_message)
    .where(
        _MESSAGE.report_id.in_(select(_REPORT.id).where(_REPORT.person_key == bindparam("whose"))),
        _MESSAGE.state == "waiting",
    )
    .values(state="queued", not_before=bindparam("now", type_=_MESSAGE.not_before.type))
)


def wake(connection: Connection, codecs: Codecs, person_id: int, now: datetime) -> None:
    """What waited for this person's next contact may go now."""
    _WAKING.change(connection, {"whose": person_key(codecs, person_id), "now": now})


def _claim(connection: Connection, holder: str, now: datetime, limit: int) -> list[tuple[Any, Any]]:
    ripe = (
        select(_MESSAGE.id)
        .where(_MESSAGE.state == "queued", _MESSAGE.not_before <= now)
        .order_by(_MESSAGE.not_before, _MESSAGE.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(ripe).scalars().all()
    taken = {"state": "sending", "held_by": holder, "lease_until": now + LEASE}
    connection.execute(update(schema.report_message).where(_MESSAGE.id.in_(ids)).values(taken))
    query = select(
        _MESSAGE.id,
        _MESSAGE.kind,
        _MESSAGE.sealed,
        _MESSAGE.report_id,
        _REPORT.under,
        _REPORT.wrapped,
        _REPORT.sealed.label("address"),
        _REPORT.language,
        _REPORT.claim_id,
        _REPORT.expires_at,
    ).join(schema.report)
    rows = connection.execute(query.where(_MESSAGE.id.in_(ids)).order_by(_MESSAGE.id)).all()
    claims = _claims(connection, rows)
    return [(row, claims[row.claim_id]) for row in rows]


def _claims(connection: Connection, rows: Sequence[Any]) -> dict[int, Any]:
    wanted = {row.claim_id for row in rows}
    query = select(schema.claim).where(schema.claim.c.id.in_(wanted))
    return {row.id: row for row in connection.execute(query)}


def _settle(connection: Connection, message_id: int, state: str, told: int) -> None:
    """`told` -1: whichever is in force."""
    ended = {"state": state, "held_by": None, "lease_until": None}
    if state != "waiting":
        ended["sealed"] = None
    mine = update(schema.report_message).where(_MESSAGE.id == message_id)
    connection.execute(mine.values(ended))
    if not told:
        return
    of = select(_MESSAGE.report_id).where(_MESSAGE.id == message_id, _MESSAGE.kind.in_(_VERDICTS))
    current = (
        select(schema.claim.c.revision)
        .where(schema.claim.c.id == _REPORT.claim_id)
        .scalar_subquery()
    )
    value = current if told < 0 else told
    connection.execute(update(schema.report).where(_REPORT.id.in_(of)).values(told=value))
