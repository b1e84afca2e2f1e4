"""`caunoi content`: how far the languages are, and a CSV for translators without git."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.editing import LANGUAGES, Catalogues, TableError, read_catalogues, wording_hints
from bot.editing.status import matrix, missing, table
from bot.editing.table import read_rows, rows, written
from bot.editing.taking import take
from bot.library import Pack, read_pack, shape_faults
from bot.settings import Settings


def content(settings: Settings, asked: Namespace) -> int:
    """1 if the content cannot be read or a table is refused."""
    pack = read_pack(settings.content_dir)
    if faults := shape_faults(pack):
        print(*faults, sep="\n", file=sys.stderr)
        return 1
    catalogues = read_catalogues(settings.locales_dir, LANGUAGES)
    try:
        if asked.does == "status":
            today = datetime.now(ZoneInfo(settings.timezone)).date()
            return _status(pack, catalogues, asked, today)
        return (_export if asked.does == "export" else _import)(pack, catalogues, asked)
    except TableError as error:
        told = (*error.faults, "nothing was written")
        print(*(f"{asked.file}: {fault}" for fault in told), sep="\n", file=sys.stderr)
    except BrokenPipeError:
        raise  # not a fault of the table
    except OSError as error:
        print(f"{asked.file}: {error.strerror or error}", file=sys.stderr)
    return 1


def _status(pack: Pack, catalogues: Catalogues, asked: Namespace, today: date) -> int:
    found = matrix(pack, catalogues, today)
    hints = list(wording_hints(pack))
    if asked.json:
        told = [{"file": str(h.file), "line": h.line, "message": h.message} for h in hints]
        result = {"status": found, "missing": missing(found), "hints": told}
        print(json.dumps(result, ensure_ascii=False))
        return 0
    print(*table(found), sep="\n")
    print(f"{missing(found)} missing texts that topics.yaml asks for")
    if hints:
        print(f"{len(hints)} hints: the agreed word of the glossary is not there in this form")
        print(*hints, sep="\n")
    return 0


def _export(pack: Pack, catalogues: Catalogues, asked: Namespace) -> int:
    languages = (asked.language,) if asked.language else LANGUAGES[1:]
    found = list(rows(pack, catalogues, languages))
    Path(asked.file).write_bytes(written(found))
    print(f"{asked.file}: {len(found)} texts")
    return 0


def _import(pack: Pack, catalogues: Catalogues, asked: Namespace) -> int:
    counts = take(pack, catalogues, read_rows(Path(asked.file)))
    for path, count in counts.items():
        print(f"{path}: {count} texts")
    if not counts:
        print("nothing has changed")
    return 0
