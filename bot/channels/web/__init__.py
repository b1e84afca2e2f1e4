"""The web chat: a page, a post that is answered at once, and a stream of later replies."""

from __future__ import annotations

import asyncio
import json
import math
import secrets
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from aiohttp import ClientConnectionResetError, web

from bot.channels import Said
from bot.channels.web.page import Page
from bot.channels.web.reading import Post, read_post
from bot.channels.web.visitors import CHANNEL, Pace, Visitors, client_of, is_same_origin
from bot.channels.web.writing import as_json
from bot.model import Address, Attachment, Event, Reply
from bot.pictures import PictureFault
from bot.store import Pending, Seal, Store

_HEARTBEAT_SECONDS = 20
_MAX_STREAMS = 5
_LOOK_SECONDS = 1.5
# Numbers are given in order, and become visible a little out of order.
_LOOKED_BACK = 4


class Converse(Protocol):
    """What the web asks of the conversation."""

    async def __call__(self, event: Event) -> tuple[Pending, ...]: ...


@dataclass(frozen=True)
class WebOptions:
    """Where the chat is served from and how fast one may write."""

    public_url: str
    per_minute: int = 60
    new_visitors_per_minute: int = 600


@dataclass(frozen=True, slots=True)
class Changed:
    """A reply of before, by its id, that says something else now."""

    number: int
    reply: Reply


Stream = asyncio.Queue[Pending | Changed]


class Web:
    """The web channel. A reply counts as said when the browser has acknowledged its id."""

    name = CHANNEL
    waits_for_receipt = True
    per_second = math.inf

    def __init__(self, options: WebOptions, store: Store, seal: Seal, page: Page) -> None:
        self._options = options
        self._store = store
        self._page = page
        self._visitors = Visitors(seal, is_secure=options.public_url.startswith("https:"))
        self._pace = Pace(options.per_minute, time.monotonic)
        self._new_pace = Pace(options.new_visitors_per_minute, time.monotonic)
        self._streams: defaultdict[Address, list[Stream]] = defaultdict(list)
        self._sent_along: dict[str, bytes] = {}
        self._closing = asyncio.Event()
        self._converse: Converse | None = None

    def routes(self, converse: Converse) -> list[web.AbstractRouteDef]:
        self._converse = converse
        folder = Path(__file__).parent / "static"
        return [
            web.get("/", self._front),
            web.post("/chat", self._post),
            web.get("/chat/stream", self._stream),
            web.static("/page", folder, append_version=False),
        ]

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> Said:  # noqa: ARG002  # pages have no pace
        """Shows a later reply on open pages; it stays stored until a page has acknowledged it."""
        for stream in self._streams.get(pending.address, ()):
            stream.put_nowait(pending)
        return Said(has_arrived=False)

    def can_change(self, address: Address) -> bool:
        """While a page is open at this very process."""
        return address in self._streams

    async def change(
        self,
        address: Address,
        number: int,
        reply: Reply,
        *,
        in_bulk: bool = False,  # noqa: ARG002  # as above
    ) -> None:
        """Open pages show the reply of that id anew; it is not kept for those that are closed."""
        for stream in self._streams.get(address, ()):
            stream.put_nowait(Changed(number, reply))

    async def follow(self, is_alone: Callable[[], bool]) -> None:
        """Shows on pages open here what other processes have for them, until it is cancelled."""
        newest: deque[int] = deque([0], maxlen=_LOOKED_BACK)
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if is_alone() or not self._streams:
                continue
            with suppress(Exception):  # the next look may succeed; health tells of it
                newest.append(await self._show_new(newest[0]) or newest[-1])

    async def _show_new(self, since: int) -> int:
        """Shows what came after a number, perhaps once more; the newest number, 0 for none."""
        waiting = await self._store.unasked_of_pages(since)
        open_here = {Address(self.name, to) for _, to in waiting} & self._streams.keys()
        for address in open_here:
            for pending in await self._store.replies_to_say(address=address):
                await self.say(pending)
        return waiting[-1][0] if waiting else 0

    def close_streams(self) -> None:
        """Ends all streams, or the server would wait for them when it stops."""
        self._closing.set()

    async def _front(self, request: web.Request) -> web.Response:
        html = self._page.html(_language(request))
        response = web.Response(text=html, content_type="text/html", headers=self._page.headers)
        if self._visitors.known(request) is None:
            self._visitors.welcome(response)
        return response

    async def _post(self, request: web.Request) -> web.Response:
        if not is_same_origin(request, self._options.public_url):
            raise web.HTTPForbidden
        response = web.Response(content_type="application/json")
        address = self._visitors.known(request)
        self._keep_pace(request, address)
        post = await read_post(request)
        address = address or self._visitors.welcome(response)
        async with self._forgotten(post, address):
            replies = await self._answered(post, address, _language(request))
        shown = [await as_json(pending.id, pending.reply) for pending in replies]
        response.text = json.dumps({"replies": shown}, ensure_ascii=False)
        return response

    @asynccontextmanager
    async def _forgotten(self, post: Post, address: Address) -> AsyncIterator[None]:
        """What was seen is forgotten beside the answer: in the transaction that writes the event
        down, since it is on its way first. What waits for somebody must not be said again."""
        if not post.seen:
            yield
            return
        forgetting = asyncio.create_task(self._store.forget_replies(*post.seen, to=address))
        await asyncio.sleep(0)  # now it is on its way
        try:
            yield
        finally:
            await forgetting

    async def _answered(self, post: Post, address: Address, language: str) -> tuple[Pending, ...]:
        if not post.says_something:
            return ()
        with self._held(post) as attachment:
            assert self._converse is not None
            replies = await self._converse(
                Event(
                    id=post.id,
                    address=address,
                    text=post.text,
                    choice=post.choice,
                    language=language,
                    attachment=attachment,
                    tapped=post.tapped,
                )
            )
        for pending in replies:
            await self._store.statuses.keep(pending, pending.id)
        return replies

    @contextmanager
    def _held(self, post: Post) -> Iterator[Attachment | None]:
        """What was sent along is in memory while it is answered, and nowhere afterwards."""
        attachment = post.attachment
        if attachment is None or attachment.problem:
            yield attachment
            return
        handle = secrets.token_hex(8)
        self._sent_along[handle] = post.content
        try:
            yield replace(attachment, handle=handle)
        finally:
            del self._sent_along[handle]

    async def fetch(self, handle: str) -> bytes:
        """The picture of the post that is being answered. Raises PictureFault.

        After a crash, when the event is answered from the store, it is gone.
        """
        if handle not in self._sent_along:
            raise PictureFault("gone")
        return self._sent_along[handle]

    def seconds_to_wait(self, request: web.Request) -> float:
        """For a page without visitors: 0 when this address may ask, as a new visitor may."""
        return self._new_pace.seconds_to_wait(client_of(request))

    def _keep_pace(self, request: web.Request, address: Address | None) -> None:
        wait = (
            self._pace.seconds_to_wait(address.address)
            if address
            else self.seconds_to_wait(request)
        )
        if wait:
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(int(wait) + 1)})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        address = self._visitors.known(request)
        if address is None or len(self._streams.get(address, ())) >= _MAX_STREAMS:
            return web.Response(status=204)  # tells EventSource not to come back
        queue: Stream = asyncio.Queue()
        self._streams[address].append(queue)
        try:
            return await self._serve_stream(request, address, queue)
        finally:
            self._streams[address].remove(queue)
            if not self._streams[address]:
                del self._streams[address]

    async def _serve_stream(
        self, request: web.Request, address: Address, queue: Stream
    ) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        last = request.headers.get("Last-Event-ID", "")
        sent = int(last) if last.isdecimal() and len(last) < 19 else 0
        for pending in await self._store.replies_to_say(address=address):
            if pending.id > sent:
                queue.put_nowait(pending)
        # A page that was closed is no fault: what it did not confirm is shown at its next visit.
        with suppress(ClientConnectionResetError):
            await self._write_stream(response, queue)
        return response

    async def _write_stream(self, response: web.StreamResponse, queue: Stream) -> None:
        """Until this process stops. Raises ClientConnectionResetError when the page is gone."""
        written: set[int] = set()
        while not self._closing.is_set():
            coming = await self._next(queue)
            if coming is None:
                await response.write(b": still here\n\n")
            elif isinstance(coming, Changed):
                await response.write(await _as_event("change", coming.number, coming.reply))
            elif coming.id not in written:
                written.add(coming.id)
                event = await _as_event("reply", coming.id, coming.reply)
                await response.write(b"id: %d\n%s" % (coming.id, event))

    async def _next(self, queue: Stream) -> Pending | Changed | None:
        """The next reply, or None when it is time for a sign of life or for the end."""
        waiting = [asyncio.create_task(queue.get()), asyncio.create_task(self._closing.wait())]
        done, left = await asyncio.wait(
            waiting, timeout=_HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        for task in left:
            task.cancel()
        return waiting[0].result() if waiting[0] in done else None  # type: ignore[return-value]


async def _as_event(name: str, number: int, reply: Reply) -> bytes:
    data = json.dumps(await as_json(number, reply), ensure_ascii=False)
    return f"event: {name}\ndata: {data}\n\n".encode()


def _language(request: web.Request) -> str:
    """The first language that the browser asks for."""
    first = request.headers.get("Accept-Language", "").partition(",")[0]
    return first.partition(";")[0].strip()[:35]
