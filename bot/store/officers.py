"""The SQL of officers: who holds which role in which unit."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from bot.model import Address, Person
from bot.store import schema
from bot.store.groups import Groups
from bot.store.rows import upsert


@dataclass(frozen=True, slots=True)
class Officer:
    """A role that somebody holds, and how they are reached."""

    address: Address
    role: str
    unit: str


class Officers:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups) -> None:
        self._writes = writes
        self._reads = reads

    async def add(self, officer: Officer) -> bool:
        """False when nobody with that address has written to the bot yet."""
        return await self._writes.run(lambda c: _add(c, officer))

    async def remove(self, address: Address) -> int:
        """Takes all roles from the person; how many they were."""
        return await self._writes.run(lambda c: _remove(c, address))

    async def list(self) -> tuple[Officer, ...]:
        return await self._reads.run(_list)

    async def roles(self, person: Person) -> frozenset[str]:
        table = schema.officer
        query = select(table.c.role).where(table.c.person_id == person.id)
        return await self._reads.run(lambda c: frozenset(c.execute(query).scalars()))


def _person_of(connection: Connection, address: Address) -> int | None:
    table = schema.address
    mine = (table.c.channel == address.channel, table.c.address == address.address)
    return connection.execute(select(table.c.person_id).where(*mine)).scalar_one_or_none()


def _add(connection: Connection, officer: Officer) -> bool:
    person_id = _person_of(connection, officer.address)
    if person_id is None:
        return False
    row = {"person_id": person_id, "role": officer.role, "unit": officer.unit}
    connection.execute(upsert(connection, schema.officer).values(row).on_conflict_do_nothing())
    return True


def _remove(connection: Connection, address: Address) -> int:
    table = schema.officer
    person_id = _person_of(connection, address)
    return connection.execute(delete(table).where(table.c.person_id == person_id)).rowcount


def _list(connection: Connection) -> tuple[Officer, ...]:
    officer, address = schema.officer, schema.address
    query = (
        select(address.c.channel, address.c.address, officer.c.role, officer.c.unit)
        .join(address, address.c.person_id == officer.c.person_id)
        .order_by(officer.c.unit, officer.c.role, officer.c.person_id, address.c.id)
    )
    rows = connection.execute(query)
    return tuple(Officer(Address(r.channel, r.address), r.role, r.unit) for r in rows)
