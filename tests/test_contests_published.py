"""Anyone recomputes a round with the script in docs/, and finds what was changed afterwards."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.contests_draw import commitment, draw, option_order
from bot.contests_published import BankQuestion, Result, answer_letters, key_of, publish
from tests.conftest import ROOT

SEED, SALT = bytes(range(32)), b"sixteen bytes..."
BANK = [BankQuestion(f"bien-{n}", "biển", 4, n % 4) for n in range(8)]
BANK += [BankQuestion(f"luat-{n}", "luật", 3, n % 3, points=2) for n in range(6)]
QUOTAS = {"biển": 4, "luật": 3}
KEY = key_of(BANK, QUOTAS)
MARKS = {one.id: one for one in BANK}
GROUPS = {one.id: one.quota for one in BANK}
PROMISE = commitment(KEY, SEED, SALT)


def _results(void: tuple[str, ...] = ()) -> list[Result]:
    """Sixty people who answer by chance, some everything right, ranked by the plain rule."""
    chance = random.Random(7)
    raw = []
    for number in range(60):
        code = f"code-{number:02d}"
        drawn = draw(SEED, code, GROUPS, QUOTAS)
        chosen = {each: MARKS[each].right for each in drawn}
        if number % 6:
            for each in drawn:
                chosen[each] = chance.randrange(MARKS[each].options)
            if number % 7 == 0:
                del chosen[drawn[2]]
        right = [each in void or chosen.get(each) == MARKS[each].right for each in drawn]
        points = sum(
            MARKS[each].points for each, is_right in zip(drawn, right, strict=True) if is_right
        )
        raw.append((code, points, all(right), chance.choice([None, 3, 9, 12, 40]), chosen))
    everything = sum(one[2] for one in raw)
    finish = {code: place for place, code in enumerate(chance.sample([r[0] for r in raw], 60), 1)}
    order = sorted(
        (
            (c, p, None if g is None else abs(g - everything), g, chosen)
            for c, p, _, g, chosen in raw
        ),
        key=lambda r: (-r[1], 10**9 if r[2] is None else r[2], finish[r[0]]),
    )
    units = {c[0]: "KCN Trảng Bàng" if n < 4 else "KCN Phước Đông" for n, c in enumerate(order)}
    return [
        Result(place, c, p, guess, gap, finish[c], "công nhân", chosen, units[c])
        for place, (c, p, gap, guess, chosen) in enumerate(order, 1)
    ]


def _write(folder: Path, void: tuple[str, ...] = ()) -> None:
    for name, content in publish(KEY, SEED, SALT, _results(void), void).items():
        (folder / name).write_bytes(content)


def _checked(folder: Path, promise: str = PROMISE) -> tuple[int, str]:
    command = [sys.executable, "-I", str(ROOT / "docs" / "check_contest.py"), str(folder), promise]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


@pytest.mark.parametrize("void", [(), ("bien-3", "luat-1")])
def test_an_honest_round_is_ok(tmp_path: Path, void: tuple[str, ...]) -> None:
    _write(tmp_path, void)
    assert _checked(tmp_path) == (0, "OK")


def _edit(name: str, change: Callable[[list[dict[str, str]]], object]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / name
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        change(rows)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)

    return edit


def _swap_places(rows: list[dict[str, str]]) -> None:
    rows[3]["place"], rows[4]["place"] = rows[4]["place"], rows[3]["place"]


def _another_answer(rows: list[dict[str, str]]) -> None:
    first = rows[0]["answers"]
    rows[0]["answers"] = ("B" if first[0] == "A" else "A") + first[1:]


def _another_key(folder: Path) -> None:
    told = json.loads((folder / "key.json").read_text("utf-8"))
    told["key"]["questions"]["bien-0"]["right"] = 3
    (folder / "key.json").write_text(json.dumps(told), "utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_another_key, "not the one that was promised"),
        (_edit("results.csv", _swap_places), "place 4, not 5"),
        (_edit("results.csv", _another_answer), "points, not"),
        (_edit("results.csv", lambda rows: rows[5].update(points="99")), "points, not 99"),
        (_edit("results.csv", lambda rows: rows[0].update(gap="0", prediction="1")), "not the gap"),
        (_edit("results.csv", lambda rows: rows[0].update(answers="A")), "not those that the seed"),
        (
            _edit("results.csv", lambda rows: rows[9].update(code="code-99")),
            "not those that the se",
        ),
        (
            _edit("draws.csv", lambda rows: rows[0].update(questions="bien-1 bien-2")),
            "not those that the seed draws",
        ),
        (_edit("draws.csv", lambda rows: rows.append({**rows[0]})), "missing or there twice"),
        (_edit("results.csv", lambda rows: rows.pop()), ""),
    ],
)
def test_what_was_changed_afterwards_is_found(
    tmp_path: Path, change: Callable[[Path], None], said: str
) -> None:
    _write(tmp_path)
    change(tmp_path)
    code, told = _checked(tmp_path)
    assert code == 1
    assert said in told


def test_another_promise_is_not_kept(tmp_path: Path) -> None:
    _write(tmp_path)
    assert _checked(tmp_path, "0" * 64)[0] == 1


def test_a_small_unit_is_not_told_and_nothing_is_a_formula(tmp_path: Path) -> None:
    results = _results()
    named = replace(results[0], name="=HYPERLINK(1)")
    table = publish(KEY, SEED, SALT, [named, *results[1:]])["results.csv"].decode("utf-8-sig")
    assert "Trảng Bàng" not in table  # four people only
    assert table.count("Phước Đông") == 56
    assert "'=HYPERLINK(1)" in table
    assert ",=" not in table


def test_answers_are_told_by_the_letters_that_the_person_saw() -> None:
    order = option_order(SEED, "code", "bien-0", 4)
    drawn, chosen = ["bien-0", "luat-0"], {"bien-0": order[2]}
    assert answer_letters(SEED, "code", drawn, chosen, KEY) == "C-"


def test_the_script_needs_nothing_of_this_house_and_is_short() -> None:
    text = (ROOT / "docs" / "check_contest.py").read_text("utf-8")
    assert "bot." not in text
    assert sum(1 for line in text.splitlines() if line.strip()) <= 65
