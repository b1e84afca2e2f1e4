"""The SQL of ranks: points of all attempts, places of those that count."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.contests import Entry, counted, points_of, ranked
from bot.store import schema
from bot.store.codec import Codecs
from bot.store.contest_rows import read_round, unpacked
from bot.store.rows import in_utc

_ROUND, _ATTEMPT = schema.contest_round.c, schema.attempt.c

_RANK = (
    update(schema.attempt)
    .where(_ATTEMPT.id == bindparam("row"))
    .values(
        points=bindparam("had"), gap=bindparam("off"), rank=bindparam("place"),
        counts=bindparam("is_counted"),
    )
)  # fmt: skip


def rank(connection: Connection, codecs: Codecs, round_id: int) -> int:
    """Points of all attempts and ranks of those that count; how many people took part."""
    query = select(schema.contest_round).where(_ROUND.id == round_id)
    row = connection.execute(query).one()
    found = read_round(row, codecs.frozen.read(row.sealed))
    questions, rules = found.frozen.questions, found.frozen.rules
    columns = (
        _ATTEMPT.id, _ATTEMPT.person_id, _ATTEMPT.drawn, _ATTEMPT.answers, _ATTEMPT.prediction,
        _ATTEMPT.handed_at,
    )  # fmt: skip
    people: dict[Any, list[Entry]] = defaultdict(list)
    for row in connection.execute(select(*columns).where(_ATTEMPT.round_id == round_id)):
        points = points_of(unpacked(row.drawn), row.answers, questions, found.voided)
        handed = in_utc(row.handed_at)
        assert handed is not None
        whose = row.person_id if row.person_id is not None else f"nobody {row.id}"
        people[whose].append(Entry(row.id, points, row.prediction, handed))
    counting = {
        one.attempt_id: one for one in (counted(all_, rules.counts) for all_ in people.values())
    }
    perfect = sum(one.points == rules.length for one in counting.values())
    places = {one.attempt_id: one for one in ranked(counting.values(), perfect)}
    rows = [
        _as_row(places.get(one.attempt_id, one), is_counted=one.attempt_id in places)
        for all_ in people.values()
        for one in all_
    ]
    if rows:
        connection.execute(_RANK, rows)
    mine = update(schema.contest_round).where(_ROUND.id == round_id)
    connection.execute(mine.values(perfect=perfect))
    return len(places)


def _as_row(entry: Entry, *, is_counted: bool) -> dict[str, Any]:
    return {
        "row": entry.attempt_id,
        "had": entry.points,
        "off": entry.gap,
        "place": entry.rank or None,
        "is_counted": is_counted,
    }
