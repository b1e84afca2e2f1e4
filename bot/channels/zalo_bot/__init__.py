"""Zalo's Bot platform, for pilots of up to 50 people: poll or webhook, numbers for buttons."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from bot import metrics
from bot.channels import ChannelDown, NotNow, Refused, Said, SendError, Throttled
from bot.channels.calls import Caller
from bot.channels.lists import numbered_parts, worded_parts
from bot.channels.pace import Limit, Pace
from bot.channels.text import cut, utf16_length
from bot.channels.zalo_bot.errors import BadPicture, Empty, QuotaSpent, read_answer
from bot.channels.zalo_bot.pilot import Pilot
from bot.channels.zalo_bot.reading import CHANNEL, Malformed, kind_of, read_event, unwrapped
from bot.language import Languages
from bot.model import Event, Media
from bot.store import Pending, Store

_log = logging.getLogger(__name__)
# Whether Zalo counts characters, UTF-16 units or bytes is not known: the stricter of the likely.
MAX_TEXT = 2000
_WEBHOOK_BYTES = 1 << 20
_LONGEST_PAUSE = 30.0
_REPEAT_SECONDS = 1.0
_PER_SECOND = 10.0  # the platform's rate is not published

# Writes an event down; False when it was seen before.
Receive = Callable[[Event], Awaitable[object]]


@dataclass(frozen=True)
class ZaloBotOptions:
    """How to reach Zalo; an empty `secret` means polling."""

    token: str
    base: str
    zone: ZoneInfo
    secret: str = ""
    public_url: str = ""
    poll_seconds: int = 25


class ZaloBot:
    """The Bot platform's channel: `listen` until stopped, `say` one reply."""

    name = CHANNEL
    waits_for_receipt = False

    def __init__(
        self,
        options: ZaloBotOptions,
        store: Store,
        languages: Languages,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._options = options
        self._languages = languages
        self._clock = clock
        self._pilot = Pilot(CHANNEL, store.allowances, options.zone)
        self._caller = Caller()
        self._poller = Caller(seconds=options.poll_seconds + 15, connections=2)
        self._pace = Pace(_PER_SECOND)
        # Zalo fetches pictures itself, from a public address only.
        self._shows_pictures = options.public_url.startswith("https:")
        self._receive: Receive | None = None
        # What keeps it from hearing or saying, for the operator.
        self.trouble = ""

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """The webhook's route, when there is a webhook."""
        self._receive = receive
        return [web.post("/zalo-bot", self._webhook)] if self._options.secret else []

    async def open(self) -> None:
        await self._caller.open()
        await self._poller.open()

    async def listen(self, leads: Callable[[], bool] = lambda: True) -> None:
        """Polls, while this process leads, or registers the webhook. Raises ChannelDown."""
        if self._options.secret:
            self.trouble = "the webhook is not registered yet"
            await self._patiently("setWebhook", self._webhook_wish())
            self.trouble = ""
            await asyncio.Event().wait()
        await self._patiently("deleteWebhook", {})  # or polling would be refused
        await self._poll(leads)

    async def close(self) -> None:
        await self._caller.close()
        await self._poller.close()

    @property
    def per_second(self) -> float:
        return self._pace.limit.per_second

    @property
    def limit(self) -> Limit:
        return self._pace.limit

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> Said:
        """Sends one reply as one message or more. Raises SendError."""
        reply = pending.reply
        in_words = worded_parts if pending.is_unasked else numbered_parts
        texts = in_words(reply, self._languages.voice(reply.language), MAX_TEXT)
        if reply.document:  # there is no sending of files
            texts += cut(reply.document.text, MAX_TEXT, utf16_length)
        now, user = self._clock(), pending.address.address
        await self._pilot.permit(len(texts), now, in_bulk=pending.is_unasked)
        sends = [partial(self._send_text, user, text) for text in texts]
        if reply.media and self._shows_pictures and sends:
            sends[0] = partial(self._send_picture, user, texts[0], reply.media[0])
        await self._pace.say_all(sends, to=user, in_bulk=in_bulk)
        return Said()

    async def fetch(self, handle: str) -> bytes:
        """The picture that somebody sent along. Raises PictureFault."""
        return await self._caller.fetch_from_zalo(handle, self._options.base)

    async def _send_text(self, user: str, text: str) -> None:
        await self._call("sendMessage", {"chat_id": user, "text": text})
        await self._pilot.count(self._clock())

    async def _send_picture(self, user: str, caption: str, picture: Media) -> None:
        url = f"{self._options.public_url}/{picture.file}"
        try:
            await self._call("sendPhoto", {"chat_id": user, "photo": url, "caption": caption})
        except BadPicture:
            _log.warning("Zalo cannot fetch pictures from PUBLIC_URL; only texts are sent now")
            self._shows_pictures = False
            await self._send_text(user, caption)
            return
        await self._pilot.count(self._clock())

    async def _call(self, method: str, given: dict[str, Any]) -> Any:
        """The result. Raises SendError, whose text holds no token."""
        try:
            return await self._ask(self._caller, method, given)
        except ChannelDown as error:  # for a message: nothing was sent, and it may be mended
            _log.error("%s", error)
            raise Throttled(600) from None
        except Empty:
            raise Refused("an empty answer") from None
        except QuotaSpent:
            if await self._pilot.is_spent(self._clock()):
                raise NotNow("the month's messages are used up") from None
            raise

    async def _ask(self, caller: Caller, method: str, given: dict[str, Any]) -> Any:
        url = f"{self._options.base}/bot{self._options.token}/{method}"
        return read_answer(await caller.call("POST", url, json=given))

    def _webhook_wish(self) -> dict[str, str]:
        url = f"{self._options.public_url}/zalo-bot"
        return {"url": url, "secret_token": self._options.secret}

    async def _patiently(self, method: str, given: dict[str, Any]) -> None:
        """Until it succeeds: the network may come later than the bot. Raises ChannelDown."""
        pause = 1.0
        while True:
            try:
                await self._ask(self._caller, method, given)
                return
            except (SendError, Empty) as error:
                _log.warning("Zalo's Bot platform is not ready: %s", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _poll(self, leads: Callable[[], bool]) -> None:
        """Takes updates for ever, one a poll. Raises ChannelDown.

        Whether a consumed update is dropped or replayed at once is not settled: a repeated one is
        told by its id, and followed by a pause.
        """
        pause = 1.0
        while True:
            if not leads():
                await asyncio.sleep(_REPEAT_SECONDS)
                continue
            try:
                wait = {"timeout": self._options.poll_seconds}
                is_new = await self._take(await self._ask(self._poller, "getUpdates", wait))
                pause, self.trouble = 1.0, ""
                if not is_new:
                    await asyncio.sleep(_REPEAT_SECONDS)
            except Empty:
                self.trouble = ""
                await asyncio.sleep(0.05)  # one that does not wait would spin
            except ChannelDown:
                raise
            except Throttled as error:
                await asyncio.sleep(error.seconds)
            except Malformed:
                _log.warning("an update of Zalo's Bot platform could not be read")
                await asyncio.sleep(_REPEAT_SECONDS)
            except Exception as error:  # a bot that stops polling is deaf
                self.trouble = f"cannot be polled: {type(error).__name__}"
                _log.warning("Zalo cannot be polled just now: %s", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _take(self, payload: Any) -> bool:
        """Whether it was something new. Raises Malformed."""
        assert self._receive is not None
        for update in payload if isinstance(payload, list) else [payload]:
            event = read_event(update)
            if event is None:
                metrics.UNREAD.labels(CHANNEL, kind_of(update)).inc()
            elif await self._receive(event):
                await self._pilot.count_people(self._clock())
                return True
        return False

    async def _webhook(self, request: web.Request) -> web.Response:
        """200 when the update is written down, 403 or 400 to what is not Zalo's."""
        given = request.headers.get("X-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._options.secret.encode()):
            raise web.HTTPForbidden
        if (request.content_length or 0) > _WEBHOOK_BYTES:
            raise web.HTTPRequestEntityTooLarge(_WEBHOOK_BYTES, request.content_length or 0)
        try:
            payload = json.loads(await request.read())
            if unwrapped(payload) != {}:
                await self._take(payload)
        except (ValueError, RecursionError):  # Malformed is a ValueError
            raise web.HTTPBadRequest from None
        return web.Response()
