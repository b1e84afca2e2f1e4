"""Fair by the letter: who may answer, what counts, who comes first, what is published of it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from bot.contest_prizes import Candidate, wins
from bot.contest_ranks import Entry, counted, points_of, ranked
from bot.contest_units import Took, tellable_units
from bot.contests import (
    CLOSED,
    OPEN,
    RANKING,
    UNANSWERED,
    Attempt,
    Frozen,
    Issued,
    Played,
    Prize,
    Quota,
    Round,
    commitment_of,
    drawn_for,
    end_of,
    is_running,
    key_of,
    options_for,
    quota_sizes,
    quotas_of,
)
from bot.contests_draw import ShortBank, canonical, commitment, draw, lots, option_order
from bot.contests_published import (
    BankQuestion,
    Result,
    publish,
    publish_prizes,
)
from bot.contests_published import key_of as published_key
from bot.organisation import Tree, Unit
from tests.contesting import bank, question, rules

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FROZEN = Frozen(rules(), bank(), "5e" * 32, "a1" * 32)
ROUND = Round(1, "spring", "week-1", "open", NOW, NOW + 60 * MINUTE, "c", FROZEN)


# --- who may answer, and until when -------------------------------------------------------------


def test_the_words_that_databases_hold() -> None:
    assert (OPEN, RANKING, CLOSED, UNANSWERED) == ("open", "ranking", "closed", ".")


def test_a_round_takes_answers_from_its_opening_until_its_close() -> None:
    assert ROUND.takes_answers(NOW)
    assert ROUND.takes_answers(ROUND.closes_at - SECOND)
    assert not ROUND.takes_answers(NOW - SECOND)
    assert not ROUND.takes_answers(ROUND.closes_at)
    for state in ("ranking", "closed"):
        assert not replace(ROUND, state=state).takes_answers(NOW)


def test_an_attempt_takes_answers_until_its_end_and_never_once_it_is_handed_in() -> None:
    end = NOW + 20 * MINUTE
    assert is_running(None, NOW, end, end - SECOND) is True
    assert is_running(None, NOW, end, end) is False
    assert is_running(None, end, end, NOW) is False  # a clock that was set back
    assert is_running(NOW, NOW, end, NOW) is False
    attempt = Attempt(1, 1, 1, "code", "vn", (0, 1, 2), "1.0", None, NOW, end, NOW)
    assert attempt.is_running(NOW)
    assert not replace(attempt, handed_at=NOW).is_running(NOW)
    assert attempt.unanswered == (1,)
    assert attempt.counts is False
    assert end_of(NOW, rules(), NOW + 60 * MINUTE) == end
    assert end_of(NOW, rules(), NOW + 5 * MINUTE) == NOW + 5 * MINUTE


def test_what_rules_say_without_being_asked() -> None:
    assert rules().length == 5
    assert rules().essay is False
    assert (dict(rules().label), rules().prizes) == ({}, ())
    assert ROUND.titles == {"vi": "week-1"}
    labelled = replace(FROZEN, rules=replace(rules(), label={"vi": "Tuần một"}))
    assert replace(ROUND, frozen=labelled).titles == {"vi": "Tuần một"}
    assert Prize({"vi": "Áo"}, 1, "lot").league == ""
    issued = Issued("code", 1, "Lan", 3, 5, NOW.date())
    assert issued.withdrawn_on is None


def test_seconds_are_counted_of_what_was_answered() -> None:
    assert Played("c", (0, 1, 2), "1.0", bytes([4, 5, 6])).paces == [4, 6]
    with pytest.raises(ValueError, match="zip"):
        _ = Played("c", (0, 1), "10", bytes([4])).paces


# --- what is asked ------------------------------------------------------------------------------


def test_a_quota_takes_its_topic_at_its_difficulty_or_at_any() -> None:
    easy, hard = question(1), question(2, difficulty=3)
    assert [Quota("union", 1).takes(one) for one in (easy, hard)] == [True, True]
    assert [Quota("union", 1, 3).takes(one) for one in (easy, hard)] == [False, True]
    assert not Quota("award", 1).takes(easy)
    assert (Quota("union", 1).name, Quota("union", 1, 3).name) == ("union/any", "union/3")
    mixed = replace(rules(), quotas=(Quota("union", 2, 3), Quota("union", 1), Quota("union", 1)))
    assert quotas_of((easy, hard, question(3, "award")), mixed) == {
        easy.id: "union/any", hard.id: "union/3",
    }  # fmt: skip
    assert quota_sizes(mixed) == {"union/3": 2, "union/any": 2}


def test_the_promise_holds_bank_quotas_and_prizes() -> None:
    few = replace(rules(), quotas=(Quota("union", 1),))
    one, other = question(3), question(5, "award")
    assert key_of((one, other), few) == {
        "questions": {
            "union-003": {"quota": "union/any", "options": 4, "right": 3, "points": 1},
        },
        "quotas": {"union/any": 1},
    }  # fmt: skip
    prized = replace(few, prizes=(Prize({"vi": "Áo mưa"}, 3, "rank", "vn"),))
    assert key_of((one,), prized)["prizes"] == [
        {"title": {"vi": "Áo mưa"}, "count": 3, "by": "rank", "league": "vn"}
    ]
    frozen = Frozen(few, (one,), "5e" * 32, "a1" * 16)
    whole = {"key": key_of((one,), few), "salt": "a1" * 16, "seed": "5e" * 32}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert commitment_of(frozen) == sha256(text.encode()).hexdigest()


def test_the_draw_of_an_attempt_is_that_of_its_seed_and_code() -> None:
    names, sizes = quotas_of(bank(), rules()), quota_sizes(rules())
    drawn = draw(bytes.fromhex(FROZEN.seed), "k7", names, sizes)
    assert [bank()[index].id for index in drawn_for("k7", FROZEN)] == drawn
    assert options_for("k7", FROZEN, bank()[2]) == option_order(
        bytes.fromhex(FROZEN.seed), "k7", "union-002", 4
    )


def test_canonical_json_is_the_same_for_every_reader() -> None:
    assert canonical({"b": [1, 2], "a": "đ"}) == '{"a":"đ","b":[1,2]}'.encode()
    as_bytes = commitment(b'{"b": 1, "a": 2}', b"s", b"t")
    assert as_bytes == commitment({"a": 2, "b": 1}, b"s", b"t")
    assert as_bytes == commitment(bytearray(b'{"a":2,"b":1}'), b"s", b"t")
    assert as_bytes != commitment({"a": 2, "b": 1}, b"t", b"s")


def test_a_bank_of_exactly_the_quotas_is_enough_and_what_lacks_is_named() -> None:
    both = {"a": "x", "b": "x", "c": "y"}
    assert sorted(draw(b"s", "k", both, {"x": 2, "y": 1})) == ["a", "b", "c"]
    assert draw(b"s", "k", both, {"y": 1, "x": 0}) == ["c"]
    assert draw(b"s", "k", both, {"y": 1}) == ["c"]
    with pytest.raises(ShortBank, match=r"^x: 3 missing, z: 1 missing$") as short:
        draw(b"s", "k", both, {"x": 5, "y": 1, "z": 1})
    assert short.value.missing == {"x": 3, "z": 1}


def test_an_entry_named_twice_has_one_lot() -> None:
    assert lots(b"s", ["a", "b", "a"]) == lots(b"s", ["b", "a"])
    assert len(lots(b"s", ["a", "b", "a"])) == 2


# --- points and ranks ---------------------------------------------------------------------------


def _entry(number: int, points: int, guess: int | None, minute: int) -> Entry:
    return Entry(number, points, guess, NOW + minute * MINUTE)


def test_a_guess_is_near_from_both_sides_and_none_is_after_all() -> None:
    found = ranked(
        [_entry(1, 5, None, 0), _entry(2, 5, 13, 9), _entry(3, 5, 8, 1), _entry(4, 5, 10, 9),
         _entry(5, 5, 7, 9), _entry(6, 5, 60, 0)], perfect=10,
    )  # fmt: skip
    assert [(one.attempt_id, one.gap, one.rank) for one in found] == [
        (4, 0, 1), (3, 2, 2), (2, 3, 3), (5, 3, 3), (6, 50, 5), (1, None, 6),
    ]  # fmt: skip
    assert Entry(1, 5, None, NOW).rank == 0
    near = ranked([_entry(1, 5, 11, 0), _entry(2, 5, 10, 9)], perfect=10)
    assert [one.attempt_id for one in near] == [2, 1]  # nearer by one, though later
    three = ranked([_entry(n, 5, 3, 1) for n in (1, 2, 3)] + [_entry(4, 4, 3, 0)], perfect=3)
    assert [one.rank for one in three] == [1, 1, 1, 4]
    assert ranked([], perfect=0) == []


def test_the_earliest_of_the_best_counts_whatever_order_they_came_in() -> None:
    tries = [_entry(1, 5, None, 9), _entry(2, 5, None, 3), _entry(3, 4, None, 1)]
    assert counted(tries, "best").attempt_id == 2
    assert counted(iter(tries), "last").attempt_id == 1


def test_answers_that_do_not_fit_what_was_drawn_are_no_points() -> None:
    assert points_of((0, 1, 2, 3), "0123", bank(), ()) == 4
    assert points_of((1, 0), ".1", bank(), ("union-001",)) == 1
    with pytest.raises(ValueError, match="zip"):
        points_of((0, 1, 2), "01", bank(), ())


# --- prizes -------------------------------------------------------------------------------------


def test_nobody_gets_two_prizes_and_what_nobody_is_left_for_is_not_given() -> None:
    people = [Candidate("a", 1, "vn"), Candidate("b", 2, "vn"), Candidate("c", 3, "abroad")]
    prizes = [
        Prize({"vi": "Sách"}, 5, "lot"), Prize({"vi": "Nhất"}, 1, "rank"),
        Prize({"vi": "Nhì"}, 1, "rank", "abroad"),
    ]  # fmt: skip
    assert wins(people, prizes, b"s") == [(0, "b"), (1, "a"), (2, "c")]
    only = [Prize({"vi": "Sách"}, 1, "lot")]
    assert wins(people, only, b"s") == [(0, lots(b"s", "abc")[0])]
    two = [Prize({"vi": "Nhất"}, 1, "rank", "vn"), Prize({"vi": "Nhì"}, 1, "rank", "vn")]
    assert wins(people, two, b"s") == [(0, "a"), (1, "b")]
    equal = [Candidate(code, 1, "vn") for code in "abcdef"]
    assert wins(equal, [Prize({}, 2, "rank")], b"s") == [
        (0, one) for one in lots(b"s", "abcdef")[:2]
    ]
    assert wins([], prizes, b"s") == []
    best = [Candidate("z", 1, "vn"), Candidate("a", 2, "vn"), Candidate("m", 3, "vn")]
    assert wins(best, [Prize({}, 3, "rank")], b"s") == [(0, "z"), (0, "a"), (0, "m")]


# --- units --------------------------------------------------------------------------------------


def test_five_of_a_unit_are_told_with_their_mean_and_four_are_not() -> None:
    units = ((1, None), (2, 1), (3, 2), (4, 3), (5, 3))
    tree = Tree([Unit(f"U{at}", f"Đơn vị {at}", "", above, at) for at, above in units])
    assert tellable_units(tree, {4: Took(5, 12)}) == {4: Took(5, 12)}
    assert tellable_units(tree, {4: Took(4, 12)}) == {}
    assert (Took(5, 12).mean, Took().mean, Took()) == (2.4, 0, Took(0, 0))
    # The points of small ones are summed in the body above.
    assert tellable_units(tree, {4: Took(3, 7), 5: Took(4, 9)}) == {3: Took(7, 16)}
    # Two were in no unit; a unit that is not known has five, whom the published list names.
    mixed = {4: Took(6), 5: Took(3), 3: Took(2), 99: Took(5)}
    assert tellable_units(tree, mixed, 2) == {4: Took(6)}
    assert set(tellable_units(tree, mixed)) == {3, 4}


# --- what is published --------------------------------------------------------------------------

BANK = [BankQuestion("a", "x", 3, 2), BankQuestion("b", "x", 2, 1, points=2)]
KEY_OF = published_key(BANK, {"x": 2})


def _rows(table: bytes) -> list[list[str]]:
    return list(csv.reader(table.decode("utf-8-sig").splitlines()))


def _result(place: int, code: str, unit: str, **more: object) -> Result:
    whole = Result(place, code, 3, None, None, place, "vn", {"a": 2}, unit)
    return replace(whole, **more)  # type: ignore[arg-type]


def test_the_files_of_a_round_stand_as_their_readers_expect_them() -> None:
    assert KEY_OF == {
        "questions": {
            "a": {"quota": "x", "options": 3, "right": 2, "points": 1},
            "b": {"quota": "x", "options": 2, "right": 1, "points": 2},
        },
        "quotas": {"x": 2},
    }  # fmt: skip
    people = [_result(n, f"k{n}", "Lớn") for n in (5, 4, 3, 2, 1)]
    people += [_result(6 + n, f"m{n}", "Nhỏ") for n in range(4)]
    people[4] = replace(people[4], prediction=0, gap=0, name="@Lan", chosen={"a": 0, "b": 1})
    files = publish(KEY_OF, b"s", b"t", people, ("b", "a"))
    assert list(files) == ["key.json", "draws.csv", "results.csv"]
    told = json.loads(files["key.json"])
    assert told == {
        "commitment": commitment(KEY_OF, b"s", b"t"), "key": KEY_OF, "seed": b"s".hex(),
        "salt": b"t".hex(), "void": ["a", "b"],
    }  # fmt: skip
    assert (
        "đ"
        in publish({**KEY_OF, "quotas": {"x": 2}, "note": "đ"}, b"s", b"t", [])["key.json"].decode()
    )
    head, *draws = _rows(files["draws.csv"])
    assert head == ["code", "questions"]
    drawn = {one.code: draw(b"s", one.code, {"a": "x", "b": "x"}, {"x": 2}) for one in people}
    assert draws == [[one.code, " ".join(drawn[one.code])] for one in people]
    assert files["results.csv"].startswith("\ufeffplace,".encode())
    head, *rows = _rows(files["results.csv"])
    assert head == ["place", "code", "points", "prediction", "gap", "finish", "league", "unit",
                    "name", "answers"]  # fmt: skip
    order_a, order_b = option_order(b"s", "k1", "a", 3), option_order(b"s", "k1", "b", 2)
    letters = {"a": "ABC"[order_a.index(0)], "b": "AB"[order_b.index(1)]}
    assert rows[0] == ["1", "k1", "3", "0", "0", "1", "vn", "Lớn", "'@Lan",
                       "".join(letters[one] for one in drawn["k1"])]  # fmt: skip
    assert rows[1][:9] == ["2", "k2", "3", "", "", "2", "vn", "Lớn", ""]
    assert min(rows[1][9]) == "-"
    assert [row[0] for row in rows] == [str(n) for n in range(1, 10)]
    assert [row[7] for row in rows] == ["Lớn"] * 5 + [""] * 4
    assert publish(KEY_OF, b"s", b"t", people)["key.json"] != files["key.json"]
    turned = published_key(reversed(BANK), {"x": 2})
    assert publish(turned, b"s", b"t", people, ("a", "b"))["key.json"] == files["key.json"]
    assert json.loads(publish(KEY_OF, b"s", b"t", people)["key.json"])["void"] == []


@pytest.mark.parametrize("name", ["=1", "+1", "@x", "\t1", "\r1"])
def test_no_name_is_a_formula(name: str) -> None:
    table = publish(KEY_OF, b"s", b"t", [_result(1, "k", "", name=name)])["results.csv"]
    assert f"'{name}" in table.decode("utf-8-sig")


def test_prizes_are_told_by_their_place_with_a_title_that_is_there() -> None:
    key = {"prizes": [{"title": {"en": "Coat", "vi": "Áo"}}, {"title": {"en": "Book"}}]}
    table = publish_prizes(key, [(1, "k7", "Lan"), (2, "k8", "")])
    assert _rows(table) == [
        ["prize", "title", "code", "name"], ["1", "Áo", "k7", "Lan"], ["2", "Book", "k8", ""],
    ]  # fmt: skip
