"""Offices: who holds which role in which unit, who stands in, and what the audit trail says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.model import Address, Person
from bot.rights import Office
from bot.store import audit, codes, offices, schema, units
from bot.store.codec import Codecs
from bot.store.groups import Groups
from bot.store.seal import Unsealable
from bot.store.units import UnitFault


@dataclass(frozen=True, slots=True)
class Officer:
    """A role that somebody holds, and how they are reached; no `unit`: the top."""

    address: Address
    role: str
    unit: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """That somebody stands in for an office until the end of that day."""

    office_id: int
    until: date


class Officers:
    """Each method is one transaction."""

    def __init__(self, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    async def add(self, officer: Officer, now: datetime) -> bool:
        """By command line. False when nobody with that address has written to the bot yet.

        Raises UnitFault when there is no such unit.
        """
        return await self._writes.run(lambda c: _add(c, officer, now))

    async def remove(self, address: Address, now: datetime) -> int:
        """Takes all roles from the person, by command line; how many they were."""
        return await self._writes.run(lambda c: _remove(c, address, now))

    async def invite(self, role: str, unit: str, topic: str, now: datetime) -> str:
        """A one-time code, made by command line; no `unit`: the top. Raises UnitFault."""
        code = codes.new_code()

        def run(connection: Connection) -> None:
            unit_id = _unit_id(connection, unit)
            number = codes.add_invitation(
                connection, self._codecs, code, role, unit_id, None, now, topic
            )
            audit.note(connection, "invitation.make", f"invitation:{number}", None, now)

        await self._writes.run(run)
        return code

    async def list(self) -> tuple[Officer, ...]:
        return await self._reads.run(_list)

    async def person(self, who: str) -> Person | None:
        """Who has written as `CHANNEL:ADDRESS`."""
        channel, _, address = who.partition(":")
        found = await self._reads.run(lambda c: _person_of(c, Address(channel, address)))
        return Person(found) if found is not None else None

    async def offices(self, person: Person, today: date) -> tuple[Office, ...]:
        """What the person holds, and what they stand in for today."""
        if not person.may_hold_office:
            return ()
        rows = await self._reads.glance(lambda c: offices.offices_of(c, person.id, today))
        return tuple(self._office(row) for row in rows)

    async def all(self) -> tuple[Office, ...]:
        """Every office that is held, by its number; who holds it is not told."""
        query = offices.selected(False).order_by(schema.officer.c.id)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(self._office(row) for row in rows)

    async def leaves(self, today: date) -> tuple[Leave, ...]:
        """Which offices somebody stands in for, today or later."""
        lent = schema.deputy.c
        query = select(lent.officer_id, lent.until_on).where(lent.until_on >= today)
        rows = await self._reads.run(lambda c: c.execute(query).all())
        return tuple(Leave(row.officer_id, row.until_on) for row in rows)

    async def audit(self, limit: int, before: int | None = None) -> Sequence[audit.Entry]:
        return await self._reads.run(lambda c: audit.read(c, limit, before))

    def _office(self, row: Any) -> Office:
        label = ""
        if row.sealed:
            try:
                label = self._codecs.label.read(row.sealed)
            except Unsealable:  # under another secret; the number tells them apart
                label = ""
        return Office(row.id, row.role, row.unit_id or 0, row.topic, label, row.is_standing_in)


def _add(connection: Connection, officer: Officer, now: datetime) -> bool:
    person_id = _person_of(connection, officer.address)
    if person_id is None:
        return False
    unit_id = _unit_id(connection, officer.unit)
    made = offices.appoint(connection, person_id, officer.role, unit_id, officer.topic)
    if made is not None:
        audit.note(connection, "office.give", f"office:{made}", None, now)
    return True


def _remove(connection: Connection, address: Address, now: datetime) -> int:
    table = schema.officer
    person_id = _person_of(connection, address)
    held = connection.execute(select(table.c.id).where(table.c.person_id == person_id)).scalars()
    ended = [number for number in held.all() if offices.revoke(connection, number) is not None]
    for number in ended:
        audit.note(connection, "office.take", f"office:{number}", None, now)
    return len(ended)


def _list(connection: Connection) -> tuple[Officer, ...]:
    officer, address, unit = schema.officer, schema.address, schema.unit
    query = (
        select(address.c.channel, address.c.address, officer.c.role, unit.c.code, officer.c.topic)
        .join(address, address.c.person_id == officer.c.person_id)
        .outerjoin(unit, unit.c.id == officer.c.unit_id)
        .order_by(unit.c.code, officer.c.role, officer.c.person_id, address.c.id)
    )
    rows = connection.execute(query)
    return tuple(
        Officer(Address(r.channel, r.address), r.role, r.code or "", r.topic) for r in rows
    )


def _unit_id(connection: Connection, code: str) -> int:
    tree = units.read_tree(connection)
    unit = tree.find(code) if code else tree.top
    if unit is None:
        raise UnitFault(f"there is no unit {code}")
    return unit.id


def _person_of(connection: Connection, address: Address) -> int | None:
    table = schema.address
    mine = (table.c.channel == address.channel, table.c.address == address.address)
    return connection.execute(select(table.c.person_id).where(*mine)).scalar_one_or_none()
