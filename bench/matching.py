"""How well the matcher finds the check that answers a text, beside two usual ways; and how fast."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence

from bench.labelled import FRESH, Figures, Label, figures, fresh, labels, published
from bench.machine import ROOT
from bench.matching_peers import letters, token_set, tuned
from bot.matching import Match, Matcher

GOAL = Figures(recall=0.95, right=0.5, wrong=0.01, suggested=0.25)
PARTS = ("tuning", "held-out")


async def measure_matching() -> str:
    """50,000 checks; then the figures on both parts of tests/claims/labelled.yaml, and on the fresh
    set, which judges. The peers' thresholds are chosen on the tuning part too."""
    texts = {part: [one for one in labels() if one.part == part] for part in PARTS}
    own = list(published())
    told = [await _load(), f"  goal: {GOAL}"]
    for title, some, wordings in (
        *((part, texts[part], own) for part in PARTS),
        ("fresh", labels(FRESH), [*own, *fresh()]),
    ):
        ways: dict[str, Callable[[str], Match]] = {
            "ours": Matcher(wordings).match,
            "token_set_ratio": tuned(token_set(wordings), texts["tuning"], GOAL),
            "TF-IDF of letters": tuned(letters(wordings), texts["tuning"], GOAL),
        }
        told += [f"  {title}, {name}: {_figures(match, some)}" for name, match in ways.items()]
    return "\n".join(told)


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
        f"  tuning among them: {load['tuning']}"
    )
