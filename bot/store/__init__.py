"""All that is kept, behind sentences: write an event down, load, finish, forget."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from bot.model import Address, Event, Parcel, Person, Reminder, Reply, Session, Subscription
from bot.store import (
    deliveries,
    events,
    joining,
    own_data,
    reminders,
    replies,
    subscriptions,
)
from bot.store.activities import Activities
from bot.store.allowances import Allowances
from bot.store.approvals import Approvals
from bot.store.audiences import Openings, Reach
from bot.store.awards import Awards
from bot.store.campaigns import Campaigns, Recipient
from bot.store.certificates import Certificates
from bot.store.claim_records import NewReport
from bot.store.claims import Claims, Told
from bot.store.codec import Codecs
from bot.store.codes import Codes, Invitation, Ticket, new_case_code, new_code
from bot.store.contest_records import Overtaken
from bot.store.contests import Contests
from bot.store.deliveries import Delivery, Handed, to_hand_over
from bot.store.engine import open_database
from bot.store.erasures import ERASED, STOPPED, Erasures
from bot.store.events import AlreadyDone, OthersFirst, Stored
from bot.store.figures import Figures
from bot.store.grants import Grant, Grants, Pair
from bot.store.groups import Groups
from bot.store.incidents import Incidents
from bot.store.ledger import Outcome
from bot.store.links import Links
from bot.store.loads import Loads
from bot.store.media import MediaHandles
from bot.store.officers import Officer, Officers
from bot.store.open_events import OpenEvents
from bot.store.organisation import Organisation
from bot.store.outage import outage_of
from bot.store.patience import surely
from bot.store.pending import Pending
from bot.store.pictures import Pictures
from bot.store.plan_records import PlanRecords, Written
from bot.store.practice import Practice
from bot.store.processes import Process, Processes
from bot.store.queue import Queue
from bot.store.recovery import BackupFault, Recovery, unpacked
from bot.store.replies import opened
from bot.store.reporters import Reporters, SealedAddress
from bot.store.seal import Seal, Unsealable, keep_secret
from bot.store.seen import SeenToday
from bot.store.series import Series
from bot.store.statuses import Status, Statuses
from bot.store.subscriptions import Due
from bot.store.tidying import forget_old
from bot.store.units import UnitFault
from bot.store.upgrade import upgrade
from bot.store.windows import Window
from bot.store.work import Work

__all__ = [
    "Allowances", "AlreadyDone", "Approvals", "BackupFault", "Claims", "Delivery", "Due", "Grant",
    "Grants", "Incidents", "Invitation", "NewReport", "Officer", "Openings", "OthersFirst",
    "Outcome", "Overtaken", "Pair", "Pending", "Process", "Processes", "Queue", "Reach",
    "Recipient", "Reporters", "Seal", "SealedAddress", "Status", "Statuses", "Store", "Stored",
    "Ticket", "Told", "UnitFault", "Window", "Work", "Written", "keep_secret", "new_case_code",
    "new_code", "outage_of", "surely", "unpacked",
]  # fmt: skip

_log = logging.getLogger(__name__)


class Store:
    """The database. Every method is one transaction, gathered with those of its neighbours."""

    def __init__(
        self,
        database_url: str,
        seal: Seal,
        reporters: Path = Path("var/reporters"),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        erasures: Path | None = None,
    ) -> None:
        """`reporters`: the folder of the keys of their addresses, apart from the database;
        `erasures`: that of who erased everything, for restored backups."""
        self._clock = clock
        self._database = open_database(database_url)
        self._seal = seal
        self._codecs = Codecs(seal)
        self._seen = SeenToday()
        self._writes = Groups(self._database)
        self._reads = Groups(self._database, is_reading=True)
        # What takes long is read beside all others.
        self._studies = Groups(self._database, is_reading=True, is_long=True)
        self.processes = Processes(self._writes)
        self.open_events = OpenEvents(self._writes, self._reads, self._codecs, self.processes)
        self.queue = Queue(self._writes, self._codecs)
        self.loads = Loads(self._reads, self._studies, clock)
        self.incidents = Incidents(self._writes, self._reads, self._codecs)
        self.grants = Grants(self._writes, self._reads, seal, self._codecs)
        self.allowances = Allowances(self._writes, self._reads, self._codecs)
        self.officers = Officers(self._writes, self._reads, self._codecs)
        self.codes = Codes(self._writes, self._reads, self._codecs)
        self.organisation = Organisation(self._writes, self._reads)
        self.links = Links(self._writes, self._reads)
        self.campaigns = Campaigns(self._writes, self._reads, self._codecs)
        self.contests = Contests(self._writes, self._reads, self._codecs)
        self.certificates = Certificates(self._reads, self._codecs)
        self.series = Series(self._writes, self._reads, self._codecs)
        self.statuses = Statuses(self._writes, self._reads)
        self.pictures = Pictures(self._writes, self._reads, seal)
        self.practice = Practice(self._writes, self._reads)
        self.approvals = Approvals(self._writes, self._reads, self._codecs)
        self.awards = Awards(self._writes, self._reads, self._codecs)
        self.activities = Activities(self._reads, self._codecs)
        self.plan = PlanRecords(self._writes, self._reads, self._codecs)
        self.media = MediaHandles(self._writes, self._reads)
        self.figures = Figures(self._writes, self._reads, self._studies)
        self.reporters = Reporters(reporters)
        self.erasures = Erasures(erasures, seal)
        self.recovery = Recovery(self._database, self._writes, self._reads, self._codecs)
        self.claims = Claims(
            self._writes, self._reads, self._codecs, self.reporters, self._database.scrub
        )

    async def upgrade(self) -> str:
        """Brings the schema to the newest; returns its revision."""
        return await upgrade(self._database)

    async def close(self) -> None:
        await self._writes.close()
        await self._reads.close()
        await self._studies.close()
        await self._database.close()

    async def is_well(self) -> bool:
        """Whether the database answers; raises whatever it answers with instead."""
        return await self._reads.run(lambda c: c.execute(text("SELECT 1")).scalar_one() == 1)

    async def write_down(self, event: Event, now: datetime) -> Stored | None:
        """Keeps the event, sealed; None when one of that id has been written down before."""
        key = self._key(event)
        sealed = self._codecs.event.write(event)
        mine, runs = self.processes.mine, itertools.count()

        def write(connection: Connection) -> Stored | None:
            is_again = next(runs) > 0  # a group that failed is run again
            return events.write_down(connection, event, key, sealed, now, mine, is_again=is_again)

        return await self._writes.run(write, is_urgent=True)

    async def load(self, stored: Stored) -> tuple[Person, Session, bool]:
        """Person, session, and whether messages wait for this contact.

        A session that cannot be read is a new one. Raises OthersFirst, AlreadyDone.
        """
        person, sealed, waits = await self._reads.glance(lambda c: events.load(c, stored))
        try:
            return person, self._codecs.session.read(sealed) if sealed else Session(), waits
        except Unsealable:
            return person, Session(), waits

    async def is_overtaken(self, stored: Stored) -> bool:
        """Whether something later has already undone what the event tells."""
        return await self._reads.run(lambda c: events.is_overtaken(c, stored))

    async def waiting(self, person: Person, at: int) -> tuple[tuple[int, Parcel | None], ...]:
        """What waits for a contact at that address (its id), newest first; None: unreadable."""
        rows = await self._reads.run(lambda c: c.execute(to_hand_over(person.id, at)).all())
        return tuple((row.id, self._parcel(row.sealed)) for row in rows)

    def _parcel(self, sealed: bytes) -> Parcel | None:
        try:
            return self._codecs.parcel.read(sealed)
        except Unsealable:
            return None

    async def finish(
        self,
        stored: Stored,
        work: Work,
        session: Session,
        said: tuple[Reply, ...],
        now: datetime,
        waited: tuple[tuple[int, Reply | None], ...] = (),
    ) -> tuple[Pending, ...]:
        """One transaction: effects, session, replies to say, event done; what waited goes last.

        Raises AlreadyDone, and changes nothing, when the event was finished before.
        """
        write = self._codecs.reply.write
        kept = self._codecs.session.write(session)
        sealed = [write(reply) for reply in said]
        handed = [Handed(number, write(reply) if reply else None) for number, reply in waited]
        if work.erases or work.ends:
            theirs = await self.addresses(Person(stored.person_id))
            self.erasures.note(ERASED if work.erases else STOPPED, [one for _, one in theirs], now)
        is_first = self._seen.is_first(stored.address_id, now.date())
        ids = await self._writes.run(
            lambda c: events.finish(
                c, stored, work, self._codecs, kept, sealed, handed, now, self.processes.mine,
                is_first_today=is_first,
            )
        )  # fmt: skip
        self._seen.add(stored.address_id)
        if work.erases or work.scrubs:
            await self._database.scrub()
        whole = [(reply, 0) for reply in said] + [(reply, number) for number, reply in waited]
        return tuple(
            Pending(number, stored.address_id, stored.event.address, reply, delivery_id)
            for number, (reply, delivery_id) in zip(ids, whole, strict=not work.erases)
            if number and reply is not None
        )

    async def replies_to_say(
        self,
        *,
        address: Address | None = None,
        event: Event | None = None,
        is_own: bool = False,
    ) -> tuple[Pending, ...]:
        """Committed replies not yet said, in order: all, those to one address, or to one event.

        `is_own`: to an event that this process has finished.
        """
        key = self._key(event) if event else None
        by = (self.processes.mine,) if is_own else None
        rows = await self._reads.run(lambda c: replies.replies_to_say(c, address, key, by=by))
        return opened(rows, self._codecs)

    async def unasked_of_pages(self, since: int) -> tuple[tuple[int, str], ...]:
        """Number and address of what waits for pages and answers nothing, after one number."""
        rows = await self._reads.run(lambda c: replies.unasked_of_pages(c, since))
        return tuple((row.id, row.address) for row in rows)

    async def forget_replies(self, *ids: int, to: Address | None = None) -> None:
        """Deletes what has been said; with `to`, only to that address, before its next event."""
        now = self._clock()
        await self._writes.run(lambda c: replies.forget(c, ids, to, now), is_urgent=to is not None)

    async def begin_saying(self, pending: Pending, now: datetime) -> bool:
        """Notes that a message handed over goes out now; False: it is not to be said any more."""
        return await self._writes.run(
            lambda c: deliveries.begin_saying(c, pending.delivery_id, now)
        )

    async def wait_again(self, pending: Pending) -> None:
        """The platform did not take it after all: it is kept for another contact."""
        await self._writes.run(lambda c: deliveries.let_wait(c, pending.delivery_id))

    async def end_saying(self, pending: Pending, state: str) -> None:
        """The end of a message handed over: failed or uncertain."""
        await self._writes.run(lambda c: deliveries.end_saying(c, pending.delivery_id, state))

    async def mark_unreachable(self, address: Address) -> None:
        """Nothing is sent there until it writes again; what waited for it is deleted."""
        await self._writes.run(lambda c: replies.mark_unreachable(c, address))

    async def tidy(self, now: datetime) -> None:
        """Forgets what has had its time: old events, stale replies, codes, silent visitors."""
        await self._writes.run(lambda c: forget_old(c, now))
        await self._database.scrub()
        self.erasures.forget(now)

    async def subscription(self, person: Person) -> Subscription | None:
        return await self._reads.run(lambda c: subscriptions.read_subscription(c, person.id))

    async def reminders(self, person: Person) -> tuple[Reminder, ...]:
        """The person's own days, soonest first."""
        return await self._reads.run(lambda c: reminders.read(c, self._codecs, person.id))

    async def addresses(self, person: Person) -> tuple[tuple[int, Address], ...]:
        """Where the person is, the oldest first."""
        found = await self._reads.run(lambda c: joining.addresses_of(c, person.id))
        return tuple((number, Address(channel, address)) for number, channel, address in found)

    async def own_data(self, person: Person) -> Mapping[str, list[dict[str, Any]]]:
        """All that is kept about the person, by table, opened where it is sealed."""
        rows = await self._reads.run(lambda c: own_data.read_all(c, self._codecs, person.id))
        return own_data.opened(rows, self._codecs)

    def _key(self, event: Event) -> bytes:
        return self._seal.recognise(event.address.channel, event.address.address, event.id)
