"""Who has left or erased everything lately, kept outside the database and its backups.

A restored backup would bring them back. So each is noted in a folder beside the database, as a
keyed hash of the address that leads to nobody without both the key and the address, and a restore
applies it again. Notes are deleted when every backup that could hold the person is.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from bot.model import Address
from bot.store.seal import Seal

_log = logging.getLogger(__name__)
# Backups are deleted after 30 days; an older one is refused by a restore.
KEPT = timedelta(days=90)
ERASED, STOPPED = "erased", "stopped"


class Erasures:
    """A file a month and process, so that machines which share the folder never write to one."""

    def __init__(self, folder: Path | None, seal: Seal) -> None:
        """Without a folder nothing is noted."""
        self._folder = folder
        self._seal = seal
        self._name = secrets.token_hex(4)

    def note(self, what: str, addresses: Iterable[Address], now: datetime) -> None:
        """Before the database forgets them: who is noted in vain had asked for it all the same."""
        if self._folder is None:
            return
        lines = [f"{now.isoformat()} {what} {self._hash(one)}\n" for one in addresses]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{now:%Y-%m}.{self._name}"
            with path.open("a", encoding="ascii") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError:  # the person's wish is more than this note
            _log.error("an erasure could not be noted in VAR_DIR: a restore would undo it")

    def since(self, moment: datetime) -> dict[str, tuple[str, datetime]]:
        """By hash: what was wished from then on, the strongest, and when last."""
        found: dict[str, tuple[str, datetime]] = {}
        for line in self._lines():
            at, what, key = line.split()
            when = datetime.fromisoformat(at)
            if when >= moment:
                before = found.get(key, (what, when))
                what = ERASED if ERASED in {what, before[0]} else what
                found[key] = (what, max(when, before[1]))
        return found

    def key(self, channel: str, address: str) -> str:
        return self._hash(Address(channel, address))

    def _hash(self, one: Address) -> str:
        return self._seal.recognise("erased", one.channel, one.address).hex()

    def _lines(self) -> Iterable[str]:
        for path in sorted(self._folder.glob("????-??.*")) if self._folder else ():
            whole = path.read_text(encoding="ascii")
            yield from (line for line in whole.splitlines() if line.count(" ") == 2)

    def forget(self, now: datetime) -> None:
        """Notes that no backup needs any more are deleted."""
        for path in self._folder.glob("????-??.*") if self._folder else ():
            if path.stat().st_mtime < (now - KEPT).timestamp():
                path.unlink(missing_ok=True)
