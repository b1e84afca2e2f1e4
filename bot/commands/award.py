"""`caunoi award works`: what is registered for the award, without how makers are reached."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from bot.commands import run_on_store
from bot.language import SOURCE_LANGUAGE, pick
from bot.library import keep_library
from bot.settings import Settings
from bot.store import Store


def award(settings: Settings, asked: Namespace) -> int:
    """A line (or a JSON object) a work of the edition that content/award.yaml names."""

    async def run(store: Store) -> int:
        found = keep_library(settings.content_dir, settings.library_file).award
        assert found is not None
        codes = [one.code for one in await store.awards.outlines(found.edition.ids)]
        for entry in await store.awards.entries(codes):
            category = found.category(entry.category)
            items = found.items(category)
            row = {
                "code": entry.code,
                "category": entry.category,
                "language": entry.language,
                "state": entry.state,
                "title": entry.details.title,
                "link": entry.details.link,
                "ticked": [item.id for item in items if item.id in entry.done],
                "open": [item.id for item in items if item.id not in entry.done],
            }
            if asked.json:
                print(json.dumps(row, ensure_ascii=False))
                continue
            name = pick(category.name, (SOURCE_LANGUAGE,)) if category else entry.category
            ticked = f"{len(entry.done)}/{len(items)}"
            print(f"{entry.code}  {name}  {entry.state}  {ticked}  {entry.details.title}")
        if not codes:
            print("no works are registered", file=sys.stderr)
        return 0

    return run_on_store(settings, run)
