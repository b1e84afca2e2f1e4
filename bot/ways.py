"""The ways into the bot with a code: what channels are called, and links that carry the code."""

from __future__ import annotations

from urllib.parse import quote

WEB, TELEGRAM = "web", "telegram"
# Proper names, the same in every language.
_NAMES = {WEB: "Web", TELEGRAM: "Telegram", "zalo-oa": "Zalo", "zalo-bot": "Zalo Bot"}


def channel_name(channel: str) -> str:
    return _NAMES.get(channel, channel)


def way_in(channel: str, url: str, kind: str, code: str) -> str:
    """A link with the code: `kind` is u (unit), i (invitation) or l (link between chats).

    Telegram and the web take it along; Zalo's chat opens without it. A start parameter of Telegram
    has no dots.
    """
    if channel == TELEGRAM:
        return f"{url}?start={kind}_{code.replace('.', '__')}"
    if channel == WEB:
        return f"{url}/?{kind}={quote(code)}"
    return url
