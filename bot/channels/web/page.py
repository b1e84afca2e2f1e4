"""The chat page: one HTML file whose words come from the catalogues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from bot.language import Languages, later

_WORDS = {
    "name": later("Cầu Nối"),
    "tagline": later("Your union's sourced information"),
    "write": later("Write a message"),
    "send": later("Send"),
    "attach": later("Add a picture"),
    "menu": later("Menu"),
    "log": later("Conversation"),
    "you": later("You"),
    "bot": later("Cầu Nối, an automatic service"),
    "waiting": later("An answer is on its way"),
    "offline": later("No connection. Your message is kept and will be sent."),
    "fast": later("That was a little fast. It will be sent in a moment."),
    "large": later("That is too large to send. A picture may have up to 10 MB."),
    "failed": later("That could not be sent. Please try again."),
    "picture": later("Picture"),
    "script": later("This chat needs JavaScript."),
}


class Page:
    """Makes the page in a visitor's language; the texts of all languages travel with it."""

    headers: Mapping[str, str] = {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
            "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }

    def __init__(self, languages: Languages) -> None:
        self._languages = languages
        self._template = Template(
            (Path(__file__).parent / "static" / "chat.html").read_text("utf-8")
        )
        words = {tag: self._words(tag) for tag in languages.tags}
        # `<` would end the script element early if a translation held "</script>".
        self._words_json = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")

    def html(self, language: str) -> str:
        tag = self._languages.nearest(language)
        texts = {name: escape(text) for name, text in self._words(tag).items()}
        return self._template.substitute(texts, lang=tag, words=self._words_json)

    def _words(self, tag: str) -> dict[str, str]:
        say = self._languages.voice(tag)
        return {name: say(text) for name, text in _WORDS.items()}
