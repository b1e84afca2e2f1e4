"""How much each piece of evidence weighs, and from where on a check is shown or answered with.

The weights are those of a logistic regression on the tuning part of tests/claims/labelled.yaml
(`python -m bench.fit_matching`); docs/matching.md tells how to fit them again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.matching.evidence import Evidence

# From SURE on a check is answered with at once, if the next one is behind by MARGIN.
SURE, MARGIN, POSSIBLE = 0.65, 0.15, 0.12
BIAS = -4.81
WEIGHTS: Mapping[str, float] = {
    "covered": 3.00,
    "used": 0.92,
    "mass": 1.34,
    "alike": -0.52,
    "predicate": 1.40,
    "other_subject": -2.69,
    "other_amount": -0.88,
    "other_date": -0.66,
    "of_answer": -1.06,
    "same_amount": 0.31,
    "opposite": -1.03,
    "states": -0.73,
    "crux": -1.61,
    "flipped": -1.88,
    "swapped": -1.49,
    "same_denial": 0.99,
    "core": 0.55,
    "answers": -0.66,
    "closer": -1.02,
    "denies": -0.99,
    "still": -1.10,
    "opines": -1.74,
    "asks": 0.80,
    "unknown": -0.94,
    "ahead": 0.74,
    "behind": 2.56,
}

# Above these a text is never answered at once, however like a claim it sounds: it names another
# subject or number, says what the answer says, or the opposite of the claim.
CONTRADICTS: Mapping[str, float] = {
    "other_subject": 0.4,
    "other_amount": 0.3,
    "other_date": 0.4,
    "of_answer": 0.4,
    "crux": 0.4,
    "flipped": 0.7,
    "closer": 0.25,
    "denies": 0.5,
    "opines": 0.5,
}


def contradicts(evidence: Evidence) -> bool:
    return any(getattr(evidence, name) > most for name, most in CONTRADICTS.items())


def likelihood(evidence: Evidence) -> float:
    """How likely the check answers the text, from 0 to 1."""
    total = BIAS + sum(weight * getattr(evidence, name) for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
