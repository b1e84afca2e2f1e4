"""From which measure on a question is shown, and entries that are too quick or too much alike."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from bot.contest_alike import (
    LEAST_SAME,
    Alike,
    _bands,
    _Shares,
    alike_entries,
    at_least,
    quick_entries,
)
from bot.contest_items import (
    HARD,
    KEY,
    KNOWN,
    NEGATIVE,
    REASONS,
    SKIPPED,
    SLOW,
    Item,
    Study,
    _is_flagged,
    _Whole,
    median_of,
    so_far,
    study,
)
from bot.contests import (
    Played,
    Question,
)
from tests.contesting import honest, question

# --- questions that went wrong ------------------------------------------------------------------

WHOLE = _Whole(10.0, 0.05)
FINE = Item(0, "q", 100, 10.0, 0.5, 0.3, 0.0, {1: 0.2, 2: 0.2, 3: 0.1})


@pytest.mark.parametrize(
    ("flag", "changes", "is_flagged"),
    [
        # Wrong against right: the difference in people against 2.33 roots of their sum.
        (KEY, {"right": 0.3, "wrong": {1: 0.5, 2: 0.2}}, False),  # 20 of 20.84
        (KEY, {"right": 0.29, "wrong": {1: 0.51, 2: 0.2}}, True),  # 22 of 20.84
        (KEY, {"right": 0.5, "wrong": {}}, False),
        (NEGATIVE, {"discrimination": -0.234}, False),  # -0.234 * root of 99 = -2.328
        (NEGATIVE, {"discrimination": -0.235}, True),  # -2.338
        (NEGATIVE, {"discrimination": None}, False),
        (NEGATIVE, {"discrimination": 0.9}, False),
        # Of 100 by chance 25, the root of 100 * 0.25 * 0.75 is 4.33: below 14.9 is too few.
        (HARD, {"right": 0.15}, False),
        (HARD, {"right": 0.14}, True),
        # Twenty left it open: of 80 by chance 20, and 2.33 * 3.873 is 9.02.
        (HARD, {"right": 0.11, "unanswered": 0.2}, False),
        (HARD, {"right": 0.10, "unanswered": 0.2}, True),
        (SKIPPED, {"unanswered": 0.2}, True),
        (SKIPPED, {"unanswered": 0.19}, False),
        (KNOWN, {"right": 0.9, "seconds": 5.0}, True),
        (KNOWN, {"right": 0.89, "seconds": 5.0}, False),
        (KNOWN, {"right": 0.9, "seconds": 5.5}, False),
        (KNOWN, {"right": 0.9, "seconds": None}, False),
        (SLOW, {"seconds": 30.0}, True),
        (SLOW, {"seconds": 29.5}, False),
        (SLOW, {"seconds": None}, False),
    ],
)
def test_a_question_is_shown_from_a_certain_measure_on(
    flag: str, changes: dict[str, object], is_flagged: bool
) -> None:
    assert _is_flagged(flag, replace(FINE, **changes), WHOLE) is is_flagged  # type: ignore[arg-type]


def test_what_all_leave_open_is_no_fault_of_one_question() -> None:
    many = _Whole(10.0, 0.2)
    assert not _is_flagged(SKIPPED, replace(FINE, unanswered=0.39), many)
    assert _is_flagged(SKIPPED, replace(FINE, unanswered=0.4), many)
    nothing = _Whole(None, 0.0)
    assert not _is_flagged(SLOW, replace(FINE, seconds=99.0), nothing)
    assert not _is_flagged(KNOWN, replace(FINE, right=1.0, seconds=0.0), nothing)


def test_the_gravest_is_told_first() -> None:
    assert list(REASONS) == ["key", "negative", "hard", "known", "skipped", "slow"]
    rows = [
        replace(FINE, at=0), replace(FINE, at=1, flags=(SLOW,)), replace(FINE, at=2, flags=(KEY,)),
        replace(FINE, at=3, flags=(HARD, SLOW)), replace(FINE, at=4, flags=(KEY, SLOW)),
    ]  # fmt: skip
    order = [one.at for one in Study(100, 10.0, tuple(reversed(rows))).flagged_first]
    assert order == [2, 4, 3, 1, 0]
    assert Study(1, None, ()).is_cut is False
    assert (replace(FINE, asked=30).is_told, replace(FINE, asked=29).is_told) == (True, False)


def test_the_median_is_that_of_all_seconds() -> None:
    times = [0] * 256
    assert median_of(times) is None
    times[3] = 1
    assert median_of(times) == 3.0
    times[255] = 1
    assert median_of(times) == 129.0
    times[0] = 2
    assert median_of(times) == 1.5
    times[0] = 3
    assert median_of(times) == 0.0


# --- entries to look at -------------------------------------------------------------------------


def _played(code: str, answers: str, seconds: bytes, first: int = 0) -> Played:
    return Played(code, tuple(range(first, first + len(answers))), answers, seconds)


def test_quick_is_below_two_seconds_with_four_fifths_right_of_at_least_five() -> None:
    keys = ["0"] * 10
    entries = [
        _played("just", "00000000" + "11", bytes([1] * 10)),
        _played("seven", "0000000" + "111", bytes([1] * 10)),
        _played("two", "0" * 10, bytes([2] * 10)),
        _played("between", "0" * 10, bytes([1] * 5 + [2] * 5)),
        _played("five", "0" * 5, bytes([1] * 5)),
        _played("four", "0" * 4, bytes([1] * 4)),
        _played("zero", "0" * 10, bytes([0] * 10)),
        _played("better", "0" * 10, bytes([1] * 10)),
    ]
    found = quick_entries(entries, keys)
    assert [(one.code, one.seconds, one.right, one.of) for one in found] == [
        ("zero", 0.0, 10, 10), ("better", 1.0, 10, 10), ("just", 1.0, 8, 10), ("five", 1.0, 5, 5),
        ("between", 1.5, 10, 10),
    ]  # fmt: skip
    many = [_played(f"c{n:02}", "0" * 10, bytes([1] * 10)) for n in range(60)]
    assert [one.code for one in quick_entries(many, keys)] == [f"c{n:02}" for n in range(50)]


def test_bands_are_of_two_hundred_or_more_and_equal_points_are_in_one() -> None:
    assert set(_bands(list(range(399))).values()) == {0}
    two = _bands(list(range(400)))
    assert (two[0], two[199], two[200], two[399]) == (0, 0, 1, 1)
    five = _bands(list(range(5000)))
    assert (five[999], five[1000], five[4999]) == (0, 1, 4)
    assert _bands([3] * 1000) == {3: 0}


def _crowd() -> tuple[tuple[Question, ...], list[Played]]:
    questions = tuple(question(number) for number in range(30))
    return questions, honest(Random(8), 300, questions, 30)


def _copies(questions: tuple[Question, ...], wrong: int, shift: int, *codes: str) -> list[Played]:
    answers = [str(one.answer) for one in questions]
    for at in range(0, wrong * 2, 2):
        answers[at] = str((questions[at].answer + shift) % 4)
    return [Played(code, tuple(range(30)), "".join(answers), bytes(30)) for code in codes]


def test_who_is_wrong_in_the_same_way_is_one_group_by_code() -> None:
    questions, entries = _crowd()
    pair = _copies(questions, 12, 1, "z2", "z1")
    (found,), is_cut = alike_entries([*entries, *pair], questions, ())
    assert (found.codes, found.same, found.shared) == (("z1", "z2"), 12, 30)
    assert found.chance < 1e-6
    assert is_cut is False
    # What is void, or was left open, is no wrong answer.
    void = set(range(0, 24, 2)) - {0, 2, 4, 6}
    assert alike_entries([*entries, *pair], questions, void)[0] == ()
    left = [replace(one, answers="." * 24 + one.answers[24:]) for one in pair]
    assert alike_entries([*entries, *left], questions, ())[0] == ()


def test_shares_are_those_of_the_band_with_one_more_for_each_option() -> None:
    questions = tuple(question(number) for number in range(2))  # right are 0 and 1
    entries = [
        _played(str(n), answers, b"..") for n, answers in enumerate(("21", "20", "01", ".1"))
    ]
    shares = _Shares(entries, questions, ())
    assert [shares.share(0, 0, option) for option in "012."] == [2 / 9, 1 / 9, 3 / 9, 2 / 9]
    assert shares.share(0, 1, "1") == 4 / 9
    assert shares.share(0, 0, "2") == 3 / 9  # the same a second time
    assert [shares.wrong(one) for one in entries] == [{0: "2"}, {0: "2", 1: "0"}, {}, {}]
    assert _Shares(entries, questions, (0,)).wrong(entries[1]) == {1: "0"}


def test_five_rare_ones_in_common_are_told_and_four_are_not() -> None:
    questions = tuple(question(number) for number in range(30))
    crowd = _copies(questions, 0, 1, *(f"h{n:03}" for n in range(600)))
    five, _ = alike_entries([*crowd, *_copies(questions, 5, 1, "a", "b")], questions, ())
    assert [(one.codes, one.same) for one in five] == [(("a", "b"), 5)]
    assert alike_entries([*crowd, *_copies(questions, 4, 1, "a", "b")], questions, ())[0] == ()


def test_of_a_group_the_least_striking_pair_is_told() -> None:
    questions, entries = _crowd()
    pair = _copies(questions, 13, 1, "a", "b")
    right = "".join(str(one.answer) for one in questions)
    third = replace(pair[0], code="c", answers=pair[0].answers[:22] + right[22:])
    (found,), _ = alike_entries([*entries, *pair, third], questions, ())
    assert (found.codes, found.same) == (("a", "b", "c"), 11)


def test_one_of_two_is_as_likely_as_not_none() -> None:
    assert at_least(1, [0.5, 0.25]) == pytest.approx(0.625)


def test_answers_that_do_not_fit_their_questions_are_an_error_not_a_figure() -> None:
    questions = tuple(question(number) for number in range(30))
    short = Played("s", tuple(range(5)), "0123", bytes(5))
    late = Played("l", tuple(range(5)), "01230", bytes(4))
    for broken in (short, late):
        for figure in (
            lambda one: study(questions, (), [one]),
            lambda one: so_far(questions, [one]),
        ):
            with pytest.raises(ValueError, match="zip"):
                figure(broken)
    with pytest.raises(ValueError, match="zip"):
        quick_entries([short], ["0"] * 5)
    with pytest.raises(ValueError, match="zip"):
        alike_entries([short], questions, ())


def test_groups_are_told_largest_first_and_at_most_fifty() -> None:
    questions, entries = _crowd()
    two = _copies(questions, 12, 1, "p1", "p2")
    three = _copies(questions, 13, 2, "t1", "t2", "t3")
    found, _ = alike_entries([*entries, *two, *three], questions, ())
    assert [one.codes for one in found] == [("t1", "t2", "t3"), ("p1", "p2")]
    assert all(isinstance(one, Alike) and one.same >= LEAST_SAME for one in found)
