"""The labelled texts of tests/claims, and the checks that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.machine import ROOT
from bot.library import FactCheck, load_library
from bot.library.reader import Reader
from bot.matching import Match, Wording, wordings_of

CLAIMS = ROOT / "tests/claims"
# Other checks and texts. The matcher was made without seeing the first, was measured with them
# twice, and is fitted on them since; the second judge it.
FRESH, SECOND = CLAIMS / "fresh", CLAIMS / "second"
COPIES = "copies"


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


def labels(folder: Path = CLAIMS, name: str = "labelled") -> tuple[Label, ...]:
    """None where there are none. Texts of a file that has no parts are of a part of its name."""
    path = folder / f"{name}.yaml"
    if not path.exists():
        return ()
    rows = yaml.safe_load(path.read_text("utf-8"))
    return tuple(Label(r["text"], r["match"], r.get("near"), r.get("part", name)) for r in rows)


def published() -> Iterator[Wording]:
    """What ships in content/, whatever the day is."""
    for check in load_library(ROOT / "content").factchecks.values():
        yield from wordings_of(check)


def fresh(folder: Path = FRESH) -> Iterator[Wording]:
    """The checks that only the texts in that folder are about."""
    reader = Reader(folder)
    for _, check in reader.many("checks/*.yaml", FactCheck):
        yield from wordings_of(check)
    if reader.faults:
        raise ValueError(f"{len(reader.faults)} faults in {folder}, first: {reader.faults[0]}")


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares: of texts that a check answers, of all texts, of texts that none answers."""

    recall: float  # the right check is answered with or among the three shown
    right: float  # answered at once, rightly
    wrong: float  # of all texts: answered at once, wrongly
    suggested: float  # of texts that no check answers: something was shown

    def __str__(self) -> str:
        return (
            f"recall@3 {self.recall:.3f}, right at once {self.right:.3f}, "
            f"wrong at once {self.wrong:.4f}, shown on others {self.suggested:.3f}"
        )


def figures(found: Iterable[tuple[Label, Match]]) -> Figures:
    known, right, wrong, shown = [], [], [], []
    for label, match in found:
        checks = [hit.check for hit in match.possible]
        if label.match:
            known.append(label.match in checks or match.sure == label.match)
            right.append(match.sure == label.match)
        else:
            shown.append(bool(checks))
        wrong.append(match.sure not in {None, label.match})
    return Figures(*(sum(part) / len(part) for part in (known, right, wrong, shown)))
