"""`caunoi search TEXT`: the articles that the bot would find."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.language import load_languages
from bot.library import ContentError, keep_library
from bot.search import Search
from bot.settings import Settings


def search(settings: Settings, asked: Namespace) -> int:
    """A line (or a JSON object) an article, the best first."""
    try:
        library = keep_library(settings.content_dir, settings.library_file)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    order = load_languages(settings.locales_dir).fallbacks(asked.language)
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    for hit in Search(library).find(asked.text, order, today):
        title = hit.article.text[hit.language].title
        row = {"id": hit.article.id, "title": title, "score": round(hit.score, 3)}
        print(json.dumps(row, ensure_ascii=False) if asked.json else f"{hit.article.id}  {title}")
    return 0
