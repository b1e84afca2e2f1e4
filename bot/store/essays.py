"""Short texts beside attempts: written by who takes part, read by officers without a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from bot.contests import OPEN
from bot.store import schema
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.rows import upsert

_ESSAY, _ATTEMPT, _ROUND = schema.essay.c, schema.attempt.c, schema.contest_round.c


@dataclass(frozen=True, slots=True)
class Essay:
    """What was written, under the code of its attempt."""

    code: str
    text: str


class Essays:
    """Each method is one transaction."""

    def __init__(self, reads: Groups, codecs: Codecs) -> None:
        self._reads = reads
        self._codecs = codecs

    async def count(self, round_id: int) -> int:
        query = select(func.count()).select_from(schema.essay).join(schema.attempt)
        query = query.where(_ATTEMPT.round_id == round_id)
        return int(await self._reads.run(lambda c: c.execute(query).scalar_one()))

    async def at(self, round_id: int, place: int) -> Essay | None:
        """The one at that place, from 0, in the order of the codes: it says nothing of anybody."""
        query = select(_ATTEMPT.code, _ESSAY.sealed).join(schema.attempt)
        query = query.where(_ATTEMPT.round_id == round_id).order_by(_ATTEMPT.code)
        row = await self._reads.run(lambda c: c.execute(query.offset(place).limit(1)).first())
        return Essay(row.code, self._codecs.essay.read(row.sealed)) if row else None

    async def own(self, attempt_id: int) -> str:
        query = select(_ESSAY.sealed).where(_ESSAY.attempt_id == attempt_id)
        sealed = await self._reads.run(lambda c: c.execute(query).scalar_one_or_none())
        return self._codecs.essay.read(sealed) if sealed else ""


def write(
    connection: Connection,
    codecs: Codecs,
    person_id: int,
    attempt_id: int,
    text: str,
    now: datetime,
) -> None:
    """Keeps it beside the person's own attempt, as long as the round is open; empty: forgets it."""
    mine = select(_ATTEMPT.id).join(schema.contest_round)
    mine = mine.where(
        _ATTEMPT.id == attempt_id, _ATTEMPT.person_id == person_id, _ROUND.state == OPEN
    )
    if connection.execute(mine).first() is None:
        return
    if not text:
        connection.execute(delete(schema.essay).where(_ESSAY.attempt_id == attempt_id))
        return
    said = {"sealed": codecs.essay.write(text), "written_at": now}
    row = {"attempt_id": attempt_id, "person_id": person_id, **said}
    added = upsert(connection, schema.essay).values(row)
    connection.execute(added.on_conflict_do_update(index_elements=["attempt_id"], set_=said))
