"""Campaigns for tests: a message, an audience of people on the fake platforms, a launch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from bot.campaigns import SCHEDULED, Campaign, Message, Origin, Words
from bot.store import Store, schema

MESSAGE = Message(
    {
        "vi": Words("Lịch làm việc", "Văn phòng công đoàn mở cửa sáng thứ bảy."),
        "en": Words("Office hours", "The union's office is open on Saturday morning."),
    },
    "union",
    (Origin("Thông báo", "Công đoàn cơ sở", "12/TB"),),
)


def _add(
    connection: Connection, first: int, count: int, channel: str, language: str, quiet: str | None
) -> None:
    now = datetime.now(UTC)
    same = {"consent_version": "v", "consent_at": now, "seen_on": now.date(), "language": language}
    people = [{"quiet": quiet, **same} for _ in range(count)]
    ids = connection.execute(
        insert(schema.person).returning(schema.person.c.id, sort_by_parameter_order=True), people
    ).scalars()
    rows = [
        {"person_id": person, "channel": channel, "address": str(first + number)}
        for number, person in enumerate(ids)
    ]
    connection.execute(insert(schema.address), rows)
    topics = [{"person_id": row["person_id"], "topic": "union"} for row in rows]
    connection.execute(insert(schema.subscription_topic), topics)


async def add_members(
    store: Store,
    count: int,
    *,
    first: int = 600,
    channel: str = "telegram",
    language: str = "vi",
    quiet: str | None = "03:00-03:01",
) -> Sequence[int]:
    """So many who agreed and follow the topic; their addresses. They sleep for a minute only."""
    await store._writes.run(lambda c: _add(c, first, count, channel, language, quiet))
    return range(first, first + count)


async def schedule(store: Store, audience: str = "everyone", **more: object) -> int:
    """A campaign that may go out at once; its number."""
    campaign = Campaign(0, SCHEDULED, MESSAGE, audience, **more)  # type: ignore[arg-type]
    return await store.campaigns.keep(campaign, datetime.now(UTC))
