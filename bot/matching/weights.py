"""How much each piece of evidence weighs, and from where on a check is shown or answered with.

The weights are those of a logistic regression on the tuning part of tests/claims/labelled.yaml
(`python -m bench.fit_matching`); docs/matching.md tells how to fit them again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.matching.evidence import Evidence

# From SURE on a check is answered with at once, if the next one is behind by MARGIN; from POSSIBLE
# on it is shown, if something contradicts only from DOUBTED on.
SURE, MARGIN = 0.68, 0.15
POSSIBLE, DOUBTED = 0.08, 0.2
BIAS = -4.68
WEIGHTS: Mapping[str, float] = {
    "covered": 3.28,
    "used": 0.55,
    "mass": 1.61,
    "predicate": 1.53,
    "same denial": 0.72,
    "asks": 0.85,
    "unknown": -0.91,
    "other subject": -2.62,
    "other amount": -0.38,
    "other date": 0.02,
    "number of answer": -1.14,
    "opposite": -1.17,
    "stated opposite": -0.79,
    "flipped": -1.76,
    "crux": -1.33,
    "swapped": -1.80,
    "denial differs": -0.67,
    "answers": -0.72,
    "nearer answer": -0.98,
    "calls it false": -1.07,
    "still": -0.89,
    "opinion": -1.80,
    "ahead": 0.63,
    "behind": 2.76,
}

# Above these a check is contradicted and never answered with at once, however like its claim the
# text sounds: it names another subject or number, says what the answer says, or the opposite.
CONTRADICTS: Mapping[str, float] = {
    "other subject": 0.4,
    "other amount": 0.3,
    "other date": 0.4,
    "number of answer": 0.4,
    "crux": 0.4,
    "flipped": 0.7,
    "nearer answer": 0.25,
    "calls it false": 0.5,
    "opinion": 0.5,
}


def contradicts(evidence: Evidence) -> bool:
    return any(evidence[name] > most for name, most in CONTRADICTS.items())


def likelihood(evidence: Evidence) -> float:
    """How likely the check answers the text, from 0 to 1."""
    total = BIAS + sum(weight * evidence[name] for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
