"""The verbs of the command line that read or change the database."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.app import make_planner
from bot.audience import SMALLEST, AudienceError, read_audience
from bot.channels.text import cut, utf16_length
from bot.library import ContentError, load_library
from bot.library.broadcasts import Broadcast, load_broadcast
from bot.model import Address
from bot.planner import Forecast
from bot.settings import Settings
from bot.store import Officer, Seal, Store, keep_secret

T = TypeVar("T")
_ZALO_TEXT = 2000


def officers(settings: Settings, asked: Namespace) -> int:
    """`officers add CHANNEL:ADDRESS --role ROLE --unit UNIT`, `list`, `remove CHANNEL:ADDRESS`."""
    does: Mapping[str, Callable[[Store], Awaitable[int]]] = {
        "add": lambda store: _add_officer(store, asked),
        "list": lambda store: _list_officers(store, asked),
        "remove": lambda store: _remove_officer(store, asked),
    }
    return asyncio.run(_with_store(settings, does[asked.does]))


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
        return await make_planner(settings, store).forecast(audience, topic, now, _parts(written))

    made = asyncio.run(_with_store(settings, run))
    is_too_small = made.people < SMALLEST and not audience.is_of_officers
    print(_as_json(made, is_too_small) if asked.json else _as_text(made, is_too_small))
    if is_too_small:
        print(f"an audience of fewer than {SMALLEST} people is refused", file=sys.stderr)
    return 1 if is_too_small else 0


async def _with_store(settings: Settings, run: Callable[[Store], Awaitable[T]]) -> T:
    secret = keep_secret(settings.secret_key.get_secret_value(), settings.var_dir)
    store = Store(settings.database_url, Seal(secret))
    try:
        await store.upgrade()
        return await run(store)
    finally:
        await store.close()


async def _add_officer(store: Store, asked: Namespace) -> int:
    address = _address(asked.who)
    if address is None or not await store.officers.add(Officer(address, asked.role, asked.unit)):
        print(f"nobody has written to the bot as {asked.who} yet", file=sys.stderr)
        return 1
    return 0


async def _list_officers(store: Store, asked: Namespace) -> int:
    for one in await store.officers.list():
        who = f"{one.address.channel}:{one.address.address}"
        row = {"officer": who, "role": one.role, "unit": one.unit}
        print(json.dumps(row) if asked.json else f"{who}  {one.role}  {one.unit or '-'}")
    return 0


async def _remove_officer(store: Store, asked: Namespace) -> int:
    address = _address(asked.who)
    if address is None or not await store.officers.remove(address):
        print(f"{asked.who} holds no office", file=sys.stderr)
        return 1
    return 0


def _address(who: str) -> Address | None:
    channel, colon, address = who.partition(":")
    return Address(channel, address) if colon and channel and address else None


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
