"""Backing up and restoring, as sentences: copy, settle what was under way, forget again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.store import aftermath, restoring
from bot.store.backup_file import BackupFault, Manifest, pack, read_manifest, room_for, unpack
from bot.store.backups import copy_database
from bot.store.codec import Codecs
from bot.store.engine import Database
from bot.store.erasures import Erasures
from bot.store.groups import Groups
from bot.store.upgrade import newest

__all__ = ["BackupFault", "Manifest", "Recovery", "unpacked"]


class Recovery:
    """Of one database. Each method that changes it is one transaction."""

    def __init__(self, database: Database, writes: Groups, reads: Groups, codecs: Codecs) -> None:
        self._database = database
        self._writes = writes
        self._reads = reads
        self._codecs = codecs

    @property
    def secret(self) -> str:
        """A keyed hash by which a backup tells under which SECRET_KEY it was made."""
        return self._codecs.seal.recognise("backup").hex()

    async def back_up(self, target: Path, url: str, now: datetime) -> Manifest:
        """Writes the file while others write to the database. Raises BackupFault, OSError.

        `now` is before the copy is taken: what is noted from then on may be missing in it.
        """
        copy = target.with_name(f".{target.name}.copy")
        copy.unlink(missing_ok=True)
        try:
            revision = await copy_database(self._database, copy)
            kind = make_url(url).get_backend_name()
            return pack(copy, Manifest(now, revision, kind, self.secret), target)
        finally:
            copy.unlink(missing_ok=True)

    async def look_at(self, *, is_forced: bool) -> None:
        """Raises BackupFault when this database must stay; a broken one goes by force."""
        try:
            await restoring.look_at(self._database, is_forced=is_forced)
        except SQLAlchemyError as error:
            if not is_forced:
                raise BackupFault("the database cannot be read") from error

    async def put(self, file: Path) -> None:
        """Replaces all by that SQLite file of today's schema. Raises BackupFault."""
        await restoring.put(self._database, file)

    async def settle(self, made_at: datetime, now: datetime) -> Mapping[str, int]:
        """Holds back what may have gone on since the backup; how many of which kind."""
        codecs = self._codecs
        return await self._writes.run(lambda c: aftermath.settle(c, codecs, made_at, now))

    async def settle_moved(self, now: datetime) -> int:
        """Nothing has run since the backup; how many messages are uncertain all the same."""
        return await self._writes.run(lambda c: aftermath.settle_moved(c, now))

    async def forget_again(self, erasures: Erasures, made_at: datetime) -> Mapping[str, int]:
        codecs = self._codecs
        counts = await self._writes.run(
            lambda c: aftermath.forget_again(c, codecs, erasures, made_at)
        )
        await self._database.scrub()
        return counts

    async def grants(self) -> Sequence[Any]:
        """The platforms' tokens; none of a new or a broken database."""
        try:
            return await self._reads.run(aftermath.read_grants)
        except SQLAlchemyError:
            return ()

    async def keep_newer_grants(self, grants: Sequence[Any]) -> int:
        return await self._writes.run(lambda c: aftermath.keep_newer_grants(c, grants))


def unpacked(file: Path, target: Path, secret: str, *, is_forced: bool) -> Manifest:
    """Writes the database that is in the backup to `target`. Raises BackupFault."""
    told = read_manifest(file)
    if told.revision > newest():
        raise BackupFault(
            f"this backup has schema {told.revision}, and this version of the bot knows "
            f"{newest()}: install the newer version first"
        )
    if told.secret != secret and not is_forced:
        raise BackupFault(
            "this backup was made under another SECRET_KEY: put the old key back. With --force "
            "what is sealed in it is lost"
        )
    room_for(target.parent, told.length * 2)
    return unpack(file, target)
