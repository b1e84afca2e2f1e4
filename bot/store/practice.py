"""What people answered in practice: kept so that it comes back, forgotten half a year later."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from bot.model import Person, Remembered
from bot.store import schema
from bot.store.groups import Groups
from bot.store.rows import in_utc, upsert, written

KEPT = timedelta(days=180)
_PRACTICE = schema.practice.c


class Practice:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups) -> None:
        self._writes = writes
        self._reads = reads

    async def of(self, person: Person) -> tuple[Remembered, ...]:
        """What the person answered; also questions that may have left the bank since."""
        query = select(schema.practice).where(_PRACTICE.person_id == person.id)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(_remembered(row) for row in rows)

    async def keep_only(self, questions: Collection[str]) -> int:
        """Forgets what was answered to questions that are in the bank no more; how often."""
        gone = delete(schema.practice).where(_PRACTICE.question.not_in(tuple(questions)))
        return await self._writes.run(lambda c: c.execute(gone).rowcount)


def _remembered(row: Row[Any]) -> Remembered:
    due_at, answered_at = in_utc(row.due_at), in_utc(row.answered_at)
    assert due_at is not None
    assert answered_at is not None
    return Remembered(row.question, row.step, due_at, answered_at)


def keep(
    connection: Connection, person_id: int, remembered: Remembered, asked_at: datetime
) -> None:
    """Keeps an answer, unless the same was answered since it was asked (on another chat)."""
    values = {
        "step": remembered.step,
        "due_at": written(remembered.due_at),
        "answered_at": written(remembered.answered_at),
    }
    row = {"person_id": person_id, "question": remembered.question, **values}
    statement = upsert(connection, schema.practice).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=schema.practice.primary_key,
            set_=values,
            where=_PRACTICE.answered_at < written(asked_at),
        )
    )


def forget(connection: Connection, person_id: int) -> None:
    connection.execute(delete(schema.practice).where(_PRACTICE.person_id == person_id))


def join(connection: Connection, kept_id: int, other_id: int) -> None:
    """Of a question that both answered the later answer stays."""
    both = select(schema.practice).where(_PRACTICE.person_id.in_((kept_id, other_id)))
    rows = connection.execute(both.order_by(_PRACTICE.answered_at)).all()
    newest = {row.question: row.person_id for row in rows}
    for question, whose in newest.items():
        other = other_id if whose == kept_id else kept_id
        older = (_PRACTICE.person_id == other) & (_PRACTICE.question == question)
        connection.execute(delete(schema.practice).where(older))
    moved = update(schema.practice).where(_PRACTICE.person_id == other_id)
    connection.execute(moved.values(person_id=kept_id))


def tidy(connection: Connection, now: datetime) -> None:
    """An answer that is half a year old is nobody's any more."""
    connection.execute(delete(schema.practice).where(_PRACTICE.answered_at < now - KEPT))
