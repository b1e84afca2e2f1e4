"""Turns a Reply into the JSON of the chat page."""

from __future__ import annotations

from typing import Any

from bot.store import Pending


def as_json(pending: Pending) -> dict[str, Any]:
    """The contract's shape, with `note`, `sources_label`, `document` and languages beside it."""
    reply = pending.reply
    document = reply.document
    return {
        "id": str(pending.id),
        "title": reply.title,
        "body": reply.body,
        "note": reply.note,
        "language": reply.language,
        "text_language": reply.text_language or reply.language,
        "choices": [{"label": c.label, "value": c.value} for c in reply.choices],
        "media": [{"kind": m.kind, "url": f"/{m.file}", "alt": m.alt} for m in reply.media],
        "sources_label": reply.sources_label,
        "document": {"name": document.name, "text": document.text} if document else None,
        "sources": [{"label": s.label, "url": s.url} for s in reply.sources],
    }
