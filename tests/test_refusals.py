"""Who has not the right is refused alike on every channel, and nothing is changed by it.

All four channels stand on one bot here, each through its own real way in: buttons' values, slash
words and plain words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.app import App
from bot.campaigns import AWAITING, Campaign
from bot.model import Address
from bot.store import schema
from handlers import ROUTES
from tests.campaigning import MESSAGE, add_members
from tests.conftest import LANGUAGES
from tests.contesting import opened
from tests.desking import hand_in, newcomer
from tests.organisation import appoint, prepare
from tests.people import Talker
from tests.test_permissions import BUTTONS, COMMANDS, WITHOUT_UNIT

KNOWS_NO = "I do not know this command. Here is what I can do."
OLD = "That button is from an older message. Here is what I can do now."
# What each event writes, whatever it asks for.
_KEPT_OF_EVENTS = {
    "session", "event", "reply", "contact_window", "platform_use", "platform_grant",
    "channel_link", "bulk_sender", "process", "day_figure",  # the last is counted every hour
}  # fmt: skip
_SEEN = {"seen_on", "last_seen_at"}


def _tried(role: str | None) -> list[tuple[str, str]]:
    """What somebody does who should not: (kind, what)."""
    words = [*COMMANDS, *WITHOUT_UNIT, "audit"]
    slashes = [f"/{word}" for word in words] + [
        said.format(unit=unit) for said in COMMANDS.values() for unit in ("BN-01", "LD")
    ]
    plain = {route.name: route.words for route in ROUTES if route.name in words and route.words}
    typed = [LANGUAGES.voice("vi")(text).split(",")[0].strip() for text in plain.values()]
    tried = [("tap", value) for value in BUTTONS]
    tried += [("say", word) for word in [*slashes, *typed]]
    if role is None:
        return tried
    # A reader may see the approved pack; of everything else one of a kind is enough here.
    packs = {"pack", "/pack", LANGUAGES.voice("vi")(plain["pack"]).split(",")[0].strip()}
    kinds = {what.partition(":")[0].partition(" ")[0]: (kind, what) for kind, what in tried}
    return [one for word, one in kinds.items() if word not in packs and one[1] not in packs]


async def _fill(bot: App, folder: Path) -> None:
    """One of everything that an officer may change."""
    await prepare(bot)
    now = datetime.now(UTC)
    await add_members(bot.store, 6, channel="telegram")
    await appoint(bot, Address("telegram", "600"), "administrator", "LD")
    await appoint(bot, Address("telegram", "601"), "administrator", "LD")
    message = Campaign(0, AWAITING, MESSAGE, "everyone", author=1)
    assert await bot.store.campaigns.keep(message, now) == 1
    await opened(bot.store)
    reporter, _ = await newcomer(bot.store, "reporter")
    await hand_in(bot.store, reporter, "reporter")


def _content(connection: Connection) -> Mapping[str, list[str]]:
    found = {}
    for table in schema.metadata.sorted_tables:
        if table.name not in _KEPT_OF_EVENTS:
            columns = [column for column in table.c if column.name not in _SEEN]
            found[table.name] = sorted(map(repr, connection.execute(select(*columns))))
    return found


@pytest.mark.parametrize("role", [None, "reader"])
async def test_whoever_has_no_right_is_refused_alike_everywhere_and_changes_nothing(
    role: str | None, bot: App, tmp_path: Path, visitor: Talker, chatter: Talker, pilot: Talker,
    follower: Talker,
) -> None:  # fmt: skip
    people = {"web": visitor, "telegram": chatter, "zalo-bot": pilot, "zalo-oa": follower}
    await _fill(bot, tmp_path)
    for person in people.values():
        await person.says("/start")
        await person.taps("English")
    if role:
        for at in await _addresses(bot, tuple(people)):
            await appoint(bot, at, role, "BN")
    before = await bot.store._reads.run(_content)
    heard = await asyncio.gather(*(_told(one, _tried(role)) for one in people.values()))
    after = await bot.store._reads.run(_content)
    assert {name for name in before if before[name] != after[name]} == set()
    for what, *told in zip(_tried(role), *heard, strict=True):
        assert set(told) <= {KNOWS_NO, OLD}, (what, told)
        assert len(set(told)) == 1, (what, dict(zip(people, told, strict=True)))


async def _told(person: Talker, tried: list[tuple[str, str]]) -> list[str]:
    """The first sentence of each answer."""
    return [
        (await (person.taps_value(what) if kind == "tap" else person.says(what))).text
        .partition("\n")[0]
        for kind, what in tried
    ]  # fmt: skip


async def _addresses(bot: App, channels: tuple[str, ...]) -> list[Address]:
    """The newest on each channel."""
    table = schema.address.c
    query = select(table.channel, table.address).order_by(table.id)
    rows = await bot.store._reads.run(lambda c: c.execute(query).all())
    return list({row.channel: Address(*row) for row in rows if row.channel in channels}.values())
