"""The organisation, as sentences: read the tree, load, merge, move, rename, close, count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from bot.loading import Loading, Wanted
from bot.organisation import Structure, Tree, Unit
from bot.store import audit, units
from bot.store.groups import Groups

Changing = Callable[[Connection], tuple[Unit, Unit]]


class Organisation:
    """Each method is one transaction; the changes are the command line's, and noted as such."""

    def __init__(self, writes: Groups, reads: Groups) -> None:
        self._writes = writes
        self._reads = reads

    async def begin(self, wanted: Sequence[Wanted], now: datetime) -> bool:
        """Imports the first tree, where there is none yet."""
        return await self._writes.run(lambda c: units.begin(c, wanted, now))

    async def has_begun(self) -> bool:
        """Whether there is a tree."""
        return await self._reads.run(units.has_begun)

    async def tree(self, at: datetime | None = None) -> Tree:
        """The tree now, or as it was."""
        if at is not None:
            return await self._reads.run(lambda c: units.read_tree_at(c, at))
        return await self._reads.run(units.read_tree)

    async def follow(self, structure: Structure) -> bool:
        """Reads the tree again if it has changed since."""
        revision = await self._reads.run(units.revision)
        if revision == structure.revision:
            return False
        structure.tree, structure.revision = await self.tree(), revision
        return True

    async def count_people(self, day: date | None = None) -> Mapping[int, int]:
        """How many who agreed to messages are in each unit itself, now or on a past day."""
        return await self._reads.run(lambda c: units.count_people(c, day))

    async def keep_counts(self, day: date) -> None:
        await self._writes.run(lambda c: units.keep_counts(c, day))

    async def load(
        self, wanted: Sequence[Wanted], now: datetime, *, is_rehearsal: bool = False
    ) -> Loading:
        """Loads a list of units: all of it, or nothing where it has faults or is a rehearsal."""

        def run(connection: Connection) -> Loading:
            loaded = units.load(connection, wanted, now, is_rehearsal=is_rehearsal)
            if not (loaded.faults or is_rehearsal):
                audit.note(connection, "units.load", f"units:{len(wanted)}", None, now)
            return loaded

        return await self._writes.run(run)

    async def merge(self, source: str, target: str, now: datetime) -> tuple[Unit, Unit]:
        """The unit that is gone and its heir. Raises UnitFault."""
        return await self._change("unit.merge", lambda c: units.merge(c, source, target, now), now)

    async def move(self, code: str, parent: str, now: datetime) -> tuple[Unit, Unit]:
        """The unit and the one above it. Raises UnitFault."""
        return await self._change("unit.move", lambda c: units.move(c, code, parent, now), now)

    async def rename(self, code: str, title: str, now: datetime) -> tuple[Unit, Unit]:
        """The unit as it was and as it is. Raises UnitFault."""
        return await self._change("unit.rename", lambda c: units.rename(c, code, title, now), now)

    async def close(self, code: str, now: datetime) -> tuple[Unit, Unit]:
        """The unit that is gone and the one above it. Raises UnitFault."""
        return await self._change("unit.close", lambda c: units.close(c, code, now), now)

    async def _change(self, verb: str, change: Changing, now: datetime) -> tuple[Unit, Unit]:
        def run(connection: Connection) -> tuple[Unit, Unit]:
            changed = change(connection)
            audit.note(connection, verb, f"unit:{changed[0].code}", None, now)
            return changed

        return await self._writes.run(run)
