"""The bot in this process, with a clock that jumps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bench.chaos.scene import Scene
from bench.contest_house import HOOK
from bot.app import App
from bot.library import Library, keep_library
from bot.settings import Settings
from tests.conftest import LANGUAGES
from tests.fakes.telegram import TOKEN


class Clock:
    """So many hours beside the right time."""

    hours = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(hours=self.hours)


@cache
def _library(folder: str) -> Library:
    return keep_library(Path(folder), Path(folder).parent / "library.json")


class Inside:
    """An App, started and stopped as a process is."""

    def __init__(self, scene: Scene) -> None:
        self.clock = Clock()
        self.log = scene.base.folder / "no.log"
        more: dict[str, Any] = {k.lower(): v for k, v in scene.environment().items()}
        more |= {"database_url": scene.base.url, "http_port": 0}
        more |= {"telegram_bot_token": TOKEN, "telegram_api_base": scene.telegram.base}
        self._settings = Settings(_env_file=None, telegram_webhook_secret=HOOK, **more)
        self.url = ""
        self._app: App | None = None

    async def start(self) -> None:
        library = _library(str(self._settings.content_dir))
        self._app = App(self._settings, library, LANGUAGES, self.clock)
        await self._app.start()
        self.url = f"http://127.0.0.1:{self._app.port}"

    async def stop(self) -> int:
        if self._app is not None:
            await self._app.stop()
        self._app = None
        return 0
