"""`caunoi backup FILE`: one file with all that the database holds, while the bot serves."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from bot.commands import open_store
from bot.settings import Settings
from bot.store import BackupFault
from bot.store.recovery import Manifest


def backup(settings: Settings, asked: Namespace) -> int:
    """Prints what was written; the keys are not in it."""
    target = Path(asked.file)
    if target.exists() and not asked.force:
        print(f"{target} is there already", file=sys.stderr)
        return 1
    try:
        made = asyncio.run(_back_up(settings, target))
    except (BackupFault, OSError) as error:
        print(f"no backup was made: {error}", file=sys.stderr)
        return 1
    told = {
        "file": str(target),
        "made_at": made.made_at.isoformat(),
        "schema": made.revision,
        "from": made.taken_from,
        "sha256": made.sha256,
        "bytes": target.stat().st_size,
    }
    if asked.json:
        print(json.dumps(told))
    else:
        print(*(f"{name}\t{value}" for name, value in told.items()), sep="\n")
        var = settings.var_dir
        print(
            f"Not in it, and to be kept apart from it: SECRET_KEY (or {var}/secret.key)"
            f" and {var}/erasures. Never copied: {var}/reporters."
        )
    return 0


async def _back_up(settings: Settings, target: Path) -> Manifest:
    store = open_store(settings)
    try:
        return await store.recovery.back_up(target, settings.database_url, datetime.now(UTC))
    finally:
        await store.close()
