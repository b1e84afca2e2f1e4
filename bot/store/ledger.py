"""The SQL of a campaign's recipients: a row each, claimed by one sender, settled in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, insert, literal, select, update

from bot.audience import Audience
from bot.store import schema
from bot.store.audiences import conditions
from bot.store.preference import best_first
from bot.store.rows import in_utc, upsert

LEASE = timedelta(seconds=15)
# Clocks of machines differ; a longer lease is from before the clock was set back.
BELIEVED = 4 * LEASE
PERSON_KEPT = timedelta(days=30)
DRAFT_KEPT = timedelta(days=30)
STATES = (
    "queued", "sending", "sent", "waiting", "failed", "unreachable", "uncertain", "dropped",
)  # fmt: skip
_ROW, _PERSON, _ADDRESS = schema.recipient.c, schema.person.c, schema.address.c
_SENDER = schema.bulk_sender.c

# From when on somebody with that zone and those quiet hours may be written to.
Allowed = Callable[[str | None, str | None], datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient: the new state, and when queued again, from when on."""

    id: int
    state: str
    reason: str | None = None
    not_before: datetime | None = None
    counts: bool = False


def launch(
    connection: Connection,
    campaign_id: int,
    audience: Audience,
    topic: str | None,
    allowed: Allowed,
) -> int:
    """Writes a row for everybody in the audience, in one statement; how many they are."""
    rank = func.row_number().over(partition_by=_PERSON.id, order_by=best_first()).label("rank")
    language = func.coalesce(_PERSON.language, "vi").label("language")
    ranked = (
        select(
            _PERSON.id.label("person_id"),
            _ADDRESS.id.label("address_id"),
            _ADDRESS.channel,
            language,
            _not_before(connection, audience, topic, allowed),
            rank,
        )
        .select_from(schema.person.join(schema.address))
        .where(_ADDRESS.is_unreachable.is_(False), *conditions(audience, topic))
        .subquery()
    )
    names = ("person_id", "address_id", "channel", "language", "not_before")
    found = select(literal(campaign_id), literal("queued"), *(ranked.c[name] for name in names))
    written = insert(schema.recipient).from_select(
        ["campaign_id", "state", *names],
        found.where(ranked.c.rank == 1).order_by(ranked.c.person_id),
    )
    return connection.execute(written).rowcount


def _not_before(
    connection: Connection, audience: Audience, topic: str | None, allowed: Allowed
) -> Any:
    """Everybody's own hours, as one expression over the few pairs of zone and quiet hours."""
    pairs = (
        select(_PERSON.zone, _PERSON.quiet)
        .select_from(schema.person.join(schema.address))
        .where(*conditions(audience, topic))
        .distinct()
    )
    usual = literal(allowed(None, None), type_=_ROW.not_before.type)
    own = [
        (and_(_is(_PERSON.zone, zone), _is(_PERSON.quiet, quiet)),
         literal(allowed(zone, quiet), type_=_ROW.not_before.type))
        for zone, quiet in connection.execute(pairs)
        if zone or quiet
    ]  # fmt: skip
    return (case(*own, else_=usual) if own else usual).label("not_before")


def _is(column: Any, value: str | None) -> Any:
    return column.is_(None) if value is None else column == value


def hold(
    connection: Connection, channel: str, holder: str, now: datetime, *, is_idle: bool = False
) -> bool:
    """Takes or keeps the right to send in bulk on a channel.

    What a lost holder was sending is uncertain from then on, and so is what an idle one has lost
    sight of: a claim whose commit was never confirmed.
    """
    table = schema.bulk_sender
    row = connection.execute(
        select(table).where(_SENDER.channel == channel).with_for_update()
    ).first()
    if row is not None and row.held_by != holder:
        left = (in_utc(row.lease_until) or now) - now
        if timedelta() < left <= BELIEVED:
            return False
    values = {"held_by": holder, "lease_until": now + LEASE}
    taken = upsert(connection, table).values(channel=channel, **values)
    connection.execute(taken.on_conflict_do_update(index_elements=["channel"], set_=values))
    if is_idle or row is None or row.held_by != holder:
        campaign = schema.campaign.c
        open_ones = select(campaign.id).where(
            campaign.state.in_(("running", "paused", "cancelled"))
        )
        lost = (_ROW.campaign_id.in_(open_ones), _ROW.state == "sending", _ROW.channel == channel)
        statement = update(schema.recipient).where(*lost)
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
    ripe = (
        select(_ROW.id)
        .where(
            _ROW.campaign_id == campaign_id,
            _ROW.channel == channel,
            _ROW.state == "queued",
            _ROW.not_before <= now,
        )
        .order_by(_ROW.not_before, _ROW.id)
        .limit(limit)
        .with_for_update()  # who leaves or cancels meanwhile was first, or waits
    )
    ids = connection.execute(ripe).scalars().all()
    if not ids:
        return [], 0
    rows = connection.execute(_addressed(ids)).all()
    going = [row for row in rows if row.consent_version is not None and not row.is_unreachable]
    silent = {row.id for row in rows if row.is_unreachable}
    left = set(ids) - {row.id for row in going} - silent
    _mark(connection, [row.id for row in going], "sending")
    _mark(connection, sorted(left), "dropped")
    _mark(connection, sorted(silent), "unreachable")
    return going, len(ids)


def _addressed(ids: Sequence[int]) -> Any:
    return (
        select(
            _ROW.id,
            _ROW.person_id,
            _ROW.language,
            _ROW.tries,
            _ROW.address_id,
            _ADDRESS.channel,
            _ADDRESS.address,
            _ADDRESS.is_unreachable,
            _PERSON.consent_version,
            _PERSON.zone,
            _PERSON.quiet,
        )
        .join(schema.person, _PERSON.id == _ROW.person_id)
        .join(
            schema.address, and_(_ADDRESS.id == _ROW.address_id, _ADDRESS.person_id == _PERSON.id)
        )
        .where(_ROW.id.in_(ids))
        .order_by(_ROW.id)
    )


def _mark(connection: Connection, ids: Sequence[int], state: str) -> None:
    if ids:
        connection.execute(update(schema.recipient).where(_ROW.id.in_(ids)).values(state=state))


def settle(connection: Connection, outcomes: Iterable[Outcome]) -> None:
    """Writes what became of those that were being sent, a statement for each kind."""
    kinds: dict[tuple[Any, ...], list[int]] = {}
    for one in outcomes:
        kind = (one.state, one.reason, one.not_before, one.counts)
        kinds.setdefault(kind, []).append(one.id)
    for (state, reason, not_before, counts), ids in kinds.items():
        values: dict[str, Any] = {"state": state, "reason": reason}
        if not_before is not None:
            values["not_before"] = not_before
        if counts:
            values["tries"] = _ROW.tries + 1
        mine = update(schema.recipient).where(_ROW.id.in_(ids), _ROW.state == "sending")
        connection.execute(mine.values(values))


def let_wait(
    connection: Connection, recipient_id: int, person_id: int, parcel: bytes, now: datetime
) -> int:
    """Hands the row over to what waits for somebody's next contact; the number it has there.

    0 when the row is not this sender's any more.
    """
    row = {
        "person_id": person_id,
        "sealed": parcel,
        "state": "waiting",
        "not_before": now,
        "created_at": now,
    }
    added = insert(schema.delivery).values(row).returning(schema.delivery.c.id)
    delivery_id = int(connection.execute(added).scalar_one())
    mine = update(schema.recipient).where(_ROW.id == recipient_id, _ROW.state == "sending")
    if connection.execute(mine.values(state="waiting", delivery_id=delivery_id)).rowcount:
        return delivery_id
    connection.execute(delete(schema.delivery).where(schema.delivery.c.id == delivery_id))
    return 0


def follow_deliveries(connection: Connection, campaign_id: int) -> None:
    """Takes over what has become of those that waited."""
    delivery = schema.delivery
    became = select(delivery.c.state).where(delivery.c.id == _ROW.delivery_id).scalar_subquery()
    over = ("sent", "failed", "unreachable", "uncertain", "dropped")
    settled = select(delivery.c.id).where(
        delivery.c.id == _ROW.delivery_id, delivery.c.state.in_(over)
    )
    mine = (_ROW.campaign_id == campaign_id, _ROW.state == "waiting", settled.exists())
    connection.execute(update(schema.recipient).where(*mine).values(state=became))


def tally(connection: Connection, campaign_id: int) -> Mapping[str, int]:
    """How many are in which state; they sum to the audience."""
    query = select(_ROW.state, func.count()).where(_ROW.campaign_id == campaign_id)
    found = {row[0]: row[1] for row in connection.execute(query.group_by(_ROW.state))}
    return {state: found.get(state, 0) for state in STATES}


def change_state(
    connection: Connection, campaign_id: int, before: Sequence[str], after: str, now: datetime
) -> int:
    """Moves rows on at an officer's word: queued to dropped, uncertain or failed to queued."""
    mine = (_ROW.campaign_id == campaign_id, _ROW.state.in_(tuple(before)))
    values: dict[str, Any] = {"state": after, "reason": None}
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
    connection.execute(update(schema.recipient).where(*mine).values(state="dropped"))


def drop_doubled(connection: Connection, kept_id: int, other_id: int) -> None:
    """Two persons become one: what both were to get is sent once."""
    theirs = select(_ROW.campaign_id).where(_ROW.person_id == kept_id)
    mine = (_ROW.person_id == other_id, _ROW.state == "queued", _ROW.campaign_id.in_(theirs))
    connection.execute(update(schema.recipient).where(*mine).values(state="dropped"))
