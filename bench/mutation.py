"""`make mutation`: puts small faults into modules and counts those that their tests notice.

Which test runs which line is measured first. Each fault is judged in a process of its own, split
off from one that has read all there is to read: by the tests that ran its lines, those first that
have noticed most, until one fails. A test that takes far too long has noticed it too.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from bench.mutants import Mutant, mutants_of
from bench.mutation_runs import Measured, collect, judge, measure

REPORT, KEPT = Path("var/mutation.md"), Path("var/mutation")
# Of the tests that ran its lines a fault meets so many seconds: who runs them waits no longer.
MOST_SECONDS = 40.0


@dataclass(frozen=True)
class Subject:
    """Modules, and the files of the tests that are to notice what is wrong in them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _subject(modules: str, tests: str) -> Subject:
    return Subject(
        tuple(f"bot/{one}.py" for one in modules.split()),
        tuple(f"tests/test_{one}.py" for one in tests.split()),
    )


# The quick ones of those that run the most lines, as the first measurement found; SQLite only.
SUBJECTS = {
    "broadcast": _subject("broadcast", "broadcast_steps"),
    "contest": _subject(
        "contests contests_draw contests_published contest_alike contest_items contest_prizes "
        "contest_ranks contest_units",
        "contest_flags contest_rules contest_items contest_prizes contest_units contests "
        "contests_draw contests_published",
    ),
    "claims": _subject("claims store/claims store/claim_work", "claims claim_work desk_privacy"),
}


@dataclass
class Court:
    """What is known of a subject's tests, and how many faults of which lines each has noticed."""

    measured: Measured
    noticed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def verdict(self, mutant: Mutant) -> str:
        """The test that noticed it, "time" or nothing."""
        tests = self.measured.tests_of(mutant)
        order = self._within(sorted(tests, key=lambda test: self._rank(mutant, test)))
        found = judge(mutant, order, self.measured.seconds) if order else ""
        if found:
            self.noticed[mutant.path, found.removeprefix("time: ")] += 1
        return found

    def _within(self, order: Sequence[str]) -> list[str]:
        spent = accumulate(self.measured.seconds[test] for test in order)
        return [test for test, until in zip(order, spent, strict=True) if until <= MOST_SECONDS]

    def _rank(self, mutant: Mutant, test: str) -> tuple[float, float]:
        seconds = self.measured.seconds[test]
        return -self.noticed[mutant.path, test] / (seconds + 0.2), seconds


def chosen(path: str, sample: int) -> list[Mutant]:
    """All faults of a module, or so many of them, each time the same."""
    found = mutants_of(path)
    if not sample or sample >= len(found):
        return found
    return sorted(random.Random(path).sample(found, sample), key=lambda one: one.number)


def run(name: str, sample: int, jobs: int, is_again: bool) -> dict[str, str]:
    """By each judged fault what noticed it. `is_again`: all but those that were noticed before."""
    subject, before = SUBJECTS[name], _kept(name)
    mutants = [one for path in subject.modules for one in chosen(path, sample)]
    if is_again:
        mutants = [one for one in mutants if not before.get(one.key)]
    collect(subject.tests)
    court = Court(measure(subject.tests, subject.modules, KEPT / f"{name}-runs.json"))
    began, verdicts = time.monotonic(), {}
    with ThreadPoolExecutor(jobs) as pool:
        for mutant, verdict in zip(mutants, pool.map(court.verdict, mutants), strict=True):
            verdicts[mutant.key] = verdict
            if not verdict:
                print(f"\n{mutant.key} line {mutant.first} survives\n{mutant.diff}", flush=True)
            _keep(name, {mutant.key: verdict})
    print(f"{name}: {len(mutants)} judged in {time.monotonic() - began:.0f} s", flush=True)
    return verdicts


def _kept(name: str) -> dict[str, str]:
    file = KEPT / f"{name}.json"
    found: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def _keep(name: str, verdicts: dict[str, str]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{name}.json").write_text(json.dumps(_kept(name) | verdicts, indent=0), "utf-8")


def report(names: Iterable[str], sample: int) -> str:
    """Markdown: the score of each module and subject, then what nothing noticed."""
    rows = ["| subject | module | judged | noticed | score |", "|---|---|---|---|---|"]
    rest: list[str] = []
    for name in names:
        kept, whole = _kept(name), [0, 0]
        for path in SUBJECTS[name].modules:
            judged = [one for one in chosen(path, sample) if one.key in kept]
            alive = [one for one in judged if not kept[one.key]]
            whole[0] += len(judged)
            whole[1] += len(judged) - len(alive)
            rows.append(_row(name, path, len(judged), len(judged) - len(alive)))
            rest += [f"\n{one.key}, line {one.first}\n```diff\n{one.diff}\n```" for one in alive]
        rows.append(_row(f"**{name}**", "", *whole))
    return "\n".join(["# Faults that the tests notice\n", *rows, "\n## Not noticed", *rest, ""])


def _row(name: str, path: str, judged: int, noticed: int) -> str:
    return f"| {name} | {path} | {judged} | {noticed} | {noticed / max(1, judged):.1%} |"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.mutation", description=__doc__)
    asked.add_argument("subjects", nargs="*", default=list(SUBJECTS))
    asked.add_argument("--sample", type=int, default=0, help="so many faults of each module")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--again", action="store_true", help="all but what was noticed before")
    given = asked.parse_args()
    for name in given.subjects:
        run(name, given.sample, given.jobs, given.again)
    text = report(given.subjects, given.sample)
    REPORT.write_text(text, "utf-8")
    print(text.split("## Not noticed")[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
