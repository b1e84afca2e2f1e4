"""What the Zalo Bot Platform's methods take: parameter names, kinds and limits, as one table.

The wording of a refusal is Zalo's own where a comment says "verbatim"; the rest is ours in the
same style, since nobody has written Zalo's down.
"""

from __future__ import annotations

import ipaddress
import json
import math
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

# A name ends with "!" when Zalo refuses the call without it. The kind "ignored" is for names that
# clients in the field send although Zalo's documentation does not have them.
_SEND = {"chat_id!": "str", "reply_to_message_id": "ignored"}
METHODS: Mapping[str, Mapping[str, str]] = {
    "getMe": {},
    "getUpdates": {
        "timeout": "seconds",
        "offset": "ignored",
        "limit": "ignored",
        "allowed_updates": "ignored",
    },
    "setWebhook": {"url!": "str", "secret_token!": "str"},
    "deleteWebhook": {},
    "getWebhookInfo": {},
    "testWebhook": {},
    "sendMessage": {**_SEND, "text!": "str", "parse_mode": "mode", "text_styles": "list"},
    "sendPhoto": {**_SEND, "photo!": "str", "caption": "str"},
    "sendSticker": {**_SEND, "sticker!": "str"},
    "sendVoice": {**_SEND, "voice_url!": "str"},
    "sendChatAction": {"chat_id!": "str", "action!": "str"},
}
ME = {
    "id": "12345689",
    "account_name": "bot.caunoi",
    "account_type": "BASIC",
    "can_join_groups": False,
    "display_name": "Bot Cầu Nối",
}
_PHOTO_IS_EMPTY = "The photo must not be empty"  # verbatim, without the prefix of the others


class Refusal(Exception):
    """What Zalo answers with `ok: false`."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def over_quota() -> Refusal:
    """Uncertain: the code for the 51st user and the 3,001st message is a guess."""
    return Refusal(429, "quota exceeded")


def stamp() -> dict[str, Any]:
    """What tells a message from all others: 20 hexadecimal digits, and when."""
    return {"message_id": secrets.token_hex(10), "date": now()}


def now() -> int:
    """Zalo counts milliseconds."""
    return time.time_ns() // 1_000_000


async def read_body(request: web.Request) -> dict[str, Any]:
    """The parameters of a call, in whichever encoding they came. Raises Refusal."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        # A JSON Content-Type over no body at all is what the openclaw client sends.
        return {**given, **_json(await request.text() or "{}", dict, "body")}
    for name, value in (await request.post()).items():
        # Zalo takes no uploads: a file is as good as nothing.
        given[name] = "" if isinstance(value, web.FileField) else value
    return given


def read_parameters(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters in their types. Raises Refusal.

    Whether Zalo ignores names it does not know is not known; here they are refused, since a
    misspelt name is a fault that nobody would see otherwise.
    """
    known = {name.rstrip("!"): kind for name, kind in METHODS[method].items()}
    unknown = set(given) - set(known)
    if unknown:
        raise Refusal(400, f"Bad request: unknown parameters {', '.join(sorted(unknown))}")
    for name in METHODS[method]:
        if name.endswith("!") and given.get(name[:-1], "") in ("", None):
            # Verbatim for the chat_id and the photo.
            empty = f"Bad request: The {name[:-1]} must not be empty"
            raise Refusal(400, _PHOTO_IS_EMPTY if name == "photo!" else empty)
    return {name: _typed(name, value, known[name]) for name, value in given.items()}


def check_text(text: str, name: str) -> None:
    """Raises Refusal for more than 2000.

    Of what is uncertain: characters, UTF-16 units or bytes. UTF-16 units are how Zalo counts in
    `text_styles`, and count an emoji as two.
    """
    if len(text.encode("utf-16-le")) // 2 > 2000:
        raise Refusal(400, f"Bad request: The {name} must be at most 2000 characters")


def check_photo(photo: str) -> None:
    """Raises Refusal for anything but a web address."""
    if not photo.startswith(("http://", "https://")):
        raise Refusal(400, "The photo must start with http:// or https://")  # verbatim
    if not _host(photo):
        raise Refusal(400, "The photo URL is invalid")  # verbatim


def check_voice(address: str) -> None:
    """Raises Refusal for anything but the web address of an AAC file."""
    if not address.startswith(("http://", "https://")) or not address.endswith(".aac"):
        raise Refusal(400, "Bad request: The voice_url is invalid")


def check_action(action: str) -> None:
    """Raises Refusal; `upload_photo` is announced and does not work yet."""
    if action != "typing":
        raise Refusal(400, "Bad request: The action is invalid")


def check_webhook(url: str, secret: str) -> None:
    """Raises Refusal for an address that Zalo cannot or will not call, or a poor secret."""
    scheme, host = url.partition(":")[0], _host(url)
    # Zalo takes neither plain http nor this machine: our tests have nothing else to be called at.
    is_test = host == "127.0.0.1" and scheme in {"http", "https"}
    if not is_test and (scheme != "https" or not _is_public(host)):
        raise Refusal(400, "Bad request: The url is invalid")
    if not 8 <= len(secret) <= 256:
        raise Refusal(400, "Bad request: The secret_token must be from 8 to 256 characters")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_public(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


def _typed(name: str, value: Any, kind: str) -> Any:
    match kind:
        case "seconds":
            return _seconds(name, value)
        case "list":
            return _json(value, list, name) if isinstance(value, str) else value
        case "mode" if value not in {"markdown", "html"}:
            raise Refusal(400, f"Bad request: The {name} is invalid")
        case "str" if not isinstance(value, str):
            raise Refusal(400, f"Bad request: The {name} must be a string")
    return value


def _seconds(name: str, value: Any) -> float:
    """The documentation's table says a string, its sample shows a number: both pass."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise Refusal(400, f"Bad request: The {name} is invalid")
    return seconds


def _json(text: str, kind: type, name: str) -> Any:
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    if not isinstance(parsed, kind):
        raise Refusal(400, f"Bad request: The {name} is invalid")
    return parsed
