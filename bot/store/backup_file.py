"""The file of a backup: a ZIP of one SQLite database, whatever it was taken from, and a manifest.

The manifest is written last and tells length and SHA-256 of the database: a file that was cut off
or has changed is found out before anything is touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

_FORMAT = 1
_DATABASE, _MANIFEST = "caunoi.db", "manifest.json"
_PIECE = 1 << 20


class BackupFault(Exception):
    """Why a backup was not made, or cannot be taken; in words for the operator."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`revision` is the schema's. `secret` is a keyed hash that tells one SECRET_KEY from another
    and nothing about it. `sha256` and `length` are of the database inside, in bytes."""

    made_at: datetime
    revision: str
    taken_from: str
    secret: str
    sha256: str = ""
    length: int = 0


def pack(database: Path, manifest: Manifest, target: Path) -> Manifest:
    """Writes the file under another name first, so that a half one never has the real name."""
    half = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with half.open("xb") as file:
            half.chmod(0o600)
            whole = _write(database, manifest, file)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return whole


def read_manifest(file: Path) -> Manifest:
    """Raises BackupFault when this is no backup, or the end of it is missing."""
    try:
        with zipfile.ZipFile(file) as archive:
            told = json.loads(archive.read(_MANIFEST))
            if told.pop("format") != _FORMAT:
                raise BackupFault("this backup was made by a newer version: upgrade first")
            return Manifest(**{**told, "made_at": datetime.fromisoformat(told["made_at"])})
    except FileNotFoundError:
        raise BackupFault(f"there is no file {file}") from None
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError, OSError) as error:
        raise BackupFault("this is no backup, or it is cut off or damaged") from error


def unpack(file: Path, target: Path) -> Manifest:
    """Writes the database to `target`. Raises BackupFault when a byte of it is not as it was."""
    manifest = read_manifest(file)
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_DATABASE) as inside:
            digest, length = _copy(cast(BinaryIO, inside), target)
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise BackupFault("this backup is cut off or damaged") from error
    if (digest, length) != (manifest.sha256, manifest.length):
        raise BackupFault("this backup is damaged: its checksum is not that of its content")
    return manifest


def _write(database: Path, manifest: Manifest, file: BinaryIO) -> Manifest:
    hashed = hashlib.sha256()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(_DATABASE, "w", force_zip64=True) as inside, database.open("rb") as whole:
            while piece := whole.read(_PIECE):
                hashed.update(piece)
                inside.write(piece)
        told = asdict(manifest) | {
            "format": _FORMAT,
            "made_at": manifest.made_at.isoformat(),
            "sha256": hashed.hexdigest(),
            "length": database.stat().st_size,
        }
        archive.writestr(_MANIFEST, json.dumps(told))
    told.pop("format")
    return Manifest(**{**told, "made_at": manifest.made_at})


def _copy(inside: BinaryIO, target: Path) -> tuple[str, int]:
    hashed, length = hashlib.sha256(), 0
    target.touch(mode=0o600, exist_ok=False)
    with target.open("wb") as file:
        while piece := inside.read(_PIECE):
            hashed.update(piece)
            length += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return hashed.hexdigest(), length


def _sync_folder(folder: Path) -> None:
    """A name in a folder is on the disk only when the folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def room_for(folder: Path, needed: int) -> None:
    """Raises BackupFault when the disk has not so many bytes left."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupFault(
            f"{folder} has {free // 2**20} MB free, and {needed // 2**20 + 1} MB are needed"
        )
