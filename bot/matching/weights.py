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
BIAS = -4.96
WEIGHTS: Mapping[str, float] = {
    "covered": 2.91,
    "used": 1.30,
    "mass": 1.13,
    "alike": -0.09,
    "predicate": 0.98,
    "other_subject": -2.65,
    "other_amount": -1.20,
    "no_amount": -0.42,
    "other_date": -1.18,
    "same_amount": 0.35,
    "opposite": -2.24,
    "flipped": -2.15,
    "swapped": -0.61,
    "same_denial": 1.05,
    "core": 0.48,
    "answers": -1.22,
    "denies": -0.56,
    "still": -0.89,
    "opines": -1.53,
    "asks": 1.09,
    "unknown": -0.75,
    "ahead": 1.22,
    "behind": 3.12,
}


def likelihood(evidence: Evidence) -> float:
    """How likely the check answers the text, from 0 to 1."""
    total = BIAS + sum(weight * getattr(evidence, name) for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
