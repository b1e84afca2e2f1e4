"""The draw of a contest can be recomputed, is fair, and keeps to what was promised."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contests_draw import ShortBank, commitment, draw, lots, option_order

SEED = bytes(range(32))
CODES = st.text("23456789abcdefghjkmnpqrstuvwxyz-", min_size=1, max_size=19)
QUOTAS = st.dictionaries(st.text(min_size=1, max_size=8), st.integers(0, 6), max_size=5)
BANK = {f"sea-{n}": "sea" for n in range(12)} | {f"law-{n}": "law" for n in range(8)}


@given(st.binary(min_size=1, max_size=32), CODES, st.text(max_size=12), st.integers(0, 9))
def test_every_order_of_options_is_a_permutation(
    seed: bytes, code: str, question: str, count: int
) -> None:
    order = option_order(seed, code, question, count)
    assert sorted(order) == list(range(count))
    assert order == option_order(seed, code, question, count)


@given(st.binary(min_size=1, max_size=32), CODES, QUOTAS, st.data())
def test_quotas_are_met_exactly_whatever_order_the_bank_is_in(
    seed: bytes, code: str, quotas: dict[str, int], data: st.DataObject
) -> None:
    spare = data.draw(st.integers(0, 3))
    pairs = [(f"{name}/{n}", name) for name, size in quotas.items() for n in range(size + spare)]
    drawn = draw(seed, code, dict(pairs), quotas)
    bank = dict(pairs)
    assert len(set(drawn)) == len(drawn)
    assert Counter(bank[each] for each in drawn) == Counter(quotas)
    shuffled = dict(data.draw(st.permutations(pairs)))
    assert draw(seed, code, shuffled, dict(reversed(quotas.items()))) == drawn


@settings(max_examples=50)
@given(st.sets(CODES, min_size=2, max_size=30))
def test_different_attempts_get_different_draws(codes: set[str]) -> None:
    draws = {tuple(draw(SEED, code, BANK, {"sea": 6, "law": 4})) for code in codes}
    assert len(draws) == len(codes)


def test_every_question_and_every_place_is_about_as_frequent() -> None:
    asked: Counter[str] = Counter()
    first: Counter[str] = Counter()
    places: Counter[int] = Counter()
    for number in range(4000):
        drawn = draw(SEED, f"code-{number}", BANK, {"sea": 6, "law": 4})
        asked.update(drawn)
        first[BANK[drawn[0]]] += 1
        places[option_order(SEED, f"code-{number}", "sea-1", 4).index(0)] += 1
    # Each is asked of half the attempts: 2000 times, give or take 32; six times that is no chance.
    assert set(asked) == set(BANK)
    assert all(abs(times - 2000) < 6 * 32 for times in asked.values())
    # Six of ten first questions are of the larger quota: quotas are not asked block by block.
    assert abs(first["sea"] - 2400) < 6 * 31
    assert all(abs(times - 1000) < 6 * 28 for times in places.values())


def test_the_draw_of_a_known_seed_stays_what_it_was() -> None:
    # A published round must be checked years later too.
    assert draw(SEED, "k7dm-2x9q-w3ht-p6bz", BANK, {"sea": 3, "law": 2}) == PUBLISHED
    assert option_order(SEED, "k7dm-2x9q-w3ht-p6bz", "sea-3", 4) == ORDER
    assert commitment({"right": {"sea-1": 2}, "name": "Đố vui"}, SEED, b"salt") == COMMITMENT


PUBLISHED = ["sea-9", "sea-3", "sea-8", "law-1", "law-0"]
ORDER = [0, 3, 2, 1]
COMMITMENT = "5cf37a269c94dc868405ffac3ea29c08120f718fdce2f4b26afd08043198902c"


def test_a_commitment_binds_the_key_the_seed_and_the_salt() -> None:
    key = {"right": {"a": 1, "b": 0}}
    promised = commitment(key, SEED, b"salt")
    assert commitment({"right": {"b": 0, "a": 1}}, SEED, b"salt") == promised
    assert commitment(json.dumps(key).encode(), SEED, b"salt") == promised
    others = (({"right": {"a": 0, "b": 1}}, SEED, b"salt"), (key, b"x", b"salt"), (key, SEED, b""))
    assert promised not in {commitment(*other) for other in others}


def test_a_bank_too_small_for_the_quotas_says_what_is_missing() -> None:
    with pytest.raises(ShortBank, match=r"law: 2 missing, history: 1 missing") as caught:
        draw(SEED, "code", BANK, {"sea": 12, "law": 10, "history": 1})
    assert caught.value.missing == {"law": 2, "history": 1}


@given(st.sets(CODES, max_size=20), st.randoms())
def test_lots_for_prizes_do_not_depend_on_who_is_named_first(
    codes: set[str], chance: object
) -> None:
    named = sorted(codes)
    chance.shuffle(named)  # type: ignore[attr-defined]
    order = lots(SEED, named)
    assert sorted(order) == sorted(codes)
    assert order == lots(SEED, sorted(codes, reverse=True))
