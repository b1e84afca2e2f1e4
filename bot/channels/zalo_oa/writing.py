"""Turns a Reply into messages of the Official Account, within Zalo's limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.channels.lists import numbered_parts, text_parts, worded_parts
from bot.channels.text import cut, utf16_length
from bot.language import Voice
from bot.model import TAP, Choice, Reply

# Whether Zalo counts characters or UTF-16 units is not known: the stricter is kept.
MAX_TEXT = 2000
MAX_BUTTONS = 5
MAX_TITLE = 100
ARTICLE = "article:"


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a text, and with it the file of a picture or a few buttons; or a list.

    `items` are articles that open below `site`, with `buttons` under them; a list has no text.
    `plain` are the texts that say the same without buttons.
    """

    text: str
    picture: str = ""
    buttons: tuple[Choice, ...] = ()
    plain: tuple[str, ...] = ()
    items: tuple[Choice, ...] = ()
    site: str = ""

    def body(self, asset: str = "") -> dict[str, Any]:
        """The `message` of a request (fact sheet B3); `asset` is the picture's id at Zalo."""
        if self.items:
            return self._list()
        body: dict[str, Any] = {"text": self.text}
        if asset:
            element = {"media_type": "image", "attachment_id": asset}
            payload: dict[str, Any] = {"template_type": "media", "elements": [element]}
            body["attachment"] = {"type": "template", "payload": payload}
        elif self.buttons:
            payload = {"buttons": [_button(choice) for choice in self.buttons]}
            body["attachment"] = {"type": "template", "payload": payload}
        return body

    def _list(self) -> dict[str, Any]:
        payload: dict[str, Any] = {
            "template_type": "list",
            "elements": [_element(item, self.site) for item in self.items],
        }
        if self.buttons:
            payload["buttons"] = [_button(choice) for choice in self.buttons]
        return {"attachment": {"type": "template", "payload": payload}}


def messages(
    reply: Reply, say: Voice, *, has_buttons: bool, is_unasked: bool, site: str = ""
) -> tuple[Message, ...]:
    """What to send for one reply, in order; the choices come last.

    Zalo takes five buttons at most: longer lists are numbered lines in a talk, and words in what
    comes unasked; so are those that a button would cut. With `site`, where people read on the
    web, up to five articles are a list of Zalo's. A document goes as text, since Zalo takes no
    text files.
    """
    in_words = worded_parts if is_unasked else numbered_parts
    items, buttons = _as_list(reply.choices) if site else ((), ())
    if items:
        made = [Message(part) for part in text_parts(reply, MAX_TEXT)]
        plain = in_words(Reply(choices=reply.choices, language=reply.language), say, MAX_TEXT)
        made.append(Message("", buttons=buttons, plain=plain, items=items, site=site))
    elif has_buttons and 1 <= len(reply.choices) <= MAX_BUTTONS and not reply.is_cut_on_buttons:
        made = [Message(part) for part in text_parts(reply, MAX_TEXT)]
        plain = in_words(replace(reply, title="", body=made[-1].text, note="", sources=()), say,
                         MAX_TEXT)  # fmt: skip
        made[-1] = replace(made[-1], buttons=reply.choices, plain=plain)
    else:
        made = [Message(part) for part in in_words(reply, say, MAX_TEXT)]
    if reply.media:
        made = _with_picture(made, reply)
    if reply.document:
        made += [Message(part) for part in cut(reply.document.text, MAX_TEXT, utf16_length)]
    return tuple(made)


def _with_picture(made: list[Message], reply: Reply) -> list[Message]:
    """A picture goes with the first text; a message carries a picture or buttons, not both."""
    picture = reply.media[0]
    if made and not made[0].buttons:
        return [replace(made[0], picture=picture.file), *made[1:]]
    return [Message(reply.title or picture.alt, picture.file), *made]


def _as_list(choices: tuple[Choice, ...]) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Articles and the other choices, where they make a list of Zalo's; else nothing."""
    items = tuple(c for c in choices if c.value.startswith(ARTICLE) and c.value.count(":") == 1)
    others = tuple(c for c in choices if c not in items)
    is_one = 2 <= len(items) <= MAX_BUTTONS and len(others) <= MAX_BUTTONS < len(choices)
    return (items, others) if is_one else ((), ())


def _element(item: Choice, site: str) -> dict[str, Any]:
    """A line that opens the article in Zalo's own browser: a list takes no other action."""
    url = f"{site}/?start=a_{item.value.removeprefix(ARTICLE)}"
    return {
        "title": _title(item),
        "image_url": f"{site}/page/icon.png",
        "default_action": {"type": "oa.open.url", "url": url},
    }


def _button(choice: Choice) -> dict[str, str]:
    """`hide` keeps the value out of the chat; it comes back as ordinary text."""
    return {"title": _title(choice), "type": "oa.query.hide", "payload": f"{TAP}{choice.value}"}


def _title(choice: Choice) -> str:
    is_long = len(choice.label) > MAX_TITLE
    return cut(choice.label, MAX_TITLE - 1)[0] + "…" if is_long else choice.label
