"""Turns a Telegram update into an Event, reading only the fields that the bot uses.

Forward origin, names and user names are never looked at. PTB's own objects would cost 0.2 ms an
update to build, so the fields are read straight from the JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.model import Address, Attachment, Event

CHANNEL = "telegram"
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
_LONGEST_HANDLE = 300
_LARGEST = 2**63 - 1
_FILES = ("document", "video", "audio", "voice", "animation", "sticker", "video_note")


class Malformed(ValueError):
    """This JSON is not an update as Telegram sends them."""


def read_event(update: Any) -> Event | None:
    """The event, or None for an update that asks nothing of us. Raises Malformed."""
    try:
        return _read(update)
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise Malformed(type(error).__name__) from None


def _read(update: Mapping[str, Any]) -> Event | None:
    identifier = str(int(update["update_id"]))
    if len(identifier) > len(str(_LARGEST)):
        raise ValueError("update_id")
    if query := update.get("callback_query"):
        return _from_query(identifier, query)
    if member := update.get("my_chat_member"):
        return _from_membership(identifier, member)
    if message := update.get("message"):
        return _from_message(identifier, message)
    return None


def _from_message(identifier: str, message: Mapping[str, Any]) -> Event | None:
    if message["chat"]["type"] != "private":
        return None
    return Event(
        id=identifier,
        address=_address(message["chat"]),
        text=str(message.get("text") or message.get("caption") or ""),
        language=str(message.get("from", {}).get("language_code") or ""),
        attachment=_attachment(message),
        # That it was forwarded, and nothing else: its origin and sender are left where they are.
        is_forwarded="forward_origin" in message or "forward_date" in message,
    )


def _from_query(identifier: str, query: Mapping[str, Any]) -> Event | None:
    message = query.get("message")
    if not message or message["chat"]["type"] != "private":
        return None
    return Event(
        id=identifier,
        address=_address(message["chat"]),
        choice=str(query.get("data") or "-"),
        language=str(query["from"].get("language_code") or ""),
        tapped=_number(message.get("message_id")),
    )


def _from_membership(identifier: str, member: Mapping[str, Any]) -> Event | None:
    """Only that somebody blocked the bot; whoever lets it in again writes /start next."""
    if member["chat"]["type"] != "private" or member["new_chat_member"]["status"] != "kicked":
        return None
    return Event(id=identifier, address=_address(member["chat"]), blocked=True)


def _attachment(message: Mapping[str, Any]) -> Attachment | None:
    if photo := message.get("photo"):  # in several sizes, the largest last
        return Attachment("picture", handle=_handle(photo[-1]))
    document = message.get("document")
    if document and str(document.get("mime_type") or "").startswith("image/"):
        return Attachment("picture", handle=_handle(document))
    return Attachment("file") if any(message.get(kind) for kind in _FILES) else None


def _number(given: Any) -> int:
    """The number of a message, 0 for none: what is no such number was tapped nowhere."""
    number = int(given or 0)
    return number if 0 <= number <= _LARGEST else 0


def _handle(file: Mapping[str, Any]) -> str:
    return str(file.get("file_id") or "")[:_LONGEST_HANDLE]


def _address(chat: Mapping[str, Any]) -> Address:
    """Telegram's numbers have 52 bits; what has more than 64 is none."""
    number = int(chat["id"])
    if abs(number) > _LARGEST:
        raise ValueError("a chat's number")
    return Address(CHANNEL, str(number))
