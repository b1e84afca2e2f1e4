"""The verbs of the command line that read or change the database, a file each."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from bot.library import ContentError, keep_library
from bot.settings import Settings
from bot.store import Seal, Store, keep_secret
from bot.unit_lists import from_content

T = TypeVar("T")


class UsageError(ValueError):
    """What was asked for cannot be meant; the text says which part."""


def run_on_store(settings: Settings, task: Callable[[Store], Awaitable[int]]) -> int:
    """The exit code of a task on the database; broken content is told, and nothing is done."""
    try:
        return asyncio.run(with_store(settings, task))
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1


def open_store(settings: Settings, url: str = "") -> Store:
    """The database as it is, or another one under the same keys."""
    secret = keep_secret(settings.secret_key.get_secret_value(), settings.var_dir)
    var = settings.var_dir
    return Store(
        url or settings.database_url, Seal(secret), var / "reporters", erasures=var / "erasures"
    )


async def with_store(settings: Settings, run: Callable[[Store], Awaitable[T]]) -> T:
    """Runs on the database, which is made ready first: schema and first import of the units."""
    store = open_store(settings)
    try:
        await store.upgrade()
        if not await store.organisation.has_begun():
            library = keep_library(settings.content_dir, settings.library_file)
            await store.organisation.begin(from_content(library.units.values()), datetime.now(UTC))
        return await run(store)
    finally:
        await store.close()
