"""Serves until the system says that it is enough."""

from __future__ import annotations

import asyncio
import gc
import signal

from bot.app import make_app
from bot.settings import Settings


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    app = make_app(settings)
    try:
        await app.start()
        # Content and words live as long as the process: the collector need not look at them again
        # and again, which would hold up an acknowledgement by tens of milliseconds.
        gc.collect()
        gc.freeze()
        gc.enable()
        print(f"Cầu Nối: http://{settings.http_host}:{app.port}/", flush=True)  # noqa: T201  # for who started it
        await ended.wait()
    finally:
        await app.stop()
