"""Telegram: polls or takes webhooks, and says replies at the pace that Telegram allows."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from telegram import BotCommand, InputFile
from telegram import Message as Sent
from telegram.constants import ParseMode
from telegram.error import InvalidToken, TelegramError

from bot.channels import ChannelDown, Said
from bot.channels.calls import Caller
from bot.channels.introduction import Introduction
from bot.channels.pace import Limit, Pace
from bot.channels.pictures import Pictures
from bot.channels.telegram.editing import Editor
from bot.channels.telegram.errors import meaning
from bot.channels.telegram.fetching import fetch
from bot.channels.telegram.listening import Listener, Receive, UpdatesBot
from bot.channels.telegram.reading import ALLOWED_UPDATES, CHANNEL
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.writing import Message, messages
from bot.charts import ChartError, draw
from bot.model import Address, Chart, Reply
from bot.store import Pending, Store

# Waits come as timedelta, as all later versions of PTB will give them; read at each use.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_log = logging.getLogger(__name__)
# Telegram knows languages by two letters: its "zh" gets the Simplified texts.
_WITHOUT_CODE = frozenset({"zh-Hant"})
_READY_AT_MOST = 64


@dataclass(frozen=True)
class TelegramOptions:
    """How to reach Telegram; an empty `secret` means polling."""

    token: str
    base: str
    secret: str = ""
    per_second: float = 25.0
    public_url: str = ""
    poll_seconds: int = 25


class Ready:
    """What is said to many is written once: a reply's messages, its texts as bytes to be sent."""

    def __init__(self) -> None:
        # The reply is held too, so that its identity means no other while it is here.
        self._made: dict[int, tuple[Reply, tuple[Message | bytes, ...]]] = {}

    def parts_of(self, reply: Reply) -> tuple[Message | bytes, ...]:
        made = self._made.get(id(reply))
        if made is None:
            parts = tuple(one.body if one.is_text else one for one in messages(reply))
            made = self._made[id(reply)] = (reply, parts)
            if len(self._made) > _READY_AT_MOST:
                del self._made[next(iter(self._made))]
        return made[1]


class Telegram:
    """The Telegram channel: `listen` until stopped, `say` one reply."""

    name = CHANNEL
    waits_for_receipt = False

    def __init__(self, options: TelegramOptions, store: Store, media: Path) -> None:
        self._options = options
        self._store = store
        self._pictures = Pictures(media, store)
        self._files = f"{options.base}/file/bot{options.token}/"
        self._fetcher = Caller(connections=4)
        self._request = AiohttpRequest()
        self._send_message = f"{options.base}/bot{options.token}/sendMessage"
        self._ready = Ready()
        self._bot = UpdatesBot(
            options.token,
            base_url=f"{options.base}/bot",
            base_file_url=f"{options.base}/file/bot",
            request=self._request,
            get_updates_request=AiohttpRequest(seconds=options.poll_seconds + 15, connections=2),
        )
        self._pace = Pace(options.per_second)
        self._editor = Editor(self._bot, self._pace)
        self._listener: Listener | None = None
        self._waits_for = ""

    @property
    def trouble(self) -> str:
        """What keeps it from hearing, for the operator; empty when nothing does."""
        return self._waits_for or (self._listener.trouble if self._listener else "")

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """The webhook's route, when there is a webhook."""
        self._listener = Listener(self._bot, receive, self._options.poll_seconds)
        return [web.post("/telegram", self._webhook)] if self._options.secret else []

    async def listen(
        self, introduction: Introduction, leads: Callable[[], bool] = lambda: True
    ) -> None:
        """Greets Telegram, then polls, or registers the webhook. Raises ChannelDown."""
        assert self._listener is not None
        self._waits_for = "Telegram has not answered since the start"
        await _patiently(self._bot.initialize)
        await self._store.links.keep(CHANNEL, f"https://t.me/{self._bot.username}")
        introducing = asyncio.create_task(self._introduce(introduction))
        try:
            if self._options.secret:
                self._waits_for = "the webhook is not registered yet"
                await _patiently(self._set_webhook)
                self._waits_for = ""
                await asyncio.Event().wait()
            await _patiently(self._bot.delete_webhook)
            self._waits_for = ""
            await self._listener.poll(leads)
        finally:
            introducing.cancel()

    async def close(self) -> None:
        await self._bot.shutdown()
        await self._fetcher.close()

    async def fetch(self, handle: str) -> bytes:
        """The picture that somebody sent along. Raises PictureFault."""
        return await fetch(self._bot, self._fetcher, self._files, handle)

    @property
    def per_second(self) -> float:
        return self._pace.limit.per_second

    @property
    def limit(self) -> Limit:
        return self._pace.limit

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> Said:
        """Sends one reply as one message or more. Raises SendError."""
        chat, numbers = int(pending.address.address), list[int]()
        ready = self._ready.parts_of(pending.reply)
        parts = [partial(self._send, chat, one, numbers) for one in ready]
        picture = ready[0].picture if ready and isinstance(ready[0], Message) else ""
        async with self._pictures.turn(self.name, picture):
            await self._pace.say_all(parts, to=pending.address.address, in_bulk=in_bulk)
        return Said(numbers=tuple(numbers))

    def can_change(self, _address: Address) -> bool:
        return True

    async def change(
        self, address: Address, number: int, reply: Reply, *, in_bulk: bool = False
    ) -> None:
        """The message says something else from now on. Raises SendError, Unchangeable."""
        await self._editor.change(int(address.address), number, reply, in_bulk=in_bulk)

    async def delete(self, address: Address, number: int) -> None:
        """The message is gone. Raises SendError, Unchangeable."""
        await self._editor.delete(int(address.address), number)

    async def _webhook(self, request: web.Request) -> web.Response:
        assert self._listener is not None
        return await self._listener.webhook(request, self._options.secret)

    async def _set_webhook(self) -> bool:
        return await self._bot.set_webhook(
            f"{self._options.public_url}/telegram",
            secret_token=self._options.secret,
            allowed_updates=ALLOWED_UPDATES,
        )

    async def _send(self, chat: int, message: Message | bytes, numbers: list[int]) -> None:
        """Adds the number that Telegram gave it. Raises SendError or ChannelDown."""
        try:
            if isinstance(message, bytes):
                body = b"%s%d}" % (message, chat)
                sent = await self._request.post_ready(self._send_message, body)
                numbers.append(int(sent["message_id"]))
            else:
                other = await self._send_as_it_is(chat, message)
                numbers += [other.message_id] if other else []
        except TelegramError as error:
            raise meaning(error) from None

    async def _send_as_it_is(self, chat: int, message: Message) -> Sent | None:
        if message.document:
            content = message.document.text.encode()
            return await self._bot.send_document(chat, InputFile(content, message.document.name))
        if message.chart and (drawn := await _drawn(message.chart)):
            return await self._bot.send_photo(chat, InputFile(drawn, "chart.png"))
        if message.picture:
            return await self._send_picture(chat, message)
        return await self._bot.send_message(
            chat, message.html, parse_mode=ParseMode.HTML, reply_markup=message.keyboard
        )

    async def _send_picture(self, chat: int, message: Message) -> Sent | None:
        """Uploads a picture once; afterwards Telegram's own id for it is sent."""
        handle = await self._pictures.handle(self.name, message.picture)
        content = None if handle else await self._pictures.read(message.picture)
        if handle is None and content is None:  # deleted since: its text comes all the same
            has_words = bool(message.html)
            return (
                await self._send_as_it_is(chat, replace(message, picture="")) if has_words else None
            )
        sent = await self._bot.send_photo(
            chat,
            handle or InputFile(content or b"", filename=Path(message.picture).name),
            caption=message.html or None,
            parse_mode=ParseMode.HTML,
            reply_markup=message.keyboard,
        )
        if handle is None and sent.photo:
            await self._pictures.keep_handle(self.name, message.picture, sent.photo[-1].file_id)
        return sent

    async def _introduce(self, introduction: Introduction) -> None:
        """Registers the command menu and the description; without them the bot still works."""
        try:
            for tag in (*introduction.languages.tags, ""):
                if tag not in _WITHOUT_CODE:
                    await self._introduce_in(tag, introduction)
        except TelegramError as error:
            _log.warning("Telegram's menus were not registered: %s", type(error).__name__)

    async def _introduce_in(self, tag: str, introduction: Introduction) -> None:
        """In one language; without a tag for all who speak another, in English."""
        say = introduction.languages.voice(tag or "en")
        code = tag.partition("-")[0] or None
        commands = [BotCommand(name, say(text)) for name, text in introduction.commands.items()]
        await self._bot.set_my_commands(commands, language_code=code)
        await self._bot.set_my_description(say(introduction.about), language_code=code)
        await self._bot.set_my_short_description(say(introduction.about), language_code=code)


async def _drawn(chart: Chart) -> bytes:
    """Nothing where it cannot be drawn: the text says the same."""
    try:
        return await draw(chart)
    except ChartError as error:
        _log.warning("a chart was not drawn: %s", error)
        return b""


async def _patiently(call: Callable[[], Coroutine[Any, Any, Any] | Awaitable[Any]]) -> None:
    """Until it succeeds: the network may come later than the bot. Raises ChannelDown."""
    pause = 1.0
    while True:
        try:
            await call()
            return
        except InvalidToken:
            raise ChannelDown("Telegram does not accept TELEGRAM_BOT_TOKEN") from None
        except TelegramError as error:
            _log.warning("Telegram cannot be reached yet: %s", type(error).__name__)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 30.0)
