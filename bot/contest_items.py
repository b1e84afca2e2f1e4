"""How the questions of a round went: how hard, how telling, how fast, and which to look at.

Classical test theory: the difficulty of a question is the share of those asked who were right, its
discrimination the correlation of being right with the points on all other questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from statistics import median

from bot.contest_alike import Alike, Quick, alike_entries, quick_entries
from bot.contests import UNANSWERED, Played, Question
from bot.language import later

FEWEST = 30  # people who were asked; of fewer a share tells nothing
# One-sided, one in a hundred by chance: an officer reads some dozens of questions at once.
_SURE = 2.33
_MOSTLY_RIGHT, _FAR_FASTER = 0.9, 0.5
_OFTEN_SKIPPED, _SKIPPED_MORE = 0.2, 2.0
_FAR_SLOWER = 3.0

KEY, NEGATIVE, HARD, KNOWN, SKIPPED, SLOW = "key", "negative", "hard", "known", "skipped", "slow"
# In the order in which they are told: the gravest first.
REASONS: Mapping[str, str] = {
    KEY: later("A wrong option is chosen more often than the right one: is the key right?"),
    NEGATIVE: later("Who knows the other answers gets this one wrong more often."),
    HARD: later("Fewer are right than by guessing: too hard, or broken?"),
    KNOWN: later("Nearly all are right, and far faster than elsewhere: easy, or known beforehand?"),
    SKIPPED: later("Far more leave it open than other questions."),
    SLOW: later("It takes far longer than other questions: hard to read?"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One question; `at` is its place in the bank. Shares are from 0 to 1.

    Only `asked` is known of a question that too few were asked. `right` and `unanswered` are of
    all who were asked, and so is each of `wrong`, by the option as written. `seconds` is the
    median of those who answered.
    """

    at: int
    id: str
    asked: int
    seconds: float | None = None
    right: float | None = None
    discrimination: float | None = None
    unanswered: float | None = None
    wrong: Mapping[int, float] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def is_told(self) -> bool:
        return self.asked >= FEWEST


@dataclass(frozen=True, slots=True)
class Study:
    """All that the answers of a round tell; `seconds` is the median of all its answers.

    `is_cut`: there was too much to compare, so that some groups may be missing in `alike`.
    """

    entries: int
    seconds: float | None
    items: tuple[Item, ...]
    quick: tuple[Quick, ...] = ()
    alike: tuple[Alike, ...] = ()
    is_cut: bool = False

    @property
    def flagged_first(self) -> list[Item]:
        """By the gravest flag, then as in the bank."""
        order = list(REASONS)
        return sorted(
            self.items,
            key=lambda one: (min(map(order.index, one.flags), default=len(order)), one.at),
        )


def study(
    questions: Sequence[Question], voided: Collection[str], entries: Sequence[Played]
) -> Study:
    """Of the entries that count, once a round is closed.

    A void question is judged by its key, but counts in nobody's points on the others.
    """
    counts = [_Count() for _ in questions]
    keys = [str(one.answer) for one in questions]
    void = frozenset(at for at, one in enumerate(questions) if one.id in voided)
    for one in entries:
        _add(counts, keys, void, one)
    whole = _Whole.of(counts)
    items = tuple(_item(at, one, counts[at], whole) for at, one in enumerate(questions))
    if len(entries) < FEWEST:
        return Study(len(entries), whole.seconds, items)
    alike, is_cut = alike_entries(entries, questions, void)
    quick = quick_entries(entries, keys)
    return Study(len(entries), whole.seconds, items, quick, alike, is_cut)


def so_far(questions: Sequence[Question], entries: Iterable[Played]) -> tuple[Item, ...]:
    """While a round is open: nothing of what was chosen, so that nobody learns a right answer."""
    counts = [_Count() for _ in questions]
    for one in entries:
        for index, given, spent in zip(one.drawn, one.answers, one.seconds, strict=True):
            counts[index].chosen[given] += 1
            counts[index].times[spent] += given != UNANSWERED
    return tuple(
        Item(at, one.id, counts[at].asked, counts[at].told_seconds)
        for at, one in enumerate(questions)
    )


def item_rest(people: int, right: int, rest: int, squares: int, of_right: int) -> float | None:
    """The point-biserial correlation of being right with the points on the other questions.

    So many `people` were asked and so many `right`; `rest` sums the points on the other questions,
    `squares` their squares, `of_right` those of who was right. It is Pearson's r of a 0/1 variable;
    the question itself is left out of the points, or it would correlate with itself (Henrysson,
    Psychometrika 28, 1963). None where all are equal in one of the two.
    """
    spread = (people * right - right * right) * (people * squares - rest * rest)
    return (people * of_right - right * rest) / sqrt(spread) if spread > 0 else None


@dataclass(slots=True)
class _Count:
    """What is counted of one question; sums of whole numbers, so that nothing is rounded."""

    chosen: Counter[str] = field(default_factory=Counter)
    times: list[int] = field(default_factory=lambda: [0] * 256)
    rest: int = 0
    squares: int = 0
    of_right: int = 0

    @property
    def asked(self) -> int:
        return self.chosen.total()

    @property
    def told_seconds(self) -> float | None:
        return median_of(self.times) if self.asked >= FEWEST else None


@dataclass(frozen=True, slots=True)
class _Whole:
    """The round, against which a question is held."""

    seconds: float | None
    unanswered: float

    @staticmethod
    def of(counts: Sequence[_Count]) -> _Whole:
        asked = sum(count.asked for count in counts)
        skipped = sum(count.chosen[UNANSWERED] for count in counts)
        times = [sum(row) for row in zip(*(count.times for count in counts), strict=True)]
        return _Whole(median_of(times), skipped / asked if asked else 0.0)


def median_of(times: Sequence[int]) -> float | None:
    """Of a histogram: how often each whole second was taken."""
    people = sum(times)
    if not people:
        return None
    wanted, seen = {(people - 1) // 2, people // 2}, 0
    found: list[int] = []
    for second, often in enumerate(times):
        found += [second for place in wanted if seen <= place < seen + often]
        seen += often
    return float(median(found))


def _add(counts: list[_Count], keys: list[str], void: frozenset[int], one: Played) -> None:
    cells = [
        (index, given, spent, given == keys[index])
        for index, given, spent in zip(one.drawn, one.answers, one.seconds, strict=True)
    ]
    points = sum(is_right and index not in void for index, _, _, is_right in cells)
    for index, given, spent, is_right in cells:
        count = counts[index]
        rest = points - (is_right and index not in void)
        count.chosen[given] += 1
        count.rest += rest
        count.squares += rest * rest
        if is_right:
            count.of_right += rest
        if given != UNANSWERED:
            count.times[spent] += 1


def _item(at: int, question: Question, count: _Count, whole: _Whole) -> Item:
    asked, right = count.asked, count.chosen[str(question.answer)]
    if asked < FEWEST:
        return Item(at, question.id, asked)
    wrong = {
        option: count.chosen[str(option)] / asked
        for option in range(options_of(question))
        if option != question.answer
    }
    relation = item_rest(asked, right, count.rest, count.squares, count.of_right)
    unanswered = count.chosen[UNANSWERED] / asked
    found = Item(
        at, question.id, asked, count.told_seconds, right / asked, relation, unanswered, wrong
    )
    return replace(found, flags=tuple(flag for flag in REASONS if _is_flagged(flag, found, whole)))


def options_of(question: Question) -> int:
    return len(next(iter(question.text.values())).options)


def _is_flagged(flag: str, one: Item, whole: _Whole) -> bool:
    assert one.right is not None
    assert one.unanswered is not None
    right, answered = one.right * one.asked, (1 - one.unanswered) * one.asked
    if flag == KEY:
        # A sign test of the two counts: their difference against the root of their sum.
        most = max(one.wrong.values(), default=0.0) * one.asked
        return most - right > _SURE * sqrt(most + right)
    if flag == NEGATIVE:
        # Without any relation, r times the root of n - 1 is nearly a standard normal.
        relation = one.discrimination
        return relation is not None and relation * sqrt(one.asked - 1) < -_SURE
    if flag == HARD:
        # Who leaves it open did not guess. A binomial against the chance of one option.
        chance = 1 / (len(one.wrong) + 1)
        return answered * chance - right > _SURE * sqrt(answered * chance * (1 - chance))
    if flag == SKIPPED:
        return one.unanswered >= max(_OFTEN_SKIPPED, _SKIPPED_MORE * whole.unanswered)
    if one.seconds is None or not whole.seconds:
        return False
    if flag == KNOWN:
        return one.right >= _MOSTLY_RIGHT and one.seconds <= _FAR_FASTER * whole.seconds
    return one.seconds >= _FAR_SLOWER * whole.seconds
