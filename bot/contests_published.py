"""The files of a closed round with which anyone recomputes its ranking: `docs/check_contest.py`.

`key.json` holds the promise of the opening and what it was about: the bank with its right answers,
the seed and the salt. `draws.csv` tells what each attempt was asked, `results.csv` how it ended.
Once they are drawn, `prizes.csv` tells who has won what: `docs/check_prizes.py`.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from bot.contests_draw import commitment, draw, option_order
from bot.organisation import SMALLEST

LETTERS = "ABCDEFGHIJ"  # of the options as a person sees them, from above
NO_ANSWER = "-"
RESULT_COLUMNS = (
    "place", "code", "points", "prediction", "gap", "finish", "league", "unit", "name", "answers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question as the ranking knows it: no words, only which option is the right one."""

    id: str
    quota: str
    options: int
    right: int  # from 0, in the order of the bank
    points: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """The attempt of a person that counts. `chosen` are options as the bank counts them, from 0.

    `finish` is the place in the order of finishing, from 1. `gap` is None without a prediction.
    `name` is empty unless a winner has claimed a prize and agreed.
    """

    place: int
    code: str
    points: int
    prediction: int | None
    gap: int | None
    finish: int
    league: str
    chosen: Mapping[str, int]
    unit: str = ""
    name: str = ""


def key_of(bank: Iterable[BankQuestion], quotas: Mapping[str, int]) -> dict[str, Any]:
    """What is sealed by the commitment, as JSON."""
    questions = {
        one.id: {
            "quota": one.quota,
            "options": one.options,
            "right": one.right,
            "points": one.points,
        }
        for one in bank
    }
    return {"questions": questions, "quotas": dict(quotas)}


def publish(
    key: Mapping[str, Any],
    seed: bytes,
    salt: bytes,
    results: Sequence[Result],
    void: Sequence[str] = (),
) -> dict[str, bytes]:
    """The three files by name. A void question counts as right for all who were asked it.

    A unit stands in them only if so many of it entered that nobody is recognised.
    """
    groups = {each: question["quota"] for each, question in key["questions"].items()}
    draws = [(one, draw(seed, one.code, groups, key["quotas"])) for one in results]
    told = {
        "commitment": commitment(key, seed, salt),
        "key": key,
        "seed": seed.hex(),
        "salt": salt.hex(),
        "void": sorted(void),
    }
    return {
        "key.json": json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode(),
        "draws.csv": _csv(("code", "questions"), ((a.code, " ".join(b)) for a, b in draws)),
        "results.csv": _csv(RESULT_COLUMNS, _rows(key, seed, draws)),
    }


def publish_prizes(key: Mapping[str, Any], given: Iterable[tuple[int, str, str]]) -> bytes:
    """Each prize by its place in the rules, from 1, with the winner's code, and the name of who has
    claimed it."""
    rows = ((at, _title(key["prizes"][at - 1]), code, name) for at, code, name in given)
    return _csv(("prize", "title", "code", "name"), rows)


def _title(prize: Mapping[str, Any]) -> str:
    titles: Mapping[str, str] = prize["title"]
    return titles.get("vi") or next(iter(titles.values()))


def answer_letters(
    seed: bytes, code: str, drawn: Sequence[str], chosen: Mapping[str, int], key: Mapping[str, Any]
) -> str:
    """What was chosen, a letter a question, as it stood on the person's own screen."""
    letters = []
    for question in drawn:
        order = option_order(seed, code, question, key["questions"][question]["options"])
        choice = chosen.get(question)
        letters.append(NO_ANSWER if choice is None else LETTERS[order.index(choice)])
    return "".join(letters)


def _rows(
    key: Mapping[str, Any], seed: bytes, draws: Sequence[tuple[Result, list[str]]]
) -> Iterable[tuple[object, ...]]:
    people = Counter(one.unit for one, _ in draws)
    for one, drawn in sorted(draws, key=lambda each: each[0].place):
        yield (
            one.place,
            one.code,
            one.points,
            "" if one.prediction is None else one.prediction,
            "" if one.gap is None else one.gap,
            one.finish,
            one.league,
            one.unit if people[one.unit] >= SMALLEST else "",
            one.name,
            answer_letters(seed, one.code, drawn, one.chosen, key),
        )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """With a mark at its beginning, by which spreadsheets know UTF-8; nothing is a formula."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def _harmless(value: object) -> object:
    is_formula = isinstance(value, str) and value[:1] in {"=", "+", "@", "\t", "\r"}
    return f"'{value}" if is_formula else value
