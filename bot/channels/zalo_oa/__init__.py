"""Zalo's Official Account: takes webhooks, and says replies within its windows and quotas."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot import metrics
from bot.channels import NotNow, Refused, Said, SendError, Throttled, Unreachable, Unsent
from bot.channels.calls import Caller
from bot.channels.pace import Limit, Pace, PartlyRefused
from bot.channels.pictures import Pictures
from bot.channels.zalo_oa.errors import BadToken, Broken, ExpiredAsset, WrongShape, read_answer
from bot.channels.zalo_oa.reading import CHANNEL, kind_of, read_event
from bot.channels.zalo_oa.signature import is_signed
from bot.channels.zalo_oa.tokens import Credentials, Tokens
from bot.channels.zalo_oa.writing import Message, messages
from bot.language import Languages
from bot.model import Event
from bot.planner import Plan, Planner
from bot.store import Pending, Store

_log = logging.getLogger(__name__)
_WEBHOOK_BYTES = 1 << 20
# Zalo waits two seconds. Longer than this is a 503: it comes again, and is not handled twice.
_ANSWER_SECONDS = 1.8
_ASSET_LIFE = timedelta(days=6)  # Zalo keeps an upload for seven
# How long a picture's id is taken from memory before the store is asked whether it still lives.
_ASSET_KNOWN = timedelta(minutes=10)
_CS = "/v3.0/oa/message/cs"

Receive = Callable[[Event], Awaitable[object]]


@dataclass(frozen=True)
class ZaloOAOptions:
    """How to reach Zalo, and what may be spent there."""

    credentials: Credentials
    secret: str  # the OA Secret Key, which signs webhooks; another than the app's
    base: str
    has_buttons: bool = True
    list_site: str = ""  # where a list's articles open; empty: no lists
    per_minute: float = 4000.0


class ZaloOA:
    """The Official Account's channel: `listen` until stopped, `say` one reply."""

    name = CHANNEL
    waits_for_receipt = False

    def __init__(
        self,
        options: ZaloOAOptions,
        store: Store,
        planner: Planner,
        languages: Languages,
        media: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._options = options
        self._store = store
        self._languages = languages
        self._pictures = Pictures(media, store)
        self._clock = clock
        self._caller = Caller()
        self.tokens = Tokens(CHANNEL, options.credentials, store.grants, self._caller, clock)
        self._planner = planner
        self._pace = Pace(options.per_minute / 60)
        # Whether Zalo takes buttons here is not documented: tried until it refuses them.
        self._has_buttons = options.has_buttons
        self._list_site = options.list_site
        self._assets: dict[str, tuple[str, datetime]] = {}
        self._oa_id = ""
        self._broken = ""
        self._has_warned = False
        self._receive: Receive | None = None
        self._late: set[asyncio.Future[object]] = set()

    @property
    def trouble(self) -> str:
        """What keeps it from sending, for the operator; empty when nothing does."""
        return self.tokens.trouble or self._broken

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        self._receive = receive
        return [web.post("/zalo-oa", self._webhook)]

    async def open(self) -> None:
        """Ready to send. The token itself is fetched when it is needed, or by `listen`."""
        await self._caller.open()
        await self.tokens.open()

    async def listen(self) -> None:
        """Learns which account it is, and keeps the token fresh, until it is cancelled."""
        learning = asyncio.create_task(self._learn_account())
        try:
            await self.tokens.keep_fresh()
        finally:
            learning.cancel()

    async def close(self) -> None:
        await self._caller.close()

    @property
    def per_second(self) -> float:
        return self._pace.limit.per_second

    @property
    def limit(self) -> Limit:
        return self._pace.limit

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> Said:
        """Sends one reply as one message or more. Raises SendError."""
        reply, user = pending.reply, pending.address.address
        parts = messages(
            reply,
            self._languages.voice(reply.language),
            has_buttons=self._has_buttons,
            is_unasked=pending.is_unasked,
            site=self._list_site,
        )
        now = self._clock()
        permitted = await self._planner.permit(
            pending.address_id, len(parts), now, is_answer=not pending.is_unasked
        )
        if permitted.way == "later":
            raise NotNow("no window is open, or nobody pays")
        try:
            sends = [partial(self._send, user, part) for part in parts]
            await self._pace.say_all(sends, to=user, in_bulk=in_bulk)
        except SendError as error:
            await self._give_back(permitted, error, now)
            raise
        return Said()

    async def fetch(self, handle: str) -> bytes:
        """The picture that somebody sent along. Raises PictureFault."""
        return await self._caller.fetch_from_zalo(handle, self._options.base)

    async def _give_back(self, permitted: Plan, error: SendError, now: datetime) -> None:
        is_whole = not isinstance(error, PartlyRefused)
        if is_whole and isinstance(error, Throttled | Unsent | NotNow | Refused | Unreachable):
            await self._planner.give_back(permitted, now)

    async def _send(self, user: str, message: Message) -> None:
        try:
            await self._post(user, message.body(await self._asset(message)))
        except ExpiredAsset:
            await self._post(user, message.body(await self._asset(message, anew=True)))
        except WrongShape as error:
            if not (message.buttons or message.picture or message.items):
                raise
            await self._send_plainly(user, message)
            if message.items:
                _log.warning("Zalo does not take lists here (%s); they are not used now", error)
                self._list_site = ""
            elif message.buttons:
                _log.warning("Zalo does not take buttons here (%s); numbers are used now", error)
                self._has_buttons = False

    async def _send_plainly(self, user: str, message: Message) -> None:
        for text in message.plain or (message.text,):
            await self._post(user, {"text": text})

    async def _post(self, user: str, body: dict[str, Any]) -> None:
        await self._call("POST", _CS, json={"recipient": {"user_id": user}, "message": body})

    async def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """One call, a second time with a new token where the first was refused."""
        grant = await self.tokens.access()
        try:
            return await self._once(method, path, grant.access, more)
        except BadToken:
            grant = await self.tokens.refresh(grant.generation)
            return await self._once(method, path, grant.access, more)

    async def _once(
        self, method: str, path: str, token: str, more: dict[str, Any]
    ) -> dict[str, Any]:
        # The token goes into a header of its own; "Authorization: Bearer" is not read.
        headers = {"access_token": token}
        answered = await self._caller.call(
            method, f"{self._options.base}{path}", headers=headers, **more
        )
        try:
            data = read_answer(answered)
        except Broken as error:
            if error.reason != self._broken:  # told once, not for each message
                _log.error("nothing can be sent on Zalo: %s", error.reason)
            self._broken = error.reason
            raise
        self._broken = ""
        return data

    async def _asset(self, message: Message, *, anew: bool = False) -> str:
        """The picture's id at Zalo, uploaded at most once in six days; without one, nothing."""
        if not message.picture:
            return ""
        now = self._clock()
        asset, good_until = self._assets.get(message.picture, ("", now))
        if good_until > now and not anew:
            return asset
        digest = await self._pictures.digest(message.picture)
        async with self._pictures.uploading(message.picture):
            known = None if anew else await self._store.media.find(CHANNEL, digest, now)
            if known:
                self._assets[message.picture] = (known, now + _ASSET_KNOWN)
                return known
            return await self._upload(message.picture, digest, now)

    async def _upload(self, picture: str, digest: str, now: datetime) -> str:
        content = await self._pictures.read(picture)
        if content is None:  # deleted since; the text comes all the same
            return ""
        form = aiohttp.FormData()
        form.add_field("file", content, filename=Path(picture).name)
        try:
            given = await self._call("POST", "/v2.0/oa/upload/image", data=form)
        except Refused:  # the text matters more than its picture
            _log.warning("Zalo did not take the picture %s", picture)
            return ""
        asset = str(given.get("attachment_id") or "")
        if asset:
            self._assets[picture] = (asset, now + _ASSET_KNOWN)
            await self._store.media.keep(CHANNEL, digest, asset, now + _ASSET_LIFE)
        return asset

    async def _learn_account(self) -> None:
        """One app may serve several accounts: events of the others are left out."""
        try:
            data = await self._call("GET", "/v2.0/oa/getoa")
        except SendError as error:
            _log.warning("Zalo did not say which account this is: %s", type(error).__name__)
            return
        self._oa_id = str(data.get("oaid") or data.get("oa_id") or "")
        if self._oa_id:
            await self._store.links.keep(CHANNEL, f"https://zalo.me/{self._oa_id}")

    async def _webhook(self, request: web.Request) -> web.Response:
        """200 when the event is written down; 403 or 400 to what is not Zalo's."""
        if (request.content_length or 0) > _WEBHOOK_BYTES:
            raise web.HTTPRequestEntityTooLarge(_WEBHOOK_BYTES, request.content_length or 0)
        body = await request.read()
        if len(body) > _WEBHOOK_BYTES:
            raise web.HTTPRequestEntityTooLarge(_WEBHOOK_BYTES, len(body))
        if body.strip() in {b"", b"{}"}:  # the console's probe, which is not signed
            return web.Response()
        app_id = self._options.credentials.app_id
        if not is_signed(body, request.headers, app_id, self._options.secret):
            self._warn_of_forgery()
            raise web.HTTPForbidden
        try:
            payload = json.loads(body)
            event = read_event(payload, self._oa_id)
        except (ValueError, RecursionError):  # Malformed is a ValueError
            raise web.HTTPBadRequest from None
        if event is None:
            metrics.UNREAD.labels(CHANNEL, kind_of(payload)).inc()
            return web.Response()
        return await self._written_down(event)

    def _warn_of_forgery(self) -> None:
        """Once: the two secrets are often taken for one another, and then all is silent."""
        if not self._has_warned:
            _log.warning("a post to /zalo-oa was not signed with ZALO_OA_SECRET_KEY and is refused")
        self._has_warned = True

    async def _written_down(self, event: Event) -> web.Response:
        assert self._receive is not None
        writing = asyncio.ensure_future(self._receive(event))
        done, _ = await asyncio.wait({writing}, timeout=_ANSWER_SECONDS)
        if not done:
            self._late.add(writing)
            writing.add_done_callback(self._let_go)
            raise web.HTTPServiceUnavailable
        await writing
        return web.Response()

    def _let_go(self, writing: asyncio.Future[object]) -> None:
        """Whether it was written down after all does not matter: Zalo posts it again. Its failure
        is looked at, or it would stand in the log with the error's own words."""
        self._late.discard(writing)
        if not writing.cancelled():
            writing.exception()
