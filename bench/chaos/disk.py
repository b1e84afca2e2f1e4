"""Disks that are full or cannot be written to, under the database and VAR_DIR."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from bench.chaos.crowd import ARTICLE
from bench.chaos.scene import Scene
from tests.processes import Process


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Of 320 MB (with less than 200 left the bot tells of it), mounted there; only root may do so,
    others are held by `held`."""
    if os.geteuid() != 0:
        yield
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=320m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


async def full(scene: Scene) -> None:
    """Not a byte more; what cannot be written down must not be acknowledged."""
    if os.geteuid() != 0:
        await held(scene)
        return
    filler = scene.base.folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    await scene.lasts(15)
    await _must_refuse(scene)
    filler.unlink()


async def held(scene: Scene) -> None:
    """No file of the process may grow: what a full disk is for who is not root."""
    assert isinstance(scene.process, Process)
    number, (_, most) = scene.process.number, resource.getrlimit(resource.RLIMIT_FSIZE)
    size = scene.base.file.stat().st_size // 4096 * 4096
    resource.prlimit(number, resource.RLIMIT_FSIZE, (min(size, 65536), most))
    await scene.lasts(15)
    await _must_refuse(scene)
    resource.prlimit(number, resource.RLIMIT_FSIZE, (most, most))


async def read_only(scene: Scene) -> None:
    """As when a disk reports errors and the system protects it."""
    files = [f"{scene.base.file}{end}" for end in ("", "-wal")]  # a mapped file would kill: SIGBUS
    subprocess.run(["chattr", "+i", *files], check=True)
    try:
        await scene.lasts(15)
        await _must_refuse(scene)
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)


async def _must_refuse(scene: Scene) -> None:
    """The platform is told to come again; who asks for health is told too."""
    tap = scene.telegram.tap(999, f"article:{ARTICLE}")
    refused = 0
    async with aiohttp.ClientSession() as session:
        for _ in range(20):
            status = await scene.telegram.push(session, f"{scene.process.url}/telegram", tap)
            refused += status >= 500
            if status == 200:
                scene.extra_taps = 1
    if not refused:
        scene.found.append("everything was acknowledged though nothing could be written")
