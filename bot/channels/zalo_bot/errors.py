"""What the answers of Zalo's Bot platform mean: `ok` and the code count, not the HTTP status."""

from __future__ import annotations

import json
from typing import Any

from bot.channels import ChannelDown, Refused, Throttled, Unknown, Unreachable
from bot.channels.calls import Answered

TOO_FAST_SECONDS = 5.0
_GONE = ("chat_id is invalid", "chat not found", "user not found", "blocked")


class Empty(Exception):
    """A long poll that ended without an update: `408`, and not a failure."""


class QuotaSpent(Throttled):
    """The pilot's messages or people are used up, or we were too fast: the code is the same."""


class NoSuchMethod(Refused):
    """The platform does not know the method any more, or a webhook stands in a poll's way."""


class BadPicture(Refused):
    """The picture's address is not one from which Zalo can fetch it."""


def read_answer(answered: Answered) -> Any:
    """The `result` of a good answer. Raises SendError, ChannelDown or Empty."""
    parsed = _parsed(answered.body)
    if parsed is None:
        if answered.status == 429:  # the gateway's own, with HTML: the call never got through
            raise Throttled(TOO_FAST_SECONDS)
        if answered.status == 408:
            raise Empty
        raise Unknown(f"HTTP {answered.status}, an answer that cannot be read")
    if parsed.get("ok") is True:
        return parsed.get("result")
    raise _meaning(_code(parsed), str(parsed.get("description") or ""))


def _meaning(code: int, description: str) -> Exception:
    said = description.lower()
    if code == 408:
        return Empty()
    if code == 401:
        return ChannelDown("Zalo does not accept ZALO_BOT_TOKEN")
    if code == 429:
        return QuotaSpent(TOO_FAST_SECONDS)
    if code == 404:
        return NoSuchMethod("not found")
    if code == 400 and "photo" in said:
        return BadPicture("the picture")
    if code == 400 and any(gone in said for gone in _GONE):
        return Unreachable("there is no such chat")
    # The official table glosses 403 as "Internal server error": perhaps it arrived.
    if code == 403 or code >= 500 or code == 0:
        return Unknown(f"error {code}")
    return Refused(f"error {code}")


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _code(parsed: dict[str, Any]) -> int:
    """The quota's error spells its key in another way, and codes may come as strings."""
    given = parsed.get("error_code", parsed.get("errorCode"))
    try:
        return int(given or 0)
    except (TypeError, ValueError, OverflowError):
        return 0
