"""Entries of a round to look at: answered faster than one can read, or wrong in the same way.

Nothing here is a verdict, and nothing knows whose an entry is: they are named by published codes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from statistics import median

from bot.contests import UNANSWERED, Played, Question

TOO_FAST, MANY_RIGHT, FEWEST_ANSWERS = 2.0, 0.8, 5  # seconds, share of the drawn, answers
MOST = 50  # as many of each are told: who must look at more looks at the rules of the round
# Fewer wrong answers in common are never told, however rare they are.
LEAST_SAME = 5
RAREST = 1e-6  # of one pair
# That any honest pair of the whole round is told, however many pairs there are.
_ANY_PAIR = 0.01
_BANDS, _BAND = 5, 200
_TOGETHER = 3
# The bounds of the work: places in sets and pairs that are looked at, neighbours in each set.
WORK, NEIGHBOURS = 3_000_000, 20


@dataclass(frozen=True, slots=True)
class Quick:
    """An entry whose median answer took so few seconds, and had so many of its questions right."""

    code: str
    seconds: float
    right: int
    of: int


@dataclass(frozen=True, slots=True)
class Alike:
    """Entries that are linked by pairs with at least so many `same` wrong answers.

    `shared` is on how many questions that were asked of both, `chance` how likely it was; both of
    the pair that is the least striking.
    """

    codes: tuple[str, ...]
    same: int
    shared: int
    chance: float


@dataclass(frozen=True, slots=True)
class _Wrong:
    """The questions of an entry, what it chose wrongly of them, and how good it is (its band)."""

    code: str
    drawn: frozenset[int]
    chosen: dict[int, str]
    band: int


def quick_entries(entries: Sequence[Played], keys: Sequence[str]) -> tuple[Quick, ...]:
    """The fastest first, at most MOST. Seconds are whole and rounded down: 1 is less than 2."""
    found = []
    for one in entries:
        paces = one.paces
        right = sum(
            given == keys[index] for index, given in zip(one.drawn, one.answers, strict=True)
        )
        if len(paces) < FEWEST_ANSWERS or right < MANY_RIGHT * len(one.drawn):
            continue
        if (seconds := float(median(paces))) < TOO_FAST:
            found.append(Quick(one.code, seconds, right, len(one.drawn)))
    return tuple(sorted(found, key=lambda one: (one.seconds, -one.right, one.code))[:MOST])


def alike_entries(
    entries: Sequence[Played], questions: Sequence[Question], void: Collection[int]
) -> tuple[tuple[Alike, ...], bool]:
    """Groups of entries that are wrong in the same way, the largest first; whether some may lack.

    The test of a pair follows the K-index (Holland, ETS, 1996): given what one of them chose
    wrongly on the questions that both drew, how likely is it that somebody independent, as good
    as they are, chooses so many of these wrong options? The larger of both directions counts. It
    must be below RAREST, and below one hundredth over the number of pairs (Bonferroni).
    """
    shares = _Shares(entries, questions, void)
    limit = min(RAREST, 2 * _ANY_PAIR / max(1, len(entries) * (len(entries) - 1)))
    search = _Search(shares, limit)
    for number, one in enumerate(entries):
        search.add(one, shares.bands[number])
    search.run()
    return search.groups(), search.is_cut


class _Shares:
    """How often each option is chosen by entries that are about equally good."""

    def __init__(
        self, entries: Sequence[Played], questions: Sequence[Question], void: Collection[int]
    ) -> None:
        self.keys = [str(one.answer) for one in questions]
        self.void = frozenset(void)
        self._options = [len(next(iter(one.text.values())).options) for one in questions]
        points = [len(one.drawn) - len(self.wrong(one)) for one in entries]
        band_of = _bands(points)
        self.bands = [band_of[had] for had in points]
        self._chosen: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        for band, one in zip(self.bands, entries, strict=True):
            for index, given in zip(one.drawn, one.answers, strict=True):
                self._chosen[band, index][given] += 1
        self._known: dict[tuple[int, int, str], float] = {}

    def wrong(self, one: Played) -> dict[int, str]:
        """What was chosen wrongly; neither what was left open nor void questions."""
        return {
            index: given
            for index, given in zip(one.drawn, one.answers, strict=True)
            if given not in {UNANSWERED, self.keys[index]} and index not in self.void
        }

    def share(self, band: int, index: int, option: str) -> float:
        """With one more for each option (Laplace), so that nothing is impossible."""
        key = (band, index, option)
        if key not in self._known:
            chosen = self._chosen[band, index]
            more = chosen.total() + self._options[index] + 1
            self._known[key] = (chosen[option] + 1) / more
        return self._known[key]


def _bands(points: Sequence[int]) -> dict[int, int]:
    """The band of each number of points: up to five of equal size, of 200 entries or more.

    Who is bad at it shares more wrong answers by chance: without bands the bad were suspects.
    """
    bands = max(1, min(_BANDS, len(points) // _BAND))
    found, below = {}, 0
    for had, often in sorted(Counter(points).items()):
        found[had] = min(bands - 1, bands * below // len(points))
        below += often
    return found


class _Search:
    """Finds pairs without comparing all: 150,000 entries would be 11 billion pairs.

    The chance of a pair is at least the product of the shares of what they have in common, so
    the weights (-ln) of that must reach -ln of the limit. Whose own wrong answers weigh less is
    left out. Of the others, with the options ordered from rare to frequent, a pair must have its
    first three common options among those of each after which still enough weight follows:
    entries meet in the sets of three of these (prefix filtering, Chaudhuri et al., ICDE 2006).
    Nothing is lost by that. What is lost by the bounds (WORK, NEIGHBOURS) is told by `is_cut`.
    """

    def __init__(self, shares: _Shares, limit: float) -> None:
        self.is_cut = False
        self._shares, self._limit = shares, limit
        self._kept: list[_Wrong] = []
        self._often: Counter[tuple[int, str]] = Counter()
        self._above: list[int] = []
        self._links: list[tuple[int, int, int, float]] = []

    def add(self, one: Played, band: int) -> None:
        chosen = self._shares.wrong(one)
        weight = sum(-log(self._shares.share(band, *each)) for each in chosen.items())
        if len(chosen) >= LEAST_SAME and weight >= -log(self._limit):
            self._kept.append(_Wrong(one.code, frozenset(one.drawn), chosen, band))
            self._often.update(chosen.items())

    def run(self) -> None:
        """Set by set of those that begin with the same option, so that few are held at once."""
        self._above = list(range(len(self._kept)))
        holders: dict[tuple[int, str], list[tuple[int, list[tuple[int, str]]]]] = defaultdict(list)
        for number, one in enumerate(self._kept):
            first = self._prefix(one)
            for at, option in enumerate(first[: 1 - _TOGETHER]):
                holders[option].append((number, first[at + 1 :]))
        left = WORK
        for _, held in sorted(holders.items()):
            sets: dict[tuple[tuple[int, str], ...], list[int]] = defaultdict(list)
            for number, others in held:
                for key in combinations(others, _TOGETHER - 1):
                    sets[key].append(number)
                    left -= 1
            left -= sum(self._compare(members) for members in sets.values())
            if left < 0:
                self.is_cut = True
                return

    def _prefix(self, one: _Wrong) -> list[tuple[int, str]]:
        """The rarest options of an entry, up to where too little weight would follow."""
        order = sorted(one.chosen.items(), key=lambda each: (self._often[each], each))
        weights = [-log(self._shares.share(one.band, *each)) for each in order]
        needed = -log(self._limit) - (_TOGETHER - 1) * max(weights)
        return [
            each for at, each in enumerate(order) if sum(weights[at:]) >= needed or at < _TOGETHER
        ]

    def _compare(self, members: list[int]) -> int:
        """Each with its next neighbours: of many equal ones all are linked all the same.

        How many pairs were compared.
        """
        compared = 0
        for at, number in enumerate(members):
            for other in members[at + 1 : at + 1 + NEIGHBOURS]:
                if self._root(number) != self._root(other):
                    self._judge(number, other)
                    compared += 1
        if len(members) > NEIGHBOURS + 1:
            self.is_cut |= len({self._root(number) for number in members}) > 1
        return compared

    def _judge(self, number: int, other: int) -> None:
        one, two = self._kept[number], self._kept[other]
        same = len(one.chosen.items() & two.chosen.items())
        if same < LEAST_SAME:
            return
        chance = max(self._chance(one, two, same), self._chance(two, one, same))
        if chance < self._limit:
            self._above[self._root(other)] = self._root(number)
            self._links.append((number, len(one.drawn & two.drawn), same, chance))

    def _chance(self, one: _Wrong, two: _Wrong, same: int) -> float:
        """That so many of the one's wrong options are chosen again by who drew what two drew."""
        share = self._shares.share
        chances = (
            max(share(one.band, index, option), share(two.band, index, option))
            for index, option in one.chosen.items()
            if index in two.drawn
        )
        return at_least(same, chances)

    def _root(self, number: int) -> int:
        while self._above[number] != number:
            self._above[number] = self._above[self._above[number]]
            number = self._above[number]
        return number

    def groups(self) -> tuple[Alike, ...]:
        """At most MOST, the largest first."""
        links: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
        for number, shared, same, chance in self._links:
            links[self._root(number)].append((same, shared, chance))
        codes: dict[int, list[str]] = defaultdict(list)
        for number, one in enumerate(self._kept):
            codes[self._root(number)].append(one.code)
        found = []
        for root, pairs in links.items():
            same, shared, chance = max(pairs, key=lambda pair: pair[2])
            found.append(Alike(tuple(sorted(codes[root])), same, shared, chance))
        return tuple(sorted(found, key=lambda one: (-len(one.codes), one.chance))[:MOST])


def at_least(wanted: int, chances: Iterable[float]) -> float:
    """How likely at least so many of independent events are (Poisson's binomial, summed up)."""
    if wanted <= 0:
        return 1.0
    likely = [1.0, *([0.0] * wanted)]  # by how many have happened; the last: as many or more
    for chance in chances:
        likely[wanted] += likely[wanted - 1] * chance
        for many in range(wanted - 1, 0, -1):
            likely[many] = likely[many] * (1 - chance) + likely[many - 1] * chance
        likely[0] *= 1 - chance
    return likely[wanted]
