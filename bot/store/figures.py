"""Daily figures, as sentences: roll them up, close a day, read those of a period."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from bot.figures import UNIT_KINDS, DayFigure, UnitFigure
from bot.store import contest_figures, rolling, schema
from bot.store.groups import Groups

_log = logging.getLogger(__name__)
# A day is closed when it has been over for so long.
CLOSES_AFTER = timedelta(hours=48)
_FURTHEST_BACK = timedelta(days=45)  # what is older has lost its people
_PEOPLE_AT_ONCE = 10_000  # about a tenth of a second of the writer
# What is counted from rows that are still there; the rest is counted when it happens.
_COUNTED = (
    "sent", "read", "article", "claim", "verdict", "check", "work", "round", "entry", "gain",
)  # fmt: skip
_DAY, _UNIT = schema.day_figure.c, schema.unit_figure.c


class Figures:
    """Counting is read on a connection of its own, so that nobody waits for it."""

    def __init__(self, writes: Groups, reads: Groups, studies: Groups) -> None:
        self._writes = writes
        self._reads = reads
        self._studies = studies

    async def roll_up(
        self,
        now: datetime,
        zone: ZoneInfo,
        topics: Mapping[str, str],
        published: Mapping[date, Sequence[DayFigure]] | None = None,
    ) -> tuple[date, ...]:
        """Counts today anew, and closes the days whose time has come; which days those were.

        `topics` are those of the articles; `published` what editors brought out on a day.
        """
        today = now.astimezone(zone).date()
        closed = []
        for day in await self._open(today):
            _, ends = rolling.bounds(day, zone)
            is_due = now >= ends + CLOSES_AFTER
            # A day that is over has all it will have, once it was counted after its end.
            if day == today or is_due or now < ends + timedelta(hours=2):
                await self._count(day, zone, topics, (published or {}).get(day, ()))
            if day == today:
                await self._count_people(day)
            if is_due:
                await self._reach(day, zone)
                await self._writes.run(lambda c, d=day: rolling.close(c, d, now))  # type: ignore[misc]
                closed.append(day)
        return tuple(closed)

    async def _open(self, today: date) -> list[date]:
        """Every day that is not closed, in order, today last."""
        last = await self._reads.run(rolling.last_closed)
        first = last + timedelta(days=1) if last else await self._reads.run(rolling.first_day)
        first = max(first or today, today - _FURTHEST_BACK)
        return [first + timedelta(days=count) for count in range((today - first).days + 1)]

    async def _count(
        self, day: date, zone: ZoneInfo, topics: Mapping[str, str], published: Sequence[DayFigure]
    ) -> None:
        begins, ends = rolling.bounds(day, zone)
        arrived: Counter[tuple[str, str, str, str, int]] = Counter()
        for campaign in await self._studies.run(lambda c: rolling.campaigns_of(c, begins, ends)):
            await self._writes.run(lambda c, i=campaign.id: rolling.follow(c, i))  # type: ignore[misc]
            arrived += await self._studies.run(
                lambda c, one=campaign: rolling.arrived_of_campaign(c, one, begins, ends)  # type: ignore[misc]
            )
        arrived += await self._studies.run(lambda c: rolling.arrived_of_articles(c, begins, ends))

        def rest(connection: Connection) -> tuple[list[DayFigure], list[UnitFigure]]:
            rounds, entered = contest_figures.of_rounds(connection, day, begins, ends)
            figures = rolling.read_readings(connection, day, topics) + rounds
            figures += rolling.read_claims(connection, day, begins, ends)
            return figures + rolling.read_works(connection, day), entered

        figures, entered = await self._studies.run(rest)
        figures += [*_as_figures(day, arrived), *published]
        units = [*_as_units(day, arrived), *entered]
        await self._writes.run(
            lambda c: rolling.write(c, day, _COUNTED, figures, ("sent", "entry"), units)
        )

    async def _count_people(self, day: date) -> None:
        people = await self._studies.run(lambda c: rolling.read_people(c, day))
        await self._writes.run(lambda c: rolling.write(c, day, ["people"], people))

    async def _reach(self, day: date, zone: ZoneInfo) -> None:
        """Counts each person once, in small transactions: a crash in between counts nobody twice,
        since whoever was counted is noted in the same one."""
        begins, ends = rolling.bounds(day, zone)
        campaigns = await self._studies.run(lambda c: rolling.campaigns_of(c, begins, ends))
        query = rolling.reached(begins, ends, [one.id for one in campaigns])
        ids = sorted(await self._studies.run(lambda c: c.execute(query).scalars().all()))
        for at in range(0, len(ids), _PEOPLE_AT_ONCE):
            some = ids[at : at + _PEOPLE_AT_ONCE]
            await self._writes.run(lambda c, s=some: rolling.reach(c, day, s))  # type: ignore[misc]

    async def of(self, first: date, last: date) -> tuple[DayFigure, ...]:
        """The sums of a period, both days included; of `people` the count of its last day.

        `day` of each is the period's last.
        """
        amount = func.sum(_DAY.amount)
        parts = (_DAY.kind, _DAY.subject, _DAY.topic, _DAY.language, _DAY.channel)
        within = (_DAY.day >= first, _DAY.day <= last)
        sums = select(*parts, amount).where(*within, _DAY.kind != "people").group_by(*parts)
        latest = select(func.max(_DAY.day)).where(*within, _DAY.kind == "people")
        people = select(*parts, _DAY.amount).where(
            _DAY.day == latest.scalar_subquery(), _DAY.kind == "people"
        )

        def run(connection: Connection) -> list[Any]:
            return [*connection.execute(sums), *connection.execute(people)]

        rows = await self._studies.run(run)
        return tuple(
            DayFigure(last, kind, int(count), subject, topic, language, channel)
            for kind, subject, topic, language, channel, count in rows
        )

    async def of_units(self, first: date, last: date) -> tuple[UnitFigure, ...]:
        """The sums of a period by unit, both days included."""
        amount = func.sum(_UNIT.amount)
        query = select(_UNIT.kind, _UNIT.topic, _UNIT.unit_id, amount).where(
            _UNIT.day >= first, _UNIT.day <= last, _UNIT.kind.in_(UNIT_KINDS)
        )
        query = query.group_by(_UNIT.kind, _UNIT.topic, _UNIT.unit_id)
        rows = await self._studies.run(lambda c: c.execute(query).all())
        return tuple(
            UnitFigure(last, kind, unit, int(count), topic) for kind, topic, unit, count in rows
        )

    async def open_days(self, first: date, last: date) -> tuple[date, ...]:
        """The days of a period whose figures may still change."""
        closed = schema.closed_day.c
        query = select(closed.day).where(closed.day >= first, closed.day <= last)
        known = set(await self._reads.run(lambda c: c.execute(query).scalars().all()))
        begun = await self._reads.run(rolling.first_day)
        start = max(first, begun) if begun else first
        days = (start + timedelta(days=count) for count in range((last - start).days + 1))
        return tuple(day for day in days if day not in known)

    async def monthly(self, kind: str, until: date) -> Mapping[date, int]:
        """The sums of a kind by month, each under its first day, from the beginning on."""
        query = select(_DAY.day, func.sum(_DAY.amount)).where(_DAY.kind == kind, _DAY.day <= until)
        found: Counter[date] = Counter()
        rows = await self._studies.run(lambda c: c.execute(query.group_by(_DAY.day)).all())
        for day, count in rows:
            found[day.replace(day=1)] += int(count)
        return found

    async def of_closed_days(self, kinds: Sequence[str]) -> tuple[DayFigure, ...]:
        """Every row of these kinds that does not change any more, by day."""
        names = ("day", "kind", "amount", "subject", "topic", "language", "channel")
        query = select(*(_DAY[name] for name in names)).where(
            _DAY.kind.in_(kinds), _DAY.day.in_(select(schema.closed_day.c.day))
        )
        rows = await self._studies.run(lambda c: c.execute(query.order_by(_DAY.day)).all())
        return tuple(DayFigure(*row) for row in rows)

    async def campaigns(self) -> Sequence[Any]:
        """Broadcasts: id, topic, launched_at and for how many people they were, None: not counted
        by now."""
        one, tally = schema.campaign.c, schema.unit_tally.c
        query = select(one.id, one.topic, one.launched_at, func.sum(tally.people).label("people"))
        query = query.join_from(schema.campaign, schema.unit_tally, isouter=True).where(
            one.launched_at.is_not(None), one.manner == "send"
        )
        query = query.group_by(one.id, one.topic, one.launched_at).order_by(one.id)
        return await self._studies.run(lambda c: c.execute(query).all())

    async def last_closed(self) -> date | None:
        """The last day whose figures do not change any more."""
        return await self._reads.run(rolling.last_closed)

    async def first_day(self) -> date | None:
        """The first day of which there are figures."""
        query = select(func.min(_DAY.day))
        return await self._reads.run(lambda c: c.execute(query).scalar_one_or_none())


def _as_figures(
    day: date, arrived: Mapping[tuple[str, str, str, str, int], int]
) -> list[DayFigure]:
    whole: Counter[tuple[str, str, str, str]] = Counter()
    for (subject, topic, language, channel, _), count in arrived.items():
        whole[subject, topic, language, channel] += count
    return [DayFigure(day, "sent", count, *parts) for parts, count in whole.items()]


def _as_units(day: date, arrived: Mapping[tuple[str, str, str, str, int], int]) -> list[UnitFigure]:
    whole: Counter[tuple[int, str]] = Counter()
    for (_, topic, _, _, unit), count in arrived.items():
        whole[unit, topic] += count
    return [UnitFigure(day, "sent", unit, count, topic) for (unit, topic), count in whole.items()]
