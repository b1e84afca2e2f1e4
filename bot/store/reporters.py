"""Seals each reporter's address under a key of its own, wrapped by one outside the database.

There is a file of keys for each month. What was sealed in a month can be read by nobody any more,
in no backup either, once the file is gone; it goes when its last report has had its time.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.model import Address
from bot.store.seal import Seal, Unsealable, keep_secret

_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class SealedAddress:
    """`sealed` can be opened by the key in `wrapped`, and that by the file of the month `under`."""

    under: str
    wrapped: bytes
    sealed: bytes


class Reporters:
    """The keys, in a folder that is kept apart from the database and its backups."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seals: dict[str, Seal] = {}

    def close(self, address: Address, now: datetime) -> SealedAddress:
        under, key = f"{now:%Y-%m}", secrets.token_urlsafe(32)
        wrapped = self._seal(under, makes=True).seal(key.encode(), "reporter's key")
        line = f"{address.channel}\n{address.address}".encode()
        return SealedAddress(under, wrapped, Seal(key).seal(line, "reporter"))

    def open(self, one: SealedAddress) -> Address:
        """Raises Unsealable, also when the key was destroyed."""
        key = self._seal(one.under).open(one.wrapped, "reporter's key").decode()
        channel, _, address = Seal(key).open(one.sealed, "reporter").decode().partition("\n")
        return Address(channel, address)

    def destroy_but(self, used: Collection[str], now: datetime) -> None:
        """The keys of all months but these and the current one are gone for good."""
        kept = {*used, f"{now:%Y-%m}"}
        for path in self._folder.glob("*/secret.key"):
            month = path.parent.name
            if _MONTH.fullmatch(month) and month not in kept:
                _overwrite(path)
                self._seals.pop(month, None)

    def _seal(self, month: str, *, makes: bool = False) -> Seal:
        path = self._folder / month
        if not (path / "secret.key").exists():
            self._seals.pop(month, None)  # another process destroyed it
            if not makes:
                raise Unsealable(month)
        if month not in self._seals:
            self._seals[month] = Seal(keep_secret("", path))
        return self._seals[month]


def _overwrite(path: Path) -> None:
    """As far as a disk lets one: the bytes, then the file."""
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    path.parent.rmdir()
