"""Turns an update of the Zalo Bot platform into an Event, reading only the fields that are used.

The sender's name travels in every update; it is never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.calls import LONGEST_URL
from bot.model import Address, Attachment, Event

CHANNEL = "zalo-bot"
_PICTURE = "message.image.received"
_FILES = frozenset(
    {"message.sticker.received", "message.voice.received", "message.unsupported.received"}
)
_KNOWN = frozenset({"message.text.received", _PICTURE, *_FILES})


class Malformed(ValueError):
    """This JSON is not an update as Zalo's Bot platform sends them."""


def read_event(payload: Any) -> Event | None:
    """The event, or None for an update that asks nothing of us. Raises Malformed.

    Polls and webhooks wrap the update as `{"ok": true, "result": …}`; bare ones are read too,
    since some programs have seen them.
    """
    try:
        return _read(unwrapped(payload))
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise Malformed(type(error).__name__) from None


def kind_of(payload: Any) -> str:
    """How an unread update is counted."""
    update = unwrapped(payload)
    name = update.get("event_name") if isinstance(update, dict) else None
    return str(name) if name in _KNOWN else "other"


def unwrapped(payload: Any) -> Any:
    is_wrapped = isinstance(payload, dict) and isinstance(payload.get("result"), dict)
    return payload["result"] if is_wrapped else payload


def _read(update: Mapping[str, Any]) -> Event | None:
    name = update["event_name"]
    if not isinstance(name, str):
        raise TypeError("event_name")
    if name not in _KNOWN:
        return None
    message = update["message"]
    if str(message["chat"].get("chat_type", "PRIVATE")).upper() != "PRIVATE":
        return None
    if message.get("from", {}).get("is_bot"):
        return None
    return Event(
        # Polls repeat updates at times: the message's id tells them again.
        id=_text(message["message_id"]),
        address=Address(CHANNEL, _text(message["chat"]["id"])),
        text=str(message.get("text") or message.get("caption") or ""),
        attachment=_attachment(name, message),
    )


def _attachment(name: str, message: Mapping[str, Any]) -> Attachment | None:
    if name == _PICTURE:  # `photo` in the documentation
        url = str(message.get("photo_url") or message.get("photo") or "")
        return Attachment("picture", handle=url if len(url) <= LONGEST_URL else "")
    return Attachment("file") if name in _FILES else None


def _text(identifier: Any) -> str:
    """Ids are strings of 20 hex digits; whatever the store does not take is none."""
    text = str(identifier)
    if not (1 <= len(text) <= 128 and text.isprintable() and isinstance(identifier, str | int)):
        raise ValueError("an id")
    return text
