"""One contender that sends the same message to many chats, in a process of its own.

`python -m bench.peers NAME` reads a Task as JSON and prints what it cost; `ours` is in it too.
"""
# ruff: noqa: PLC0415  # each process loads only its own contender, whose memory is measured

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from bench.machine import CLIENT_CORE, ROOT, peak_kb, pin

AT_ONCE = 64  # as many as bot/broadcast.py has under way
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # the form of a token, not one
FIRST_CHAT = 1_000_000
# Said by a contender when all is imported and made: from here on it is measured.
Start = Callable[[], None]
# The peers send the very text that ours makes of bench.broadcast's campaign.
HTML = (
    "<b>Lịch làm việc</b>\n\nVăn phòng công đoàn mở cửa sáng thứ bảy.\n\nLiên đoàn Lao động gửi. "
    "Tin nhắn tự động. Để rời đi, hãy viết: dừng.\n\nNguồn\n- Công đoàn cơ sở, 12/TB"
)
BUTTONS = {"inline_keyboard": [[{"text": "Menu", "callback_data": "/menu"}]]}
_PREVIEW: dict[str, Any] = {"is_disabled": True}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """What to send: to so many chats, through which server, at which pace (ours only)."""

    base: str
    count: int
    database: str = ""
    per_second: float = 1e9

    @property
    def chats(self) -> range:
        return range(FIRST_CHAT, FIRST_CHAT + self.count)


async def _with_workers(chats: Iterable[int], send: Callable[[int], Awaitable[object]]) -> None:
    """The loop that is usually written: so many at once, and what fails is lost."""
    left = iter(chats)

    async def work() -> None:
        for chat in left:
            try:
                await send(chat)
            except Exception as error:  # a bare loop goes on
                _log.debug("lost: %s", type(error).__name__)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def raw_aiohttp(task: Task, start: Start) -> None:
    """No library over aiohttp at all."""
    import aiohttp

    url = f"{task.base}/bot{TOKEN}/sendMessage"
    same = {"text": HTML, "parse_mode": "HTML"}
    given = {**same, "link_preview_options": _PREVIEW, "reply_markup": BUTTONS}
    async with aiohttp.ClientSession() as session:

        async def send(chat: int) -> None:
            async with session.post(url, json={"chat_id": chat, **given}) as response:
                assert json.loads(await response.read())["ok"]

        start()
        await _with_workers(task.chats, send)


def _aiogram_bot(task: Task) -> Any:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    return Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(task.base)))


def _aiogram_extras() -> dict[str, Any]:
    from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions

    return {
        "parse_mode": "HTML",
        "link_preview_options": LinkPreviewOptions(**_PREVIEW),
        "reply_markup": InlineKeyboardMarkup.model_validate(BUTTONS),
    }


async def aiogram(task: Task, start: Start) -> None:
    """Its bare concurrent loop: no ledger, no retry."""
    bot, extras = _aiogram_bot(task), _aiogram_extras()
    start()
    await _with_workers(task.chats, lambda chat: bot.send_message(chat, HTML, **extras))
    await bot.session.close()


async def aiogram_broadcaster(task: Task, start: Start) -> None:
    """The library itself where it is installed, without a storage: that would only slow it."""
    from aiogram_broadcaster import Broadcaster  # type: ignore[import-not-found,unused-ignore]
    from aiogram_broadcaster.contents import (  # type: ignore[import-not-found,unused-ignore]
        TextContent,
    )

    bot = _aiogram_bot(task)
    content = TextContent(text=HTML, **_aiogram_extras())
    start()
    mailer = await Broadcaster(bot).create_mailer(chats=task.chats, content=content)
    await mailer.start()
    await bot.session.close()


async def aiogram_broadcaster_loop(task: Task, start: Start) -> None:
    """Its documented loop, where it is not installed: one after the other, the method made anew
    for each chat, a 429 slept out and then sent once more."""
    from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter
    from aiogram.methods import SendMessage

    bot, extras = _aiogram_bot(task), _aiogram_extras()
    start()
    for chat in set(task.chats):
        method = SendMessage(chat_id=chat, text=HTML, **extras)
        try:
            await bot(method)
        except TelegramRetryAfter as error:
            await asyncio.sleep(error.retry_after)
            await _with_workers([chat], lambda _: bot(method))  # noqa: B023  # awaited here
        except TelegramAPIError as error:
            _log.debug("lost: %s", type(error).__name__)
    await bot.session.close()


async def python_telegram_bot(task: Task, start: Start) -> None:
    """Its bare concurrent loop on its default backend, httpx."""
    from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions

    async with Bot(TOKEN, base_url=f"{task.base}/bot") as bot:
        markup = InlineKeyboardMarkup.de_json(BUTTONS, bot)
        preview = LinkPreviewOptions(**_PREVIEW)

        async def send(chat: int) -> None:
            await bot.send_message(
                chat, HTML, parse_mode="HTML", link_preview_options=preview, reply_markup=markup
            )

        start()
        await _with_workers(task.chats, send)


async def ours(task: Task, start: Start) -> None:
    """The whole way: ledger opened, claimed, sent through the real channel, settled, ended."""
    app = _our_app(task)
    assert app._telegram is not None
    await app.presence.begin()
    await app.upkeep.begin()
    await app._telegram._bot.initialize()
    (campaign,) = await app.store.campaigns.find("scheduled")
    start()
    living = app.presence.run(app.conversation.retry, app.conversation.recover)
    sending = asyncio.gather(living, app.bulk.run())
    while (state := (await app.store.campaigns.get(campaign.id)).state) != "done":
        assert state in {"scheduled", "running"}, state
        await asyncio.sleep(0.1)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await app.bulk.stop()
    await app._telegram.close()
    await app.store.close()


def _our_app(task: Task) -> Any:
    from bot.app import make_app
    from bot.settings import load_settings

    os.environ.update(
        DATABASE_URL=task.database,
        CONTENT_DIR=str(ROOT / "content"),
        LOCALES_DIR=str(ROOT / "locales"),
        VAR_DIR=str(Path(task.database.removeprefix("sqlite:///")).parent),
        SECRET_KEY="bench",
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_API_BASE=task.base,
        TELEGRAM_PER_SECOND=str(task.per_second),
        QUIET_HOURS="03:00-03:01",
    )
    return make_app(load_settings(None))


CONTENDERS: dict[str, Callable[[Task, Start], Awaitable[None]]] = {
    "ours": ours,
    "aiogram": aiogram,
    "aiogram_broadcaster": aiogram_broadcaster,
    "aiogram_broadcaster_loop": aiogram_broadcaster_loop,
    "PTB": python_telegram_bot,
    "raw aiohttp": raw_aiohttp,
}


async def run(name: str, task: Task) -> dict[str, Any]:
    """Has a contender do the task in a process of its own; what it cost."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.peers", name, json.dumps(dataclasses.asdict(task)),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{name} failed")
    cost: dict[str, Any] = json.loads(told)
    return cost


async def _main(name: str, task: Task) -> None:
    began: list[float] = []
    await CONTENDERS[name](task, lambda: began.extend([time.monotonic(), time.process_time()]))
    busy = time.process_time() - began[1]
    print(json.dumps({"began": began[0], "busy": busy, "peak_kb": peak_kb()}))


if __name__ == "__main__":
    pin(CLIENT_CORE)
    uvloop.run(_main(sys.argv[1], Task(**json.loads(sys.argv[2]))))
