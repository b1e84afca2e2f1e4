"""`caunoi restore FILE`: puts a backup in the place of the database, while no bot runs."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.catching_up import catch_up
from bot.commands import open_store
from bot.delivery import House
from bot.library import ContentError, keep_library
from bot.settings import Settings
from bot.store import BackupFault, Store, unpacked
from bot.store.erasures import KEPT

_TOLD = {
    "campaigns": "messages to many were held back: officers say what becomes of each",
    "uncertain": "single messages may or may not have been sent since, and are not sent again",
    "erased": "people had erased everything since, and are erased again",
    "stopped": "people had left since, and are written to no more",
    "grants": "tokens of platforms were newer in the database that was replaced, and are kept",
}


def restore(settings: Settings, asked: Namespace) -> int:
    """Prints what was held back and why."""
    try:
        counts = asyncio.run(_Restore(settings, asked).run())
    except (BackupFault, ContentError, OSError) as error:
        print(f"nothing was restored: {error}", file=sys.stderr)
        return 1
    if asked.json:
        print(json.dumps(counts))
    else:
        print(*(f"{counts[name]}\t{told}" for name, told in _TOLD.items()), sep="\n")
    return 0


class _Restore:
    """One restore: all is made ready in a file beside, and takes the place in one step."""

    def __init__(self, settings: Settings, asked: Namespace) -> None:
        self._settings = settings
        self._file = Path(asked.file)
        self._is_forced: bool = asked.force
        self._is_moved: bool = asked.moved
        self._now = datetime.now(UTC)

    async def run(self) -> Mapping[str, int]:
        """Raises BackupFault; nothing was changed then."""
        target = open_store(self._settings)
        beside = _beside(self._settings)
        _remove(beside)
        try:
            await target.recovery.look_at(is_forced=self._is_forced)
            grants = await target.recovery.grants()
            counts = await self._make_ready(beside, target.recovery.secret, grants)
            await target.recovery.put(beside)
            return counts
        finally:
            await target.close()
            _remove(beside)

    async def _make_ready(
        self, beside: Path, secret: str, grants: Sequence[Any]
    ) -> Mapping[str, int]:
        made = unpacked(self._file, beside, secret, is_forced=self._is_forced)
        if self._now - made.made_at > KEPT and not self._is_forced:
            raise BackupFault(
                f"this backup is older than {KEPT.days} days, and who erased everything since is "
                "not known any more. Say --force if nobody is to be asked"
            )
        store = open_store(self._settings, f"sqlite:///{beside}")
        try:
            await store.upgrade()
            counts = await self._settle(store, made.made_at)
            return counts | {"grants": await store.recovery.keep_newer_grants(grants)}
        finally:
            await store.close()

    async def _settle(self, store: Store, made_at: datetime) -> dict[str, int]:
        forgotten = await store.recovery.forget_again(store.erasures, made_at)
        if self._is_moved:
            uncertain = await store.recovery.settle_moved(self._now)
            return {"campaigns": 0, "uncertain": uncertain, **forgotten}
        settings = self._settings
        library = keep_library(settings.content_dir, settings.library_file)
        house = House(settings.timezone, settings.quiet_hours)
        await catch_up(store, library, house, made_at, self._now)
        return {**await store.recovery.settle(made_at, self._now), **forgotten}


def _beside(settings: Settings) -> Path:
    """On the disk of the SQLite database, so that it can take its name; else in VAR_DIR."""
    name = settings.database_url.removeprefix("sqlite:///")
    if name == settings.database_url:
        settings.var_dir.mkdir(parents=True, exist_ok=True)
        return settings.var_dir / ".restoring.db"
    path = Path(name)
    return path.with_name(f".{path.name}.restoring")


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
