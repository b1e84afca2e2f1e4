"""What the platforms count and rotate: windows, tokens, allowances, links."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from bot.store.schema.base import Id, Time, metadata

# When somebody was last in contact, on a channel whose platform counts from there how long it lets
# us write. `welcome_left` counts the messages to who only followed; NULL: they have written.
contact_window = Table(
    "contact_window",
    metadata,
    Column("address_id", Id, ForeignKey("address.id", ondelete="CASCADE"), primary_key=True),
    Column("contacted_at", Time),
    Column("left_at", Time),
    Column("welcome_left", Integer),
)

# Tokens that a platform rotates, sealed. `generation` counts the rotations; `seed` is a keyed hash
# of the refresh token that was set by hand, so that a new one set later is taken up.
platform_grant = Table(
    "platform_grant",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("seed", LargeBinary(16), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("refresh", LargeBinary, nullable=False),
    Column("access", LargeBinary),
    Column("expires_at", Time),
    Column("held_by", String(40)),
    Column("lease_until", Time),
    Column("dead_since", Time),
)

# What a platform lets us use: money or messages in a month (`2026-11`), people in all (``).
platform_use = Table(
    "platform_use",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

# Where a channel can be found by who is not in it yet.
channel_link = Table(
    "channel_link",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("url", String(200), nullable=False),
)
