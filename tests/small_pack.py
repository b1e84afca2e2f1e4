"""The pack that ships with few of its texts: read in a tenth of the time, in all its languages."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import ROOT

# Of each topic an article that speaks every language.
ARTICLES = {
    "award-2026", "events-paid-holidays", "hcm-key-dates", "hr-foreign-worker-permit",
    "ml-scam-messages", "res-document-numbers", "rights-contract-in-writing",
    "sea-iuu-eu-cards", "union-no-workplace-union",
}  # fmt: skip
QUESTIONS, QUESTIONS_EACH = {"award", "union"}, 6
CHECKS = {"asean-founding-member", "lump-sum-abolished", "rent-bank-account"}


def small_pack(folder: Path, *more: str) -> Path:
    """Copies into `folder` what stands in one file, and of the rest a few and those named `more`.

    The topics ask for one article of those languages that need few. Lines stay where they are.
    """
    shutil.copytree(ROOT / "content", folder, dirs_exist_ok=True)
    kept = {*ARTICLES, *QUESTIONS, *CHECKS, *more}
    for room in ("articles", "questions", "factchecks"):
        for path in (folder / room).rglob("*.yaml"):
            if path.stem not in kept:
                path.unlink()
    for bank in (folder / "questions").iterdir():
        parts = bank.read_text("utf-8").split("\n- id: ")
        bank.write_text("\n- id: ".join(parts[: QUESTIONS_EACH + 1]) + "\n", encoding="utf-8")
    topics = folder / "topics.yaml"
    asked = topics.read_text("utf-8").replace("{km: 2, th: 2, id: 2}", "{km: 1, th: 1, id: 1}")
    topics.write_text(asked, encoding="utf-8")
    return folder
