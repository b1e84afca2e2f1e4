"""The labelled texts of tests/claims, and the checks that they are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from bench.machine import ROOT
from bot.library import load_library
from bot.matching import Wording, wordings_of


@dataclass(frozen=True, slots=True)
class Label:
    """A text, the check that answers it or None, and the check that it only resembles."""

    text: str
    match: str | None
    near: str | None
    part: str

    @property
    def group(self) -> str:
        """Texts about one check are split off together."""
        return self.match or self.near or self.text


def labels() -> tuple[Label, ...]:
    rows = yaml.safe_load((ROOT / "tests/claims/labelled.yaml").read_text("utf-8"))
    return tuple(Label(r["text"], r["match"], r.get("near"), r["part"]) for r in rows)


def published() -> Iterator[Wording]:
    """What ships in content/, whatever the day is."""
    for check in load_library(ROOT / "content").factchecks.values():
        yield from wordings_of(check)
