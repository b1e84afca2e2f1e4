"""What speaks against a claim: another subject or number, the opposite, or what is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.matching.amounts import DATES
from bot.matching.pair import Pair, held
from bot.matching.thesaurus import PLAIN, thesaurus
from bot.matching.wording import Sentence

# Bare numbers, months without a day and numbers in a row are not compared as amounts.
_NO_AMOUNTS = frozenset({"#n", "#nth", "#m"})
_COUNTRY, _HOME = "country", "viet-nam"


def other_subject(pair: Pair) -> float:
    """How far the names of the text are from those that the claim has in the same slot.

    1 if it has another instead of the usual one; less if some wordings have that other one, or if
    few name any, for then the claim is about all of them.
    """
    shares = pair.claim.shares
    said, wanted = _by_slot(pair.text.terms), _by_slot(shares)
    other = [0.0]
    for slot in said.keys() & wanted.keys():
        usual = max(shares[name] for name in wanted[slot])
        near = [own.terms for own in pair.nearest]
        strange = (n for n in said[slot] if not any(n in terms for terms in near))
        most = max((1 - shares.get(name, 0.0) / usual for name in strange), default=0.0)
        absent = [name for name in wanted[slot] if name not in pair.text.terms]
        lacks = min(
            max((shares[name] / usual for name in absent if name in terms), default=0.0)
            if any(name in terms for name in wanted[slot])
            else float(len(absent) == len(wanted[slot])) / 2
            for terms in near
        )
        other.append(most * lacks * _naming(pair, wanted[slot]))
    return max(other)


def elsewhere(pair: Pair) -> float:
    """It speaks of another country, and the claim of none."""
    slots = thesaurus().slot
    named = {term for term in pair.text.terms if slots.get(term) == _COUNTRY} - {_HOME}
    known = {term for term in pair.claim.terms if slots.get(term) == _COUNTRY}
    return float(bool(named) and known <= {_HOME})


def _naming(pair: Pair, names: Sequence[str]) -> float:
    """From 0, if few wordings have one of the names, to 1, if nearly all have."""
    wordings = pair.claim.wordings
    naming = sum(any(name in own.terms for name in names) for own in wordings)
    return _about(naming / len(wordings))


def _about(share: float) -> float:
    """How far a claim is about what this share of its wordings has: a few only give examples."""
    return max(0.0, min(1.0, (share - 0.2) / 0.4))


def other_amount(pair: Pair) -> float:
    return _other_number(pair, are_dates=False)


def other_date(pair: Pair) -> float:
    return _other_number(pair, are_dates=True)


def number_of_answer(pair: Pair) -> float:
    """Amounts and dates that only the answer has."""
    told = pair.claim.answer_terms - pair.claim.terms
    return min(1.0, sum(term[0] == "#" and term in told for term in pair.text.terms) / 2)


def opposite(pair: Pair) -> float:
    """How much the text says the other way round, of what it shares with the claim."""
    prior = thesaurus().prior
    turned = (max(0.5, prior.get(term, PLAIN)) * share for term, share in pair.turned())
    return min(1.0, sum(turned) / 3)


def stated_opposite(pair: Pair) -> float:
    """The same where nobody asks or has heard it: such a text states what is so."""
    return opposite(pair) * pair.text.cues.isdisjoint({"asks", "hears"})


def flipped(pair: Pair) -> float:
    """The opposite of words that have a contrary: open and closed, must and need not."""
    words = thesaurus()
    return min(
        1.0,
        sum(
            max(0.5, words.prior.get(term, PLAIN)) * share
            for term, share in pair.turned()
            if term in words.contraries
        ),
    )


def crux(pair: Pair) -> float:
    """The opposite of what stands in most wordings, and nowhere the other way."""
    shares = pair.claim.shares
    turned = (pair.weight(t) * shares[t] for t, share in pair.turned() if share >= 0.75)
    return min(1.0, sum(turned))


def turned_copy(pair: Pair) -> float:
    """Written like a wording, but what that one says it denies, or the other way round."""
    return min(likeness**2 * _turned_in(pair, wording) for wording, likeness in pair.models)


def _turned_in(pair: Pair, wording: Sentence) -> float:
    words, text, turned = thesaurus(), pair.text.terms, 0.0
    for term, how in wording.terms.items():
        if term in text and term not in pair.slots and text[term] != how:
            if term in words.contraries:  # must and need not, legal and illegal
                return 1.0
            is_other = text[term] & how == 0
            turned += max(0.5, words.prior.get(term, PLAIN)) * (1.0 if is_other else 0.5)
    return min(1.0, turned)


def changed_copy(pair: Pair) -> float:
    """Written like a wording, but with another name or amount in its place."""
    return min(likeness**2 * _changed_in(pair, wording) for wording, likeness in pair.models)


def _changed_in(pair: Pair, wording: Sentence) -> bool:
    kinds = (
        (_by_slot(pair.text.terms), _by_slot(wording.terms)),
        (_all_amounts(pair.text.terms), _all_amounts(wording.terms)),
    )
    return any(
        not {*said[kind]} <= {*wanted[kind]} and not {*wanted[kind]} <= {*said[kind]}
        for said, wanted in kinds
        for kind in said.keys() & wanted.keys()
    )


def swapped(pair: Pair) -> float:
    """Nearly the words of a wording, with another word in the place of the main one."""
    text, shares = pair.text.terms, pair.claim.shares
    missing = max((pair.weight(t) * s for t, s in shares.items() if t not in text), default=0.0)
    beside = max((pair.weight(t) for t in text if t not in shares), default=0.0)
    return max(pair.likeness) * min(1.0, missing) * min(1.0, beside)


def answers(pair: Pair) -> float:
    """How much of the text only the answer says."""
    told = pair.claim.answer_terms - pair.claim.terms
    return min(1.0, pair.sum(term for term in pair.text.terms if term in told) / 2)


def nearer_answer(pair: Pair) -> float:
    """How much more of the text a sentence of the answer has than any wording."""
    more = held(pair, pair.claim.answers) - held(pair, pair.claim.wordings)
    return max(0.0, more) / pair.whole if pair.whole else 0.0


def calls_it_false(pair: Pair) -> float:
    """ "tin giả", "lừa đảo": said, not asked, and not by the claim itself."""
    cues = pair.text.cues
    return float("denies" in cues and "asks" not in cues and not pair.claim.has_cue("denies"))


def still(pair: Pair) -> float:
    """ "vẫn phải trả": things have not changed as the claim says."""
    return float("still" in pair.text.cues and not pair.claim.has_cue("still"))


def opinion(pair: Pair) -> float:
    return float("opines" in pair.text.cues)


def _by_slot(terms: Iterable[str]) -> dict[str, list[str]]:
    slots = thesaurus().slot
    found: dict[str, list[str]] = {}
    for term in terms:
        # The eleventh award is not the twelfth: a number in a row is a name.
        slot = "nth" if term.startswith("#nth") else slots.get(term)
        if slot:
            found.setdefault(slot, []).append(term)
    return found


def _other_number(pair: Pair, *, are_dates: bool) -> float:
    """How far the amounts of the text are from those that the claim is about, unit by unit.

    Less where few wordings have an amount of that unit: it is not what the claim is about.
    """
    wanted = [_amounts(wording.terms, are_dates=are_dates) for wording in pair.claim.wordings]
    worst = 0.0
    for unit, amounts in _amounts(pair.text.terms, are_dates=are_dates).items():
        known = Counter(amount for own in wanted for amount in own.get(unit, ()))
        if known:
            near = max(known[amount] for amount in amounts) / max(known.values())
            strange = sum(amount not in known for amount in amounts) / len(amounts)
            other = max(strange, 0.0 if near > 0.6 else 1 - near / 2)
            share = sum(unit in own for own in wanted) / len(wanted)
            worst = max(worst, other * _about(share))
    return worst


def _amounts(terms: Iterable[str], *, are_dates: bool) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for term in terms:
        unit = term.partition(":")[0]
        if term[0] == "#" and (unit in DATES) is are_dates and unit not in _NO_AMOUNTS:
            found.setdefault(unit, set()).add(term)
    return found


def _all_amounts(terms: Iterable[str]) -> dict[str, set[str]]:
    terms = list(terms)
    return _amounts(terms, are_dates=False) | _amounts(terms, are_dates=True)
