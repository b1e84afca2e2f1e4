"""How much each piece of evidence weighs, and from where on a check is shown or answered with.

The weights are those of a logistic regression on the tuning part of tests/claims/labelled.yaml
(`python -m bench.fit_matching`); docs/matching.md tells how to fit them again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.matching.evidence import Evidence

# From SURE on a check is answered with at once, if the next one is behind by MARGIN.
SURE, MARGIN, POSSIBLE = 0.75, 0.15, 0.15
BIAS = -5.02
WEIGHTS: Mapping[str, float] = {
    "covered": 3.56,
    "used": 1.00,
    "mass": 1.23,
    "alike": -0.60,
    "predicate": 1.40,
    "other_subject": -2.78,
    "other_amount": -0.94,
    "no_amount": -0.71,
    "other_date": -1.28,
    "same_amount": 0.26,
    "opposite": -1.94,
    "states": -1.52,
    "flipped": -1.99,
    "swapped": -0.85,
    "same_denial": 1.05,
    "core": 0.52,
    "answers": -1.23,
    "denies": -0.89,
    "still": -1.22,
    "opines": -1.78,
    "asks": 1.00,
    "unknown": -0.99,
    "ahead": 0.65,
    "behind": 2.93,
}


def likelihood(evidence: Evidence) -> float:
    """How likely the check answers the text, from 0 to 1."""
    total = BIAS + sum(weight * getattr(evidence, name) for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
