"""Servers that take Telegram's webhook, each in a process of its own: `bench/updates.py` asks them.

`python -m bench.update_servers NAME SERVED`, the latter a Served as JSON. Each peer keeps one row
for each chat, read and written by sqlite3 in the event loop, under the write-ahead log: of the
usual ways that is the one that costs least (aiosqlite visits a thread for each statement).
"""
# ruff: noqa: PLC0415  # each process loads only its own server

from __future__ import annotations

import asyncio
import importlib.util
import json
import sqlite3
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from bench.machine import CLIENT_CORE, pin
from bench.peers import BUTTONS, HTML, TOKEN, _aiogram_extras

HOOK = "hook-secret"
WORD = "menu"
PATH = "/telegram"
_MADE = "CREATE TABLE visit (chat INTEGER PRIMARY KEY, state TEXT NOT NULL, seen INTEGER NOT NULL)"
_READ = "SELECT state, seen FROM visit WHERE chat = ?"
_WRITTEN = "INSERT OR REPLACE INTO visit (chat, state, seen) VALUES (?, ?, ?)"


@dataclass(frozen=True)
class Served:
    """Where to serve, whom to answer through, and whether to answer at all."""

    port: int
    base: str
    file: str
    answers: bool


class Visits:
    """What a handler remembers of each chat, durably: one row."""

    def __init__(self, file: str) -> None:
        self._connection = sqlite3.connect(file)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(_MADE)

    def note(self, chat: int) -> None:
        row = self._connection.execute(_READ, (chat,)).fetchone()
        seen = row[1] + 1 if row else 1
        self._connection.execute(_WRITTEN, (chat, json.dumps({"at": WORD}), seen))
        self._connection.commit()


async def _serve_aiohttp(application: Any, served: Served) -> None:
    from aiohttp import web

    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", served.port, backlog=4096).start()
    await asyncio.Event().wait()


async def bare(served: Served) -> None:
    """aiohttp, which parses the JSON and does nothing."""
    from aiohttp import web

    async def take(request: web.Request) -> web.Response:
        json.loads(await request.read())
        return web.Response()

    application = web.Application()
    application.add_routes([web.post(PATH, take)])
    await _serve_aiohttp(application, served)


async def aiogram(served: Served) -> None:
    """Its SimpleRequestHandler as it comes: it acknowledges, and handles in the background."""
    from aiogram import Bot, Dispatcher, F
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
    from aiohttp import web

    bot = Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(served.base)))
    dispatcher, visits, extras = Dispatcher(), Visits(served.file), _aiogram_extras()

    @dispatcher.message(F.text == WORD)
    async def menu(message: Message) -> None:
        visits.note(message.chat.id)
        if served.answers:
            await message.answer(HTML, **extras)

    application = web.Application()
    handler = SimpleRequestHandler(dispatcher, bot, secret_token=HOOK)
    handler.register(application, path=PATH)
    setup_application(application, dispatcher, bot=bot)
    await _serve_aiohttp(application, served)


async def python_telegram_bot(served: Served) -> None:
    """Its `run_webhook` where tornado is installed, which that needs; else its Application behind
    Starlette and uvicorn, as its documentation's example of an own webhook."""
    from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters

    visits, markup = Visits(served.file), InlineKeyboardMarkup.de_json(BUTTONS, None)
    preview = LinkPreviewOptions(is_disabled=True)

    async def menu(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        visits.note(update.message.chat.id)
        if served.answers:
            await update.message.reply_html(HTML, link_preview_options=preview, reply_markup=markup)

    has_tornado = importlib.util.find_spec("tornado") is not None
    builder = Application.builder().token(TOKEN).base_url(f"{served.base}/bot")
    # With answers several at once, since one after the other would wait for the platform each time;
    # more than that meet its time-outs, which are raised too.
    builder = builder.concurrent_updates(32 if served.answers else False)
    builder = builder.connect_timeout(60).pool_timeout(60).read_timeout(60).write_timeout(60)
    application = (builder if has_tornado else builder.updater(None)).build()
    application.add_handler(MessageHandler(filters.Regex(f"^{WORD}$"), menu))
    async with application:
        if has_tornado:
            assert application.updater is not None
            await application.updater.start_webhook(
                "127.0.0.1", served.port, PATH, secret_token=HOOK, webhook_url="https://bench.test"
            )
        await application.start()
        await (asyncio.Event().wait() if has_tornado else _behind_uvicorn(application, served))


async def _behind_uvicorn(application: Any, served: Served) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from telegram import Update

    async def take(request: Request) -> Response:
        update = Update.de_json(await request.json(), application.bot)
        await application.update_queue.put(update)
        return Response()

    routes = [Route(PATH, take, methods=["POST"])]
    config = uvicorn.Config(
        Starlette(routes=routes), port=served.port, log_level="warning", access_log=False
    )
    await uvicorn.Server(config).serve()


SERVERS: dict[str, Callable[[Served], Coroutine[Any, Any, None]]] = {
    "bare aiohttp": bare,
    "aiogram": aiogram,
    "PTB": python_telegram_bot,
}


def _ours_unsaid() -> None:
    """`caunoi serve` as it is, but its answers stay in the table: for beside peers that send none.

    Its settings stand in the environment.
    """
    from bot.__main__ import main
    from bot.outbox import Outbox

    Outbox.dispatch = lambda _self, _replies: None  # type: ignore[method-assign,assignment]
    sys.argv = ["caunoi", "serve"]
    main()


if __name__ == "__main__":
    pin(CLIENT_CORE)
    assert Path("/proc").is_dir()
    if sys.argv[1] == "ours":
        _ours_unsaid()
    else:
        uvloop.run(SERVERS[sys.argv[1]](Served(**json.loads(sys.argv[2]))))
