"""Units of a round: nobody small is told, nor can be computed from what is told."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from random import Random

import pytest

from bot.contest_units import Took, tellable_units
from bot.organisation import SMALLEST, Tree, Unit

TREE = Tree(
    [
        Unit("LD", "Liên đoàn", "", None, 1),
        Unit("BN", "Bắc", "", 1, 2),
        Unit("KCN", "Khu", "", 2, 3),
        Unit("A", "May", "", 3, 4),
        Unit("B", "Giày", "", 3, 5),
        Unit("TN", "Nam", "", 1, 6),
        Unit("C", "Gỗ", "", 6, 7),
        Unit("OLD", "Cũ", "", 3, 8, goes_to_id=4),
    ]
)


def _told(direct: dict[int, int], without: int = 0) -> dict[int, int]:
    took = {unit: Took(people, 2 * people) for unit, people in direct.items()}
    return {unit: one.people for unit, one in tellable_units(TREE, took, without).items()}


def test_a_small_unit_counts_in_the_body_above_until_that_is_large_enough() -> None:
    # Two of three people each: the zone has six, and tells of neither.
    assert _told({4: 3, 5: 3}) == {3: 6}
    # Four in the zone, with one in the province's own office: the province.
    assert _told({4: 2, 5: 2, 2: 1}) == {2: 5}
    # Too few at all.
    assert _told({4: 2, 5: 2}) == {}
    assert tellable_units(Tree(), {}, 0) == {}


def test_a_body_from_which_a_small_unit_could_be_computed_is_left_out() -> None:
    # May is told with six. Zone and province have nine: nine less six would be Giày's three.
    assert _told({4: 6, 5: 3}, without=9) == {4: 6}
    # One more is merged: three of Giày and two of the zone's own are five.
    assert _told({4: 6, 5: 3, 3: 2}, without=9) == {4: 6, 3: 11}
    # The zone is left out, and the three are with four of the province's own.
    assert _told({4: 6, 5: 3, 2: 4}, without=9) == {4: 6, 2: 13}
    # All of the zone are known: nothing is left to compute.
    assert _told({4: 6, 5: 5}) == {3: 11, 4: 6, 5: 5}


def test_the_whole_is_known_too_and_what_is_left_of_it_is_not_few() -> None:
    # 6 + 11 took part, and of all only three were elsewhere: they would be those of Gỗ.
    assert _told({4: 6, 5: 3, 3: 2, 7: 3}) == {4: 6}
    assert _told({4: 6, 5: 3, 3: 2, 7: 3}, without=2) == {4: 6, 3: 11}


def test_people_of_a_closed_unit_count_in_its_heir_unless_the_published_list_tells_them_apart() -> (
    None
):
    assert _told({8: 3, 4: 3}) == {4: 6}
    # The list names ten of May: twelve less ten would be the two of the closed one.
    assert _told({8: 2, 4: 10}, without=9) == {}
    assert _told({99: 3, 4: 6}, without=2) == {4: 6}  # a unit that is not known is none


def _lies_in(identifier: int, body: int) -> bool:
    unit = TREE.get(identifier)
    return unit is not None and TREE.is_within(unit, body)


def _span(rows: list[list[int]]) -> list[list[Fraction]]:
    """The rows reduced, by Gauss."""
    left = [[Fraction(cell) for cell in row] for row in rows]
    found: list[list[Fraction]] = []
    for column in range(len(rows[0])):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        pivot = [cell / pivot[column] for cell in pivot]
        left = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in left]
        found = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in found]
        found.append(pivot)
    return found


def _computable(rows: list[list[int]], people: list[int]) -> set[tuple[int, ...]]:
    """Every group of one to four people whose number follows from the rows, by where they are.

    Where nobody took part is known to whoever computes: nothing is asked of these places.
    """
    places = [at for at, count in enumerate(people) if count]
    basis = _span([[cell * bool(people[at]) for at, cell in enumerate(row)] for row in rows])
    found = set()
    for size in range(1, len(places) + 1):
        for group in combinations(places, size):
            if 0 < sum(people[at] for at in group) < SMALLEST:
                wanted = [Fraction(at in group) for at in range(len(people))]
                for row in basis:
                    lead = next(at for at, cell in enumerate(row) if cell)
                    factor = wanted[lead]
                    wanted = [a - factor * b for a, b in zip(wanted, row, strict=True)]
                if not any(wanted):
                    found.add(group)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_no_sum_or_difference_of_what_is_told_gives_a_small_group(seed: int) -> None:
    """Whatever is told, with the published list and the whole: by linear algebra, all of it."""
    rng, told_at_all = Random(seed), 0
    where = [1, 2, 3, 4, 5, 6, 7, 8]
    for _ in range(60):
        people = [rng.choice((0, 1, 2, 3, 4, 5, 6, 9)) for _ in where]
        none = rng.choice((0, 0, 1, 3, 8))
        told = _told(dict(zip(where, people, strict=True)), none)
        atoms = [*people, none]
        # The list names those of five or more; the whole is told to everybody.
        listed = [[int(a == b) for b in range(9)] for a, n in enumerate(people) if n >= SMALLEST]
        known = [*listed, [1] * 9]
        bodies = [[int(_lies_in(unit, body)) for unit in where] + [0] for body in told]
        for row, body in zip(bodies, told, strict=True):
            assert sum(a * b for a, b in zip(row, atoms, strict=True)) == told[body] >= SMALLEST
        assert _computable([*known, *bodies], atoms) == _computable(known, atoms)
        told_at_all += len(told)
    assert told_at_all > 60  # and it does not simply tell nothing
