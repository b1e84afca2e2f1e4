"""A small federation for tests: two provinces, a zone in one of them, three grassroots unions."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.app import App
from bot.loading import Wanted
from bot.model import Address, Event, Person, Session
from bot.organisation import Unit
from bot.store import Officer, Store, Work

#            code      name                    under  kind
UNITS = (
    ("LD", "Liên đoàn", None, "federation"),
    ("BN", "Tỉnh Bắc", "LD", "province"),
    ("BN-KCN", "Khu công nghiệp", "BN", "zone"),
    ("BN-01", "Công ty May", "BN-KCN", "grassroots"),
    ("BN-02", "Công ty Giày", "BN-KCN", "grassroots"),
    ("TN", "Tỉnh Nam", "LD", "province"),
    ("TN-01", "Công ty Gỗ", "TN", "grassroots"),
)


def wanted(*units: tuple[str, str, str | None, str]) -> tuple[Wanted, ...]:
    return tuple(
        Wanted(f"row {row}", Unit(code, title, kind), parent)
        for row, (code, title, parent, kind) in enumerate(units, 2)
    )


async def load_units(store: Store) -> None:
    loaded = await store.organisation.load(wanted(*UNITS), datetime.now(UTC))
    assert loaded.faults == ()


async def prepare(bot: App) -> None:
    """The bot with that tree."""
    await load_units(bot.store)
    await bot.store.organisation.follow(bot.structure)


async def add_people(store: Store, code: str, count: int, channel: str = "telegram") -> None:
    """So many who agreed to messages and chose that unit."""
    now = datetime.now(UTC)
    unit = (await store.organisation.tree()).find(code)
    assert unit is not None
    for number in range(count):
        address = Address(channel, f"9{abs(hash(code)) % 10**6}{number:04}")
        stored = await store.write_down(Event(f"{code}{number}", address), now)
        assert stored is not None
        work = Work()
        work.consent(Person(stored.person_id), "v", now)
        work.choose_unit(Person(stored.person_id), unit.id)
        await store.finish(stored, work, Session(), (), now)


async def appoint(bot: App, address: Address, role: str, unit: str, topic: str = "") -> None:
    """Gives an office to somebody who has written before."""
    assert await bot.store.officers.add(Officer(address, role, unit, topic), datetime.now(UTC))
