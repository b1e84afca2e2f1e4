"""`caunoi poster UNIT --out FILE.pdf`: the sheet for a unit's wall."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from bot.app import draw_unit_poster
from bot.commands import run_on_store
from bot.language import SOURCE_LANGUAGE, load_languages
from bot.poster import PosterError
from bot.settings import Settings
from bot.store import Store


def poster(settings: Settings, asked: Namespace) -> int:
    """In Vietnamese and the two languages of `--languages`."""
    languages = load_languages(settings.locales_dir)
    tags = [languages.lookup(tag.strip()) for tag in asked.languages.split(",") if tag.strip()]
    chosen = [tag for tag in dict.fromkeys(tags) if tag and tag != SOURCE_LANGUAGE]
    if None in tags or len(chosen) > 2:
        known = ", ".join(tag for tag in languages.tags if tag != SOURCE_LANGUAGE)
        print(f"--languages takes up to two of: {known}", file=sys.stderr)
        return 2

    async def run(store: Store) -> int:
        tree = await store.organisation.tree()
        unit = tree.find(asked.unit)
        if unit is None:
            print(f"there is no unit {asked.unit}", file=sys.stderr)
            return 1
        links = await store.links.all() or {"web": settings.public_url}
        Path(asked.out).write_bytes(draw_unit_poster(languages, tree, links, unit, chosen))
        return 0

    try:
        return run_on_store(settings, run)
    except (PosterError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
