"""The award, as sentences: works that members registered, and reminders of its deadline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, insert, or_, select, union

from bot.award import OPEN, TOPIC, Entry
from bot.model import Parcel, Person
from bot.rights import VERBS
from bot.store import award_records, schema
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.preference import has_agreed
from bot.store.rows import upsert

_WORK, _WISH, _OFFICER = schema.work.c, schema.award_wish.c, schema.officer.c
_AT_ONCE = 500


class Awards:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def own(self, person: Person) -> tuple[Entry, ...]:
        """The person's own works, the oldest first."""
        rows = await self._reads.run(lambda c: award_records.read_own(c, person.id))
        return tuple(award_records.entry_of(row, self._codecs) for row in rows)

    async def outlines(self, editions: Sequence[str]) -> tuple[Entry, ...]:
        """All works of an edition, without what is sealed of them."""
        rows = await self._reads.run(lambda c: award_records.read_edition(c, editions))
        return tuple(award_records.entry_of(row, self._codecs, is_opened=False) for row in rows)

    async def entries(self, codes: Sequence[str]) -> tuple[Entry, ...]:
        """The works of those codes that are (still) registered."""
        rows = await self._reads.run(lambda c: award_records.read_coded(c, codes))
        return tuple(award_records.entry_of(row, self._codecs) for row in rows)

    async def wishes(self, person: Person) -> bool:
        """Whether the person asked to be reminded of the deadline."""
        return await self._reads.run(lambda c: award_records.wishes(c, person.id))

    async def shorten(self, editions: Sequence[str], day: date) -> None:
        await self._writes.run(lambda c: award_records.shorten(c, editions, day))

    async def remind(
        self, editions: Sequence[str], deadline: date, step: int, now: datetime
    ) -> int:
        """Queues one message each to all who are to be reminded, once for that day and step."""
        return await self._writes.run(
            lambda c: _remind(c, self._codecs, editions, deadline, step, now)
        )


def _remind(
    connection: Connection,
    codecs: Codecs,
    editions: Sequence[str],
    deadline: date,
    step: int,
    now: datetime,
) -> int:
    row = {"edition": editions[0], "deadline": deadline, "days_before": step, "queued_at": now}
    noted = upsert(connection, schema.award_reminder).values(row).on_conflict_do_nothing()
    if connection.execute(noted.returning(schema.award_reminder.c.edition)).first() is None:
        return 0  # by another process, or before a restart
    kinds = {
        "officer": _officers(connection),
        "maker": _makers(connection, editions),
        "wish": set(connection.execute(select(_WISH.person_id)).scalars()),
    }
    people = sorted(_may_be_written_to(connection) & set[int]().union(*kinds.values()))
    sealed: dict[str, bytes] = {}
    rows = []
    for person in people:
        label = ",".join(kind for kind, found in kinds.items() if person in found)
        if label not in sealed:
            sealed[label] = codecs.parcel.write(Parcel("award", day=deadline, label=label))
        same = {"person_id": person, "sealed": sealed[label], "state": "queued"}
        rows.append({**same, "not_before": now, "created_at": now})
    for first in range(0, len(rows), _AT_ONCE):
        connection.execute(insert(schema.delivery), rows[first : first + _AT_ONCE])
    return len(rows)


def _officers(connection: Connection) -> set[int]:
    mine = (_OFFICER.role.in_(VERBS["award"]), _OFFICER.topic.in_(("", TOPIC)))
    return set(connection.execute(select(_OFFICER.person_id).where(*mine)).scalars())


def _makers(connection: Connection, editions: Sequence[str]) -> set[int]:
    """Whose works lack something."""
    mine = (_WORK.edition.in_(editions), _WORK.state == OPEN)
    return set(connection.execute(select(_WORK.person_id).where(*mine)).scalars())


def _may_be_written_to(connection: Connection) -> set[int]:
    """Of all who could be meant those who have not left; officers need no consent of their own."""
    person = schema.person.c
    officers, meant = select(_OFFICER.person_id), union(
        select(_OFFICER.person_id), select(_WORK.person_id), select(_WISH.person_id)
    )  # fmt: skip
    may_be = or_(has_agreed(), person.id.in_(officers))
    query = select(person.id).where(person.id.in_(meant), person.has_stopped.is_(False), may_be)
    return set(connection.execute(query).scalars())
