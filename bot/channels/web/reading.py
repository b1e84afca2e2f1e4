"""Reads what the chat page posts: JSON, or a form with a picture that is looked at and dropped."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.model import MAX_CHOICE_BYTES, Attachment

MAX_JSON = 64 * 1024
MAX_FILE = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_FIELDS = frozenset({"id", "text", "choice", "seen", "tapped"})


@dataclass(frozen=True)
class Post:
    """One request to /chat: something said, or only the ids of replies that have been seen."""

    id: str
    text: str
    choice: str
    seen: tuple[int, ...]
    attachment: Attachment | None
    says_something: bool
    tapped: int = 0
    content: bytes = b""


async def read_post(request: web.Request) -> Post:
    """The post. Raises HTTPBadRequest, HTTPRequestEntityTooLarge or HTTPUnsupportedMediaType."""
    if request.content_type == "multipart/form-data":
        return await _read_form(request)
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    return _as_post(_parsed(await _read_limited(request, MAX_JSON)), None)


async def _read_limited(request: web.Request, limit: int) -> bytes:
    if (request.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, request.content_length or 0)
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(body))
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(fields, dict) or not fields or not _FIELDS.issuperset(fields):
        raise web.HTTPBadRequest
    return fields


def _as_post(fields: dict[str, Any], attachment: Attachment | None) -> Post:
    identifier, text = fields.get("id"), fields.get("text", "")
    choice, seen = fields.get("choice", ""), fields.get("seen", [])
    if not isinstance(text, str) or not isinstance(choice, str) or not isinstance(seen, list):
        raise web.HTTPBadRequest
    if len(choice.encode("utf-8", "replace")) > MAX_CHOICE_BYTES:
        raise web.HTTPBadRequest
    tapped = fields.get("tapped", "0")
    if not all(_is_number(one) for one in (*seen, tapped)):
        raise web.HTTPBadRequest
    if identifier is None:
        identifier = secrets.token_urlsafe(16)
    elif not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
        raise web.HTTPBadRequest
    says_something = attachment is not None or "text" in fields or "choice" in fields
    shown = tuple(map(int, seen))
    return Post(identifier, text, choice, shown, attachment, says_something, int(tapped))


def _is_number(one: object) -> bool:
    return isinstance(one, str) and one.isdecimal() and len(one) < 19


async def _read_form(request: web.Request) -> Post:
    if (request.content_length or 0) > MAX_FILE + MAX_JSON:
        raise web.HTTPRequestEntityTooLarge(MAX_FILE, request.content_length or 0)
    fields: dict[str, Any] = {}
    attachment, content = None, b""
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise web.HTTPBadRequest
            if part.name == "file":
                content = await _read_part(part, MAX_FILE)
                attachment = await _look_at(content)
            elif part.name in _FIELDS - {"seen", "tapped"}:
                fields[part.name] = (await _read_part(part, MAX_JSON)).decode("utf-8", "replace")
            else:
                raise web.HTTPBadRequest
    except (ValueError, AssertionError, LookupError, HttpProcessingError):
        # All of them are aiohttp's words for a form that is none.
        raise web.HTTPBadRequest from None
    if attachment is None:
        raise web.HTTPBadRequest
    return replace(_as_post(fields, attachment), content=content)


async def _read_part(part: BodyPartReader, limit: int) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        body += chunk
        if len(body) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(body))
    return bytes(body)


async def _look_at(content: bytes) -> Attachment:
    return await asyncio.to_thread(_judge, content)


def _judge(content: bytes) -> Attachment:
    """Whether it is a picture that can be used; its name and declared type prove nothing."""
    from PIL import Image  # noqa: PLC0415  # 10 MB of memory that an idle bot does not need

    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                return Attachment("picture", problem="too-large")
            picture.verify()
    except Exception:  # Pillow's decoders raise a dozen kinds; all mean that it cannot be used
        return Attachment("file", problem="not-a-picture")
    return Attachment("picture")
