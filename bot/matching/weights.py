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
BIAS = -4.70
WEIGHTS: Mapping[str, float] = {
    "covered": 2.84,
    "used": 1.00,
    "mass": 1.43,
    "predicate": 1.36,
    "other_subject": -2.53,
    "other_amount": -0.50,
    "other_date": 0.08,
    "of_answer": -1.01,
    "same_amount": 0.33,
    "opposite": -0.98,
    "states": -0.69,
    "crux": -1.36,
    "flipped": -1.85,
    "swapped": -2.25,
    "denial_differs": -0.76,
    "same_denial": 0.89,
    "core": 0.33,
    "answers": -0.71,
    "closer": -0.90,
    "denies": -1.21,
    "still": -1.06,
    "opines": -1.76,
    "asks": 0.79,
    "unknown": -0.71,
    "ahead": 0.73,
    "behind": 2.57,
}

# Above these a text is contradicted and never answered at once, however like a claim it sounds: it names another
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
