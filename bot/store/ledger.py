"""The SQL of a campaign's recipients: a row each, claimed by one sender, settled in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.consents import holds
from bot.store import schema
from bot.store.rows import in_utc, quarter_hour, upsert

LEASE = timedelta(seconds=15)
RENEWED = timedelta(seconds=12)  # with less than that left it is written anew
# Clocks of machines differ; a longer lease is from before the clock was set back.
BELIEVED = 4 * LEASE
PERSON_KEPT = timedelta(days=30)
DRAFT_KEPT = timedelta(days=30)
STATES = (
    "queued", "sending", "sent", "waiting", "failed", "unreachable", "uncertain", "dropped",
)  # fmt: skip
# What somebody has got, or may have, or will.
_ON_ITS_WAY = ("sending", "sent", "waiting", "uncertain")
# What cannot be edited is queued anew for this reason: a message is sent instead.
INSTEAD = "instead"
_LARGEST = 2**31 - 1  # that a column of four bytes holds
_ROW, _PERSON, _ADDRESS = schema.recipient.c, schema.person.c, schema.address.c
_SENDER = schema.bulk_sender.c

# What each exchange runs is built once: building it anew cost more than running it.
_HOLDER = select(schema.bulk_sender).where(_SENDER.channel == bindparam("name")).with_for_update()
_RIPE = (
    select(_ROW.id)
    .where(
        _ROW.campaign_id == bindparam("campaign"),
        _ROW.channel == bindparam("name"),
        _ROW.state == "queued",
        _ROW.not_before <= bindparam("now", type_=_ROW.not_before.type),
    )
    .order_by(_ROW.not_before, _ROW.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update()  # who leaves or cancels meanwhile was first, or waits
)
_ADDRESSED = (
    select(
        _ROW.id,
        _ROW.person_id,
        _ROW.language,
        _ROW.tries,
        _ROW.address_id,
        _ROW.message_number,
        _ADDRESS.channel,
        _ADDRESS.address,
        _ADDRESS.is_unreachable,
        _PERSON.consent_version,
        _PERSON.zone,
        _PERSON.quiet,
    )
    .join(schema.person, _PERSON.id == _ROW.person_id)
    .join(schema.address, and_(_ADDRESS.id == _ROW.address_id, _ADDRESS.person_id == _PERSON.id))
    .where(_ROW.id.in_(bindparam("ids", expanding=True)))
    .order_by(_ROW.id)
)
_MARK = (
    update(schema.recipient)
    .where(_ROW.id == bindparam("row"))
    .values(state=bindparam("to"), reason=bindparam("why"))
)
# Of all that is settled only what arrived has a time.
_OVER = _MARK.where(_ROW.state == "sending").values(arrived=bindparam("when", type_=Integer))
_ARRIVED = _OVER.where(_ROW.message_number.is_(None)).values(message_number=bindparam("taken"))
# Who comes too late with an edit must not settle the message that is sent instead of it.
_SETTLE = {
    False: _OVER.where(_ROW.message_number.is_(None)),
    True: _OVER.where(_ROW.message_number.is_not(None)),
}
_AGAIN = {
    changes: one.values(
        not_before=bindparam("at", type_=_ROW.not_before.type),
        tries=_ROW.tries + bindparam("more"),
    )
    for changes, one in _SETTLE.items()
}
_INSTEAD = _AGAIN[True].values(message_number=None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient: the new state, and when queued again, from when on."""

    id: int
    state: str
    reason: str | None = None
    not_before: datetime | None = None
    counts: bool = False
    # The platform's number of what has arrived.
    number: int | None = None
    # Of an edit or deletion: what may be done again, unlike a message.
    changes: bool = False


def hold(
    connection: Connection, channel: str, holder: str, now: datetime, *, is_idle: bool = False
) -> bool:
    """Takes or keeps the right to send in bulk on a channel.

    What a lost holder was sending is uncertain from then on, and so is what an idle one has lost
    sight of: a claim whose commit was never confirmed.
    """
    table = schema.bulk_sender
    row = connection.execute(_HOLDER, {"name": channel}).first()
    left = (in_utc(row.lease_until) or now) - now if row is not None else timedelta()
    is_mine = row is not None and row.held_by == holder
    if not is_mine and timedelta() < left <= BELIEVED:
        return False
    if is_mine and not is_idle and RENEWED < left <= LEASE:
        return True
    values = {"held_by": holder, "lease_until": now + LEASE}
    taken = upsert(connection, table).values(channel=channel, **values)
    connection.execute(taken.on_conflict_do_update(index_elements=["channel"], set_=values))
    if is_idle or not is_mine:
        campaign = schema.campaign.c
        open_ones = select(campaign.id).where(
            campaign.state.in_(("running", "paused", "cancelled"))
        )
        lost = (_ROW.campaign_id.in_(open_ones), _ROW.state == "sending", _ROW.channel == channel)
        statement = update(schema.recipient).where(*lost)
        # An edit or a deletion changes nothing when it is done a second time.
        again = statement.where(_ROW.message_number.is_not(None))
        connection.execute(again.values(state="queued"))
        connection.execute(statement.values(state="uncertain", reason="lost-sender"))
    return True


def release(connection: Connection, holder: str, now: datetime) -> None:
    """Nothing is being sent any more by this holder: another may begin at once."""
    mine = update(schema.bulk_sender).where(_SENDER.held_by == holder)
    connection.execute(mine.values(lease_until=now))


def claim(
    connection: Connection, campaign_id: int, channel: str, now: datetime, limit: int
) -> tuple[Sequence[Any], int]:
    """Marks up to `limit` ripe rows as being sent, and how many were looked at.

    Who left since then is dropped.
    """
    asked = {"campaign": campaign_id, "name": channel, "now": now, "most": limit}
    ids = connection.execute(_RIPE, asked).scalars().all()
    if not ids:
        return [], 0
    rows = connection.execute(_ADDRESSED, {"ids": ids}).all()
    going = [row for row in rows if holds(row.consent_version) and not row.is_unreachable]
    silent = {row.id for row in rows if row.is_unreachable}
    left = set(ids) - {row.id for row in going} - silent
    _mark(connection, [row.id for row in going], "sending")
    _mark(connection, sorted(left), "dropped", "left")
    _mark(connection, sorted(silent), "unreachable")
    return going, len(ids)


def _mark(
    connection: Connection, ids: Sequence[int], state: str, reason: str | None = None
) -> None:
    if ids:
        connection.execute(_MARK, [{"row": one, "to": state, "why": reason} for one in ids])


def settle(connection: Connection, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Writes what became of those that were being sent, many with one statement."""
    kinds: dict[Any, list[dict[str, Any]]] = {}
    for one in outcomes:
        statement, values = _settling(one, quarter_hour(now))
        kinds.setdefault(statement, []).append(values)
    for statement, rows in kinds.items():
        connection.execute(statement, rows)


def _settling(one: Outcome, moment: int) -> tuple[Update, dict[str, Any]]:
    values: dict[str, Any] = {"row": one.id, "to": one.state, "why": one.reason}
    values["when"] = moment if one.state == "sent" else None
    if one.number is not None and one.number <= _LARGEST:
        return _ARRIVED, {**values, "taken": one.number}
    if one.not_before is None:
        return _SETTLE[one.changes], values
    values |= {"at": one.not_before, "more": int(one.counts)}
    if one.reason == INSTEAD:
        return _INSTEAD, {**values, "why": None}
    return _AGAIN[one.changes], values


def let_wait(connection: Connection, recipient_id: int, parcel: bytes, now: datetime) -> int:
    """Hands the row over to what waits for somebody's next contact; the number it has there.

    0 when the row is not this sender's any more, or its person has left meanwhile.
    """
    mine = (_ROW.id == recipient_id, _ROW.state == "sending")
    # Whose it is now: two chats may have become one while the platform was asked.
    asked = select(_ROW.person_id).where(*mine).with_for_update()
    person_id = connection.execute(asked).scalar_one_or_none()
    here = select(_PERSON.id).where(_PERSON.id == person_id, _PERSON.has_stopped.is_(False))
    if connection.execute(here).first() is None:
        left = update(schema.recipient).where(*mine)
        connection.execute(left.values(state="dropped", reason="left"))
        return 0
    row = {
        "person_id": person_id,
        "sealed": parcel,
        "state": "waiting",
        "not_before": now,
        "created_at": now,
    }
    added = insert(schema.delivery).values(row).returning(schema.delivery.c.id)
    delivery_id = int(connection.execute(added).scalar_one())
    waits = update(schema.recipient).where(*mine)
    connection.execute(waits.values(state="waiting", delivery_id=delivery_id))
    return delivery_id


def follow_deliveries(connection: Connection, campaign_id: int) -> None:
    """Takes over what has become of those that waited."""
    delivery = schema.delivery
    its_own = delivery.c.id == _ROW.delivery_id
    became = select(delivery.c.state).where(its_own).scalar_subquery()
    arrived = select(delivery.c.arrived).where(its_own).scalar_subquery()
    over = ("sent", "failed", "unreachable", "uncertain", "dropped")
    settled = select(delivery.c.id).where(
        delivery.c.id == _ROW.delivery_id, delivery.c.state.in_(over)
    )
    mine = (_ROW.campaign_id == campaign_id, _ROW.state == "waiting", settled.exists())
    taken = {"state": became, "arrived": arrived}
    connection.execute(update(schema.recipient).where(*mine).values(taken))


def tally(connection: Connection, campaign_id: int) -> Mapping[str, int]:
    """How many are in which state; they sum to the audience."""
    query = select(_ROW.state, func.count()).where(_ROW.campaign_id == campaign_id)
    found = {row[0]: row[1] for row in connection.execute(query.group_by(_ROW.state))}
    return {state: found.get(state, 0) for state in STATES}


def change_state(
    connection: Connection,
    campaign_id: int,
    before: Sequence[str],
    after: str,
    now: datetime,
    reason: str | None = None,
) -> int:
    """Moves rows on at an officer's word: queued to dropped, uncertain or failed to queued."""
    mine = (_ROW.campaign_id == campaign_id, _ROW.state.in_(tuple(before)))
    values: dict[str, Any] = {"state": after, "reason": reason}
    if after == "queued":
        values |= {"not_before": now, "tries": 0}
    return connection.execute(update(schema.recipient).where(*mine).values(values)).rowcount


def tidy(connection: Connection, now: datetime) -> None:
    """Rows lose their person when they are old, and drafts that nobody went on with are gone."""
    campaign = schema.campaign.c
    old = select(campaign.id).where(campaign.launched_at < now - PERSON_KEPT)
    known = (_ROW.campaign_id.in_(old), _ROW.person_id.is_not(None))
    forgotten = {"person_id": None, "address_id": None}
    connection.execute(update(schema.recipient).where(*known).values(forgotten))
    given_up = (campaign.state == "draft", campaign.changed_at < now - DRAFT_KEPT)
    connection.execute(delete(schema.campaign).where(*given_up))


def drop_person(connection: Connection, person_id: int) -> None:
    """Nothing that is still to come reaches somebody who left or was erased."""
    mine = (_ROW.person_id == person_id, _ROW.state.in_(("queued", "waiting")))
    connection.execute(update(schema.recipient).where(*mine).values(state="dropped", reason="left"))


def drop_doubled(connection: Connection, kept_id: int, other_id: int) -> None:
    """Two persons become one: what both were to get, or one has got, is sent once."""
    for one, twin, states in (
        (other_id, kept_id, ("queued", *_ON_ITS_WAY)),
        (kept_id, other_id, _ON_ITS_WAY),
    ):
        theirs = select(_ROW.campaign_id).where(_ROW.person_id == twin, _ROW.state.in_(states))
        mine = (_ROW.person_id == one, _ROW.state == "queued", _ROW.campaign_id.in_(theirs))
        doubled = {"state": "dropped", "reason": "joined"}
        connection.execute(update(schema.recipient).where(*mine).values(doubled))
