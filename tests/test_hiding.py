"""What is told by unit and by month: nobody small is told, nor can be computed from all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.organisation import SMALLEST, Tree, Unit
from bot.planreport.hiding import Month, told_by_unit, told_over_months

LD, BN, MAY, GIAY, TN, GO = range(1, 7)


def _tree(*, giay_under: int = BN, giay_goes_to: int | None = None) -> Tree:
    return Tree(
        [
            Unit("LD", "Liên đoàn", "", None, LD),
            Unit("BN", "Bắc", "", LD, BN),
            Unit("BN-1", "May", "", BN, MAY),
            Unit("BN-2", "Giày", "", giay_under, GIAY, goes_to_id=giay_goes_to),
            Unit("TN", "Nam", "", LD, TN),
            Unit("TN-1", "Gỗ", "", TN, GO),
        ]
    )


TREE = _tree()


def test_a_small_unit_counts_above_and_so_does_a_sister_from_which_it_could_be_computed() -> None:
    # 9 of Bắc less 6 of May would be the three of Giày.
    assert told_by_unit(TREE, {MAY: 6, GIAY: 3, GO: 7}, {MAY: 12, GIAY: 6, GO: 7}) == {
        LD: 25, BN: 18, TN: 7, GO: 7,
    }  # fmt: skip
    # With two of Bắc's own office they are five, and May may be told.
    told = told_by_unit(TREE, {MAY: 6, GIAY: 3, BN: 2, GO: 7}, {MAY: 12, GIAY: 6, BN: 4, GO: 7})
    assert told == {LD: 29, BN: 22, MAY: 12, TN: 7, GO: 7}


def test_a_few_of_many_are_a_small_group_too() -> None:
    # Three of Giày's forty people had a message: nine less six would tell it.
    assert told_by_unit(TREE, {MAY: 40, GIAY: 40}, {MAY: 6, GIAY: 3}) == {LD: 9, BN: 9}
    # None of them had one, which is none of a single person's affairs.
    assert told_by_unit(TREE, {MAY: 40, GIAY: 40}, {MAY: 6}) == {LD: 6, BN: 6, MAY: 6, GIAY: 0}


def test_who_is_in_no_unit_counts_at_the_top_and_who_has_left_is_not_nobody() -> None:
    # Two of no unit would be the whole less Bắc and Nam; so Nam, the smaller, is not told.
    assert told_by_unit(TREE, {0: 2, MAY: 9, GO: 7}, {0: 2, MAY: 9, GO: 7}) == {
        LD: 18, BN: 9, MAY: 9,
    }  # fmt: skip
    # Nobody of Giày is left on the last day, but one was sent four messages before.
    assert told_by_unit(TREE, {MAY: 6, GO: 9}, {MAY: 6, GIAY: 4, GO: 9}) == {
        LD: 19, BN: 10, TN: 9, GO: 9,
    }  # fmt: skip
    assert told_by_unit(TREE, {}, {0: 3}) == {LD: 3}
    assert told_by_unit(Tree(), {}, {}) == {}


def test_a_quarter_is_the_sum_of_the_months_that_are_told() -> None:
    july = Month(TREE, {MAY: 6, GIAY: 5}, {MAY: 6, GIAY: 5})
    august = Month(TREE, {MAY: 6, GIAY: 4, BN: 1}, {MAY: 12, GIAY: 8, BN: 2})
    assert told_over_months(TREE, [august]) == {LD: 22, BN: 22, MAY: 12}
    # The quarter less July would be August's eight.
    assert told_over_months(TREE, [july, august]) == {LD: 33, BN: 33, MAY: 18, GIAY: 5}


def test_a_unit_that_moves_or_ends_takes_its_months_along_and_counts_once() -> None:
    july = Month(TREE, {MAY: 6, GIAY: 5, GO: 5}, {MAY: 6, GIAY: 5, GO: 5})
    moved = _tree(giay_under=GO)
    august = Month(moved, {MAY: 6, GIAY: 5, GO: 5}, {MAY: 6, GIAY: 5, GO: 5})
    # July is told as it was: Bắc had Giày's five then, Gỗ in August.
    assert told_over_months(moved, [july, august]) == {
        LD: 32, BN: 17, MAY: 12, GIAY: 10, TN: 15, GO: 15,
    }  # fmt: skip
    merged = _tree(giay_goes_to=MAY)
    assert told_over_months(merged, [july])[MAY] == 11
    closed = _tree(giay_goes_to=BN)
    assert told_over_months(closed, [july])[BN] == 11  # Bắc had them in July already


# --- by brute force ------------------------------------------------------------------------------

Atom = tuple[int, int]  # month and unit: what no figure can part


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """By Gauss: what the rows say, each led by a column of its own."""
    found: list[list[Fraction]] = []
    left = [row for row in rows if any(row)]
    while left:
        row = left.pop()
        lead = next(at for at, cell in enumerate(row) if cell)
        row = [cell / row[lead] for cell in row]
        found = [_without(one, row, lead) for one in found] + [row]
        left = [kept for one in left if any(kept := _without(one, row, lead))]
    return found


def _without(row: list[Fraction], other: list[Fraction], lead: int) -> list[Fraction]:
    return [a - row[lead] * b for a, b in zip(row, other, strict=True)]


def _computable(
    told: list[dict[Atom, int]], people: Mapping[Atom, int], amounts: Mapping[Atom, int]
) -> Iterator[tuple[Atom, ...]]:
    """Every small group whose amount follows from what is told: one to four people, or one to four
    of what was counted. Where there is nobody and nothing, nothing is asked."""
    atoms = [one for one in people if people[one] or amounts[one]]
    basis = _reduced([[Fraction(row.get(one, 0)) for one in atoms] for row in told])
    for size in range(1, len(atoms) + 1):
        for group in combinations(atoms, size):
            few, little = sum(people[one] for one in group), sum(amounts[one] for one in group)
            if few >= SMALLEST and (not little or little >= SMALLEST):
                continue
            wanted = [Fraction(one in group) for one in atoms]
            for row in basis:
                wanted = _without(wanted, row, next(at for at, cell in enumerate(row) if cell))
            if not any(wanted):
                yield group


@st.composite
def _months(draw: st.DrawFn) -> list[Month]:
    """Two months of a tree of up to five bodies, one of which may move in between."""
    size = draw(st.integers(2, 5))
    parents = [None, *(draw(st.integers(1, at - 1)) for at in range(2, size + 1))]
    found = []
    for month in range(2):
        if month:  # the last one has nobody below it: it can go anywhere
            parents[-1] = draw(st.integers(1, size - 1))
        units = [Unit(f"U{at}", "", "", above, at) for at, above in enumerate(parents, 1)]
        few = st.sampled_from((0, 1, 2, 3, 4, 5, 6, 9, 14))
        people = {at: draw(few) for at in range(size + 1)}
        each = draw(st.sampled_from((1, 1, 3)))
        less = {at: draw(st.sampled_from((0, 0, 0, 1, 4))) for at in people}
        amounts = {at: abs(count * each - less[at]) for at, count in people.items()}
        found.append(Month(Tree(units), people, amounts))
    return found


def _made_of(month: int, tree: Tree, unit: int) -> dict[Atom, int]:
    """Which atoms a body's figure of a month is the sum of; the top has who is in no unit."""
    found = {(month, one): 1 for one in tree.by_id if tree.is_within(tree.by_id[one], unit)}
    return found | ({(month, 0): 1} if unit == tree.top.id else {})


@settings(max_examples=120)
@given(_months())
def test_no_sum_or_difference_of_months_quarters_parents_and_sisters_gives_a_small_group(
    months: list[Month],
) -> None:
    people = {(at, one): n for at, month in enumerate(months) for one, n in month.people.items()}
    amounts = {(at, one): n for at, month in enumerate(months) for one, n in month.amounts.items()}
    told, sums = [], dict[int, Counter[Atom]]()
    for at, month in enumerate(months):
        for unit, amount in told_by_unit(month.tree, month.people, month.amounts).items():
            made = _made_of(at, month.tree, unit)
            assert amount == sum(amounts[one] for one in made)
            told.append(made)
            sums.setdefault(unit, Counter()).update(made)
    quarter = told_over_months(months[-1].tree, months)
    assert quarter == {unit: sum(amounts[one] for one in made) for unit, made in sums.items()}
    # The whole is told in any case: the top of each month is the only group that may be small.
    whole = {frozenset(_made_of(at, m.tree, m.tree.top.id)) for at, m in enumerate(months)}
    whole |= {frozenset(people)}
    for group in _computable([*told, *map(dict, sums.values())], people, amounts):
        of_month = {(at, one) for at, _ in group for one in months[at].people}
        rest = of_month - set(group)
        assert any(set(group) <= one for one in whole)
        assert not any(people[one] or amounts[one] for one in rest), (group, told)


def test_the_brute_force_finds_what_a_careless_rule_would_tell() -> None:
    people = {(0, MAY): 6, (0, GIAY): 3}
    careless = [{(0, MAY): 1, (0, GIAY): 1}, {(0, MAY): 1}]
    assert list(_computable(careless, people, people)) == [((0, GIAY),)]
