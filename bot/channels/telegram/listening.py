"""Hears Telegram: webhook or long poll, each acknowledged only when the event is written down."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.errors import seconds
from bot.channels.telegram.reading import ALLOWED_UPDATES, Malformed, read_event
from bot.model import Event

_log = logging.getLogger(__name__)
_WEBHOOK_BYTES = 1 << 20
_LONGEST_PAUSE = 30.0

Receive = Callable[[Event], Awaitable[object]]


class UpdatesBot(Bot):
    """PTB's Bot, which also gives updates as plain JSON: its objects are costly and not needed."""

    async def updates(self, offset: int, wait: int) -> list[Any]:
        """Updates from `offset` on, waiting up to `wait` seconds for the first."""
        asked = {"offset": offset, "timeout": wait, "allowed_updates": list(ALLOWED_UPDATES)}
        given: list[Any] = await self._post("getUpdates", asked)
        return given


class Listener:
    """Reads updates and hands their events to `receive`, which writes them down."""

    def __init__(self, bot: UpdatesBot, receive: Receive, poll_seconds: int) -> None:
        self._bot = bot
        self._receive = receive
        self._poll_seconds = poll_seconds
        self._releasing: set[asyncio.Task[None]] = set()
        # What keeps us from hearing, for the operator.
        self.trouble = ""

    async def poll(self, leads: Callable[[], bool]) -> None:
        """Takes updates for ever, or until Telegram refuses the token; while this process leads,
        since Telegram lets one poll.

        The offset moves on only when all before it are written down: PTB's Updater moves it
        first and loses what is in memory.
        """
        offset, pause = 0, 1.0
        while True:
            if not leads():
                await asyncio.sleep(1.0)
                continue
            try:
                for update in await self._bot.updates(offset, self._poll_seconds):
                    await self._take_readable(update)
                    offset = int(update["update_id"]) + 1
                pause, self.trouble = 1.0, ""
            except InvalidToken:
                _log.error("Telegram does not accept TELEGRAM_BOT_TOKEN any more; it is off now")
                return
            except RetryAfter as error:
                await asyncio.sleep(seconds(error.retry_after))
            except Exception as error:  # a bot that stops polling is deaf
                self.trouble = f"cannot be polled: {_reason(error)}"
                _log.warning("Telegram cannot be polled just now: %s", _reason(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def webhook(self, request: web.Request, secret: str) -> web.Response:
        """Answers 200 when the update is written down, 403 or 400 to what is not Telegram's.

        The answer itself ends the waiting sign on a tapped button (Telegram takes a call there): a
        request of its own would be a fifth of what an event costs.
        """
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            raise web.HTTPForbidden
        if (request.content_length or 0) > _WEBHOOK_BYTES:
            raise web.HTTPRequestEntityTooLarge(_WEBHOOK_BYTES, request.content_length or 0)
        try:
            update = json.loads(await request.read())
            await self._take(update)
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        query = _query_of(update)
        if not query:
            return web.Response()
        return web.json_response({"method": "answerCallbackQuery", "callback_query_id": query})

    async def _take_readable(self, update: Any) -> None:
        """As `_take`; an update that nobody can read is skipped, or it would come for ever."""
        try:
            await self._take(update)
        except Malformed:
            _log.warning("an update of Telegram could not be read")
            return
        if query := _query_of(update):
            task = asyncio.create_task(self._release(query))
            self._releasing.add(task)
            task.add_done_callback(self._releasing.discard)

    async def _take(self, update: Any) -> None:
        event = read_event(update)
        if event is not None:
            await self._receive(event)

    async def _release(self, query: str) -> None:
        """Ends the waiting sign on a tapped button; a failure costs nobody anything."""
        try:
            await self._bot.answer_callback_query(query)
        except TelegramError as error:
            _log.debug("a button was not released: %s", type(error).__name__)


def _query_of(update: Any) -> str:
    """The id of the tap that the update tells of, if it tells of one."""
    query = update.get("callback_query")
    return str(query.get("id", "")) if query else ""


def _reason(error: Exception) -> str:
    """What may be written into a log: never the text of an error, which may hold an address."""
    if isinstance(error, Conflict):
        return "another program polls with the same token"
    return type(error).__name__
