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
BIAS = -4.79
WEIGHTS: Mapping[str, float] = {
    "covered": 3.25,
    "used": 0.60,
    "mass": 1.64,
    "predicate": 1.45,
    "same denial": 0.84,
    "asks": 0.82,
    "unknown": -0.82,
    "other subject": -2.62,
    "other amount": -0.58,
    "other date": 0.03,
    "number of answer": -1.08,
    "opposite": -1.02,
    "stated opposite": -0.76,
    "flipped": -1.81,
    "crux": -1.32,
    "swapped": -1.81,
    "denial differs": -0.73,
    "answers": -0.68,
    "nearer answer": -0.97,
    "calls it false": -1.17,
    "still": -0.88,
    "opinion": -1.78,
    "ahead": 0.81,
    "behind": 2.67,
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
