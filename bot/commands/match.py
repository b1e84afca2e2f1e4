"""`caunoi match`: which published checks answer a text, one JSON object for each text."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.library import ContentError, keep_library
from bot.matching import Match, Matcher, wordings_of
from bot.settings import Settings


def match(settings: Settings, asked: Namespace) -> int:
    """`decision` is auto (answered at once), suggest (up to three are shown) or none (the desk)."""
    try:
        texts = (asked.text,) if asked.file is None else _lines(Path(asked.file))
        matcher = _matcher(settings)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8"
        print(f"{asked.file}: {reason}", file=sys.stderr)
        return 1
    for text in texts:
        print(json.dumps(_row(matcher.match(text)), ensure_ascii=False))
    return 0


def _lines(path: Path) -> tuple[str, ...]:
    """Each line is a text, an empty one too, so that answers can be counted off against lines."""
    lines = path.read_text("utf-8-sig").split("\n")
    return tuple(line.rstrip("\r") for line in (lines if lines[-1] else lines[:-1]))


def _matcher(settings: Settings) -> Matcher:
    """Over what is published by today."""
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    checks = keep_library(settings.content_dir, settings.library_file).factchecks.values()
    return Matcher(
        wording for check in checks if check.is_out(today) for wording in wordings_of(check)
    )


def _row(found: Match) -> dict[str, object]:
    hits = [{"id": hit.check, "score": round(hit.score, 3)} for hit in found.possible]
    decision = "auto" if found.sure is not None else "suggest" if hits else "none"
    return {"decision": decision, "hits": hits}
