"""What speaks for and against that a check answers a text, as a few numbers, and what they weigh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from bot.matching.amounts import DATES
from bot.matching.thesaurus import PLAIN, thesaurus
from bot.matching.wording import DENIED, SAID, Sentence, together

Weight = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Claim:
    """All wordings of one check, and its answer, which says what is so (empty: the claim is)."""

    wordings: tuple[Sentence, ...]
    answers: tuple[Sentence, ...] = ()  # sentence by sentence

    @property
    def answer(self) -> Sentence:
        return together(self.answers)

    @property
    def terms(self) -> frozenset[str]:
        return frozenset(term for wording in self.wordings for term in wording.terms)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Each from 0 to 1 unless said otherwise; the order is that of WEIGHTS."""

    covered: float  # how much of the nearest wording the text says
    used: float  # how much of the text the check speaks of
    mass: float  # how much both have in common; 1 is plenty
    predicate: float  # whether more than the subject is in common
    other_subject: float  # names another bank, holiday, country, ...
    other_amount: float  # as far as amounts of that unit are what the claim is about
    other_date: float
    of_answer: float  # amounts and dates that only the answer has
    same_amount: float
    opposite: float  # says what the claim denies, or the other way round
    states: float  # the same, where nobody asks or has heard it
    crux: float  # the same of what stands in most wordings
    flipped: float  # the same of words that have a contrary: open and closed, must and need not
    swapped: float  # the nearest wording with another word in the place of its main one
    denial_differs: float  # nearly the words of a wording, but only one of the two denies
    same_denial: float  # denies what the claim denies
    core: float  # how much the text says of what stands in most wordings
    answers: float  # says what only the answer says
    closer: float  # is nearer to a sentence of the answer than to any wording
    denies: float  # "tin giả", "đừng bấm"
    still: float  # "vẫn", which the claim does not say
    opines: float
    asks: float
    unknown: float  # speaks of things of the trade that the check does not know
    ahead: float = 0.0  # by how much this check has more in common than the next
    behind: float = 0.0  # 0 or less: than the first

    @property
    def in_common(self) -> float:
        """What it says of the subject alone, whether the text affirms the claim or not."""
        return (
            3.5 * self.covered + 2.5 * self.core + 2.3 * self.mass + 2.0 * self.used
        ) + 1.5 * self.predicate

    def numbers(self) -> tuple[float, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


def weigh(text: Sentence, claim: Claim, weight: Weight) -> Evidence:
    """The evidence that the check answers this part of a text."""
    known, told = claim.terms, claim.answer.terms
    best, covered = _nearest(text, claim.wordings, weight)
    shared = [term for term in text.terms if term in known]
    spoken = _sum(text.terms, weight)
    common = _sum(shared, weight)
    slots = thesaurus().slot
    shares = _shares(claim.wordings)
    is_denial = "denies" in text.cues and not any("denies" in w.cues for w in claim.wordings)
    has_still = "still" in text.cues and not any("still" in w.cues for w in claim.wordings)
    strange = [
        term for term in text.terms if term not in known and term not in told and _is_trade(term)
    ]
    shared_answer = [term for term in text.terms if term in told]
    opposite, flipped, same_denial = _stance(text, claim.wordings)
    missing = max((weight(t) * s for t, s in shares.items() if t not in text.terms), default=0.0)
    beside = max((weight(t) for t in text.terms if t not in known), default=0.0)
    return Evidence(
        covered=covered,
        used=common / spoken if spoken else 0.0,
        mass=min(1.0, common / 4),
        predicate=min(1.0, _sum((t for t in shared if t not in slots), weight) / 2),
        other_subject=_other_names(text.terms, shares),
        other_amount=_other_amount(text.terms, claim.wordings),
        other_date=_other_amount(text.terms, claim.wordings, dates=True),
        of_answer=min(1.0, sum(t[0] == "#" and t not in known for t in shared_answer) / 2),
        same_amount=min(1.0, _sum((t for t in shared if t[0] == "#"), weight)),
        opposite=opposite,
        states=opposite * text.cues.isdisjoint({"asks", "hears"}),
        crux=_crux(text, claim.wordings, shares, weight),
        flipped=flipped,
        swapped=_verbatim(text, claim.wordings) * min(1.0, missing) * min(1.0, beside),
        denial_differs=_denial_differs(text, claim.wordings),
        same_denial=same_denial,
        core=_core(text.terms, shares, weight),
        answers=_answers(text.terms, known, told, weight),
        closer=_closer(text, claim, weight),
        denies=float(is_denial and "asks" not in text.cues),
        still=float(has_still),
        opines=float("opines" in text.cues),
        asks=float(not text.cues.isdisjoint({"asks", "hears"})),
        unknown=min(1.0, _sum(strange, weight) / 3),
    )


def compared(found: Sequence[Evidence]) -> list[Evidence]:
    """The same pieces of evidence, each knowing how the others stand beside it."""
    common = [one.in_common for one in found]
    out = []
    for place, one in enumerate(found):
        others = max((c for other, c in enumerate(common) if other != place), default=0.0)
        lead = max(-1.0, min(1.0, (common[place] - others) / 3))
        out.append(replace(one, ahead=max(0.0, lead), behind=min(0.0, lead)))
    return out


def _nearest(
    text: Sentence, wordings: Sequence[Sentence], weight: Weight
) -> tuple[Sentence, float]:
    """The wording that the text says most of, and how much."""
    best = (Sentence(), 0.0)
    for wording in wordings:
        common = _sum((term for term in wording.terms if term in text.terms), weight)
        covered = common / _sum(wording.terms, weight) if common else 0.0
        if covered > best[1]:
            best = (wording, covered)
    return best


def _shares(wordings: Sequence[Sentence]) -> dict[str, float]:
    """In which share of the wordings a term stands; 1 for what stands in most."""
    counts: dict[str, int] = {}
    for wording in wordings:
        for term in wording.terms:
            counts[term] = counts.get(term, 0) + 1
    most = max(counts.values(), default=1)
    return {term: count / most for term, count in counts.items()}


def _core(text: Mapping[str, int], shares: Mapping[str, float], weight: Weight) -> float:
    whole = sum(weight(term) * share * share for term, share in shares.items())
    said = sum(weight(term) * share * share for term, share in shares.items() if term in text)
    return said / whole if whole else 0.0


def _stance(text: Sentence, wordings: Sequence[Sentence]) -> tuple[float, float, float]:
    """How much the text turns round of what the claim says, and how much it denies with it."""
    words = thesaurus()
    turned = flipped = agreed = 0.0
    for term, how in text.terms.items():
        ways = [wording.terms[term] for wording in wordings if term in wording.terms]
        if not ways or how == SAID | DENIED or term in words.slot:
            continue
        importance = max(0.5, words.prior.get(term, PLAIN))
        against = importance * sum(way & how == 0 for way in ways) / len(ways)
        turned += against
        flipped += against if term in words.contraries else 0.0
        if how == DENIED:
            agreed += importance * sum(way & how > 0 for way in ways) / len(ways)
    return min(1.0, turned / 3), min(1.0, flipped), min(1.0, agreed / 2)


def _answers(
    text: Mapping[str, int], known: frozenset[str], answer: Mapping[str, int], weight: Weight
) -> float:
    """How much of the text only the answer says."""
    return min(1.0, _sum((t for t in text if t in answer and t not in known), weight) / 2)


def _closer(text: Sentence, claim: Claim, weight: Weight) -> float:
    """How much more of the text a sentence of the answer has than any wording."""

    def held(sentence: Sentence) -> float:
        return _sum((term for term in text.terms if term in sentence.terms), weight)

    whole = _sum(text.terms, weight)
    of_answer = max(map(held, claim.answers), default=0.0)
    return max(0.0, of_answer - max(map(held, claim.wordings))) / whole if whole else 0.0


def _crux(
    text: Sentence, wordings: Sequence[Sentence], shares: Mapping[str, float], weight: Weight
) -> float:
    slots = thesaurus().slot
    turned = 0.0
    for term, how in text.terms.items():
        if term not in shares or term in slots or how == SAID | DENIED:
            continue
        ways = [wording.terms[term] for wording in wordings if term in wording.terms]
        if sum(way & how == 0 for way in ways) >= 0.75 * len(ways):
            turned += weight(term) * shares[term]
    return min(1.0, turned)


def _denial_differs(text: Sentence, wordings: Sequence[Sentence]) -> float:
    ratios = [fuzz.token_sort_ratio(text.plain, own.plain) / 100 for own in wordings]
    nearest = max(range(len(wordings)), key=ratios.__getitem__)
    return ratios[nearest] * (_denies(text) != _denies(wordings[nearest]))


def _denies(sentence: Sentence) -> bool:
    return any(how & DENIED for how in sentence.terms.values())


def _verbatim(text: Sentence, wordings: Sequence[Sentence]) -> float:
    return max(fuzz.token_sort_ratio(text.plain, own.plain) for own in wordings) / 100


def _other_names(text: Iterable[str], shares: Mapping[str, float]) -> float:
    """How far the names of the text are from those that the claim has in the same slot.

    1 if it has others; less if those of the text stand in some wordings, beside the usual ones.
    """
    said, wanted = _by_slot(text), _by_slot(shares)
    other = []
    for slot in said.keys() & wanted.keys():
        usual = max(shares[name] for name in wanted[slot])
        near = max(shares.get(name, 0.0) for name in said[slot]) / usual
        other.append(0.0 if near > 0.75 else 1 - near / 2)
    return max(other, default=0.0)


def _by_slot(terms: Iterable[str]) -> dict[str, list[str]]:
    slots = thesaurus().slot
    found: dict[str, list[str]] = {}
    for term in terms:
        # The eleventh award is not the twelfth: a number in a row is a name.
        slot = "nth" if term.startswith("#nth") else slots.get(term)
        if slot:
            found.setdefault(slot, []).append(term)
    return found


def _other_amount(
    text: Iterable[str], wordings: Sequence[Sentence], *, dates: bool = False
) -> float:
    """How far the amounts of the text are from those that the claim is about, unit by unit.

    Less where few wordings have an amount of that unit: it is not what the claim is about.
    """
    said = _amounts(text, dates=dates)
    wanted = [_amounts(wording.terms, dates=dates) for wording in wordings]
    worst = 0.0
    for unit, amounts in said.items():
        known = Counter(amount for own in wanted for amount in own.get(unit, ()))
        if known:
            usual = max(known.values())
            near = max(known[amount] for amount in amounts) / usual
            strange = sum(amount not in known for amount in amounts) / len(amounts)
            other = max(strange, 0.0 if near > 0.6 else 1 - near / 2)
            share = sum(unit in own for own in wanted) / len(wordings)
            worst = max(worst, other * min(1.0, 2 * share))
    return worst


def _amounts(terms: Iterable[str], *, dates: bool = False) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for term in terms:
        unit = term.partition(":")[0]
        if term[0] == "#" and (unit in DATES) is dates and unit not in {"#n", "#nth", "#m"}:
            found.setdefault(unit, set()).add(term)
    return found


def _is_trade(term: str) -> bool:
    words = thesaurus()
    return words.prior.get(term, 0.0) >= 1.0


def _sum(terms: Iterable[str], weight: Weight) -> float:
    return sum(map(weight, terms))
