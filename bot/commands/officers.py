"""`caunoi officers`: who holds which office, by command line; how the first administrator joins."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from bot.commands import run_on_store
from bot.model import Address
from bot.settings import Settings
from bot.store import Officer, Store, UnitFault
from bot.ways import way_in


def officers(settings: Settings, asked: Namespace) -> int:
    """`add CHANNEL:ADDRESS --role ROLE --unit UNIT`, `list`, `remove CHANNEL:ADDRESS`, `invite`."""
    does: Mapping[str, Callable[[Store], Awaitable[int]]] = {
        "add": lambda store: _add(store, asked),
        "list": lambda store: _list(store, asked),
        "remove": lambda store: _remove(store, asked),
        "invite": lambda store: _invite(store, asked),
    }
    try:
        return run_on_store(settings, does[asked.does])
    except UnitFault as fault:
        print(fault, file=sys.stderr)
        return 1


async def _add(store: Store, asked: Namespace) -> int:
    address = _address(asked.who)
    if address is not None:
        officer = Officer(address, asked.role, asked.unit, asked.topic)
        if await store.officers.add(officer, datetime.now(UTC)):
            return 0
    print(f"nobody has written to the bot as {asked.who} yet", file=sys.stderr)
    return 1


async def _list(store: Store, asked: Namespace) -> int:
    for one in await store.officers.list():
        who = f"{one.address.channel}:{one.address.address}"
        row = {"officer": who, "role": one.role, "unit": one.unit, "topic": one.topic}
        line = "  ".join([who, one.role, one.unit or "-", *([one.topic] if one.topic else [])])
        print(json.dumps(row) if asked.json else line)
    return 0


async def _remove(store: Store, asked: Namespace) -> int:
    address = _address(asked.who)
    if address is None or not await store.officers.remove(address, datetime.now(UTC)):
        print(f"{asked.who} holds no office", file=sys.stderr)
        return 1
    return 0


async def _invite(store: Store, asked: Namespace) -> int:
    """Prints a one-time code and the links that carry it."""
    code = await store.officers.invite(asked.role, asked.unit, asked.topic, datetime.now(UTC))
    links = {name: way_in(name, url, "i", code) for name, url in (await store.links.all()).items()}
    if asked.json:
        print(json.dumps({"code": f"i_{code}", "links": links}))
        return 0
    print("For one person, once, within 24 hours. Open a link, or write the code to the bot:")
    print(f"code: i_{code}", *(f"{name}: {url}" for name, url in links.items()), sep="\n")
    return 0


def _address(who: str) -> Address | None:
    channel, colon, address = who.partition(":")
    return Address(channel, address) if colon and channel and address else None
