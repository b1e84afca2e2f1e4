"""What Telegram's methods take: parameter names, types and limits (Bot API 10.x), as one table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

# A name ends with "!" when Telegram refuses the call without it.
_SEND = {
    "chat_id!": "id",
    "message_thread_id": "int",
    "parse_mode": "mode",
    "disable_notification": "bool",
    "protect_content": "bool",
    "allow_paid_broadcast": "bool",
    "reply_parameters": "object",
    "reply_markup": "markup",
}
METHODS: Mapping[str, Mapping[str, str]] = {
    "getMe": {},
    "getUpdates": {
        "offset": "int",
        "limit": "int",
        "timeout": "int",
        "allowed_updates": "list",
    },
    "setWebhook": {
        "url!": "str",
        "secret_token": "str",
        "max_connections": "int",
        "allowed_updates": "list",
        "drop_pending_updates": "bool",
    },
    "deleteWebhook": {"drop_pending_updates": "bool"},
    "getFile": {"file_id!": "str"},
    "sendMessage": {
        **_SEND,
        "text!": "str",
        "entities": "list",
        "link_preview_options": "object",
    },
    "sendPhoto": {**_SEND, "photo!": "file", "caption": "str", "caption_entities": "list"},
    "sendDocument": {**_SEND, "document!": "file", "caption": "str"},
    "editMessageText": {
        "chat_id!": "id",
        "message_id!": "int",
        "text!": "str",
        "parse_mode": "mode",
        "entities": "list",
        "link_preview_options": "object",
        "reply_markup": "markup",
    },
    "editMessageCaption": {
        "chat_id!": "id",
        "message_id!": "int",
        "caption": "str",
        "parse_mode": "mode",
        "reply_markup": "markup",
    },
    "deleteMessage": {"chat_id!": "id", "message_id!": "int"},
    "answerCallbackQuery": {
        "callback_query_id!": "str",
        "text": "str",
        "show_alert": "bool",
        "url": "str",
        "cache_time": "int",
    },
    "setMyCommands": {"commands!": "list", "scope": "object", "language_code": "str"},
    "setMyDescription": {"description": "str", "language_code": "str"},
    "setMyShortDescription": {"short_description": "str", "language_code": "str"},
}
_TAGS = frozenset(
    {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote"}
)


class Refusal(Exception):
    """What Telegram answers with an error; `code` is the HTTP status too."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def read_parameters(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters in their types. Raises Refusal.

    Telegram itself ignores names it does not know; here they are refused, since a misspelt name
    is a fault that nobody would see otherwise.
    """
    known = {name.rstrip("!"): kind for name, kind in METHODS[method].items()}
    unknown = set(given) - set(known)
    if unknown:
        raise Refusal(400, f"Bad Request: unknown parameters {', '.join(sorted(unknown))}")
    missing = [n[:-1] for n in METHODS[method] if n.endswith("!") and n[:-1] not in given]
    if missing:
        raise Refusal(400, _MISSING.get(missing[0], f"Bad Request: {missing[0]} is missing"))
    return {name: _typed(name, value, known[name]) for name, value in given.items()}


_MISSING = {
    "text": "Bad Request: message text is empty",
    "chat_id": "Bad Request: chat_id is empty",
    "photo": "Bad Request: there is no photo in the request",
}


def _typed(name: str, value: Any, kind: str) -> Any:
    try:
        match kind:
            case "id" | "int":
                return int(value)
            case "bool":
                return {"true": True, "false": False}[str(value).lower()]
            case "list" | "object" | "markup":
                return _json(value, list if kind == "list" else dict)
            case "mode":
                return {"html": "HTML"}[str(value).lower()]
    except (ValueError, KeyError):
        raise Refusal(400, f"Bad Request: can't parse {name}") from None
    return value


def _json(value: Any, kind: type) -> Any:
    parsed = json.loads(value) if isinstance(value, str) else value
    if type(parsed) is not kind:
        raise ValueError(kind.__name__)
    return parsed


def check_text(text: str, mode: str | None, limit: int, what: str) -> str:
    """The text as Telegram shows it. Raises Refusal for broken markup, nothing, or too much."""
    shown = _visible(text) if mode == "HTML" else text
    if not shown.strip():
        raise Refusal(400, f"Bad Request: {what} text is empty")
    if len(shown.encode("utf-16-le")) // 2 > limit:
        caption = " caption" if limit == 1024 else ""
        raise Refusal(400, f"Bad Request: message{caption} is too long")
    return shown


def check_keyboard(markup: Mapping[str, Any]) -> list[dict[str, str]]:
    """The buttons of an inline keyboard. Raises Refusal."""
    buttons = [button for row in markup["inline_keyboard"] for button in row]
    for button in buttons:
        if set(button) - {"text", "callback_data", "url"} or not button.get("text"):
            raise Refusal(400, "Bad Request: can't parse inline keyboard button")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if not buttons or len(buttons) > 100:
        raise Refusal(400, "Bad Request: reply markup is invalid")
    return buttons


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, _attributes: Any) -> None:
        if tag not in _TAGS:
            raise Refusal(400, f"Bad Request: can't parse entities: Unsupported start tag {tag}")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refusal(400, "Bad Request: can't parse entities: Unexpected end tag")

    def handle_data(self, data: str) -> None:
        self.text += data


def _visible(text: str) -> str:
    parser = _Html()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise Refusal(400, "Bad Request: can't parse entities: Can't find end tag")
    return parser.text
