"""`caunoi factchecks import FILE --out FOLDER`: others' ClaimReview as drafts for our editors."""

from __future__ import annotations

import hashlib
import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from bot.claimreview import (
    LARGEST_BYTES,
    ClaimReviewError,
    ImportedCheck,
    language_tag,
    read_claimreviews,
)
from bot.language import SOURCE_LANGUAGE
from bot.search import fold
from bot.settings import Settings

_LONGEST_SLUG = 40


def factchecks(_settings: Settings, asked: Namespace) -> int:
    """A file for each claim, none of them published. 1 if something could not be written."""
    usual = language_tag(asked.language)
    if asked.language and not usual:
        print(f"--language: {asked.language} is no language, such as vi", file=sys.stderr)
        return 2
    out = Path(asked.out)
    try:
        checks = read_claimreviews(_read(Path(asked.file)))
        out.mkdir(parents=True, exist_ok=True)
    except (ClaimReviewError, OSError, UnicodeDecodeError) as error:
        print(f"{asked.file}: {error}", file=sys.stderr)
        return 1
    written: list[dict[str, Any]] = []
    faults = [] if checks else [f"{asked.file}: there is no ClaimReview in it"]
    for number, (slug, check) in enumerate(_named(checks, usual), start=1):
        path = out / f"{slug}.yaml"
        problems = _faults(check) or _write(path, slug, check)
        faults += [f"{asked.file}: item {number}: {problem}" for problem in problems]
        if not problems:
            written.append({"file": str(path), "lacks": list(_lacks(check))})
    _tell(written, faults, is_json=asked.json)
    return 1 if faults else 0


def _read(path: Path) -> str:
    """The file's text. Raises ClaimReviewError, OSError, UnicodeDecodeError."""
    if path.stat().st_size > LARGEST_BYTES:
        raise ClaimReviewError(f"larger than {LARGEST_BYTES // 1_000_000} MB")
    return path.read_text("utf-8-sig")


def _named(checks: Sequence[ImportedCheck], usual: str) -> Iterator[tuple[str, ImportedCheck]]:
    """Each with a name for its file, which a second import of the same file would give again."""
    taken: set[str] = set()
    for check in checks:
        slug = _slug(check)
        if slug in taken:
            slug = f"{slug[: _LONGEST_SLUG - 9].strip('-')}-{_digest(check)}"
        taken.add(slug)
        yield slug, replace(check, language=check.language or usual)


def _faults(check: ImportedCheck) -> list[str]:
    untold = [] if check.language else ["inLanguage: not told; say --language"]
    return [*check.faults, *untold]


def _slug(check: ImportedCheck) -> str:
    letters = "".join(c if c.isascii() and c.isalnum() else " " for c in fold(check.claim))
    slug = ""
    for word in letters.split():
        if len(slug) + len(word) >= _LONGEST_SLUG:
            break
        slug = f"{slug}-{word}".strip("-")
    return slug if len(slug) > 4 else f"claim-{_digest(check)}"


def _digest(check: ImportedCheck) -> str:
    return hashlib.sha256(f"{check.claim}\n{check.url}".encode()).hexdigest()[:8]


def _write(path: Path, slug: str, check: ImportedCheck) -> list[str]:
    """What kept it from being written."""
    lacks = list(_lacks(check))
    note = f"# To be added before it can be published: {', '.join(lacks)}.\n" if lacks else ""
    text = yaml.safe_dump(_draft(slug, check), allow_unicode=True, sort_keys=False, width=100)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(f"# Imported from {check.issuer}; no editor has read it.\n{note}{text}")
    except FileExistsError:
        return [f"{path} is there already; nothing is overwritten"]
    except OSError as error:
        return [f"{path}: {error.strerror}"]
    return []


def _draft(slug: str, check: ImportedCheck) -> dict[str, Any]:
    """As content/factchecks has it, without `published`, and without what is not known."""
    source = {"title": check.title, "issuer": check.issuer}
    more = {"date": check.published, "url": check.url}
    parts = {
        "id": slug,
        "claim": {check.language: check.claim},
        "verdict": check.verdict,
        "summary": {check.language: check.summary} if check.summary else None,
        "sources": [{**source, **{name: value for name, value in more.items() if value}}],
        "state": {check.language: "draft"},
    }
    return {name: value for name, value in parts.items() if value}


def _lacks(check: ImportedCheck) -> Iterator[str]:
    if not check.verdict:
        yield "a verdict (the rating is none that is known here)"
    if not check.summary:
        yield "a summary"
    if check.language != SOURCE_LANGUAGE:
        yield "a Vietnamese wording"


def _tell(written: Sequence[dict[str, Any]], faults: Sequence[str], *, is_json: bool) -> None:
    if is_json:
        print(json.dumps({"written": written, "faults": faults}, ensure_ascii=False))
        return
    for each in written:
        print(each["file"], *(f"  needs {lack}" for lack in each["lacks"]), sep="\n")
    for fault in faults:
        print(fault, file=sys.stderr)
