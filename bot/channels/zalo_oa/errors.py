"""What the answers of Zalo's Official Account mean for the message that met them.

Every answer of the application has HTTP 200; the code is what counts, sometimes as a string.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.channels import NotNow, Refused, SendError, Throttled, Unknown, Unreachable, Unsent
from bot.channels.calls import Answered

TOKEN_ERRORS = frozenset({-216, -220, -124})
WRONG_SHAPE = frozenset({-201, -233})
EXPIRED_ASSET = -100
TOO_FAST_SECONDS = 5.0
# Nothing can be sent before a person has mended something; whatever waits must not be lost.
BROKEN_SECONDS = 600.0
BROKEN: Mapping[int, str] = {
    -204: "Zalo has disabled the Official Account",
    -205: "Zalo knows no such Official Account",
    -209: "the app is not activated on Zalo's developers' page",
    -212: "the app has not been granted the messages API",
    -219: "the app has been removed",
    -221: "the Official Account is not verified",
    -223: "the Official Account has not authorised the app",
    -224: "the Official Account needs a paid package for this",
    -320: "Zalo asks for a wallet (ZCA)",
    -321: "the Zalo wallet is empty",
}
# -211 the account's quota is used up, -218 the person's; -230, -232, -305: no window is open.
_LATER = frozenset({-211, -218, -230, -232, -305, -311})
_GONE = frozenset({-213, -217, -227, -244})


class WrongShape(Refused):
    """The platform does not take a message of this form; a plainer one may go."""


class ExpiredAsset(Refused):
    """The picture was uploaded too long ago; nothing was sent."""


class BadToken(Throttled):
    """The access token is not accepted; nothing was sent."""


class Broken(Throttled):
    """The account itself cannot send; the text says why, for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(BROKEN_SECONDS)
        self.reason = reason


def read_answer(answered: Answered) -> dict[str, Any]:
    """The `data` of a good answer. Raises SendError."""
    if answered.status == 429:  # the gateway's own, with HTML: the call never got through
        raise Throttled(TOO_FAST_SECONDS)
    if answered.status in {502, 503, 504} or answered.status >= 500:
        raise Unknown(f"HTTP {answered.status}")
    parsed = parsed_object(answered.body)
    if parsed is None:
        raise Unknown("an answer that cannot be read")
    code = code_of(parsed)
    if code:
        raise meaning(code)
    data = parsed.get("data")
    return data if isinstance(data, dict) else {}


def parsed_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object, or None for nothing, HTML, or whatever else it is."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def code_of(parsed: Mapping[str, Any]) -> int:
    """The error code, 0 for success; one that is no number is an unknown failure."""
    try:
        return int(parsed.get("error") or 0)
    except (TypeError, ValueError, OverflowError):
        return -1


def meaning(code: int) -> SendError:
    """The decision that a code stands for."""
    if code == -32:
        return Throttled(TOO_FAST_SECONDS)
    if code in TOKEN_ERRORS:
        return BadToken(60)
    if code in BROKEN:
        return Broken(BROKEN[code])
    if code == -200:  # "send failed": Zalo itself says that it did not go out
        return Unsent("Zalo could not send it")
    if code in _LATER:
        return NotNow(f"error {code}")
    if code in _GONE:
        return Unreachable(f"error {code}")
    if code in WRONG_SHAPE:
        return WrongShape(f"error {code}")
    if code == EXPIRED_ASSET:
        return ExpiredAsset(f"error {code}")
    return Refused(f"error {code}")
