"""Every table, by the room it belongs to; all SQL reads them from here."""

from bot.store.schema.awards import award_reminder, award_wish, work
from bot.store.schema.base import metadata
from bot.store.schema.campaigns import (
    approval_request,
    bulk_sender,
    campaign,
    picture,
    recipient,
    status_message,
    unit_tally,
)
from bot.store.schema.contests import attempt, certificate, contest_round
from bot.store.schema.organisation import (
    audit_entry,
    deputy,
    file_ticket,
    invitation,
    officer,
    unit,
    unit_count,
    unit_past,
)
from bot.store.schema.people import address, event, link_code, person, reply, session, wrong_code
from bot.store.schema.platforms import channel_link, contact_window, platform_grant, platform_use
from bot.store.schema.reading import (
    article_number,
    delivery,
    media_handle,
    practice,
    reading,
    reminder,
    subscription,
    subscription_topic,
)

__all__ = [
    "address",
    "approval_request",
    "article_number",
    "attempt",
    "audit_entry",
    "award_reminder",
    "award_wish",
    "bulk_sender",
    "campaign",
    "certificate",
    "channel_link",
    "contact_window",
    "contest_round",
    "delivery",
    "deputy",
    "event",
    "file_ticket",
    "invitation",
    "link_code",
    "media_handle",
    "metadata",
    "officer",
    "person",
    "picture",
    "platform_grant",
    "platform_use",
    "practice",
    "reading",
    "recipient",
    "reminder",
    "reply",
    "session",
    "status_message",
    "subscription",
    "subscription_topic",
    "unit",
    "unit_count",
    "unit_past",
    "unit_tally",
    "work",
    "wrong_code",
]
