"""Makes content of any size out of the words of the pack that ships."""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

import yaml

from bot.library import load_library

ROOT = Path(__file__).parent.parent


def write_content(folder: Path, articles: int) -> Path:
    """A content folder with that many articles in two languages, each about 100 words."""
    pack = load_library(ROOT / "content")
    chance = random.Random(1)
    for name in ("topics.yaml", "units.yaml", "calendar.yaml", "contacts.yaml", "award.yaml"):
        shutil.copy(ROOT / "content" / name, folder)
    shutil.copytree(ROOT / "content" / "media", folder / "media")
    texts = {
        tag: [a.text[tag].body.split() for a in pack.articles.values() if tag in a.text]
        for tag in ("vi", "en")
    }
    for number in range(articles):
        topic = sorted(pack.topics)[number % len(pack.topics)]
        article = {
            "id": f"made-{number}",
            "topic": topic,
            "published": date(2026, 1, 1),
            "sources": [{"title": "T", "issuer": "I"}],
            "text": {tag: _text(bodies, chance) for tag, bodies in texts.items()},
        }
        path = folder / "articles" / topic / f"made-{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(article, allow_unicode=True), encoding="utf-8")
    return folder


def _text(bodies: list[list[str]], chance: random.Random) -> dict[str, str]:
    words = [chance.choice(chance.choice(bodies)) for _ in range(108)]
    return {
        "state": "draft",
        "title": " ".join(words[:8])[:110],
        "body": " ".join(words[8:]).replace("- ", ""),
    }
