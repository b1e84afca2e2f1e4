"""How much each piece of evidence weighs, and from where on a check is shown or answered with.

The weights are those of a logistic regression on tests/claims/labelled.yaml (`python -m
bench.fit_matching`); docs/matching.md tells how to fit them again. `letters` weighs against a check
only beside `letters held` and `copied`: a text that is written like a claim and yet says less of it
is mostly about something else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.matching.evidence import Evidence

# From SURE on a check is answered with at once, if the next one is behind by MARGIN; from POSSIBLE
# on it is shown, if something contradicts only from DOUBTED on.
SURE, MARGIN = 0.75, 0.15
POSSIBLE, DOUBTED = 0.1, 0.12
BIAS = -4.47
WEIGHTS: Mapping[str, float] = {
    "covered": 3.07,
    "used": 0.48,
    "mass": 2.54,
    "predicate": 1.43,
    "same denial": 0.49,
    "asks": 1.68,
    "unknown": -0.76,
    "letters": -7.07,
    "letters held": 3.97,
    "copied": 2.47,
    "other subject": -1.64,
    "other amount": -0.26,
    "other date": -0.65,
    "number of answer": -0.51,
    "opposite": -2.11,
    "stated opposite": -0.23,
    "flipped": -0.69,
    "crux": -0.97,
    "swapped": -2.40,
    "denial differs": -0.02,
    "answers": -0.82,
    "nearer answer": -3.28,
    "calls it false": -1.82,
    "still": -1.11,
    "opinion": -1.36,
    "letters lead": -2.14,
    "letters held lead": 4.56,
    "ahead": -0.01,
    "behind": 3.44,
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
