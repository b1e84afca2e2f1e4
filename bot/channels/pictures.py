"""The pictures that replies carry: out of the content folder or the store, uploaded once."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from weakref import WeakValueDictionary

from aiohttp import web

from bot.store import Store

SENT = "media/sent/"  # those of messages, named by what they hold
_REMEMBERED = 4  # of at most 1 MB each: one broadcast is read by many
_KINDS = {"jpg": "image/jpeg", "png": "image/png"}


class Pictures:
    """Reads pictures by the name that a reply's media give them."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._digests: dict[str, str] = {}
        self._remembered: OrderedDict[str, bytes] = OrderedDict()
        self._handles: dict[tuple[str, str], str] = {}
        self._uploading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def read(self, file: str) -> bytes | None:
        """The bytes; None for one that is not there any more."""
        if not file.startswith(SENT):
            with suppress(FileNotFoundError):
                return await asyncio.to_thread((self._folder / file).read_bytes)
            return None
        if file in self._remembered:
            self._remembered.move_to_end(file)
            return self._remembered[file]
        content = await self._store.pictures.read(file)
        if content is not None:
            self._remembered[file] = content
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return content

    async def digest(self, file: str) -> str:
        """The SHA-256 in hex, by which a channel knows an upload again."""
        if file.startswith(SENT):
            return file.removeprefix(SENT).partition(".")[0]
        if file not in self._digests:  # the content folder does not change while it is served
            content = await self.read(file) or b""
            self._digests[file] = hashlib.sha256(content).hexdigest()
        return self._digests[file]

    @asynccontextmanager
    async def uploading(self, file: str) -> AsyncIterator[None]:
        """One upload of a picture at a time: the others find its handle when it is over."""
        async with self._uploading.setdefault(file, asyncio.Lock()):
            yield

    async def handle(self, channel: str, file: str) -> str | None:
        """The channel's own name for an upload that it keeps for ever."""
        known = self._handles.get((channel, file))
        if known is None:
            known = await self._store.media.find(channel, await self.digest(file))
        if known is not None:
            self._handles[channel, file] = known
        return known

    async def keep_handle(self, channel: str, file: str, handle: str) -> None:
        self._handles[channel, file] = handle
        await self._store.media.keep(channel, await self.digest(file), handle)

    @asynccontextmanager
    async def turn(self, channel: str, file: str) -> AsyncIterator[None]:
        """For a message that may carry the picture's bytes: the others wait until it is over.

        Waited for before the pace, so that they do not all go out in the same moment then.
        """
        if file and not await self.handle(channel, file):
            async with self.uploading(file):
                if not await self.handle(channel, file):
                    yield
                    return
        yield

    def routes(self) -> list[web.RouteDef]:
        """Where pages and Zalo fetch the pictures of messages.

        Their names are as good as a key: who does not have a picture cannot guess its name.
        """
        return [web.get(f"/{SENT}{{name}}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        kind = _KINDS.get(name.rpartition(".")[2])
        content = await self.read(f"{SENT}{name}") if kind and len(name) <= 68 else None
        if content is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "public, max-age=604800, immutable"}
        return web.Response(body=content, content_type=kind or "", headers=headers)
