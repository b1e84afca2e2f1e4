"""Fits the weights of bot/matching/weights.py: `python -m bench.fit_matching` (some minutes).

It prints the weights and thresholds to be pasted, fitted on all texts of tests/claims but those of
`second`, which judge, and what may be expected of them on other checks. For this the checks are put
into eight parts. Each part is answered by weights and thresholds made without it; the thresholds
are chosen on texts whose checks the weights that judge them have not seen either.

The thesaurus was written beside these texts, so it knows their words too well. Therefore it is
also tried with nearly half of the words of the trade forgotten, each time others.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from zlib import crc32

from bench.labelled import COPIES, FRESH, Label, figures, fresh, labels, published
from bench.logistic import Sample, fitted, likelihood
from bot.matching import Hit, Match, Matcher
from bot.matching.evidence import AGAINST, NAMES, Evidence
from bot.matching.matcher import Thresholds, decided
from bot.matching.thesaurus import Thesaurus, thesaurus
from bot.matching.weights import MARGIN, contradicts, says_the_same
from bot.matching.wording import read_claim

_NAMES = ("bias", *NAMES)
_SIGNS = (0, *(-1 if name in AGAINST else 1 for name in NAMES))
# A text that must not be answered with this check, though it looks like it; there are many copies.
_NEAR_COUNTS, _COPY_COUNTS = 6, 2
_CANDIDATES, _PARTS = 12, 8
_FORGOTTEN, _FORGETFUL = 0.45, 1
# What the choice of thresholds aims at, mostly a little beyond the goals.
_RECALL, _WRONG, _SHOWN = 0.96, 0.0075, 0.25


@dataclass(frozen=True, slots=True)
class Seen:
    """A text, the evidence for each check, and in which part it is left out."""

    label: Label
    found: Sequence[tuple[str, Evidence]]
    part: int
    is_forgetful: bool


Scored = tuple[Label, list[Hit]]


def read(texts: Sequence[Label], seed: int = 0) -> Iterator[Seen]:
    """The evidence; with a seed, as if that many words of the trade were not known."""
    thesaurus.cache_clear()
    read_claim.cache_clear()
    if seed:
        _forget(thesaurus(), seed)
    matcher = Matcher([*published(), *fresh()])
    parts = _parts(texts)
    for label in texts:
        yield Seen(label, matcher.evidence(label.text), parts[label.group], bool(seed))


def _parts(texts: Sequence[Label]) -> Mapping[str, int]:
    """Which part a check belongs to with all its texts."""
    checks = {label.match for label in texts}
    groups = sorted({label.group for label in texts})
    random.Random(1).shuffle(groups)
    groups.sort(key=lambda group: group in checks)  # so that checks are spread evenly
    return {group: place % _PARTS for place, group in enumerate(groups)}


def _forget(words: Thesaurus, seed: int) -> None:
    """Names and things; how people affirm, deny and ask does not change with the subject."""
    for start, phrases in words.phrases.items():
        words.phrases[start] = [
            phrase
            for phrase in phrases
            if not any(
                words.weighs_as_subject(m.name) or m.name in words.slot for m in phrase.meanings
            )
            or crc32(f"{seed} {' '.join(w.spelt for w in phrase.words)}".encode()) % 100
            >= 100 * _FORGOTTEN
        ]


def samples_of(seen: Iterable[Seen]) -> list[Sample]:
    samples = []
    for one in seen:
        for check, evidence in one.found[:_CANDIDATES]:
            is_near = one.label.match is None and one.label.near == check
            often = _COPY_COUNTS if one.label.part == COPIES else _NEAR_COUNTS
            counts = often if is_near else 1
            samples.append(Sample(_numbers(evidence), check == one.label.match, counts))
    return samples


def _numbers(evidence: Evidence) -> tuple[float, ...]:
    return (1.0, *(evidence[name] for name in NAMES))


def _scored(seen: Iterable[Seen], weights: Sequence[float]) -> Iterator[Scored]:
    for one in seen:
        hits = [
            Hit(
                check,
                likelihood(_numbers(evidence), weights),
                contradicts(evidence),
                says_the_same(evidence),
            )
            for check, evidence in one.found
        ]
        yield one.label, sorted(hits, key=lambda hit: (-hit.score, hit.check))


def chosen(scored: Sequence[Scored]) -> Thresholds:
    """First what is shown, then the lowest from which hardly a wrong one is answered at once."""

    def cost(possible: float, doubted: float) -> float:
        reached = figures(_decided(scored, Thresholds(2, MARGIN, possible, doubted)))
        missed, beyond = _RECALL - reached.recall, reached.suggested - _SHOWN
        return max(0, missed) + max(0, beyond) * 2 + (reached.suggested - reached.recall) / 5

    steps = [step / 100 for step in range(3, 30)]
    ways = [(one, min(0.6, one * times)) for one, times in product(steps, (1, 1.5, 2, 3))]
    possible, doubted = min(ways, key=lambda way: cost(*way))
    sure = 0.99
    while sure > 0.4:
        lower = Thresholds(sure - 0.01, MARGIN, possible, doubted)
        if figures(_decided(scored, lower)).wrong > _WRONG:
            break
        sure -= 0.01
    return Thresholds(round(sure, 2), MARGIN, possible, round(doubted, 2))


def _natural(ways: Iterable[tuple[bool, Scored]]) -> list[Scored]:
    """Without the copies: of those there are more than people send, and half are changed."""
    return [scored for _, scored in ways if scored[0].part != COPIES]


def _decided(scored: Iterable[Scored], thresholds: Thresholds) -> list[tuple[Label, Match]]:
    return [(label, decided(hits, thresholds)) for label, hits in scored]


def _main() -> None:
    texts = [*labels(), *labels(FRESH), *labels(name=COPIES)]
    seen = [one for seed in range(_FORGETFUL + 1) for one in read(texts, seed)]
    weights = fitted(samples_of(seen), _SIGNS)
    apart = _apart(seen, weights)
    for name, weight in zip(_NAMES, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    everything = [own for part in range(_PARTS) for own in apart[part, part]]
    print(chosen(_natural(everything)))
    found: dict[bool, list[tuple[Label, Match]]] = {False: [], True: []}
    for out in range(_PARTS):
        others = [own for part in range(_PARTS) if part != out for own in apart[out, part]]
        thresholds = chosen(_natural(others))
        for is_forgetful, scored in apart[out, out]:
            found[is_forgetful] += _decided([scored], thresholds)
    for is_forgetful, decisions in found.items():
        print("forgetful" if is_forgetful else "all words", figures(decisions))
        for part in ("tuning", "held-out", "fresh", COPIES):
            print(" ", part, figures(one for one in decisions if one[0].part == part))


def _apart(
    seen: Sequence[Seen], start: Sequence[float]
) -> Mapping[tuple[int, int], list[tuple[bool, Scored]]]:
    """By (a, b): the texts of part b, judged by weights that have seen neither a nor b."""
    apart = {}
    for first, second in product(range(_PARTS), repeat=2):
        if first > second:
            continue
        learnt = samples_of(one for one in seen if one.part not in {first, second})
        weights = fitted(learnt, _SIGNS, start)
        for out, part in {(first, second), (second, first)}:
            own = [one for one in seen if one.part == part]
            ways = (one.is_forgetful for one in own)
            apart[out, part] = list(zip(ways, _scored(own, weights), strict=True))
    return apart


if __name__ == "__main__":
    _main()
