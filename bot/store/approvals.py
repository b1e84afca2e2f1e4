"""Who is asked to approve a campaign: on every chat of theirs, and what became of each request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, union, update

from bot.campaigns import AWAITING
from bot.model import Parcel
from bot.store import schema
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.preference import has_agreed
from bot.store.rows import in_utc

_REQUEST, _DELIVERY, _CAMPAIGN = schema.approval_request.c, schema.delivery.c, schema.campaign.c
_OFFICER, _DEPUTY = schema.officer.c, schema.deputy.c
_ON_ITS_WAY = ("queued", "sending", "waiting", "uncertain")


@dataclass(frozen=True, slots=True)
class Asked:
    """An office that was asked; `state` is `has`, `waits` or `lost`, the best of its chats."""

    office_id: int
    state: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An office that has a request and was not reminded of it yet, with its officer's hours."""

    campaign_id: int
    office_id: int
    asked_at: datetime
    zone: str | None
    quiet: str | None


class Approvals:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def asked(self, campaign_id: int) -> tuple[Asked, ...]:
        """The offices that were asked, in that order."""
        return await self._reads.run(lambda c: _asked(c, campaign_id))

    async def reachable(self, today: date) -> frozenset[int]:
        """The offices whose officer, or who stands in today, can be written to somewhere."""
        return await self._reads.run(lambda c: _reachable(c, today))

    async def unanswered(self) -> tuple[Unanswered, ...]:
        return await self._reads.run(_unanswered)

    async def remind(self, one: Unanswered, now: datetime, today: date) -> None:
        """Once more to all chats, unless it was decided meanwhile."""
        offices = (one.office_id,)
        await self._writes.run(
            lambda c: ask(c, self._codecs, one.campaign_id, offices, now, today, is_reminder=True)
        )


def ask(
    connection: Connection,
    codecs: Codecs,
    campaign_id: int,
    offices: Sequence[int],
    now: datetime,
    today: date,
    *,
    is_reminder: bool = False,
) -> bool:
    """Queues a request for each chat of those offices; False when it is decided already.

    A chat for which one is still on its way gets no second. Deputies stand in by the day it is
    in the house's zone: `today`.
    """
    mine = select(_CAMPAIGN.written_by).where(
        _CAMPAIGN.id == campaign_id, _CAMPAIGN.state == AWAITING
    )
    author = connection.execute(mine.with_for_update()).scalar_one_or_none()
    if author is None:
        return False
    if is_reminder:  # another process may have been quicker
        offices = [one for one in offices if one not in _reminded(connection, campaign_id)]
    own = set(people_of(connection, author, today))
    made: dict[int, list[int]] = {}
    for office_id in offices:
        people = [one for one in people_of(connection, office_id, today) if one not in own]
        found: list[int] = []
        for person_id in people:
            if person_id not in made:
                made[person_id] = _tell(connection, codecs, campaign_id, person_id, now)
            found += made[person_id]
        same = {"campaign_id": campaign_id, "officer_id": office_id, "asked_at": now,
                "is_reminder": is_reminder}  # fmt: skip
        numbers: list[int | None] = [*found] or [None]
        rows = [{**same, "delivery_id": number} for number in numbers]
        connection.execute(insert(schema.approval_request), rows)
    return True


def _reminded(connection: Connection, campaign_id: int) -> Sequence[int]:
    query = select(_REQUEST.officer_id).where(
        _REQUEST.campaign_id == campaign_id, _REQUEST.is_reminder.is_(True)
    )
    return connection.execute(query).scalars().all()


def withdraw(connection: Connection, campaign_id: int) -> None:
    """It is decided: what was not said yet never is, and who was asked is forgotten."""
    theirs = select(_REQUEST.delivery_id).where(_REQUEST.campaign_id == campaign_id)
    unsaid = select(_DELIVERY.id).where(
        _DELIVERY.id.in_(theirs), _DELIVERY.state.in_(("queued", "waiting"))
    )
    ids = connection.execute(unsaid).scalars().all()
    if ids:
        connection.execute(delete(schema.reply).where(schema.reply.c.delivery_id.in_(ids)))
        gone = update(schema.delivery).where(_DELIVERY.id.in_(ids))
        connection.execute(gone.values(state="dropped", sealed=b""))
    table = schema.approval_request
    connection.execute(delete(table).where(_REQUEST.campaign_id == campaign_id))


def people_of(connection: Connection, office_id: int, today: date) -> Sequence[int]:
    """Who holds the office, and who stands in for it today."""
    holder = select(_OFFICER.person_id).where(_OFFICER.id == office_id)
    deputy = select(_DEPUTY.person_id).where(
        _DEPUTY.officer_id == office_id, _DEPUTY.from_on <= today, _DEPUTY.until_on >= today
    )
    return connection.execute(union(holder, deputy)).scalars().all()


def _tell(
    connection: Connection, codecs: Codecs, campaign_id: int, person_id: int, now: datetime
) -> list[int]:
    """The numbers of the messages to each of their chats that can be reached."""
    address, person = schema.address.c, schema.person.c
    on_its_way = (
        select(_DELIVERY.id)
        .join(schema.approval_request, _REQUEST.delivery_id == _DELIVERY.id)
        .where(
            _REQUEST.campaign_id == campaign_id,
            _DELIVERY.only_address_id == address.id,
            _DELIVERY.state.in_(_ON_ITS_WAY[:3]),
        )
    )
    chats = (
        select(address.id)
        .join(schema.person, person.id == address.person_id)
        .where(address.person_id == person_id, _may_be_written_to(), ~on_its_way.exists())
        .order_by(address.id)
    )
    sealed = codecs.parcel.write(Parcel("notice", label=f"campaign-asks:{campaign_id}"))
    made = []
    for address_id in connection.execute(chats).scalars().all():
        row = {"person_id": person_id, "sealed": sealed, "state": "queued", "not_before": now,
               "created_at": now, "only_address_id": address_id}  # fmt: skip
        added = insert(schema.delivery).values(row).returning(_DELIVERY.id)
        made.append(int(connection.execute(added).scalar_one()))
    return made


def _may_be_written_to() -> Any:
    """As for every notice: who has not left, at a chat that still takes something."""
    address, person = schema.address.c, schema.person.c
    has_not_left = or_(has_agreed(), person.has_stopped.is_(False))
    return and_(address.is_unreachable.is_(False), has_not_left)


def _asked(connection: Connection, campaign_id: int) -> tuple[Asked, ...]:
    query = (
        select(_REQUEST.officer_id, _REQUEST.asked_at, _DELIVERY.state)
        .outerjoin(schema.delivery, _DELIVERY.id == _REQUEST.delivery_id)
        .where(_REQUEST.campaign_id == campaign_id)
        .order_by(_REQUEST.id)
    )
    states: dict[int, set[str]] = {}
    times: dict[int, datetime] = {}
    for row in connection.execute(query):
        states.setdefault(row.officer_id, set()).add(_as_told(row.state))
        times[row.officer_id] = in_utc(row.asked_at) or row.asked_at
    order = ("has", "waits", "lost")
    return tuple(
        Asked(number, next(state for state in order if state in found), times[number])
        for number, found in states.items()
    )


def _as_told(state: str | None) -> str:
    if state == "sent":
        return "has"
    return "waits" if state in _ON_ITS_WAY else "lost"


def _reachable(connection: Connection, today: date) -> frozenset[int]:
    address, person = schema.address.c, schema.person.c
    people = (
        select(address.person_id)
        .join(schema.person, person.id == address.person_id)
        .where(_may_be_written_to())
    )
    held = select(_OFFICER.id).where(_OFFICER.person_id.in_(people))
    lent = select(_DEPUTY.officer_id).where(
        _DEPUTY.person_id.in_(people), _DEPUTY.from_on <= today, _DEPUTY.until_on >= today
    )
    return frozenset(connection.execute(union(held, lent)).scalars())


def _unanswered(connection: Connection) -> tuple[Unanswered, ...]:
    """What was said to somebody and is not decided; each office once, with its last request."""
    person = schema.person.c
    query = (
        select(
            _REQUEST.campaign_id, _REQUEST.officer_id, _REQUEST.asked_at, _REQUEST.is_reminder,
            _DELIVERY.state, person.zone, person.quiet,
        )
        .join(schema.campaign, _CAMPAIGN.id == _REQUEST.campaign_id)
        .join(schema.officer, _OFFICER.id == _REQUEST.officer_id)
        .join(schema.person, person.id == _OFFICER.person_id)
        .outerjoin(schema.delivery, _DELIVERY.id == _REQUEST.delivery_id)
        .where(_CAMPAIGN.state == AWAITING)
        .order_by(_REQUEST.id)
    )  # fmt: skip
    found: dict[tuple[int, int], Unanswered] = {}
    have, reminded = set(), set()
    for row in connection.execute(query):
        key = (row.campaign_id, row.officer_id)
        at = in_utc(row.asked_at) or row.asked_at
        found[key] = Unanswered(*key, at, row.zone, row.quiet)
        if row.state == "sent":
            have.add(key)
        if row.is_reminder:
            reminded.add(key)
    return tuple(one for key, one in found.items() if key in have - reminded)
