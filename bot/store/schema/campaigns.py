"""Broadcasts: campaigns, and the ledger with a row for each of their recipients."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from bot.store.schema.base import Id, Time, metadata

# draft, awaiting-approval, scheduled, running, paused, done, cancelled. `sealed` is the message.
# `written_by` and `approved_by` are numbers of offices, 0 for the command line. What is repeated
# (an RFC 5545 rule) has a row for each time; `series_id` is the first one's number. A correction
# goes to those whom campaign `corrects` has reached; `manner` is send, edit or delete.
campaign = Table(
    "campaign",
    metadata,
    Column("id", Id, primary_key=True),
    Column("state", String(20), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("audience", String(500), nullable=False),
    Column("topic", String(40), nullable=False),
    Column("is_urgent", Boolean, nullable=False, server_default=text("false")),
    Column("at", Time),
    Column("written_by", BigInteger, nullable=False),
    Column("approved_by", BigInteger),
    Column("reason", String(40)),
    Column("picture", String(80)),
    Column("changed_at", Time, nullable=False),
    Column("launched_at", Time),
    Column("ended_at", Time),
    Column("repeat", String(240)),
    Column("began_at", Time),
    Column("series_id", Id),
    Column("corrects", BigInteger),
    Column("manner", String(8), nullable=False, server_default=text("'send'")),
    Index(None, "state"),
    Index(None, "series_id", "at", unique=True),
    sqlite_autoincrement=True,
)

# The pictures of messages, sealed: a draft is not public yet. `file` is the name in the message and
# in campaign.picture; one that no campaign needs any more is deleted.
picture = Table(
    "picture",
    metadata,
    Column("file", String(80), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("made_at", Time, nullable=False),
)

# Which offices were asked to approve a campaign, a row for each message that tells them so; without
# a `delivery_id` there was no way to reach them. Gone as soon as it is decided.
approval_request = Table(
    "approval_request",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign_id", Id, ForeignKey("campaign.id", ondelete="CASCADE"), nullable=False),
    Column("officer_id", Id, ForeignKey("officer.id", ondelete="CASCADE"), nullable=False),
    Column("delivery_id", Id, ForeignKey("delivery.id", ondelete="SET NULL")),
    Column("asked_at", Time, nullable=False),
    Column("is_reminder", Boolean, nullable=False, server_default=text("false")),
    Index(None, "campaign_id"),
    Index(None, "officer_id"),
    Index(None, "delivery_id"),
    sqlite_autoincrement=True,
)

# queued, sending, sent, waiting, failed, unreachable, uncertain, dropped. One that waits hangs on
# a delivery, which the person's next contact takes along. `message_number` is the platform's own:
# of what has arrived, or of what is to be edited or deleted. `arrived` counts quarters of an hour
# since 1970 (bot/store/rows.py), for the figures of that day.
recipient = Table(
    "recipient",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign_id", Id, ForeignKey("campaign.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id", ondelete="SET NULL")),
    Column("address_id", Id, ForeignKey("address.id", ondelete="SET NULL")),
    Column("delivery_id", Id, ForeignKey("delivery.id", ondelete="SET NULL")),
    Column("channel", String(16), nullable=False),
    Column("language", String(16), nullable=False),
    Column("state", String(12), nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("not_before", DateTime(timezone=True), nullable=False),
    Column("reason", String(16)),
    Column("message_number", Integer),
    Column("arrived", Integer),
    Index(None, "campaign_id", "state"),
    Index(None, "person_id"),
    Index(None, "address_id"),
    Index(None, "delivery_id"),
    Index(
        "ix_recipient_queued",
        "campaign_id",
        "channel",
        "not_before",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    sqlite_autoincrement=True,
)

# Which process sends in bulk on a channel, and until when it has it.
bulk_sender = Table(
    "bulk_sender",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("held_by", String(40), nullable=False),
    Column("lease_until", Time, nullable=False),
)

# How many of a campaign's recipients of each unit (0: none) ended how: the rows of the ledger
# forget their person after a month.
unit_tally = Table(
    "unit_tally",
    metadata,
    Column("campaign_id", Id, ForeignKey("campaign.id"), primary_key=True),
    Column("unit_id", Id, primary_key=True, autoincrement=False),
    Column("state", String(12), primary_key=True),
    Column("people", Integer, nullable=False),
)

# An officer's message that follows a campaign: it is changed in place until that is over. `shown`
# is a digest of what it says; `measured` is how many messages were over then, for the rate.
status_message = Table(
    "status_message",
    metadata,
    Column(
        "address_id",
        Id,
        ForeignKey("address.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("campaign_id", Id, ForeignKey("campaign.id"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("since", Time, nullable=False),
    Column("next_at", Time, nullable=False),
    Column("shown", LargeBinary),
    Column("measured_at", Time, nullable=False),
    Column("measured", Integer),
    Index(None, "next_at"),
)
