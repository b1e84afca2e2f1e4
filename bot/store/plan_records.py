"""The plan, as sentences: which reports were written, and officers' reminders, each queued once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from bot.model import Parcel
from bot.rights import Office, permitting
from bot.store import notices, schema, units
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.rows import in_utc, upsert

_REPORT, _NOTICE, _OFFICER = schema.plan_report.c, schema.plan_notice.c, schema.officer.c


@dataclass(frozen=True, slots=True)
class Written:
    """A report that was written of these days; `officer` is an office, None: the command line."""

    code: str
    first: date
    last: date
    at: datetime
    officer: int | None = None


class PlanRecords:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def note_report(
        self, code: str, first: date, last: date, now: datetime, officer: int | None = None
    ) -> None:
        """A report of that period was written: nobody is reminded of it any more."""
        row = {"code": code, "from_on": first, "to_on": last, "made_at": now, "officer": officer}
        await self._writes.run(lambda c: c.execute(insert(schema.plan_report).values(row)))

    async def reports(self) -> tuple[Written, ...]:
        """All that were written, the oldest first."""
        query = select(schema.plan_report).order_by(_REPORT.id)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(
            Written(row.code, row.from_on, row.to_on, in_utc(row.made_at) or row.made_at,
                    row.officer)
            for row in rows
        )  # fmt: skip

    async def was_told(self, about: str) -> bool:
        """Whether that reminder was queued."""
        query = select(_NOTICE.about).where(_NOTICE.about == about)
        return await self._reads.run(lambda c: c.execute(query).first() is not None)

    async def remind(
        self,
        about: str,
        parcel: Parcel,
        now: datetime,
        *,
        unless: str = "",
        verb: str = "planreport",
        topic: str = "",
        with_units: bool = False,
    ) -> int:
        """Queues the parcel once to each who may do `verb` for the top; how many they are.

        `topic`: whoever holds an office for that topic alone may, too.

        With `with_units` also to who reports activities. None once a report of the code `unless`
        was written; while nobody holds such an office nothing is noted.
        """

        def run(connection: Connection) -> int:
            if unless and _is_written(connection, unless):
                return 0
            people = _concerned(connection, verb, topic, with_units=with_units)
            told = people if people and _is_first(connection, about, now) else []
            for person in told:
                notices.tell(connection, self._codecs, person, parcel, now)
            return len(told)

        return await self._writes.run(run)


def _is_written(connection: Connection, code: str) -> bool:
    query = select(_REPORT.id).where(_REPORT.code == code).limit(1)
    return connection.execute(query).first() is not None


def _is_first(connection: Connection, about: str, now: datetime) -> bool:
    """Notes it, unless another process or an earlier look did."""
    row = {"about": about, "queued_at": now}
    noted = upsert(connection, schema.plan_notice).values(row).on_conflict_do_nothing()
    return connection.execute(noted.returning(_NOTICE.about)).first() is not None


def _concerned(connection: Connection, verb: str, topic: str, *, with_units: bool) -> list[int]:
    """Who may do `verb` for the top, with `with_units` who may report activities."""
    tree = units.read_tree(connection)
    if not len(tree):
        return []
    person = schema.person.c
    query = (
        select(_OFFICER.person_id, _OFFICER.id, _OFFICER.role, _OFFICER.unit_id, _OFFICER.topic)
        .join(schema.person, person.id == _OFFICER.person_id)
        .where(person.has_stopped.is_(False))
    )
    found = set()
    for row in connection.execute(query):
        unit_id = tree.top.id if row.unit_id is None else row.unit_id
        held = (Office(row.id, row.role, unit_id, row.topic),)
        if permitting(held, verb, tree, tree.top, topic) or (
            with_units and permitting(held, "activity", tree)
        ):
            found.add(row.person_id)
    return sorted(found)
