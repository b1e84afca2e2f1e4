"""How a code is told: links where a platform has them, and the code itself to be written."""

from __future__ import annotations

from bot.routing import Context
from bot.ways import channel_name, way_in


async def ways_in(context: Context, kind: str, code: str) -> str:
    """A line for each channel and one for the code; `kind` is u, i or l."""
    links = await context.store.links.all()
    lines = [
        f"- {channel_name(name)}: {way_in(name, url, kind, code)}" for name, url in links.items()
    ]
    written = context.say("Code to write: {code}", code=f"{kind}_{code}")
    return "\n".join([*lines, f"- {written}"])
