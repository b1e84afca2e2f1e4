"""`caunoi broadcast`: what would become of a message."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.audience import SMALLEST, AudienceError, read_audience
from bot.channels.text import cut, utf16_length
from bot.commands import UsageError, with_store
from bot.library import ContentError, load_library
from bot.library.broadcasts import Broadcast, load_broadcast
from bot.planner import Forecast
from bot.settings import Settings
from bot.store import Store
from bot.wiring import make_planner

_ZALO_TEXT = 2000


def broadcast(settings: Settings, asked: Namespace) -> int:
    """`broadcast --dry-run`: checks a broadcast's file and tells what would become of it."""
    if not asked.dry_run:
        print("only --dry-run is there yet: sending comes with /broadcast", file=sys.stderr)
        return 2
    try:
        audience = read_audience(asked.audience)
    except AudienceError as error:
        print(error, file=sys.stderr)
        return 2
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    try:
        topics = load_library(settings.content_dir).topics
        written = load_broadcast(Path(asked.text), topics, today)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    topic = None if asked.urgent else written.topic

    async def run(store: Store) -> Forecast:
        tree = await store.organisation.tree()
        for code in (*audience.included.get("unit", ()), *audience.excluded.get("unit", ())):
            if tree.find(code) is None:
                raise UsageError(f"unit:{code}: there is no such unit")
        return await make_planner(settings, store).forecast(audience, topic, now, _parts(written))

    try:
        made = asyncio.run(with_store(settings, run))
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    is_too_small = made.people < SMALLEST and not audience.is_of_officers
    print(_as_json(made, is_too_small) if asked.json else _as_text(made, is_too_small))
    if is_too_small:
        print(f"an audience of fewer than {SMALLEST} people is refused", file=sys.stderr)
    return 1 if is_too_small else 0


def _parts(written: Broadcast) -> int:
    """How many Zalo messages the longest of its texts takes; each is paid for."""
    texts = (f"{text.title}\n\n{text.body}" for text in written.text.values())
    return max(len(cut(text, _ZALO_TEXT, utf16_length)) for text in texts)


def _as_json(made: Forecast, is_too_small: bool) -> str:
    if is_too_small:
        return json.dumps({"people": f"<{SMALLEST}"})
    return json.dumps(
        {
            "people": made.people,
            "now": made.now,
            "waiting": made.waiting,
            "cost": made.cost,
            "channels": _told(made.channels),
            "languages": _told(made.languages),
        }
    )


def _as_text(made: Forecast, is_too_small: bool) -> str:
    if is_too_small:
        return f"people: <{SMALLEST}"
    lines = [
        f"people: {made.people}",
        f"reached now: {made.now}",
        f"at their next contact: {made.waiting}",
        f"cost: {made.cost} đồng",
    ]
    lines += [f"on {name}: {count}" for name, count in _told(made.channels).items()]
    lines += [f"in {name}: {count}" for name, count in _told(made.languages).items()]
    return "\n".join(lines)


def _told(counts: Mapping[str, int]) -> dict[str, int | str]:
    """Counts by channel or language; if one is small none may be worked out from the others."""
    small = [name for name, count in counts.items() if count < SMALLEST]
    if not small:
        return dict(counts)
    hidden = set(small)
    if len(small) == 1 and len(counts) > 1:
        hidden.add(min((n for n in counts if n not in small), key=lambda name: counts[name]))
    shown: dict[str, int | str] = {n: c for n, c in counts.items() if n not in hidden}
    return {**shown, **dict.fromkeys(sorted(hidden), "hidden")}
