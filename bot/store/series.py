"""Campaigns that are repeated, as sentences: launch one and write the next, skip, hold back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from bot.audience import SMALLEST, read_audience
from bot.campaigns import SCHEDULED, WITHOUT_APPROVAL, Campaign
from bot.model import Parcel
from bot.store import launching, notices, schema
from bot.store.audiences import count_people
from bot.store.campaign_records import coming as is_coming
from bot.store.campaign_records import lock_series, move, reached_alone, read
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.launching import Allowed
from bot.store.rows import written

_CAMPAIGN = schema.campaign.c
_A_DAY = timedelta(hours=24)
# What the next one takes over from the one that goes out.
_SAME = (
    "sealed",
    "audience",
    "topic",
    "picture",
    "is_urgent",
    "written_by",
    "approved_by",
    "repeat",
)


class Series:
    """Each method is one transaction; of several processes one does it, the others nothing."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def coming(self, series: int) -> Campaign | None:
        """The one of that series that goes out next, if any is to come."""
        query = select(schema.campaign).where(is_coming(series)).limit(1)
        row = await self._reads.run(lambda c: c.execute(query).first())
        return read(row, self._codecs) if row else None

    async def launch(
        self,
        campaign: Campaign,
        at: datetime,
        coming: datetime | None,
        now: datetime,
        allowed: Allowed,
    ) -> int:
        """Opens the ledger of the one that is due at `at` and writes the one for `coming`.

        How many recipients there are. 0 if somebody else has done it, or if so many or so few are
        reached by now that it must be approved anew: then it is held back.
        """
        audience = read_audience(campaign.audience)
        topic = None if campaign.is_urgent else campaign.message.topic

        def run(connection: Connection) -> int:
            lock_series(connection, campaign.id)
            people = count_people(connection, audience, topic)
            is_few = people < SMALLEST and not audience.is_of_officers
            if is_few or _are_too_many(connection, campaign, people, now):
                _hold(connection, self._codecs, campaign, "few" if is_few else "many", now)
                return 0
            if not move(connection, campaign.id, "launch", now, by=campaign.approver):
                return 0
            series = campaign.series or campaign.id
            mine = update(schema.campaign).where(_CAMPAIGN.id == campaign.id)
            began = written(campaign.began_at or at)
            connection.execute(mine.values(series_id=series, at=written(at), began_at=began))
            if coming is not None:
                _write_next(connection, campaign.id, coming, now)
            return launching.launch(connection, campaign.id, audience, topic, allowed)

        return await self._writes.run(run)

    async def skip(self, campaign: Campaign, coming: datetime | None, now: datetime) -> bool:
        """Its day went by: it goes out on the next one, or never; its author is told."""

        def run(connection: Connection) -> bool:
            lock_series(connection, campaign.id)
            mine = (_CAMPAIGN.id == campaign.id, _CAMPAIGN.at == campaign.at)
            if coming is None:
                is_mine = move(connection, campaign.id, "cancel", now, by=0, reason="late")
            else:
                later = update(schema.campaign).where(*mine, _CAMPAIGN.state == SCHEDULED)
                is_mine = connection.execute(later.values(at=written(coming))).rowcount > 0
            if is_mine:
                name, day = ("late", None) if coming is None else ("skip", coming.date())
                told = Parcel("notice", label=f"campaign-{name}:{campaign.id}", day=day)
                for person in _holders(connection, campaign.author):
                    notices.tell(connection, self._codecs, person, told, now)
            return is_mine

        return await self._writes.run(run)

    async def hold(self, campaign: Campaign, reason: str, now: datetime) -> bool:
        """Holds back what may not go out as it was approved; `reason` is a word for why."""
        return await self._writes.run(lambda c: _hold(c, self._codecs, campaign, reason, now))


def _write_next(connection: Connection, identifier: int, at: datetime, now: datetime) -> None:
    """The next one of the series, which nobody need approve again."""
    query = select(schema.campaign).where(_CAMPAIGN.id == identifier)
    row = connection.execute(query).mappings().one()
    values = {name: row[name] for name in (*_SAME, "began_at", "series_id")}
    values |= {"state": SCHEDULED, "at": written(at), "changed_at": now}
    connection.execute(insert(schema.campaign).values(values))


def _are_too_many(connection: Connection, campaign: Campaign, people: int, now: datetime) -> bool:
    """Whether its author may not write to so many in a day without a second officer."""
    if campaign.approver is not None:
        return False
    before = reached_alone(connection, campaign.author, now - _A_DAY)
    return before + people > WITHOUT_APPROVAL


def _hold(
    connection: Connection, codecs: Codecs, campaign: Campaign, reason: str, now: datetime
) -> bool:
    """Who wrote and who approved it are told; if neither holds an office, the administrators."""
    if not move(connection, campaign.id, "hold", now, by=0, reason=reason):
        return False
    told = Parcel("notice", label=f"campaign-hold:{campaign.id}")
    people = _holders(connection, campaign.author, campaign.approver or 0)
    for person in people:
        notices.tell(connection, codecs, person, told, now)
    if not people:
        notices.tell_administrators(connection, codecs, told, now)
    return True


def _holders(connection: Connection, *office_ids: int) -> list[int]:
    officer = schema.officer.c
    query = select(officer.person_id).where(officer.id.in_(office_ids)).distinct()
    return list(connection.execute(query.order_by(officer.person_id)).scalars())
