"""The SQL of what players are told unasked: one statement, however many they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    select,
)

from bot.contests import OPEN, Round
from bot.model import Parcel, Person
from bot.store import schema
from bot.store.codec import Codecs
from bot.store.preference import has_agreed
from bot.store.rows import in_utc, upsert

_ROUND, _ATTEMPT, _PERSON = schema.contest_round.c, schema.attempt.c, schema.person.c
_WISH, _DELIVERY = schema.round_wish.c, schema.delivery.c
# A wish is due so much before the end, or when half of a shorter round is over.
_DAY_SECONDS = 86400.0


def tell_players(
    connection: Connection, codecs: Codecs, round_id: int, word: str, now: datetime
) -> None:
    """Queues the notice `word` to all who began an attempt and may still be written to."""
    theirs = exists().where(_ATTEMPT.round_id == round_id, _ATTEMPT.person_id == _PERSON.id)
    _tell(connection, codecs, theirs, f"{word}:{round_id}", now)


def tell_winners(connection: Connection, codecs: Codecs, round_id: int, now: datetime) -> None:
    """Each winner of the round hears of the prize."""
    won = exists().where(
        schema.contest_prize.c.round_id == round_id,
        schema.contest_prize.c.attempt_id == _ATTEMPT.id,
        _ATTEMPT.person_id == _PERSON.id,
    )
    _tell(connection, codecs, won, f"contest-prize:{round_id}", now)


def _tell(
    connection: Connection,
    codecs: Codecs,
    whom: ColumnElement[bool],
    label: str,
    now: datetime,
) -> None:
    """To those who have agreed to be written to, and have not left."""
    sealed: Any = bindparam("same", codecs.parcel.write(Parcel("notice", label=label)))
    when = bindparam("since", now, type_=_DELIVERY.created_at.type)
    query = select(_PERSON.id, sealed, literal("queued"), when, when).where(whom, has_agreed())
    columns = ["person_id", "sealed", "state", "not_before", "created_at"]
    connection.execute(insert(schema.delivery).from_select(columns, query))


def wish(connection: Connection, person: Person, one: Round) -> None:
    """The person wants to be reminded before the round closes."""
    row = {"round_id": one.id, "person_id": person.id}
    added = upsert(connection, schema.round_wish).values(row)
    connection.execute(added.on_conflict_do_nothing())


def end_wishes(connection: Connection, person_id: int) -> None:
    connection.execute(delete(schema.round_wish).where(_WISH.person_id == person_id))


def remind(connection: Connection, codecs: Codecs, now: datetime) -> int:
    """Queues what was wished for rounds that close soon, once; how many rounds.

    Who has handed in meanwhile is left in peace. A round that is closed needs no wishes any more.
    """
    waiting = select(_ROUND.id, _ROUND.state, _ROUND.opens_at, _ROUND.closes_at)
    waiting = waiting.where(_ROUND.id.in_(select(_WISH.round_id)))
    due = [row for row in connection.execute(waiting).all() if _is_due(row, now)]
    for row in due:
        if row.state == OPEN:
            wished = exists().where(_WISH.round_id == row.id, _WISH.person_id == _PERSON.id)
            handed = exists().where(
                _ATTEMPT.round_id == row.id,
                _ATTEMPT.person_id == _PERSON.id,
                _ATTEMPT.handed_at.is_not(None),
            )
            _tell(connection, codecs, and_(wished, ~handed), f"contest-soon:{row.id}", now)
        connection.execute(delete(schema.round_wish).where(_WISH.round_id == row.id))
    return len(due)


def _is_due(row: Any, now: datetime) -> bool:
    opens, closes = in_utc(row.opens_at), in_utc(row.closes_at)
    assert opens is not None
    assert closes is not None
    before = min(_DAY_SECONDS, (closes - opens).total_seconds() / 2)
    return (closes - now).total_seconds() <= before
