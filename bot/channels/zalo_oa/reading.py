"""Turns an event of Zalo's Official Account into an Event, reading only the fields that are used.

Receipts, places, names, phone numbers and what a card holds are never looked at. A tapped button
comes as ordinary text: a `#` and its value, which the router knows again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.channels.calls import LONGEST_URL
from bot.model import Address, Attachment, Contact, Event

CHANNEL = "zalo-oa"
_FILES = frozenset(
    {
        "user_send_gif",
        "user_send_video",
        "user_send_audio",
        "user_send_sticker",
        "user_send_file",
        "user_send_business_card",
    }
)
# Known, and nothing to us: receipts, echoes, groups, tags, calls. Others are counted as "other".
_SILENT = re.compile(
    r"user_(received|seen|reacted)_\w+|oa_\w+|anonymous_\w+|user_submit_info|(user|oa)_call_\w+"
    r"|\w*group\w*|\w*_tag\w*|update_user_info|widget_\w+|user_reply_consent|user_out_group"
)


_YEARS = range(2000, 2100)
_LONGEST_ID = 300


class Malformed(ValueError):
    """This JSON is not an event as Zalo sends them."""


def read_event(payload: Any, oa_id: str = "") -> Event | None:
    """The event, or None for one that asks nothing of us. Raises Malformed.

    One webhook serves all accounts of an app: with `oa_id` those of another account are left out.
    """
    try:
        return _read(payload, oa_id)
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, OSError) as error:
        raise Malformed(type(error).__name__) from None


def kind_of(payload: Any) -> str:
    """How an unread event is counted: its own name only where it is one that we know."""
    name = payload.get("event_name") if isinstance(payload, dict) else None
    is_known = isinstance(name, str) and len(name) <= 40 and _SILENT.fullmatch(name)
    return str(name) if is_known else "other"


def _read(payload: Mapping[str, Any], oa_id: str) -> Event | None:
    name = payload["event_name"]
    if oa_id and _oa_of(payload) not in {oa_id, ""}:
        return None
    if name in {"follow", "unfollow"}:
        return _from_following(payload, str(payload["follower"]["id"]), is_leaving=name != "follow")
    if name == "user_click_chatnow":
        return _from_following(payload, str(payload["user_id"]), is_leaving=False)
    if name == "user_withdraw":  # Zalo asks to erase what we hold of this person
        return _event(payload, str(payload["user_id"]), choice="erase:yes")
    if name in {"user_send_text", "user_send_link", "user_send_image", "user_send_location"}:
        return _from_message(payload)
    return _from_message(payload) if name in _FILES else None


def _oa_of(payload: Mapping[str, Any]) -> str:
    return str(payload.get("oa_id") or payload.get("recipient", {}).get("id") or "")


def _from_following(payload: Mapping[str, Any], user: str, *, is_leaving: bool) -> Event:
    """Who follows is greeted; who leaves gets nothing until they write or come back."""
    if is_leaving:
        return _event(payload, user, kind="leave", blocked=True)
    return _event(payload, user, kind="follow", text="/start")


def _from_message(payload: Mapping[str, Any]) -> Event:
    user, message, name = str(payload["sender"]["id"]), payload["message"], payload["event_name"]
    text = str(message.get("text") or "")
    if name in _FILES:
        return _event(payload, user, text=_spoken(text, name), attachment=Attachment("file"))
    if name == "user_send_image":
        return _event(payload, user, text=text, attachment=_picture(message))
    if name == "user_send_link":
        return _event(payload, user, text=_with_link(text, message))
    return _event(payload, user, text="" if name == "user_send_location" else text)


def _picture(message: Mapping[str, Any]) -> Attachment:
    found = message.get("attachments")
    url = str(found[0].get("payload", {}).get("url") or "") if found else ""
    return Attachment("picture", handle=url if len(url) <= LONGEST_URL else "")


def _spoken(text: str, name: str) -> str:
    """A card's text names a third person, who has not asked to be known here."""
    return "" if name == "user_send_business_card" else text


def _with_link(text: str, message: Mapping[str, Any]) -> str:
    links = [str(one["payload"].get("url") or "") for one in message.get("attachments") or ()]
    more = [link for link in links if link and link not in text]
    return " ".join(part for part in (text, *more) if part)


def _event(
    payload: Mapping[str, Any],
    user: str,
    *,
    kind: str = "message",
    text: str = "",
    choice: str = "",
    attachment: Attachment | None = None,
    blocked: bool = False,
) -> Event:
    at = datetime.fromtimestamp(int(payload["timestamp"]) / 1000, UTC)
    if at.year not in _YEARS:  # windows are reckoned from it
        raise ValueError("a timestamp")
    if not (user.isalnum() and user.isascii()) or len(user) > 64:
        raise ValueError("a user id")
    return Event(
        id=_identifier(payload, user),
        address=Address(CHANNEL, user),
        text=text,
        choice=choice,
        attachment=attachment,
        blocked=blocked,
        contact=Contact(at, kind),
    )


def _identifier(payload: Mapping[str, Any], user: str) -> str:
    """Zalo repeats itself: the event's name with the message's id, or with user and time."""
    name = str(payload["event_name"])
    message = payload.get("message")
    number = str(message.get("msg_id") or "") if isinstance(message, dict) else ""
    told = f"{name}:{number}" if number else f"{name}:{user}:{payload['timestamp']}"
    if len(told) > _LONGEST_ID or not told.isprintable():
        raise ValueError("an id")
    return told
