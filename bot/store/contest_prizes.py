"""Prizes of a closed round: drawn, taken back, claimed; and what is known of who has won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from bot.contest_prizes import Candidate, wins
from bot.contests import CLOSED
from bot.model import Person
from bot.store import contest_notices, schema
from bot.store.codec import Codecs
from bot.store.contest_rows import read_round
from bot.store.groups import Groups
from bot.store.rows import upsert
from bot.store.seal import Unsealable

_PRIZE, _CLAIM, _ATTEMPT = schema.contest_prize.c, schema.prize_claim.c, schema.attempt.c
# So long an office needs a winner's name to hand the prize over and to account for it.
CLAIM_KEPT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Won:
    """A prize that was drawn: its place in the rules' list, and what is published of its winner.

    `holder` is empty as long as it is not claimed.
    """

    id: int
    prize: int
    code: str
    points: int
    rank: int
    league: str
    unit_id: int | None
    holder: str = ""


class Prizes:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def of(self, round_id: int) -> tuple[Won, ...]:
        """All that were drawn, the first prize first."""
        return await self._reads.run(lambda c: _won(c, self._codecs, round_id))

    async def mine(self, person: Person, round_id: int) -> Won | None:
        """What the person has won in that round."""
        return await self._reads.run(
            lambda c: next(iter(_won(c, self._codecs, round_id, person.id)), None)
        )

    async def draw(self, round_id: int, now: datetime) -> int:
        """By command line; how many prizes were given."""
        return await self._writes.run(lambda c: draw(c, self._codecs, round_id, now))

    async def take_back(self, round_id: int) -> bool:
        """By command line. Whether there was a draw of which nobody had claimed anything."""
        return await self._writes.run(lambda c: take_back(c, round_id))


def _won(
    connection: Connection, codecs: Codecs, round_id: int, person_id: int | None = None
) -> tuple[Won, ...]:
    query = (
        select(
            _PRIZE.id, _PRIZE.prize, _ATTEMPT.code, _ATTEMPT.points, _ATTEMPT.rank,
            _ATTEMPT.league, _ATTEMPT.unit_id, _CLAIM.sealed,
        )
        .join(schema.attempt, _ATTEMPT.id == _PRIZE.attempt_id)
        .outerjoin(schema.prize_claim, _CLAIM.prize_id == _PRIZE.id)
        .where(_PRIZE.round_id == round_id)
        .order_by(_PRIZE.prize, _PRIZE.id)
    )  # fmt: skip
    if person_id is not None:
        query = query.where(_ATTEMPT.person_id == person_id)
    return tuple(
        Won(*row[:-1], holder=_holder(codecs, row.sealed))
        for row in connection.execute(query).all()
    )


def _holder(codecs: Codecs, sealed: bytes | None) -> str:
    try:
        return codecs.label.read(sealed) if sealed else ""
    except Unsealable:
        return ""


def is_drawn(connection: Connection, round_id: int) -> bool:
    query = select(_PRIZE.id).where(_PRIZE.round_id == round_id).limit(1)
    return connection.execute(query).first() is not None


def draw(connection: Connection, codecs: Codecs, round_id: int, now: datetime) -> int:
    """Gives the prizes of a closed round by its ranks and its seed, once, and tells the winners."""
    table = schema.contest_round
    row = connection.execute(
        select(table).where(table.c.id == round_id, table.c.state == CLOSED).with_for_update()
    ).first()
    if row is None or is_drawn(connection, round_id):
        return 0
    found = read_round(row, codecs.frozen.read(row.sealed))
    mine = (_ATTEMPT.round_id == round_id, _ATTEMPT.counts.is_(True))
    query = select(_ATTEMPT.id, _ATTEMPT.code, _ATTEMPT.rank, _ATTEMPT.league).where(*mine)
    entries = {each.code: each for each in connection.execute(query).all()}
    candidates = [Candidate(each.code, each.rank, each.league) for each in entries.values()]
    given = wins(candidates, found.frozen.rules.prizes, bytes.fromhex(found.frozen.seed))
    rows = [
        {"round_id": round_id, "attempt_id": entries[code].id, "prize": index, "drawn_at": now}
        for index, code in given
    ]
    if rows:
        connection.execute(insert(schema.contest_prize), rows)
        contest_notices.tell_winners(connection, codecs, round_id, now)
    return len(rows)


def take_back(connection: Connection, round_id: int) -> bool:
    """Undoes a draw of which nobody has claimed anything yet."""
    claimed = select(_CLAIM.prize_id).join(schema.contest_prize, _PRIZE.id == _CLAIM.prize_id)
    if connection.execute(claimed.where(_PRIZE.round_id == round_id).limit(1)).first():
        return False
    gone = delete(schema.contest_prize).where(_PRIZE.round_id == round_id)
    return connection.execute(gone).rowcount > 0


def claim(
    connection: Connection,
    codecs: Codecs,
    person_id: int,
    prize_id: int,
    holder: str,
    now: datetime,
) -> None:
    """The winner says under which name; nobody else can, and the last word counts."""
    mine = select(_PRIZE.id).join(schema.attempt, _ATTEMPT.id == _PRIZE.attempt_id)
    mine = mine.where(_PRIZE.id == prize_id, _ATTEMPT.person_id == person_id)
    if connection.execute(mine).first() is None:
        return
    said = {"sealed": codecs.label.write(holder), "claimed_at": now}
    row = {"prize_id": prize_id, "person_id": person_id, **said}
    added = upsert(connection, schema.prize_claim).values(row)
    connection.execute(added.on_conflict_do_update(index_elements=["prize_id"], set_=said))


def withdraw(connection: Connection, person_id: int, prize_id: int) -> None:
    """The name is forgotten again."""
    mine = (_CLAIM.prize_id == prize_id, _CLAIM.person_id == person_id)
    connection.execute(delete(schema.prize_claim).where(*mine))


def join(connection: Connection, kept_id: int, other_ids: Sequence[int]) -> None:
    """What belonged to the others belongs to the one who is kept."""
    for table in (schema.prize_claim, schema.essay):
        theirs = update(table).where(table.c.person_id.in_(other_ids))
        connection.execute(theirs.values(person_id=kept_id))


def tidy(connection: Connection, now: datetime) -> None:
    """Names of winners are forgotten when the prizes have been handed over."""
    connection.execute(delete(schema.prize_claim).where(_CLAIM.claimed_at < now - CLAIM_KEPT))
