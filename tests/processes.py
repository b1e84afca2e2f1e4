"""A real `caunoi serve` as a process of its own, to be killed and started again."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aiohttp import ClientError, ClientSession

from bot.library import keep_library
from tests.conftest import ROOT
from tests.fakes.telegram import TOKEN
from tests.prepare import KEPT, KEPT_INDEX, KEPT_WORDS
from tests.small_pack import small_pack


@cache
def few_articles(*kept: str) -> str:
    """Content with an article a topic and those `kept`: a killed process starts again and
    again, and would spend most of its time on reading all of them."""
    folder = Path(tempfile.mkdtemp(prefix="caunoi-content-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    keep_library(small_pack(folder / "content", *kept), folder / "content.json")
    return str(folder / "content")


def _lay_ready(var: Path, content: Path) -> None:
    """What a first start would read for seconds is there already, as at all later ones."""
    kept = KEPT if content == ROOT / "content" else content.parent / f"{content.name}.json"
    place = Path(var) / "library.json"
    if kept.exists() and not place.exists():
        var.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept, place)
        shutil.copytree(KEPT_WORDS, var / "catalogues", dirs_exist_ok=True)
        if kept == KEPT:
            (var / "search.db").symlink_to(KEPT_INDEX)


class Process:
    """One process of the bot, with its settings in the environment; Telegram only with a base."""

    program = ("bot", "serve")
    before: tuple[str, ...] = ()  # a command that ends by running the one after it

    def __init__(
        self,
        folder: Path,
        database_url: str,
        telegram_base: str,
        secret: str = "",
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "serve.log"
        self._environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database_url,
            "CONTENT_DIR": str(ROOT / "content"),
            "LOCALES_DIR": str(ROOT / "locales"),
            "VAR_DIR": str(folder / "var"),
            "HTTP_PORT": str(self.port),
            "TELEGRAM_BOT_TOKEN": TOKEN if telegram_base else "",
            "TELEGRAM_API_BASE": telegram_base or "http://127.0.0.1",
            "TELEGRAM_WEBHOOK_SECRET": secret,
            "TELEGRAM_PER_SECOND": "1000",
            **(more or {}),
        }
        self._folder = folder
        _lay_ready(folder / "var", Path(self._environment["CONTENT_DIR"]))
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Starts and returns when it answers."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.before, sys.executable, "-m", *self.program,
                env={"PYTHONPATH": str(ROOT), **self._environment},
                cwd=self._folder, stdout=log, stderr=log,
            )  # fmt: skip
        async with ClientSession() as session:
            for _ in range(4800):
                try:
                    async with session.get(f"{self.url}/health/live") as response:
                        if response.status == 200:
                            return
                except ClientError:
                    await asyncio.sleep(0.025)
        raise AssertionError(self.log.read_text())

    @property
    def number(self) -> int:
        """The number that the system gave it."""
        assert self._process is not None
        return self._process.pid

    def memory_kb(self) -> int:
        """Resident memory in KB."""
        status = Path(f"/proc/{self.number}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1])

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Asks it to stop as an operator does; its exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return await asyncio.wait_for(self._process.wait(), 30)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
