"""`caunoi contest`: rounds listed, opened, ended, studied, voided in part, ranked, published."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot import contests_published as published
from bot.commands import run_on_store
from bot.commands.contest_items import print_items
from bot.commands.contest_sample import write_sample
from bot.contests import CLOSED, UNANSWERED, Round, key_of
from bot.library import ContentError, keep_library
from bot.organisation import SMALLEST, Tree
from bot.rounds import Rounds
from bot.settings import Settings
from bot.store import Store
from bot.store.contests import Result


def contest(settings: Settings, asked: Namespace) -> int:
    """`contest list`, `contest WORD ROUND …`; a round is its number, or `CONTEST/ROUND`."""
    if asked.word == "sample":
        zone = ZoneInfo(settings.timezone)
        return write_sample(settings.content_dir, datetime.now(zone))
    return run_on_store(settings, lambda store: _run(settings, store, asked))


async def _run(settings: Settings, store: Store, asked: Namespace) -> int:
    if asked.word == "list":
        for each in await store.contests.rounds(limit=1000):
            end = each.closes_at.isoformat()
            print(f"{each.id}\t{each.contest}/{each.name}\t{each.state}\t{end}")
        return 0
    if asked.word == "open":
        return await _open(settings, store, asked.round or "")
    one = await _found(store, asked.round or "")
    if one is None:
        return _refused(f"there is no round {asked.round or ''}: see `caunoi contest list`")
    if asked.word == "rank":
        return await _rank(store, one, is_json=asked.json)
    if asked.word == "items":
        return await print_items(store, one, is_json=asked.json)
    if asked.word == "publish":
        return await _publish(store, one, Path(asked.out or "."))
    return await _change(store, one, asked)


async def _found(store: Store, told: str) -> Round | None:
    if told.isdecimal() and len(told) < 19:
        return await store.contests.round(int(told))
    name, _, label = told.partition("/")
    return await store.contests.named(name, label)


async def _open(settings: Settings, store: Store, told: str) -> int:
    """Before its time; its bank is frozen from here on."""
    try:
        library = keep_library(settings.content_dir, settings.library_file)
        rounds = Rounds(store.contests, library, settings.content_dir, ZoneInfo(settings.timezone))
        name, _, label = told.partition("/")
        one = await rounds.open_now(name, label, datetime.now(UTC))
    except ContentError as error:
        return _refused(str(error))
    if one is None:
        return _refused(f"content/contests has no {told}")
    print(f"{one.id}\t{one.commitment}")
    return 0


async def _change(store: Store, one: Round, asked: Namespace) -> int:
    now = datetime.now(UTC)
    if asked.word == "close":
        is_done = await store.contests.move_end(one, now)
        await store.contests.advance(now)
    elif asked.word == "extend":
        try:
            until = datetime.fromisoformat(asked.value or "")
        except ValueError:
            return _refused("extend takes a time with its zone, such as 2026-12-13T20:00+07:00", 2)
        if until.tzinfo is None or until <= now:
            return _refused("that time is over, or has no zone", 2)
        is_done = await store.contests.move_end(one, until)
    elif asked.word == "draw":
        is_done = await store.contests.prizes.draw(one.id, now) > 0
    elif asked.word == "undo":
        is_done = await store.contests.prizes.take_back(one.id)
    else:
        known = {question.id for question in one.frozen.questions}
        if asked.value not in known:
            return _refused(f"the bank of this round has no question {asked.value}", 2)
        is_done = await store.contests.void(one, asked.value, now)
    return 0 if is_done else _refused(f"{asked.word}: not in this state, or done before")


async def _rank(store: Store, one: Round, *, is_json: bool) -> int:
    """Whoever has the published files gets the same."""
    if one.state != CLOSED:
        return _refused("the round is not closed yet")
    rows = [_row(one, each, unit) for each, unit in await _with_units(store, one)]
    if is_json:
        print(json.dumps({"round": f"{one.contest}/{one.name}", "ranking": rows}))
        return 0
    for row in rows:
        print(f"{row['rank']}\t{row['code']}\t{row['points']}\t{row['gap']}\t{row['finished']}")
    return 0


async def _publish(store: Store, one: Round, folder: Path) -> int:
    """`key.json`, `draws.csv`, `results.csv`, and `prizes.csv` when they are drawn, for
    `docs/check_contest.py` and `docs/check_prizes.py`."""
    if one.state != CLOSED:
        return _refused("the round is not closed yet: its answers are secret")
    folder.mkdir(parents=True, exist_ok=True)
    frozen, results = one.frozen, await _with_units(store, one)
    given = await store.contests.prizes.of(one.id)
    names = {won.code: won.holder for won in given}
    times = sorted({each.handed_at for each, _ in results})
    order = {moment: place for place, moment in enumerate(times, start=1)}
    told = [
        published.Result(
            each.rank or 0,
            each.code,
            each.points,
            each.prediction,
            each.gap,
            order[each.handed_at],
            each.league,
            _chosen(one, each),
            unit,
            names.get(each.code, ""),
        )
        for each, unit in results
    ]
    key = key_of(frozen.questions, frozen.rules)
    seed, salt = bytes.fromhex(frozen.seed), bytes.fromhex(frozen.salt)
    files = published.publish(key, seed, salt, told, one.voided)
    if given:
        prizes = ((won.prize + 1, won.code, won.holder) for won in given)
        files["prizes.csv"] = published.publish_prizes(key, prizes)
    for name, content in files.items():
        (folder / name).write_bytes(content)
        print(folder / name)
    return 0


def _chosen(one: Round, each: Result) -> dict[str, int]:
    """The options by question, as the bank counts them; without those that were left open."""
    answers = zip(_ids(one, each.drawn), each.answers, strict=True)
    return {question: int(given) for question, given in answers if given != UNANSWERED}


async def _with_units(store: Store, one: Round) -> Sequence[tuple[Result, str]]:
    """A unit is named only where five or more of it took part."""
    results, tree = await store.contests.results(one), await store.organisation.tree()
    sizes = Counter(each.unit_id for each in results)
    return [(each, _unit(each, sizes, tree)) for each in results]


def _unit(each: Result, sizes: Counter[int | None], tree: Tree) -> str:
    unit = tree.get(each.unit_id) if each.unit_id is not None else None
    return unit.code if unit is not None and sizes[each.unit_id] >= SMALLEST else ""


def _row(one: Round, each: Result, unit: str) -> dict[str, Any]:
    return {
        "code": each.code,
        "points": each.points,
        "gap": "" if each.gap is None else each.gap,
        "rank": each.rank,
        "finished": each.handed_at.isoformat(),
        "league": each.league,
        "unit": unit,
        "guess": "" if each.prediction is None else each.prediction,
        "answers": each.answers,
        "drawn": " ".join(_ids(one, each.drawn)),
    }


def _ids(one: Round, drawn: Iterable[int]) -> list[str]:
    return [one.frozen.questions[index].id for index in drawn]


def _refused(why: str, code: int = 1) -> int:
    print(why, file=sys.stderr)
    return code
