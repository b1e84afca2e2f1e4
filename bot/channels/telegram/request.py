"""HTTP for python-telegram-bot through aiohttp, with errors that hold no address.

PTB's default backend costs ten times the CPU of this one (DESIGN.md). Telegram's addresses hold
the token and aiohttp's exceptions hold addresses, so none of them leaves this file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels import Unknown, Unsent
from bot.channels.calls import Caller, TooLate

_UNREADABLE = "Invalid server response"


class NotSent(NetworkError):
    """The request never reached the wire: it may be repeated without doubling anything."""


@dataclass(frozen=True, slots=True)
class ReadyData:
    """A body that is JSON already: what PTB would build anew for each chat is built once."""

    body: bytes


class AiohttpRequest(BaseRequest):
    """One pooled aiohttp session; the timeouts are seconds for a whole answer."""

    def __init__(self, *, seconds: float = 30.0, connections: int = 160) -> None:
        self._caller = Caller(seconds=seconds, connections=connections)

    async def post_ready(self, url: str, body: bytes) -> Any:
        """The result of a call whose body is JSON already. Raises TelegramError."""
        return await self.post(url, cast(RequestData, ReadyData(body)))  # PTB hands it through

    @property
    def read_timeout(self) -> float:
        return self._caller.seconds

    async def initialize(self) -> None:
        await self._caller.open()

    async def shutdown(self) -> None:
        await self._caller.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As PTB's own, which would write what it cannot read into the log."""
        try:
            parsed = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, dict):
            raise TelegramError(_UNREADABLE)
        return parsed

    async def post(self, *given: Any, **more: Any) -> Any:  # type: ignore[misc]  # PTB: final
        """As PTB's own, which stumbles over an answer whose fields are of other kinds."""
        try:
            return await super().post(*given, **more)
        except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError):
            raise TelegramError(_UNREADABLE) from None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | ReadyData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002  # PTB's signature
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002  # PTB's signature
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002  # PTB's signature
    ) -> tuple[int, bytes]:
        seconds = read_timeout if isinstance(read_timeout, int | float) else None
        try:
            answered = await self._caller.call(method, url, seconds=seconds, **_body(request_data))
        except Unsent as error:
            raise NotSent(str(error)) from None
        except TooLate:
            raise TimedOut from None
        except Unknown as error:
            raise NetworkError(str(error)) from None
        return answered.status, answered.body


def _body(data: RequestData | ReadyData | None) -> dict[str, Any]:
    if isinstance(data, ReadyData):
        return {"data": aiohttp.BytesPayload(data.body, content_type="application/json")}
    return {"data": _form(data)}


def _form(data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if data is None:
        return None
    if not data.multipart_data:
        return data.json_parameters
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form
