"""Turns a Reply into Telegram messages, within Telegram's limits."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.text import cut, plain, utf16_length
from bot.model import Chart, Choice, Document, Reply

# Telegram counts after reading the markup, so plain text is cut first and escaped afterwards.
MAX_TEXT = 4096
MAX_CAPTION = 1024
_SHORT_LABEL = 14
_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class Message:
    """One message: HTML, perhaps the file of a picture above it, perhaps buttons below.

    A `chart` is drawn; where it cannot be, the HTML is its words.
    """

    html: str
    picture: str = ""
    rows: tuple[tuple[Choice, ...], ...] = ()
    document: Document | None = None
    chart: Chart | None = None

    @property
    def is_text(self) -> bool:
        return not self.picture and self.document is None and self.chart is None

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        """For PTB, whose objects cost ten times what their JSON does: a text does without."""
        if not self.rows:
            return None
        return InlineKeyboardMarkup(
            [
                [InlineKeyboardButton(c.label, callback_data=c.value) for c in row]
                for row in self.rows
            ]
        )

    @property
    def body(self) -> bytes:
        """For sendMessage as JSON, the same for all chats, but for the chat and the last brace."""
        given: dict[str, Any] = {
            "text": self.html,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if self.rows:
            buttons = [[{"text": c.label, "callback_data": c.value} for c in r] for r in self.rows]
            given["reply_markup"] = {"inline_keyboard": buttons}
        return json.dumps(given).encode()[:-1] + b',"chat_id":'


def messages(reply: Reply) -> tuple[Message, ...]:
    """What to send for one reply, in order; the buttons hang on the last message."""
    if reply.is_cut_on_buttons:
        reply = _spelled(reply)
    text = plain(reply)
    picture = reply.media[0].file if reply.media else ""
    fits = utf16_length(text) <= (MAX_CAPTION if picture else MAX_TEXT)
    parts = (text,) if fits else cut(text, MAX_TEXT, utf16_length)
    html = [_bold_title(part, reply.title if not index else "") for index, part in enumerate(parts)]
    if picture and not fits:
        html.insert(0, "")
    last = len(html) - 1
    sent = tuple(
        Message(part, picture if not index else "", _rows(reply) if index == last else ())
        for index, part in enumerate(html)
    )
    if reply.chart:
        alt = cut(reply.chart.alt or reply.chart.title, MAX_TEXT, utf16_length)[0]
        sent = (Message(escape(alt, quote=False), chart=reply.chart), *sent)
    return (*sent, Message("", document=reply.document)) if reply.document else sent


def _spelled(reply: Reply) -> Reply:
    """The choices that must be read whole as numbered lines, and their buttons numbered alike."""
    lines = tuple(f"{n}. {c.label}" for n, c in enumerate(reply.choices[: reply.spelled], 1))
    named = tuple(replace(c, label=line) for c, line in zip(reply.choices, lines, strict=False))
    body = "\n\n".join(part for part in (reply.body, "\n".join(lines)) if part)
    return replace(reply, body=body, choices=(*named, *reply.choices[reply.spelled :]))


def _bold_title(part: str, title: str) -> str:
    if not title or not part.startswith(title):
        return escape(part, quote=False)
    rest = part[len(title) :]
    return f"<b>{escape(title, quote=False)}</b>{escape(rest, quote=False)}"


def _rows(reply: Reply) -> tuple[tuple[Choice, ...], ...]:
    """The buttons as they lie: short ones beside each other."""
    rows: list[list[Choice]] = []
    for choice in reply.choices:
        if (
            _is_short(choice)
            and rows
            and len(rows[-1]) < _IN_A_ROW
            and all(map(_is_short, rows[-1]))
        ):
            rows[-1].append(choice)
        else:
            rows.append([choice])
    return tuple(map(tuple, rows))


def _is_short(choice: Choice) -> bool:
    return len(choice.label) <= _SHORT_LABEL
