"""What Zalo's Official Account API takes: shapes, limits and file types, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

APP_ID = "1234567890123456789"
OA_ID = "388613280878808645"


class Refusal(Exception):
    """What Zalo answers with a negative `error`, in HTTP 200."""

    key = "message"

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True)
class Content:
    """What a message says; `asset` is the uploaded thing that it needs."""

    text: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    image: str = ""
    kind: str = "text"
    file: str = ""
    asset: str = ""


@dataclass(frozen=True)
class Upload:
    """A file as it came in the multipart field `file`."""

    name: str
    content: bytes


# A check returns the fault it finds, 0 for none.
Check = Callable[[Any], int]
Shape = Mapping[str, Check]


def _text(limit: int) -> Check:
    def check(value: Any) -> int:
        if not isinstance(value, str) or not value.strip():
            return -201
        # Zalo says "characters"; UTF-16 units are the strictest reading of that.
        return -210 if len(value.encode("utf-16-le")) // 2 > limit else 0

    return check


def _list(least: int, most: int) -> Check:
    def check(value: Any) -> int:
        if not isinstance(value, list) or len(value) < least:
            return -201
        return -210 if len(value) > most else 0

    return check


def _one_of(*allowed: Any) -> Check:
    return lambda value: 0 if value in allowed else -201


def _object(value: Any) -> int:
    return 0 if isinstance(value, dict) else -201


def _size(value: Any) -> int:
    return 0 if type(value) is int and value > 0 else -201


def _url(value: Any) -> int:
    is_url = isinstance(value, str) and value.startswith(("https://", "http://"))
    return 0 if is_url and " " not in value else -201


def _anything(_value: Any) -> int:
    return 0


def _id(value: Any) -> int:
    return 0 if isinstance(value, str | int) and value else -201


def _number(value: Any) -> int:
    return 0 if type(value) is int and value >= 0 else -201


_WORD = _text(1000)
_KINDS: Mapping[str, Check] = {"str": _WORD, "id": _id, "int": _number, "any": _anything}
# A name ends with "!" when Zalo refuses the call without it.
_MESSAGE: Shape = {"text": _text(2000), "attachment": _object, "quote_message_id": _WORD}
_ATTACHMENT: Shape = {"type!": _one_of("template", "file"), "payload!": _object}
_FILE: Shape = {"token!": _WORD}
_BUTTON: Shape = {"title!": _text(100), "type!": _WORD, "payload!": _anything}
_BUTTON_PAYLOADS: Mapping[str, Shape | Check] = {
    "oa.open.url": {"url!": _url},
    "oa.query.show": _text(1000),
    "oa.query.hide": _text(1000),
    "oa.open.sms": {"content!": _text(160), "phone_code!": _WORD},
    "oa.open.phone": {"phone_code!": _WORD},
}
_TEMPLATES: Mapping[str, Shape] = {
    "button": {"template_type": _one_of("button"), "buttons!": _list(1, 5)},
    # zalo-sdk's helper sends an empty `buttons` with every template.
    "media": {"template_type!": _anything, "elements!": _list(1, 1), "buttons": _one_of([])},
    "request_user_info": {
        "template_type!": _anything,
        "elements!": _list(1, 1),
        "buttons": _one_of([]),
    },
    "list": {"template_type!": _anything, "elements!": _list(1, 5), "buttons": _list(0, 5)},
}
_MEDIA: Mapping[str, Shape] = {
    "image": {"media_type!": _anything, "url": _url, "attachment_id": _WORD},
    "gif": {
        "media_type!": _anything,
        "url": _url,
        "attachment_id": _WORD,
        "width!": _size,
        "height!": _size,
    },
    "sticker": {"media_type!": _anything, "attachment_id!": _WORD},
}
_INFO: Shape = {"title!": _text(100), "subtitle!": _text(500), "image_url!": _url}
_ELEMENT: Shape = {
    "title!": _text(100),
    "subtitle": _text(500),
    "image_url": _url,
    "default_action": _object,
}
_ACTION: Shape = {"type!": _one_of("oa.open.url"), "url!": _url}
_CAMPAIGN: Shape = {
    "template_type!": _WORD,
    "language": _one_of("VI", "EN"),
    "elements!": _list(1, 10),
    "buttons": _list(0, 4),
}
UPLOADS: Mapping[str, tuple[int, tuple[str, ...], tuple[bytes, ...], str]] = {
    "image": (1 << 20, ("jpg", "jpeg", "png"), (b"\x89PNG", b"\xff\xd8"), "png and jpeg"),
    "gif": (5 << 20, ("gif",), (b"GIF8",), "gif"),
    "file": (5 << 20, ("pdf", "doc", "docx", "csv"), (b"",), "pdf, doc, docx and csv"),
}


def check(given: Any, shape: Shape, where: str) -> dict[str, Any]:
    """The object, when it has the shape. Raises Refusal.

    Nobody knows which names Zalo ignores; here a name that no page mentions is refused.
    """
    if not isinstance(given, dict):
        raise Refusal(-201, f"{where} is invalid")
    known = {name.rstrip("!"): each for name, each in shape.items()}
    if unknown := sorted(set(given) - set(known)):
        raise Refusal(-201, f"{where}: unknown parameters {', '.join(unknown)}")
    if missing := [n[:-1] for n in shape if n.endswith("!") and n[:-1] not in given]:
        raise Refusal(-201, f"{where}.{missing[0]} is missing")
    for name, value in given.items():
        if code := known[name](value):
            raise Refusal(code, f"{where}.{name} is {'invalid' if code == -201 else 'too long'}")
    return given


def check_call(given: dict[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of a call that takes plain values. Raises Refusal."""
    return check(given, {name: _KINDS[kind] for name, kind in kinds.items()}, "data")


def read_message(message: Any) -> Content:
    """What the `message` of a consultation message says. Raises Refusal."""
    given = check(message, _MESSAGE, "message")
    text = given.get("text", "")
    if "attachment" not in given:
        if not text:
            raise Refusal(-201, "message.text is missing")
        return Content(text)
    attachment = check(given["attachment"], _ATTACHMENT, "attachment")
    payload = attachment["payload"]
    if attachment["type"] == "file":
        token = check(payload, _FILE, "payload")["token"]
        if text:
            raise Refusal(-201, "message.text is invalid: a file goes alone")
        return Content(kind="file", file=token, asset=token)
    return _read_template(payload, text)


def _read_template(payload: dict[str, Any], text: str) -> Content:
    kind = payload.get("template_type", "button")
    if kind not in _TEMPLATES:
        raise Refusal(-201, "payload.template_type is invalid")
    check(payload, _TEMPLATES[kind], "payload")
    buttons = tuple(_read_button(button) for button in payload.get("buttons", []))
    if kind == "button":
        if not text:
            raise Refusal(-201, "message.text is missing")
        return Content(text, buttons)
    elements = payload["elements"]
    if kind == "media":
        return _read_media(elements[0], text)
    if text:
        raise Refusal(-201, "message.text is invalid beside this template")
    for element in elements:
        check(element, _INFO if kind == "request_user_info" else _ELEMENT, "element")
        if "default_action" in element:
            check(element["default_action"], _ACTION, "default_action")
    lines = [
        element[name] for element in elements for name in ("title", "subtitle") if name in element
    ]
    return Content("\n".join(lines), buttons, elements[0].get("image_url", ""), kind)


def _read_media(element: Any, text: str) -> Content:
    kind = str(element.get("media_type")) if isinstance(element, dict) else ""
    if kind not in _MEDIA:
        raise Refusal(-201, "element.media_type is invalid")
    check(element, _MEDIA[kind], "element")
    if ("url" in element) == ("attachment_id" in element):
        raise Refusal(-201, "element needs either url or attachment_id")
    asset = element.get("attachment_id", "")
    uploaded = "" if kind == "sticker" else asset
    return Content(text, (), element.get("url", asset), kind, asset=uploaded)


def _read_button(button: Any) -> tuple[str, str]:
    given = check(button, _BUTTON, "button")
    shape = _BUTTON_PAYLOADS.get(given["type"])
    if shape is None:
        raise Refusal(-201, "button.type is invalid")
    payload = given["payload"]
    if callable(shape):
        check({"payload": payload}, {"payload": shape}, "button")
        return given["title"], payload
    check(payload, shape, "button.payload")
    return given["title"], payload.get("url") or payload["phone_code"]


def read_campaign(message: Any, kind: str) -> None:
    """Checks the outline of a transaction or promotion message. Raises Refusal."""
    given = check(message, {"attachment!": _object}, "message")
    attachment = check(given["attachment"], _ATTACHMENT, "attachment")
    template = check(attachment["payload"], _CAMPAIGN, "payload")["template_type"]
    if template != kind and not (kind == "transaction" and template.startswith("transaction_")):
        raise Refusal(-201, "payload.template_type is invalid")


def check_upload(upload: Any, kind: str) -> None:
    """Checks a file's type and size. Raises Refusal."""
    if not isinstance(upload, Upload):
        raise Refusal(-201, "file is missing")
    most, endings, beginnings, names = UPLOADS[kind]
    ending = upload.name.rpartition(".")[2].lower() if "." in upload.name else ""
    if ending not in endings or not upload.content.startswith(beginnings) or not upload.content:
        raise Refusal(-201, f"file is invalid. We only support {names}")
    if len(upload.content) > most:
        raise Refusal(-210, "file is too big")
