"""How much each piece of evidence weighs, and from where on a check is shown or answered with.

The weights are those of a logistic regression on the tuning part of tests/claims/labelled.yaml
(`python -m bench.fit_matching`); docs/matching.md tells how to fit them again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.matching.evidence import Evidence

# From SURE on a check is answered with at once, if the next one is behind by MARGIN.
SURE, MARGIN, POSSIBLE = 0.65, 0.15, 0.14
BIAS = -8.61
WEIGHTS: Mapping[str, float] = {
    "covered": 3.47,
    "used": 2.14,
    "mass": 2.04,
    "alike": 0.35,
    "predicate": 1.31,
    "other_subject": -2.75,
    "other_amount": -1.30,
    "no_amount": -0.85,
    "other_date": -1.25,
    "same_amount": 0.44,
    "opposite": -2.55,
    "same_denial": 0.68,
    "core": 3.01,
    "answers": -1.49,
    "denies": 0.11,
    "still": -1.01,
    "opines": -0.73,
    "asks": 1.00,
    "unknown": -1.16,
}


def likelihood(evidence: Evidence) -> float:
    """How likely the check answers the text, from 0 to 1."""
    total = BIAS + sum(weight * getattr(evidence, name) for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
