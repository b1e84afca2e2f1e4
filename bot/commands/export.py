"""`caunoi export FILE.db`: anonymous figures as a SQLite file, each column described."""

from __future__ import annotations

import json
import sqlite3
import sys
from argparse import Namespace
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.commands import run_on_store
from bot.exporting.file import AlreadyThere, refuse_existing, write
from bot.exporting.rows import rows_of
from bot.exporting.tables import metadata
from bot.library import keep_library
from bot.settings import Settings
from bot.store import Store


def export(settings: Settings, asked: Namespace) -> int:
    """Prints how many rows each table has."""
    path = Path(asked.file)
    if path.suffix != ".db":
        print("the file's name must end in .db", file=sys.stderr)
        return 2

    async def run(store: Store) -> int:
        library = keep_library(settings.content_dir, settings.library_file)
        rows = await rows_of(store, library, ZoneInfo(settings.timezone))
        publisher = (await store.organisation.tree()).top.title
        told = metadata(path.stem, publisher, settings.public_url, asked.licence)
        write(path, rows, told)
        counts = {name: len(of_table) for name, of_table in rows.items()}
        lines = [json.dumps(counts)] if asked.json else [f"{n}\t{c}" for n, c in counts.items()]
        print(*lines, sep="\n")
        return 0

    try:
        if not asked.force:
            refuse_existing(path)
        return run_on_store(settings, run)
    except (AlreadyThere, OSError, sqlite3.Error) as error:
        print(error, file=sys.stderr)
        return 1
