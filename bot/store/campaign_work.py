"""What handlers change about campaigns, as parts of one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, select

from bot.campaigns import Campaign
from bot.model import Parcel
from bot.rights import Office
from bot.store import approvals, audit, ledger, notices, pictures, schema
from bot.store import campaign_records as records
from bot.store.codec import Codecs
from bot.store.office_work import OfficeWork


class CampaignWork(OfficeWork):
    """The part of Work that changes campaigns."""

    def keep_draft(self, campaign: Campaign, now: datetime) -> None:
        """A new draft, or an older one written anew."""
        self._changes.append(lambda c, k: _keep(c, k, campaign, now))

    def keep_picture(self, file: str, content: bytes, now: datetime) -> None:
        """A clean picture for a message."""
        self._changes.append(lambda c, k: pictures.keep(c, k.seal, file, content, now))

    def ask_approval(
        self,
        campaign: Campaign,
        approvers: Sequence[Office],
        by: Office,
        now: datetime,
        today: date,
        word: str = "ask",
    ) -> None:
        """It waits for a second officer; those are asked on all their chats."""

        def change(connection: Connection, codecs: Codecs) -> None:
            if not records.move(connection, campaign.id, word, now, by=by.id):
                return
            asked = [office.id for office in approvers]
            approvals.ask(connection, codecs, campaign.id, asked, now, today)

        self._changes.append(change)

    def ask_more(
        self, campaign: Campaign, offices: Sequence[int], by: Office, now: datetime, today: date
    ) -> None:
        """Others are asked too, or the same once more, as long as it is not decided."""

        def change(connection: Connection, codecs: Codecs) -> None:
            if approvals.ask(connection, codecs, campaign.id, offices, now, today):
                audit.note(connection, "campaign.ask", f"campaign:{campaign.id}", by.id, now)

        self._changes.append(change)

    def move_campaign(self, campaign: Campaign, word: str, by: Office, now: datetime) -> None:
        """Says an officer's word; who wrote the campaign is told what somebody else decided."""

        def change(connection: Connection, codecs: Codecs) -> None:
            is_moved = records.move(connection, campaign.id, word, now, by=by.id)
            if is_moved and by.id != campaign.author:
                told = Parcel("notice", label=f"campaign-{word}:{campaign.id}")
                for person in _people_of(connection, [campaign.author]):
                    notices.tell(connection, codecs, person, told, now)

        self._changes.append(change)

    def put_again(self, campaign: Campaign, state: str, by: Office, now: datetime) -> None:
        """Queues again what failed or is uncertain."""

        def change(connection: Connection, _: Codecs) -> None:
            if records.move(connection, campaign.id, "again", now, by=by.id):
                ledger.change_state(connection, campaign.id, [state], "queued", now)

        self._changes.append(change)


def _keep(connection: Connection, codecs: Codecs, campaign: Campaign, now: datetime) -> None:
    records.keep(connection, codecs, campaign, now)


def _people_of(connection: Connection, office_ids: Sequence[int]) -> list[int]:
    """Who holds these offices."""
    officer = schema.officer.c
    query = select(officer.person_id).where(officer.id.in_(office_ids)).distinct()
    return list(connection.execute(query.order_by(officer.person_id)).scalars())
