"""Campaigns, as sentences: keep a draft, move it on, launch it, claim, settle, tally."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from bot.audience import read_audience
from bot.campaigns import Campaign
from bot.model import Address, Parcel, Person, Reply
from bot.store import audit, deliveries, launching, ledger, notices, schema, tallies
from bot.store.campaign_records import keep, move, reached_alone, read, tell_author
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.launching import Allowed
from bot.store.ledger import Outcome
from bot.store.pending import Pending
from bot.store.replies import mark_unreachable
from bot.tallies import Tally

_CAMPAIGN = schema.campaign.c
_KNOWN_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom this process may now write to, and in which language."""

    id: int
    person_id: int
    address_id: int
    address: Address
    language: str
    tries: int
    zone: str | None
    quiet: str | None
    # The platform's number of what is to be edited or deleted there.
    message_number: int | None = None


class Campaigns:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def get(self, identifier: int) -> Campaign | None:
        query = select(schema.campaign).where(_CAMPAIGN.id == identifier)
        row = await self._reads.run(lambda c: c.execute(query).first())
        return read(row, self._codecs) if row else None

    async def find(
        self, *states: str, author: Sequence[int] = (), limit: int = 50
    ) -> tuple[Campaign, ...]:
        """The newest campaigns in those states, of those offices if any are named."""
        query = select(schema.campaign).order_by(_CAMPAIGN.id.desc()).limit(limit)
        if states:
            query = query.where(_CAMPAIGN.state.in_(states))
        if author:
            query = query.where(_CAMPAIGN.written_by.in_(tuple(author)))
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(read(row, self._codecs) for row in rows)

    async def due(self, now: datetime) -> tuple[Campaign, ...]:
        """What is to go out by now, and what is going out; the oldest first, however many wait."""
        is_ripe = or_(_CAMPAIGN.at.is_(None), _CAMPAIGN.at <= now)
        is_due = or_(_CAMPAIGN.state == "running", and_(_CAMPAIGN.state == "scheduled", is_ripe))
        query = select(schema.campaign).where(is_due).order_by(_CAMPAIGN.id)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(read(row, self._codecs) for row in rows)

    async def keep(self, campaign: Campaign, now: datetime) -> int:
        """A new campaign by command line; its number."""
        return await self._writes.run(lambda c: keep(c, self._codecs, campaign, now))

    async def start_by_command_line(self, campaign: Campaign, now: datetime) -> int:
        """A campaign that both named officers answer for; both are told at once, with [pause]."""

        def run(connection: Connection) -> int:
            number = keep(connection, self._codecs, campaign, now)
            audit.note(connection, "campaign.send", f"campaign:{number}", None, now)
            officer = schema.officer.c
            named = (campaign.author, campaign.approver or 0)
            query = select(officer.person_id).where(officer.id.in_(named)).distinct()
            told = Parcel("notice", label=f"campaign-line:{number}")
            for person_id in connection.execute(query).scalars().all():
                notices.tell(connection, self._codecs, person_id, told, now)
            return number

        return await self._writes.run(run)

    async def move(
        self,
        identifier: int,
        word: str,
        now: datetime,
        *,
        by: int | None = None,
        reason: str | None = None,
    ) -> bool:
        """Whether the word could be said in the campaign's state; None: by command line."""
        return await self._writes.run(
            lambda c: move(c, identifier, word, now, by=by, reason=reason)
        )

    async def launch(self, campaign: Campaign, now: datetime, allowed: Allowed) -> int:
        """Opens the ledger; how many recipients there are, 0 if somebody else has opened it."""
        topic = None if campaign.is_urgent else campaign.message.topic
        audience = read_audience(campaign.audience)

        def run(connection: Connection) -> int:
            if not move(connection, campaign.id, "launch", now, by=campaign.approver):
                return 0
            if campaign.corrects is None:
                return launching.launch(connection, campaign.id, audience, topic, allowed)
            return launching.launch_correction(
                connection, campaign.id, campaign.corrects, campaign.manner, allowed
            )

        return await self._writes.run(run)

    async def hold(
        self, channel: str, holder: str, now: datetime, *, is_idle: bool = False
    ) -> bool:
        """Takes or keeps the right to send in bulk; `is_idle`: the holder is sending nothing."""
        return await self._writes.run(
            lambda c: ledger.hold(c, channel, holder, now, is_idle=is_idle)
        )

    async def release(self, holder: str, now: datetime) -> None:
        await self._writes.run(lambda c: ledger.release(c, holder, now))

    async def exchange(
        self,
        campaign_id: int,
        channel: str,
        holder: str,
        now: datetime,
        outcomes: Sequence[Outcome],
        limit: int,
    ) -> tuple[tuple[Recipient, ...], int]:
        """Settles what is over and claims as many more, in one transaction.

        Nothing is claimed by who has lost the channel to another process, nor of a campaign that
        does not run (any more). Also how many rows were looked at: 0 when none is ripe.
        """

        def run(connection: Connection) -> tuple[Sequence[Any], int]:
            ledger.settle(connection, outcomes, now)
            if not ledger.hold(connection, channel, holder, now) or limit < 1:
                return [], 0
            state = select(_CAMPAIGN.state).where(_CAMPAIGN.id == campaign_id)
            if connection.execute(state).scalar_one_or_none() != "running":
                return [], 0
            return ledger.claim(connection, campaign_id, channel, now, limit)

        rows, looked = await self._writes.run(run)
        return tuple(_recipient(row) for row in rows), looked

    async def let_wait(self, one: Recipient, campaign_id: int, now: datetime) -> None:
        """It waits for the person's next contact."""
        sealed = self._codecs.parcel.write(Parcel("campaign", label=str(campaign_id)))
        await self._writes.run(lambda c: ledger.let_wait(c, one.id, sealed, now))

    async def keep_for_page(self, one: Recipient, reply: Reply, now: datetime) -> Pending | None:
        """It waits until the person's page has acknowledged it; None: not ours any more."""
        sealed = self._codecs.reply.write(reply)

        def run(connection: Connection) -> tuple[int, int]:
            delivery_id = ledger.let_wait(connection, one.id, b"", now)
            if not delivery_id:
                return 0, 0
            number = deliveries.keep_reply(connection, delivery_id, one.address_id, sealed, now)
            return number, delivery_id

        number, delivery_id = await self._writes.run(run)
        if not number:
            return None
        return Pending(number, one.address_id, one.address, reply, delivery_id)

    async def mark_unreachable(self, address: Address) -> None:
        await self._writes.run(lambda c: mark_unreachable(c, address))

    async def follow(self, known: dict[int, Campaign]) -> None:
        """Adds those that were launched since: whoever renders what waits must know them."""
        query = select(_CAMPAIGN.id).where(_CAMPAIGN.launched_at.is_not(None))
        query = query.order_by(_CAMPAIGN.id.desc()).limit(_KNOWN_AT_MOST)
        ids = await self._reads.run(lambda c: c.execute(query).scalars().all())
        for identifier in set(ids) - set(known):
            if (campaign := await self.get(identifier)) is not None:
                known[identifier] = campaign

    async def tally(self, campaign_id: int) -> Mapping[str, int]:
        def run(connection: Connection) -> Mapping[str, int]:
            ledger.follow_deliveries(connection, campaign_id)
            return ledger.tally(connection, campaign_id)

        return await self._writes.run(run)

    async def progress(self, campaign_id: int, now: datetime) -> tuple[Mapping[str, int], int]:
        """The counts as they stand, and how many of the queued are left in peace until later."""
        row = schema.recipient.c
        later = select(func.count()).where(
            row.campaign_id == campaign_id, row.state == "queued", row.not_before > now
        )
        return await self._reads.run(
            lambda c: (ledger.tally(c, campaign_id), int(c.execute(later).scalar_one()))
        )

    async def full_tally(self, campaign_id: int) -> Tally:
        """By channel, language, unit and reason."""

        def run(connection: Connection) -> Tally:
            ledger.follow_deliveries(connection, campaign_id)
            return tallies.read(connection, campaign_id)

        return await self._writes.run(run)

    async def count_reached(self, campaign_id: int) -> tuple[int, int]:
        """How many a correction would go to, and for how many it could be edited or deleted."""
        return await self._reads.run(lambda c: launching.count_reached(c, campaign_id))

    async def finish(self, campaign_id: int, now: datetime) -> bool:
        """Ends a running campaign that has nothing left to send."""

        def run(connection: Connection) -> bool:
            mine = select(_CAMPAIGN.id).where(_CAMPAIGN.id == campaign_id).with_for_update()
            connection.execute(mine)  # an officer may be queueing some of it again just now
            counts = ledger.tally(connection, campaign_id)
            if counts["queued"] or counts["sending"]:
                return False
            if not move(connection, campaign_id, "finish", now, by=0):
                return False
            tell_author(connection, self._codecs, campaign_id, counts, now)
            return True

        return await self._writes.run(run)

    async def inbox(self, person: Person, limit: int) -> tuple[int, ...]:
        """The numbers of the campaigns that reached the person, the newest first.

        Not of those that were corrected, or deleted, since."""
        row = schema.recipient.c
        later = schema.campaign.alias()
        corrected = select(later.c.corrects).where(
            later.c.corrects.is_not(None), later.c.launched_at.is_not(None)
        )
        is_mine = (row.person_id == person.id, row.state == "sent", _CAMPAIGN.manner != "delete")
        query = select(row.campaign_id).join(schema.campaign, _CAMPAIGN.id == row.campaign_id)
        query = query.where(*is_mine, row.campaign_id.not_in(corrected))
        query = query.order_by(row.campaign_id.desc()).limit(limit)
        return await self._reads.run(lambda c: tuple(c.execute(query).scalars()))

    async def reached_alone(self, author: int, since: datetime) -> int:
        """How many people an office has written to since then without anybody's approval."""
        return await self._reads.run(lambda c: reached_alone(c, author, since))

    async def put_again(self, campaign_id: int, state: str, now: datetime) -> int:
        """Queues again what failed, or is uncertain, at an officer's word; how many."""

        def run(connection: Connection) -> int:
            if not move(connection, campaign_id, "again", now, by=None):
                return 0
            return ledger.change_state(connection, campaign_id, [state], "queued", now)

        return await self._writes.run(run)


def _recipient(row: Any) -> Recipient:
    to = Address(row.channel, row.address)
    return Recipient(
        row.id, row.person_id, row.address_id, to, row.language, row.tries, row.zone, row.quiet,
        row.message_number,
    )  # fmt: skip
