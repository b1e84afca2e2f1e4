"""How well the matcher finds the check that answers a text, beside two usual ways; and how fast."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Sequence

from bench.labelled import FRESH, SECOND, Figures, Label, figures, fresh, labels, published
from bench.machine import ROOT
from bench.matching_peers import letters, token_set, tuned
from bot.matching import Match, Matcher, Wording

GOAL = Figures(recall=0.95, right=0.5, wrong=0.01, suggested=0.25)


async def measure_matching() -> str:
    """50,000 checks; then the figures on the labelled texts, the fresh and the second ones.

    On the labelled and the fresh ones the matcher was fitted, so they say too much; the second
    judge it, where there are any. The peers' thresholds are chosen on the labelled texts too.
    """
    known, wordings = labels(), list(published())
    told = [await _load(), f"  goal: {GOAL}", *_told("fitted on", known, wordings, known)]
    for title, folder in (("fitted on, fresh", FRESH), ("second", SECOND)):
        if texts := labels(folder):
            told += _told(title, texts, [*wordings, *fresh(folder)], known)
    return "\n".join(told)


def _told(
    title: str, texts: Sequence[Label], wordings: Sequence[Wording], known: Sequence[Label]
) -> Iterator[str]:
    ways: dict[str, Callable[[str], Match]] = {
        "ours": Matcher(wordings).match,
        "token_set_ratio": tuned(token_set(wordings), known, GOAL),
        "TF-IDF of letters": tuned(letters(wordings), known, GOAL),
    }
    for name, match in ways.items():
        yield f"  {title} ({len(texts)} texts), {name}: {_figures(match, texts)}"


def _figures(match: Callable[[str], Match], texts: Sequence[Label]) -> Figures:
    return figures((label, match(label.text)) for label in texts)


async def _load() -> str:
    """In a process of its own, for its memory."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.matching_load", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"bench.matching_load ended with {process.returncode}")
    load = json.loads(out)
    return (
        f"50,000 checks in 150,000 wordings: a text p50 {load['p50']:.0f} ms, "
        f"p95 {load['p95']:.0f} ms of CPU (goal 100), at most {load['most']:.0f}; "
        f"{load['memory']:.0f} MB (goal 400); indexed in {load['built']:.0f} s\n"
        f"  the labelled among them: {load['labelled']}"
    )
