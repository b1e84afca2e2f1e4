"""Rows of rounds and attempts as our nouns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.contests import Attempt, Frozen, Round
from bot.store.rows import in_utc


def read_round(row: Any, frozen: Frozen) -> Round:
    opens_at, closes_at = in_utc(row.opens_at), in_utc(row.closes_at)
    assert opens_at is not None
    assert closes_at is not None
    return Round(
        row.id,
        row.contest,
        row.label,
        row.state,
        opens_at,
        closes_at,
        row.commitment,
        frozen,
        tuple(row.voided.split()),
        row.perfect,
        in_utc(row.closed_at),
    )


def read_attempt(row: Any) -> Attempt:
    started, ends, last = in_utc(row.started_at), in_utc(row.ends_at), in_utc(row.last_at)
    assert started is not None
    assert ends is not None
    assert last is not None
    return Attempt(
        row.id,
        row.round_id,
        row.number,
        row.code,
        row.league,
        unpacked(row.drawn),
        row.answers,
        row.prediction,
        started,
        ends,
        last,
        in_utc(row.handed_at),
        row.points,
        row.gap,
        row.rank,
        row.counts,
    )


def packed(drawn: Iterable[int]) -> bytes:
    return b"".join(index.to_bytes(2, "big") for index in drawn)


def unpacked(drawn: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(drawn[at : at + 2], "big") for at in range(0, len(drawn), 2))
