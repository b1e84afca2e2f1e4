"""How much each piece of evidence weighs, and from where on a check is shown or answered with.

The weights are those of a logistic regression on the texts of tests/claims (`python -m
bench.fit_matching`); docs/matching.md tells how to fit them again. What speaks for a check never
weighs below 0, and what speaks against it never above.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.matching.evidence import Evidence

# From SURE on a check is answered with at once, if the next one is behind by MARGIN; from POSSIBLE
# on it is shown, if something contradicts only from DOUBTED on.
SURE, MARGIN = 0.72, 0.15
# A text that says just what a wording says, no less and hardly more, needs not be so likely.
SAME, SURE_IF_SAME = 0.7, 0.6
POSSIBLE, DOUBTED = 0.1, 0.3
BIAS = -4.26
WEIGHTS: Mapping[str, float] = {
    "covered": 1.45,
    "core": 0.78,
    "rare": 0.76,
    "mass": 2.15,
    "predicate": 1.01,
    "same denial": 0.27,
    "asks": 1.68,
    "letters held": 0.00,
    "unknown": -0.78,
    "other subject": -2.67,
    "elsewhere": -0.93,
    "other amount": -0.44,
    "other date": -0.40,
    "number of answer": -0.54,
    "opposite": -0.05,
    "stated opposite": -1.60,
    "flipped": -1.14,
    "crux": -1.00,
    "swapped": -2.21,
    "turned copy": -2.53,
    "changed copy": -1.60,
    "answers": -0.87,
    "nearer answer": -2.24,
    "calls it false": -1.73,
    "still": -0.96,
    "opinion": -1.34,
    "letters held lead": 1.72,
    "covered lead": 0.08,
    "behind": 3.36,
}

# Above these a check is contradicted and never answered with at once, however like its claim the
# text sounds: it names another subject or number, says what the answer says, or the opposite.
CONTRADICTS: Mapping[str, float] = {
    "other subject": 0.4,
    "elsewhere": 0.5,
    "other amount": 0.5,
    "other date": 0.5,
    "number of answer": 0.5,
    "crux": 0.75,
    "flipped": 0.9,
    "turned copy": 0.5,
    "changed copy": 0.6,
    "nearer answer": 0.15,
    "calls it false": 0.5,
    "opinion": 0.5,
}


def contradicts(evidence: Evidence) -> bool:
    return any(evidence[name] > most for name, most in CONTRADICTS.items())


def says_the_same(evidence: Evidence) -> bool:
    return evidence["same"] >= SAME


def likelihood(evidence: Evidence) -> float:
    """How likely the check answers the text, from 0 to 1."""
    total = BIAS + sum(weight * evidence[name] for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
