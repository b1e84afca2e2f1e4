"""How much each piece of evidence weighs, and from where on a check is shown or answered with.

The weights are those of a logistic regression on the tuning part of tests/claims/labelled.yaml
(`python -m bench.fit_matching`); docs/matching.md tells how to fit them again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.matching.evidence import Evidence

# From SURE on a check is answered with at once, if the next one is behind by MARGIN.
SURE, MARGIN, POSSIBLE = 0.72, 0.15, 0.15
BIAS = -4.77
WEIGHTS: Mapping[str, float] = {
    "covered": 3.22,
    "used": 0.92,
    "mass": 1.24,
    "alike": -0.49,
    "predicate": 1.42,
    "other_subject": -2.68,
    "other_amount": -0.94,
    "other_date": -0.64,
    "of_answer": -1.18,
    "same_amount": 0.29,
    "opposite": -1.13,
    "states": -0.77,
    "crux": -1.57,
    "flipped": -2.16,
    "swapped": -1.49,
    "same_denial": 0.91,
    "core": 0.59,
    "answers": -0.74,
    "denies": -0.96,
    "still": -1.15,
    "opines": -1.80,
    "asks": 0.82,
    "unknown": -1.00,
    "ahead": 0.56,
    "behind": 2.68,
}


def likelihood(evidence: Evidence) -> float:
    """How likely the check answers the text, from 0 to 1."""
    total = BIAS + sum(weight * getattr(evidence, name) for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
