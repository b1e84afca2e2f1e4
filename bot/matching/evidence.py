"""What speaks for and against that a check answers a text: a table of numbers from 0 to 1.

Those that compare a check with the others reach from -1 to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.matching import contradiction
from bot.matching.pair import Pair
from bot.matching.thesaurus import thesaurus
from bot.matching.wording import DENIED

Evidence = Mapping[str, float]


def covered(pair: Pair) -> float:
    """How much of the nearest wording the text says."""
    return max(pair.coverage, default=0.0)


def core(pair: Pair) -> float:
    """How much it says of what most wordings say."""
    shares = pair.claim.shares
    usual = {term: pair.weight(term) * share**2 for term, share in shares.items() if share > 0.25}
    whole = sum(usual.values())
    return sum(usual[t] for t in pair.text.terms if t in usual) / whole if whole else 0.0


def rare(pair: Pair) -> float:
    """How much of the rarest words of the nearest wording it has."""
    most = 0.0
    for wording in pair.claim.wordings:
        weights = {term: pair.weight(term) ** 3 for term in wording.terms}
        whole = sum(weights.values())
        if whole:
            most = max(most, sum(weights[t] for t in weights if t in pair.text.terms) / whole)
    return most


def same(pair: Pair) -> float:
    """How near it is to saying just what a wording says, no less and hardly more."""
    whole, text = max(pair.whole, 0.1), pair.text.terms
    said = (
        share * pair.sum(term for term in text if term in wording.terms) / whole
        for wording, share in zip(pair.claim.wordings, pair.coverage, strict=True)
    )
    return max(said, default=0.0) ** 2


def mass(pair: Pair) -> float:
    """How much they have in common, however long they are; 1 is plenty."""
    return min(1.0, pair.common / 4)


def predicate(pair: Pair) -> float:
    """How much more than names they have in common."""
    return min(1.0, pair.sum(term for term in pair.shared if term not in pair.slots) / 2)


def same_denial(pair: Pair) -> float:
    """How much both deny."""
    denied = [term for term in pair.shared if pair.text.terms[term] == DENIED]
    agreed = (
        sum(way & DENIED > 0 for way in ways) / len(ways) for ways in map(pair.claim.ways, denied)
    )
    return min(1.0, sum(agreed) / 2)


def asks(pair: Pair) -> float:
    """Somebody asks whether it is so, or passes on what is said: that is how claims come."""
    return float(not pair.text.cues.isdisjoint({"asks", "hears"}))


def unknown(pair: Pair) -> float:
    """How much of the trade it speaks of that this check does not know."""
    prior, claim = thesaurus().prior, pair.claim
    known = claim.terms | claim.answer_terms
    other = (t for t in pair.text.terms if t not in known and prior.get(t, 0.0) >= 1)
    return min(1.0, pair.sum(other) / 3)


def letters_held(pair: Pair) -> float:
    """How much of the nearest wording it has letter by letter, whatever it says beside."""
    return pair.letters


# They only ever speak for a check, or only ever against it: so weights are fitted.
_FOR: Mapping[str, Callable[[Pair], float]] = {
    "covered": covered,
    "core": core,
    "rare": rare,
    "mass": mass,
    "predicate": predicate,
    "same denial": same_denial,
    "asks": asks,
    "letters held": letters_held,
}
_AGAINST: Mapping[str, Callable[[Pair], float]] = {
    "unknown": unknown,
    "other subject": contradiction.other_subject,
    "elsewhere": contradiction.elsewhere,
    "other amount": contradiction.other_amount,
    "other date": contradiction.other_date,
    "number of answer": contradiction.number_of_answer,
    "opposite": contradiction.opposite,
    "stated opposite": contradiction.stated_opposite,
    "flipped": contradiction.flipped,
    "crux": contradiction.crux,
    "swapped": contradiction.swapped,
    "turned copy": contradiction.turned_copy,
    "changed copy": contradiction.changed_copy,
    "answers": contradiction.answers,
    "nearer answer": contradiction.nearer_answer,
    "calls it false": contradiction.calls_it_false,
    "still": contradiction.still,
    "opinion": contradiction.opinion,
}
PIECES = {**_FOR, **_AGAINST}
AGAINST = frozenset(_AGAINST)
# Pieces of which it tells also how far a check is ahead of all others, or (below 0) behind.
_LED = ("letters held", "covered")


def _lead_of(name: str) -> str:
    return f"{name} lead"


# Some are known only when all checks have been weighed.
NAMES = (*PIECES, *map(_lead_of, _LED), "behind")
# What they say of the subject alone, whether the text affirms the claim or not.
_IN_COMMON: Mapping[str, float] = {
    "covered": 3.0,
    "core": 2.0,
    "rare": 2.0,
    "mass": 2.5,
    "predicate": 1.5,
}


def weigh(pair: Pair) -> Evidence:
    """All pieces, and `same`, which is not weighed: it lowers what is needed to be sure."""
    return {**{name: piece(pair) for name, piece in PIECES.items()}, "same": same(pair)}


def compared(found: Sequence[Evidence]) -> list[Evidence]:
    """The same, each with how far it is ahead of all others, or (below 0) behind the first."""
    common = [sum(share * one[name] for name, share in _IN_COMMON.items()) for one in found]
    out: list[Evidence] = []
    for place, one in enumerate(found):
        others = max((c for other, c in enumerate(common) if other != place), default=0.0)
        lead = max(-1.0, min(1.0, (common[place] - others) / 3))
        leads = {_lead_of(name): one[name] - _others(found, place, name) for name in _LED}
        out.append({**one, **leads, "behind": min(0.0, lead)})
    return out


def _others(found: Sequence[Evidence], place: int, name: str) -> float:
    return max((one[name] for other, one in enumerate(found) if other != place), default=0.0)
