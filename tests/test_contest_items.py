"""How questions went: computed by hand, found when planted; honest entries are no suspects."""

from __future__ import annotations

from dataclasses import replace
from math import comb, sqrt
from random import Random
from types import SimpleNamespace
from typing import cast

import pytest

from bot import contest_alike
from bot.commands.contest_items import _lines
from bot.contest_alike import Alike, Quick, alike_entries, at_least
from bot.contest_items import (
    HARD,
    KEY,
    KNOWN,
    NEGATIVE,
    SKIPPED,
    SLOW,
    Study,
    item_rest,
    median_of,
    so_far,
    study,
)
from bot.contests import Played, Question, Round
from tests.contesting import honest, question

FOUR = tuple(question(number) for number in range(4))  # the right options are 0, 1, 2, 3
# Ten people each: who is right on all, on two, on one, on none (and left the first one open).
GROUPS = (("0123", 10), ("0100", 20), ("2100", 30), (".000", 40))


def _forty() -> list[Played]:
    return [
        Played(f"{answers}-{n}", (0, 1, 2, 3), answers, bytes([seconds] * 4))
        for answers, seconds in GROUPS
        for n in range(10)
    ]


def test_difficulty_and_discrimination_are_as_computed_by_hand() -> None:
    found = study(FOUR, (), _forty())
    first = found.items[0]
    assert (first.asked, first.right, first.unanswered) == (40, 0.5, 0.25)
    assert first.wrong == {1: 0, 2: 0.25, 3: 0}
    assert first.seconds == 20  # of 10, 20 and 30; who left it open took no time
    # Points on the others: 3, 1, 1, 0. By the means: (2 - 0.5) / their deviation * root of p q.
    deviation = sqrt((9 + 1 + 1 + 0) / 4 - (5 / 4) ** 2)
    assert first.discrimination == pytest.approx((2 - 0.5) / deviation * 0.5)
    assert first.discrimination == pytest.approx(6 / sqrt(76))
    # The second: right are the first three groups; points on the others are 3, 1, 0, 0.
    second = found.items[1]
    assert second.right == 0.75
    assert second.discrimination == pytest.approx((4 * 4 - 3 * 4) / sqrt(3 * (4 * 10 - 4 * 4)))
    assert found.seconds == 20


def test_the_correlation_leaves_the_question_itself_out_and_is_none_without_a_difference() -> None:
    # Four people, right are the two with 3 and 2 points elsewhere: 8 / root of 80.
    assert item_rest(4, 2, 6, 14, 5) == pytest.approx(8 / sqrt(80))
    assert item_rest(4, 2, 6, 14, 1) == pytest.approx(-8 / sqrt(80))
    assert item_rest(4, 4, 6, 14, 6) is None
    assert item_rest(4, 2, 8, 16, 4) is None


def test_a_void_question_counts_in_nobodys_points_on_the_others() -> None:
    found = study(FOUR, (FOUR[1].id,), _forty())
    # Without it the first one's others are 2, 0, 0, 0.
    assert found.items[0].discrimination == pytest.approx((4 * 2 - 2 * 2) / sqrt(4 * (16 - 4)))
    assert found.items[1].right == 0.75  # judged by its key all the same


def test_of_less_than_thirty_people_only_their_number_is_told() -> None:
    few = study(FOUR, (), _forty()[:29])
    assert [(one.asked, one.right, one.seconds, one.flags) for one in few.items] == [
        (29, None, None, ())
    ] * 4
    assert not any(one.is_told for one in few.items)
    assert (few.quick, few.alike) == ((), ())
    assert study(FOUR, (), []).seconds is None


def test_while_a_round_is_open_nothing_of_the_answers_is_in_it() -> None:
    for one in so_far(FOUR, _forty()):
        assert one.asked == 40
        assert one.seconds in {20, 25}
        assert (one.right, one.discrimination, one.unanswered, one.wrong) == (None, None, None, {})


def test_the_median_of_a_histogram() -> None:
    assert median_of([0, 2, 0, 2]) == 2
    assert median_of([1, 0, 0, 0, 2]) == 4
    assert median_of([0, 0]) is None


# --- planted --------------------------------------------------------------------------------------

BANK = tuple(question(number) for number in range(30))


def _changed(entry: Played, at: int, given: str, seconds: int | None = None) -> Played:
    """The entry with another answer to the question of that place in the bank, if it was asked."""
    if at not in entry.drawn:
        return entry
    where = entry.drawn.index(at)
    times = bytearray(entry.seconds)
    times[where] = times[where] if seconds is None else seconds
    answers = entry.answers[:where] + (given or entry.answers[where]) + entry.answers[where + 1 :]
    return replace(entry, answers=answers, seconds=bytes(times))


def _right(entry: Played) -> int:
    pairs = zip(entry.drawn, entry.answers, strict=True)
    return sum(given == str(BANK[at].answer) for at, given in pairs)


def test_what_is_planted_is_flagged_and_nothing_else() -> None:
    rng = Random(7)
    entries = []
    for one in honest(rng, 1500, BANK, 20):
        skilled = _right(one) >= 14
        entry = _changed(one, 3, "3" if rng.random() < 0.97 else "", 3)  # known beforehand
        entry = _changed(entry, 8, str(rng.randrange(1, 4)) if rng.random() < 0.9 else "")
        entry = _changed(entry, 12, "." if rng.random() < 0.4 else "")
        entry = _changed(entry, 16, "", 60)
        entry = _changed(entry, 20, "1" if skilled else "0")
        entries.append(entry)
    # The key says 1, but the right answer is the one that was keyed when they answered.
    bank = list(BANK)
    bank[24] = replace(bank[24], answer=1)
    found = study(bank, (), entries)
    flags = {one.at: set(one.flags) for one in found.items if one.flags}
    assert flags.keys() == {3, 8, 12, 16, 20, 24}
    assert flags[3] == {KNOWN}
    assert HARD in flags[8]
    assert flags[12] == {SKIPPED}
    assert flags[16] == {SLOW}
    assert NEGATIVE in flags[20]
    assert {KEY, NEGATIVE, HARD} == flags[24]
    assert [one.at for one in found.flagged_first[:6]] != sorted(flags)
    assert found.flagged_first[0].flags[0] == KEY
    assert {one.id for one in found.flagged_first} == {one.id for one in BANK}
    assert found.alike == ()  # a wrong key makes nobody a suspect: most chose the same


@pytest.mark.parametrize(("drawn", "seed"), [(20, 1), (30, 2)])
def test_of_five_thousand_honest_entries_no_pair_is_told(drawn: int, seed: int) -> None:
    found = study(BANK, (), honest(Random(seed), 5000, BANK, drawn))
    assert (found.alike, found.quick, found.is_cut) == ((), (), False)


def _copied(of: Played, code: str) -> Played:
    return replace(of, code=code)


def _weak(entries: list[Played], wrong: int) -> int:
    """Where an entry stands that has about so many wrong answers."""
    return next(at for at, one in enumerate(entries) if len(one.drawn) - _right(one) == wrong)


def test_a_copied_pair_and_a_group_are_found_among_five_thousand() -> None:
    entries = honest(Random(3), 5000, BANK, 30)
    pair, three = entries[_weak(entries, 16)], entries[_weak(entries, 18)]
    # Even if the copier has one right that the other has not.
    where = next(
        a for a, given in enumerate(pair.answers) if given != str(BANK[pair.drawn[a]].answer)
    )
    mended = _changed(
        _copied(pair, "x-pair"), pair.drawn[where], str(BANK[pair.drawn[where]].answer)
    )
    entries += [mended, _copied(three, "x-one"), _copied(three, "x-two")]
    found = study(BANK, (), entries)
    groups = {one.codes for one in found.alike}
    assert groups == {
        tuple(sorted((pair.code, "x-pair"))), tuple(sorted((three.code, "x-one", "x-two"))),
    }  # fmt: skip
    assert found.alike[0].codes == tuple(sorted((three.code, "x-one", "x-two")))
    assert all(one.shared == 30 and one.same >= 14 and one.chance < 1e-9 for one in found.alike)


def test_few_equal_wrong_answers_are_no_group() -> None:
    entries = honest(Random(4), 400, BANK, 20)
    good = entries[_weak(entries, 4)]
    found = study(BANK, (), [*entries, _copied(good, "x-good")])
    assert found.alike == ()  # four wrong answers in common tell nothing


def test_many_equal_entries_are_one_group_and_the_work_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries = honest(Random(5), 600, BANK, 30)
    source = entries[_weak(entries, 17)]
    entries += [_copied(source, f"x-{n:02}") for n in range(40)]
    (group,) = study(BANK, (), entries).alike
    assert len(group.codes) == 41
    monkeypatch.setattr(contest_alike, "WORK", 10)
    assert alike_entries(entries, BANK, ())[1]  # and says that not all was compared


def test_speed_is_told_with_many_right_only_and_by_code() -> None:
    entries = honest(Random(6), 60, BANK, 20)
    right = "".join(str(BANK[at].answer) for at in range(20))
    drawn = tuple(range(20))
    fast = Played("x-fast", drawn, right, bytes([1] * 19 + [90]))
    slow = Played("x-slow", drawn, right, bytes([2] * 20))
    wrong = Played("x-wrong", drawn, "".join(str((int(g) + 1) % 4) for g in right), bytes([1] * 20))
    open_ = Played("x-open", drawn, right[:4] + "." * 16, bytes([1] * 4 + [0] * 16))
    (quick,) = study(BANK, (), [*entries, fast, slow, wrong, open_]).quick
    assert (quick.code, quick.seconds, quick.right, quick.of) == ("x-fast", 1, 20, 20)


def test_the_chance_of_at_least_so_many_is_the_binomials_where_all_are_equal() -> None:
    exact = sum(comb(10, k) * 0.3**k * 0.7 ** (10 - k) for k in range(4, 11))
    assert at_least(4, [0.3] * 10) == pytest.approx(exact)
    assert at_least(2, [0.5, 0.25]) == pytest.approx(0.125)
    assert at_least(3, [0.5, 0.25]) == 0
    assert at_least(0, []) == 1


def test_option_counts_follow_the_question() -> None:
    """Guessing is one of four here, one of two there: the flag knows."""
    two = replace(
        question(0), text={"vi": replace(question(0).text["vi"], options=("Đúng", "Sai"))}
    )
    bank: tuple[Question, ...] = (two,)
    entries = [Played(str(n), (0,), "0" if n % 10 < 3 else "1", b"\x09") for n in range(200)]
    assert HARD in study(bank, (), entries).items[0].flags
    assert HARD not in study((question(0),), (), entries).items[0].flags


def test_the_command_line_tells_codes_with_the_note_that_it_is_no_verdict() -> None:
    told = Study(40, 9.5, study(FOUR, (), _forty()).items)
    told = replace(told, quick=(Quick("k7", 1.0, 20, 20),), is_cut=True)
    told = replace(told, alike=(Alike(("a1", "b2"), 9, 20, 3e-9),))
    one = cast(Round, SimpleNamespace(voided=()))
    lines = list(_lines(one, told))
    assert any(each.startswith(f"{FOUR[0].id}\t40\t0.5\t0.688\t0.25\t20\t") for each in lines[1:5])
    assert "no verdicts" in lines[5]
    assert lines[6:8] == ["quick\tk7\t20/20\t1", "alike\ta1 b2\t9\t20\t3.0e-09"]
    assert "some may be missing" in lines[8]
