"""Turns a Reply into the JSON of the chat page."""

from __future__ import annotations

import logging
from base64 import b64encode
from typing import Any

from bot.charts import ChartError, draw
from bot.model import Chart, Reply

_log = logging.getLogger(__name__)


async def as_json(number: int, reply: Reply) -> dict[str, Any]:
    """The contract's shape, with `note`, `sources_label`, `document` and languages beside it.

    `follows`: it will be shown anew under the same id; `replaces`: the id of one to take away.
    """
    document = reply.document
    media = [{"kind": m.kind, "url": f"/{m.file}", "alt": m.alt} for m in reply.media]
    return {
        "id": str(number),
        "title": reply.title,
        "body": reply.body,
        "note": reply.note,
        "language": reply.language,
        "text_language": reply.text_language or reply.language,
        "choices": [{"label": c.label, "value": c.value} for c in reply.choices],
        "media": [*media, *(await _drawn(reply.chart))],
        "sources_label": reply.sources_label,
        "document": {"name": document.name, "text": document.text} if document else None,
        "sources": [{"label": s.label, "url": s.url} for s in reply.sources],
        "follows": bool(reply.follows),
        "replaces": str(reply.replaces) if reply.replaces else "",
    }


async def _drawn(chart: Chart | None) -> list[dict[str, str]]:
    """A picture without an address: nobody else could find it there."""
    if chart is None:
        return []
    try:
        content = b64encode(await draw(chart)).decode()
    except ChartError as error:
        _log.warning("a chart was not drawn: %s", error)
        return []
    return [{"kind": "picture", "url": f"data:image/png;base64,{content}", "alt": chart.alt}]
